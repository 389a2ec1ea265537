//! What is refused in spite of a role, and other refusals of the catalogue.

use crate::support;

use serde_json::{Value, json};
use support::*;

fn group(name: &str) -> String {
    web(&format!("Microsoft.Network/networkSecurityGroups/{name}"))
}

/// Assigns a policy to the group `Web`.
async fn assign(client: &Client, definition: &str, parameters: Value) {
    let path = web("Microsoft.Authorization/policyAssignments/rule");
    let body = json!({"properties": {
        "displayName": "a rule", "policyDefinitionId": definition, "parameters": parameters,
    }});
    let path = format!("/_sim/resources{path}");
    client.put(&path, body).await.is(204);
}

const LOCATIONS: &str =
    "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c";
const SIZES: &str =
    "/providers/Microsoft.Authorization/policyDefinitions/cccc23c7-8427-4f53-ad12-b6a63eb452b3";
const TAG: &str =
    "/providers/Microsoft.Authorization/policyDefinitions/871b6d14-10aa-478d-b590-94f262ecfa99";

#[tokio::test]
async fn policies_deny_locations_and_missing_tags() {
    let client = Client::new().await;
    let parameters = json!({"listOfAllowedLocations": {"value": ["northeurope"]}});
    assign(&client, LOCATIONS, parameters).await;
    let answer = client
        .put(&group("a"), json!({"location": "westeurope"}))
        .await
        .refused(403, "RequestDisallowedByPolicy");
    assert_eq!(answer.body["error"]["target"], "a");
    assert!(
        answer
            .message()
            .starts_with("Resource 'a' was disallowed by policy. Policy identifiers: '[{")
    );
    let info = &answer.body["error"]["additionalInfo"][0];
    assert_eq!(info["type"], "PolicyViolation");
    assert_eq!(
        info["info"]["policyDefinitionDisplayName"],
        "Allowed locations"
    );
    client
        .put(&group("a"), json!({"location": "northeurope"}))
        .await
        .is(201);
    assign(&client, TAG, json!({"tagName": {"value": "owner"}})).await;
    client
        .put(&group("b"), json!({"location": "westeurope"}))
        .await
        .refused(403, "RequestDisallowedByPolicy");
    client
        .put(
            &group("b"),
            json!({"location": "westeurope", "tags": {"Owner": "me"}}),
        )
        .await
        .is(201);
}

#[tokio::test]
async fn policies_deny_sizes_in_deployments_before_they_begin() {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    assign(
        &client,
        SIZES,
        json!({"listOfAllowedSKUs": {"value": ["Standard_B1s"]}}),
    )
    .await;
    let body = machine(&image("web/versions/1.9.0"), &nic);
    let vm = web("Microsoft.Compute/virtualMachines/vm");
    client
        .put(&vm, body.clone())
        .await
        .refused(403, "RequestDisallowedByPolicy");
    let mut resource = body;
    for (member, value) in [
        ("type", "Microsoft.Compute/virtualMachines"),
        ("name", "vm"),
        ("apiVersion", "2024-11-01"),
    ] {
        resource[member] = json!(value);
    }
    let deployment = web("Microsoft.Resources/deployments/d?api-version=2024-11-01");
    let template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": [resource],
    });
    let body = json!({"properties": {"mode": "Incremental", "template": template}});
    let answer = client.put(&deployment, body).await;
    let answer = answer.refused(400, "InvalidTemplateDeployment");
    assert!(answer.message().contains("because of policy violation"));
    let detail = &answer.body["error"]["details"][0];
    assert_eq!(detail["code"], "RequestDisallowedByPolicy");
    assert_eq!(detail["additionalInfo"][0]["type"], "PolicyViolation");
}

#[tokio::test]
async fn policies_of_ones_own_are_read() {
    let client = Client::new().await;
    let definition =
        format!("/subscriptions/{S2}/providers/Microsoft.Authorization/policyDefinitions/own");
    let body = json!({"properties": {
        "mode": "All",
        "parameters": {"prefix": {"type": "String", "defaultValue": "ok"}, "effect": {"type": "String", "defaultValue": "Deny"}},
        "policyRule": {
            "if": {"allOf": [
                {"field": "type", "equals": "Microsoft.Network/networkSecurityGroups"},
                {"anyOf": [
                    {"not": {"field": "name", "like": "[concat(parameters('prefix'), '*')]"}},
                    {"field": "Microsoft.Network/networkSecurityGroups/flushConnection", "equals": "true"},
                ]},
            ]},
            "then": {"effect": "[parameters('effect')]"},
        },
    }});
    client
        .put(&format!("/_sim/resources{definition}"), body)
        .await
        .is(204);
    assign(&client, &definition, json!({})).await;
    let plain = json!({"location": "westeurope"});
    client
        .put(&group("other"), plain.clone())
        .await
        .refused(403, "RequestDisallowedByPolicy");
    client.put(&group("ok-1"), plain.clone()).await.is(201);
    let flushing = json!({"location": "westeurope", "properties": {"flushConnection": true}});
    client
        .put(&group("ok-2"), flushing)
        .await
        .refused(403, "RequestDisallowedByPolicy");
    assign(&client, &definition, json!({"effect": {"value": "Audit"}})).await;
    client.put(&group("other"), plain).await.is(201);
}

#[tokio::test]
async fn deny_assignments_win_over_roles() {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let denial = |actions: Value| {
        json!({"properties": {
            "denyAssignmentName": "managed",
            "permissions": [{"actions": actions, "notActions": ["*/read"]}],
            "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
            "excludePrincipals": [],
        }})
    };
    let path = format!(
        "/_sim/resources{}",
        web("Microsoft.Authorization/denyAssignments/one")
    );
    client
        .put(
            &path,
            denial(json!(["Microsoft.Network/networkSecurityGroups/*"])),
        )
        .await
        .is(204);
    let answer = client
        .put(&group("a"), json!({"location": "westeurope"}))
        .await;
    let answer = answer.refused(403, "AuthorizationFailed");
    assert!(
        answer.message().contains(
            "however, the access is denied because of the deny assignment with name 'managed'"
        ),
        "{}",
        answer.message()
    );
    client
        .put(
            &path,
            denial(json!(["Microsoft.Network/networkInterfaces/join/action"])),
        )
        .await
        .is(204);
    let vm = web("Microsoft.Compute/virtualMachines/vm");
    let answer = client
        .put(&vm, machine(&image("web/versions/1.9.0"), &nic))
        .await;
    let answer = answer.refused(403, "LinkedAuthorizationFailed");
    assert!(
        answer
            .message()
            .contains("deny assignment with name 'managed'")
    );
    client.get(&nic).await.is(200);
}

#[tokio::test]
async fn a_machine_that_goes_takes_no_orders() {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let vm = web("Microsoft.Compute/virtualMachines/vm");
    let body = machine(&image("web/versions/1.9.0"), &nic);
    client.made(&vm, body.clone()).await;
    client
        .post(&format!("{vm}/powerOff"), json!({}))
        .await
        .is(202);
    client.simulator.run_until_idle();
    client
        .post(&format!("{vm}/generalize"), json!({}))
        .await
        .is(200);
    for action in ["start", "restart"] {
        let answer = client.post(&format!("{vm}/{action}"), json!({})).await;
        let answer = answer.refused(409, "OperationNotAllowed");
        assert!(answer.message().contains("since the VM is generalized"));
    }
    client.delete(&vm).await.is(202);
    let answer = client
        .put(&vm, body)
        .await
        .refused(409, "OperationNotAllowed");
    assert!(
        answer
            .message()
            .contains("since the VM is marked for deletion")
    );
    client
        .post(&format!("{vm}/start"), json!({}))
        .await
        .refused(409, "OperationNotAllowed");
}

#[tokio::test]
async fn images_are_checked_like_the_real_ones() {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let vm = web("Microsoft.Compute/virtualMachines/vm");
    let source = web("Microsoft.Compute/images/far");
    let managed = |location: &str, generation: &str| {
        json!({"location": location, "properties": {
            "hyperVGeneration": generation,
            "storageProfile": {"osDisk": {
                "osType": "Linux", "osState": "Generalized", "blobUri": "https://a/b.vhd",
            }},
        }})
    };
    client.made(&source, managed("northeurope", "V2")).await;
    let answer = client.put(&vm, machine(&source, &nic)).await;
    let answer = answer.refused(404, "ImageNotFound");
    assert!(
        answer
            .message()
            .ends_with("cannot be found in 'westeurope' region.")
    );
    // A version keeps the generation of its definition.
    let gallery = web("Microsoft.Compute/galleries/own");
    client
        .made(&gallery, json!({"location": "westeurope"}))
        .await;
    let definition = json!({"location": "westeurope", "properties": {
        "osType": "Linux", "osState": "Generalized", "hyperVGeneration": "V2",
        "identifier": {"publisher": "a", "offer": "b", "sku": "c"},
    }});
    client
        .made(&format!("{gallery}/images/app"), definition)
        .await;
    let first = web("Microsoft.Compute/images/first");
    client.made(&first, managed("westeurope", "V1")).await;
    let version = json!({"location": "westeurope", "properties": {
        "storageProfile": {"source": {"id": first}},
    }});
    let path = format!("{gallery}/images/app/versions/1.0.0");
    let answer = client.put(&path, version.clone()).await;
    let answer = answer.refused(400, "InvalidParameter");
    assert!(
        answer
            .message()
            .contains("different Hypervisor generation ['V1']")
    );
    // While a machine is made of it, a version stays.
    let second = web("Microsoft.Compute/images/second");
    client.made(&second, managed("westeurope", "V2")).await;
    let mut good = version;
    good["properties"]["storageProfile"]["source"]["id"] = json!(second);
    client.made(&path, good).await;
    client
        .simulator
        .advance(std::time::Duration::from_secs(700));
    client.put(&vm, machine(&path, &nic)).await.is(201);
    client
        .delete(&path)
        .await
        .refused(409, "OperationNotAllowedOnVMImageAsVMsBeingProvisioned");
    client.simulator.run_until_idle();
    client.delete(&path).await.is(202);
}

#[tokio::test]
async fn providers_say_how_they_stand() {
    let world = WORLD.replace(
        "name: workload, id: bbbbbbbb-0000-0000-0000-000000000002, tenant: contoso",
        "name: workload, id: bbbbbbbb-0000-0000-0000-000000000002, tenant: contoso, providers: {Microsoft.Network: Unregistered}",
    );
    let client = Client::of(&world).await;
    let answer = client
        .put(&group("a"), json!({"location": "westeurope"}))
        .await;
    let answer = answer.refused(409, "MissingSubscriptionRegistration");
    assert!(
        answer
            .message()
            .contains("registration is in 'Unregistered' state")
    );
}
