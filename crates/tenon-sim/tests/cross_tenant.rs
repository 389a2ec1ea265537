//! The story the simulator exists for: a machine out of another tenant's image.

use crate::support;

use serde_json::json;
use support::*;

#[tokio::test]
async fn a_machine_is_made_from_another_tenants_image() {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let path = web("Microsoft.Compute/virtualMachines/vm");
    let answer = client
        .put(&path, machine(&image("web/versions/1.9.0"), &nic))
        .await
        .is(201);
    assert_eq!(answer.body["properties"]["provisioningState"], "Creating");
    let poll = answer.header("azure-asyncoperation").to_owned();
    assert!(poll.contains("api-version=2024-11-01"), "{poll}");
    let running = client.get(&poll).await.is(200);
    assert_eq!(running.body["status"], "InProgress");
    client.simulator.run_until_idle();
    assert_eq!(client.get(&poll).await.is(200).body["status"], "Succeeded");
    let body = client
        .get(&format!("{path}?$expand=instanceView"))
        .await
        .is(200)
        .body;
    let properties = &body["properties"];
    assert_eq!(properties["provisioningState"], "Succeeded");
    assert_eq!(
        properties["storageProfile"]["osDisk"]["createOption"],
        "FromImage"
    );
    assert_eq!(
        properties["storageProfile"]["imageReference"]["exactVersion"],
        "1.9.0"
    );
    assert_eq!(properties["osProfile"].get("customData"), None);
    assert_eq!(
        properties["instanceView"]["statuses"][1]["code"],
        "PowerState/running"
    );
    let disk = properties["storageProfile"]["osDisk"]["managedDisk"]["id"]
        .as_str()
        .expect("an id");
    assert!(disk.contains("/resourceGroups/WEB/"), "{disk}");
    let disk = client.get(disk).await.is(200).body;
    assert_eq!(disk["properties"]["diskState"], "Attached");
    let nic = client.get(&nic).await.is(200).body;
    assert_eq!(nic["properties"]["virtualMachine"]["id"], body["id"]);
}

#[tokio::test]
async fn without_an_auxiliary_token_the_image_is_out_of_reach() {
    let mut client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    client.auxiliary = None;
    let path = web("Microsoft.Compute/virtualMachines/vm");
    let answer = client
        .put(&path, machine(&image("web/versions/1.9.0"), &nic))
        .await;
    let answer = answer.refused(403, "LinkedAuthorizationFailed");
    let wanted = format!(
        "The client has permission to perform action 'Microsoft.Compute/galleries/images/versions/read' on scope '{path}', however the current tenant '{T2}' is not authorized to access linked subscription '{S1}'."
    );
    assert_eq!(answer.message(), wanted);
}

#[tokio::test]
async fn an_auxiliary_token_without_a_role_is_not_enough() {
    let world = WORLD.replace(
        "principal: deployer, role: Reader",
        "principal: homebody, role: Reader",
    );
    let client = Client::of(&world).await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let path = web("Microsoft.Compute/virtualMachines/vm");
    let answer = client.put(&path, machine(&image("web"), &nic)).await;
    let answer = answer.refused(403, "LinkedAuthorizationFailed");
    assert!(
        answer.message().contains("on the linked scope(s)"),
        "{}",
        answer.message()
    );
}

#[tokio::test]
async fn later_writes_need_the_auxiliary_token_too() {
    let mut client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let path = web("Microsoft.Compute/virtualMachines/vm");
    let body = client
        .made(&path, machine(&image("web/versions/1.9.0"), &nic))
        .await;
    let disk = body["properties"]["storageProfile"]["osDisk"]["managedDisk"]["id"].clone();
    client.auxiliary = None;
    let tags = json!({"tags": {"a": "b"}});
    client
        .patch(&path, tags.clone())
        .await
        .refused(403, "LinkedAuthorizationFailed");
    let disk = disk.as_str().expect("an id");
    client
        .patch(disk, tags)
        .await
        .refused(403, "LinkedAuthorizationFailed");
}

#[tokio::test]
async fn latest_is_the_highest_number_with_a_replica_here() {
    let client = Client::new().await;
    let subnet = network(&client).await;
    let nic = interface(&client, "nic", &subnet).await;
    let path = web("Microsoft.Compute/virtualMachines/vm");
    let body = client.made(&path, machine(&image("web"), &nic)).await;
    let reference = &body["properties"]["storageProfile"]["imageReference"];
    assert_eq!(reference["exactVersion"], "1.10.0");
    assert_eq!(reference["id"], image("web"));
}

#[tokio::test]
async fn images_refuse_what_does_not_fit() {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let path = web("Microsoft.Compute/virtualMachines/vm");
    let refused = async |image: &str, status, code| {
        client
            .put(&path, machine(image, &nic))
            .await
            .refused(status, code)
    };
    refused(&image("web/versions/3.0.0"), 404, "GalleryImageNotFound").await;
    let answer = refused(&image("gold/versions/1.0.0"), 400, "InvalidParameter").await;
    assert_eq!(answer.message(), "Parameter 'osProfile' is not allowed.");
    let answer = refused(&image("arm/versions/1.0.0"), 400, "BadRequest").await;
    assert!(
        answer.message().contains("CPU Architecture"),
        "{}",
        answer.message()
    );
    refused("nonsense", 400, "LinkedInvalidPropertyId").await;
    let mut body = machine(&image("web/versions/1.9.0"), &nic);
    body["properties"]
        .as_object_mut()
        .expect("an object")
        .remove("osProfile");
    let answer = client
        .put(&path, body)
        .await
        .refused(400, "InvalidParameter");
    assert_eq!(
        answer.message(),
        "Required parameter 'osProfile' is missing (null)."
    );
}
