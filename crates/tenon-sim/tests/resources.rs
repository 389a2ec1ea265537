//! Groups, lists, tags, providers, rights.

use crate::support;

use std::time::Duration;

use serde_json::{Value, json};
use support::*;

fn group(name: &str) -> String {
    format!("/subscriptions/{S2}/resourceGroups/{name}")
}

fn names(body: &Value) -> Vec<&str> {
    let rows = body["value"].as_array().expect("a list");
    rows.iter()
        .map(|row| row["name"].as_str().expect("a name"))
        .collect()
}

#[tokio::test]
async fn groups_come_and_go_with_what_is_in_them() {
    let client = Client::new().await;
    let path = group("fresh");
    client
        .get(&path)
        .await
        .refused(404, "ResourceGroupNotFound");
    client
        .put(&path, json!({"location": "westeurope"}))
        .await
        .is(201);
    client
        .put(&path, json!({"location": "westeurope"}))
        .await
        .is(200);
    let moved = client.put(&path, json!({"location": "northeurope"})).await;
    moved.refused(409, "InvalidResourceGroupLocation");
    assert_eq!(
        client.send("HEAD", &path, &client.t2, None).await.status,
        204
    );
    let nsg = format!("{path}/providers/Microsoft.Network/networkSecurityGroups/n");
    client.made(&nsg, json!({"location": "westeurope"})).await;
    let answer = client.delete(&path).await.is(202);
    client
        .put(&nsg, json!({"location": "westeurope"}))
        .await
        .refused(409, "ResourceGroupBeingDeleted");
    let poll = answer.header("location").to_owned();
    client.get(&poll).await.is(202);
    client.simulator.run_until_idle();
    client.get(&poll).await.is(200);
    assert_eq!(
        client.send("HEAD", &path, &client.t2, None).await.status,
        404
    );
    client.get(&nsg).await.refused(404, "ResourceGroupNotFound");
    client
        .put(&nsg, json!({"location": "westeurope"}))
        .await
        .refused(404, "ResourceGroupNotFound");
}

#[tokio::test]
async fn a_group_somebody_needs_stays() {
    let client = Client::new().await;
    let subnet = network(&client).await;
    client
        .put(&group("other"), json!({"location": "westeurope"}))
        .await
        .is(201);
    let nic = format!(
        "{}/providers/Microsoft.Network/networkInterfaces/n",
        group("other")
    );
    let body = json!({"location": "westeurope", "properties": {
        "ipConfigurations": [{"name": "ip", "properties": {"subnet": {"id": subnet}}}],
    }});
    client.made(&nic, body).await;
    let answer = client.delete(&group("Web")).await.is(202);
    client.simulator.run_until_idle();
    client
        .get(answer.header("location"))
        .await
        .refused(409, "ResourceGroupDeletionBlocked");
    client.get(&subnet).await.is(200);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let world = format!("{WORLD}\nsettings: {{pageSizes: {{default: 2}}}}\n");
    let client = Client::of(&world).await;
    for name in ["e", "d", "c", "b", "a"] {
        let path = web(&format!("Microsoft.Network/networkSecurityGroups/{name}"));
        client
            .put(&path, json!({"location": "westeurope"}))
            .await
            .is(201);
    }
    client.simulator.run_until_idle();
    for list in [
        format!("/subscriptions/{S2}/resourcegroups/web/providers/Microsoft.Network/networkSecurityGroups"),
        format!("/subscriptions/{S2}/providers/microsoft.network/networkSecurityGroups"),
        format!("/subscriptions/{S2}/resources?$filter=resourceType eq 'Microsoft.Network/networkSecurityGroups'").replace(' ', "%20"),
    ] {
        let mut seen = Vec::new();
        let mut next = list;
        loop {
            let body = client.get(&next).await.is(200).body;
            seen.extend(names(&body).into_iter().map(str::to_owned));
            assert!(names(&body).len() <= 2);
            match body["nextLink"].as_str() {
                Some(link) => next = link.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, ["a", "b", "c", "d", "e"]);
    }
}

#[tokio::test]
async fn generic_lists_filter_by_tag_without_showing_tags() {
    let client = Client::new().await;
    let path = web("Microsoft.Network/networkSecurityGroups/tagged");
    client
        .made(
            &path,
            json!({"location": "westeurope", "tags": {"Owner": "me"}}),
        )
        .await;
    let list =
        |filter: &str| format!("{}/resources?$filter={filter}", group("WEB")).replace(' ', "%20");
    let body = client
        .get(&list("tagName eq 'owner' and tagValue eq 'me'"))
        .await
        .is(200)
        .body;
    assert_eq!(names(&body), ["tagged"]);
    assert_eq!(body["value"][0].get("tags"), None);
    // `az resource list --tag` asks for times as well.
    let with_times = list("tagname eq 'owner' and tagvalue eq 'me'&$expand=createdTime");
    let body = client.get(&with_times).await.is(200).body;
    assert!(body["value"][0]["createdTime"].is_string());
    let body = client
        .get(&list("tagName eq 'owner' and tagValue eq 'you'"))
        .await
        .is(200)
        .body;
    assert!(names(&body).is_empty());
    let body = client
        .get(&list("location eq 'westeurope'"))
        .await
        .is(200)
        .body;
    assert_eq!(body["value"][0]["tags"]["Owner"], "me");
    let mixed = list("tagName eq 'owner' and tagValue eq 'me' and name eq 'x'");
    client
        .get(&mixed)
        .await
        .refused(400, "InvalidFilterInQueryString");
}

#[tokio::test]
async fn tags_change_by_themselves() {
    let client = Client::new().await;
    let path = web("Microsoft.Network/networkSecurityGroups/tagged");
    client
        .made(&path, json!({"location": "westeurope", "tags": {"a": "1"}}))
        .await;
    let tags = format!("{path}/providers/Microsoft.Resources/tags/default");
    let body = json!({"operation": "Merge", "properties": {"tags": {"B": "2"}}});
    client.patch(&tags, body).await.is(200);
    assert_eq!(
        client.get(&path).await.body["tags"],
        json!({"a": "1", "B": "2"})
    );
    let body = json!({"operation": "Delete", "properties": {"tags": {"b": "2"}}});
    client.patch(&tags, body).await.is(200);
    let body = client.get(&tags).await.is(200).body;
    assert_eq!(body["properties"]["tags"], json!({"a": "1"}));
    let body = json!({"operation": "Replace", "properties": {"tags": {"z": "9"}}});
    client.patch(&tags, body).await.is(200);
    client.delete(&tags).await.is(200);
    assert_eq!(client.get(&path).await.body["tags"], json!({}));
}

#[tokio::test]
async fn versions_are_checked() {
    let client = Client::new().await;
    let path = web("Microsoft.Compute/virtualMachines/vm");
    client
        .get(&format!("{path}?api-version="))
        .await
        .refused(400, "MissingApiVersionParameter");
    let answer = client.get(&format!("{path}?api-version=2024-11-02")).await;
    let answer = answer.refused(400, "NoRegisteredProviderFound");
    assert!(
        answer.message().contains("for type 'virtualMachines'"),
        "{}",
        answer.message()
    );
    let group = format!("{}?api-version=1999-01-01", group("Web"));
    client
        .get(&group)
        .await
        .refused(400, "InvalidApiVersionParameter");
    for version in ["2015-06-15", "2026-03-01"] {
        client
            .get(&web(&format!(
                "Microsoft.Network/virtualNetworks?api-version={version}"
            )))
            .await
            .is(200);
    }
}

#[tokio::test]
async fn any_other_type_is_stored_as_it_comes() {
    let client = Client::new().await;
    let path = web("Microsoft.Storage/storageAccounts/acc");
    let body =
        json!({"location": "westeurope", "sku": {"name": "Standard_LRS"}, "properties": {"x": 1}});
    client.put(&path, body).await.is(201);
    let body = client.get(&path).await.is(200).body;
    assert_eq!(
        body["properties"],
        json!({"x": 1, "provisioningState": "Succeeded"})
    );
    client
        .patch(&path, json!({"properties": {"y": 2}}))
        .await
        .is(200);
    let list = client
        .get(&web("Microsoft.Storage/storageAccounts"))
        .await
        .is(200)
        .body;
    assert_eq!(list["value"][0]["properties"]["y"], 2);
    client.delete(&path).await.is(200);
    client.delete(&path).await.is(204);
}

#[tokio::test]
async fn rights_decide() {
    let client = Client::new().await;
    let overview = raw(&client.simulator, "GET", "/_sim", &[], None)
        .await
        .is(200)
        .body;
    let reader = overview["applications"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["name"] == "reader");
    let reader = reader.expect("an application")["id"]
        .as_str()
        .expect("an id");
    let token = token(&client.simulator, T2, reader, "r").await;
    let path = web("Microsoft.Network/networkSecurityGroups/n");
    let body = json!({"location": "westeurope"});
    let answer = client.send("PUT", &path, &token, Some(&body)).await;
    let answer = answer.refused(403, "AuthorizationFailed");
    let wanted = format!(
        "does not have authorization to perform action 'Microsoft.Network/networkSecurityGroups/write' over scope '{path}'"
    );
    assert!(answer.message().contains(&wanted), "{}", answer.message());
    client
        .send("GET", &path, &token, None)
        .await
        .refused(404, "ResourceNotFound");
    let permissions = format!(
        "{}/providers/Microsoft.Authorization/permissions",
        group("Web")
    );
    let shown = client
        .send("GET", &permissions, &token, None)
        .await
        .is(200)
        .body;
    assert_eq!(shown["value"][0]["actions"], json!(["*/read"]));
    let subscriptions = client
        .send("GET", "/subscriptions", &client.t1, None)
        .await
        .is(200)
        .body;
    assert_eq!(subscriptions["value"][0]["subscriptionId"], S1);
    assert_eq!(subscriptions["value"][0]["tenantId"], T1);
    assert_eq!(subscriptions["value"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn role_assignments_work_after_a_while() {
    let world = format!("{WORLD}\nsettings: {{rolePropagation: 5m}}\n");
    let client = Client::of(&world).await;
    let overview = raw(&client.simulator, "GET", "/_sim", &[], None)
        .await
        .is(200)
        .body;
    let principal = overview["servicePrincipals"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["tenant"] == T2 && one["application"] != APP)
        .expect("a principal")
        .clone();
    let reader = token(
        &client.simulator,
        T2,
        principal["application"].as_str().expect("an id"),
        "r",
    )
    .await;
    let scope = group("Web");
    let name = |digit: u8| {
        format!(
            "{scope}/providers/Microsoft.Authorization/roleAssignments/0000000{digit}-0000-0000-0000-000000000000"
        )
    };
    let role =
        "/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c";
    let body = json!({"properties": {"roleDefinitionId": role, "principalId": principal["objectId"], "principalType": "ServicePrincipal"}});
    client.put(&name(1), body.clone()).await.is(201);
    client.put(&name(1), body.clone()).await.is(200);
    client
        .put(&name(2), body.clone())
        .await
        .refused(409, "RoleAssignmentExists");
    let nsg = web("Microsoft.Network/networkSecurityGroups/n");
    let tiny = json!({"location": "westeurope"});
    client
        .send("PUT", &nsg, &reader, Some(&tiny))
        .await
        .refused(403, "AuthorizationFailed");
    client.simulator.advance(Duration::from_secs(300));
    client.send("PUT", &nsg, &reader, Some(&tiny)).await.is(201);
    let list = format!("{scope}/providers/Microsoft.Authorization/roleAssignments");
    let filter = format!(
        "{list}?$filter=principalId%20eq%20'{}'",
        principal["objectId"].as_str().expect("an id")
    );
    assert_eq!(
        client.get(&filter).await.is(200).body["value"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    let at_scope = client
        .get(&format!("{list}?$filter=atScope()"))
        .await
        .is(200)
        .body;
    assert_eq!(at_scope["value"].as_array().map(Vec::len), Some(4));
    client.delete(&name(1)).await.is(200);
    client.delete(&name(1)).await.is(204);
    let mut nobody = body.clone();
    nobody["properties"]["principalId"] = json!("00000000-1111-0000-0000-000000000000");
    nobody["properties"]
        .as_object_mut()
        .expect("an object")
        .remove("principalType");
    client
        .put(&name(3), nobody)
        .await
        .refused(400, "PrincipalNotFound");
    let roles = format!(
        "{scope}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName%20eq%20'Reader'"
    );
    assert_eq!(
        client.get(&roles).await.is(200).body["value"][0]["name"],
        "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    );
}

#[tokio::test]
async fn providers_have_to_be_registered() {
    let world = WORLD.replace(
        "tenant: contoso}\nroleAssignments",
        "tenant: contoso, providers: {Microsoft.Compute: NotRegistered}}\nroleAssignments",
    );
    let client = Client::of(&world).await;
    let path = web("Microsoft.Compute/sshPublicKeys/k");
    let body = json!({"location": "westeurope"});
    client
        .put(&path, body.clone())
        .await
        .refused(409, "MissingSubscriptionRegistration");
    let provider = format!("/subscriptions/{S2}/providers/Microsoft.Compute");
    assert_eq!(
        client.get(&provider).await.is(200).body["registrationState"],
        "NotRegistered"
    );
    client
        .post(&format!("{provider}/register"), json!({}))
        .await
        .is(200);
    assert_eq!(
        client.get(&provider).await.is(200).body["registrationState"],
        "Registered"
    );
    client.put(&path, body).await.is(201);
}

#[tokio::test]
async fn locks_hold() {
    let client = Client::new().await;
    let path = web("Microsoft.Network/networkSecurityGroups/n");
    client.made(&path, json!({"location": "westeurope"})).await;
    let lock = format!(
        "{}/providers/Microsoft.Authorization/locks/keep",
        group("Web")
    );
    let owner = WORLD.replace("role: User Access Administrator", "role: Owner");
    let client = Client::of(&owner).await;
    client.made(&path, json!({"location": "westeurope"})).await;
    client
        .put(&lock, json!({"properties": {"level": "CanNotDelete"}}))
        .await
        .is(201);
    client.delete(&path).await.refused(409, "ScopeLocked");
    client
        .delete(&group("Web"))
        .await
        .refused(409, "ScopeLocked");
    client
        .put(&path, json!({"location": "westeurope"}))
        .await
        .is(200);
    client.simulator.run_until_idle();
    client.delete(&lock).await.is(200);
    client.gone(&path).await;
}

#[tokio::test]
async fn sizes_can_be_listed() {
    let client = Client::new().await;
    let path = format!(
        "/subscriptions/{S2}/providers/Microsoft.Compute/skus?$filter=location%20eq%20'westeurope'"
    );
    let body = client.get(&path).await.is(200).body;
    let rows = body["value"].as_array().expect("rows");
    let row = rows
        .iter()
        .find(|row| row["name"] == "Standard_D2s_v5")
        .expect("a size");
    assert_eq!(row["family"], "standardDSv5Family");
    let rows = row["capabilities"].as_array().expect("capabilities");
    assert!(rows.contains(&json!({"name": "HyperVGenerations", "value": "V1,V2"})));
}

#[tokio::test]
async fn versions_of_images_spread_with_time() {
    let client = Client::new().await;
    let gallery = web("Microsoft.Compute/galleries/mine");
    client
        .put(
            &web("Microsoft.Compute/galleries/no-dash"),
            json!({"location": "westeurope"}),
        )
        .await
        .refused(400, "InvalidParameter");
    client
        .made(&gallery, json!({"location": "westeurope"}))
        .await;
    let definition = format!("{gallery}/images/base");
    let body = json!({"location": "westeurope", "properties": {"osType": "linux", "osState": "generalized",
        "hyperVGeneration": "V2", "identifier": {"publisher": "p", "offer": "o", "sku": "s"}}});
    client.made(&definition, body.clone()).await;
    let mut changed = body;
    changed["properties"]["osState"] = json!("Specialized");
    client
        .put(&definition, changed)
        .await
        .refused(409, "PropertyChangeNotAllowed");
    let version = format!("{definition}/versions/1.0.0");
    let body = json!({"location": "westeurope", "properties": {
        "publishingProfile": {"targetRegions": [{"name": "westeurope"}, {"name": "northeurope", "regionalReplicaCount": 2}]},
        "storageProfile": {"source": {"id": image("web/versions/1.9.0")}},
    }});
    client.put(&version, body).await.is(201);
    client.simulator.advance(Duration::from_secs(300));
    let shown = client
        .get(&format!("{version}?$expand=ReplicationStatus"))
        .await
        .is(200)
        .body;
    let status = &shown["properties"]["replicationStatus"];
    assert_eq!(status["aggregatedState"], "InProgress");
    assert_eq!(
        status["summary"][0],
        json!({"region": "West Europe", "state": "Replicating", "details": "", "progress": 50})
    );
    // The own region comes first, and the write is over with the last one.
    client.simulator.advance(Duration::from_secs(300));
    let shown = client
        .get(&format!("{version}?$expand=ReplicationStatus"))
        .await
        .is(200)
        .body;
    let summary = &shown["properties"]["replicationStatus"]["summary"];
    assert_eq!(summary[0]["state"], "Completed");
    assert_eq!(summary[1]["progress"], 80);
    assert_eq!(shown["properties"]["provisioningState"], "Creating");
    client.simulator.advance(Duration::from_secs(150));
    let shown = client
        .get(&format!("{version}?$expand=ReplicationStatus"))
        .await
        .is(200)
        .body;
    assert_eq!(
        shown["properties"]["replicationStatus"]["aggregatedState"],
        "Completed"
    );
    assert_eq!(shown["properties"]["provisioningState"], "Succeeded");
    assert_eq!(
        client.get(&version).await.body["properties"].get("replicationStatus"),
        None
    );
    client
        .delete(&gallery)
        .await
        .refused(409, "CannotDeleteResource");
    let list = client
        .send("GET", &image("web/versions"), &client.t1, None)
        .await
        .is(200)
        .body;
    assert_eq!(names(&list), ["1.10.0", "1.9.0", "2.0.0"]);
}
