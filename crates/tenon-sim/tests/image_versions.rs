//! Image versions, as their owner makes and changes them.

use crate::support;

use std::time::Duration;

use serde_json::{Value, json};
use support::*;

fn own(tail: &str) -> String {
    web(&format!("Microsoft.Compute/galleries/own{tail}"))
}

fn version(name: &str) -> String {
    own(&format!("/images/web/versions/{name}"))
}

fn compute(tail: &str) -> String {
    web(&format!("Microsoft.Compute/{tail}"))
}

fn definition(os_state: &str, sku: &str) -> Value {
    json!({"location": "westeurope", "properties": {
        "osType": "Linux", "osState": os_state, "hyperVGeneration": "V2",
        "identifier": {"publisher": "acme", "offer": "web", "sku": sku},
    }})
}

/// What is written into a version beside its location.
fn made_of(storage: &Value) -> Value {
    json!({"location": "westeurope", "properties": {"storageProfile": storage}})
}

fn whole(id: &str) -> Value {
    made_of(&json!({"source": {"id": id}}))
}

fn regions(list: &Value) -> Value {
    json!({"publishingProfile": {"targetRegions": list}})
}

/// A gallery with two definitions, and a managed image to make versions of.
async fn publisher() -> Client {
    publisher_in(WORLD).await
}

async fn publisher_in(world: &str) -> Client {
    let client = Client::of(world).await;
    client
        .made(&own(""), json!({"location": "westeurope"}))
        .await;
    client
        .made(&own("/images/web"), definition("Generalized", "a"))
        .await;
    client
        .made(&own("/images/gold"), definition("Specialized", "b"))
        .await;
    managed(
        &client,
        "built",
        json!({"osType": "Linux", "osState": "Generalized"}),
    )
    .await;
    client
}

/// A managed image with the given OS disk.
async fn managed(client: &Client, name: &str, disk: Value) -> String {
    let path = compute(&format!("images/{name}"));
    let mut disk = disk;
    disk["blobUri"] = json!("https://acme.example/disk.vhd");
    let body = json!({"location": "westeurope", "properties": {
        "hyperVGeneration": "V2", "storageProfile": {"osDisk": disk},
    }});
    client.made(&path, body).await;
    path
}

async fn disk(client: &Client, name: &str, gb: u32) -> String {
    let path = compute(&format!("disks/{name}"));
    let body = json!({"location": "westeurope", "properties": {
        "creationData": {"createOption": "Empty"}, "diskSizeGB": gb,
        "osType": "Linux", "hyperVGeneration": "V2",
    }});
    client.made(&path, body).await;
    path
}

async fn snapshot(client: &Client, name: &str, of: &str) -> String {
    let path = compute(&format!("snapshots/{name}"));
    let body = json!({"location": "westeurope", "properties": {
        "creationData": {"createOption": "Copy", "sourceResourceId": of},
    }});
    client.made(&path, body).await;
    path
}

/// What the service says to a version that is made so.
async fn refused(client: &Client, body: Value) -> String {
    let answer = client.put(&version("9.9.9"), body).await;
    assert!(answer.status >= 400, "{:#}", answer.body);
    answer.message().to_owned()
}

async fn seen(client: &Client, name: &str) -> Value {
    let path = format!("{}?$expand=ReplicationStatus", version(name));
    client.get(&path).await.is(200).body["properties"].clone()
}

#[tokio::test]
async fn a_version_has_one_source_of_one_sort() {
    let client = publisher().await;
    let built = compute("images/built");
    let both =
        json!({"source": {"id": built}, "osDiskImage": {"source": {"id": compute("disks/d")}}});
    for storage in [json!({}), both] {
        let message = refused(&client, made_of(&storage)).await;
        assert!(
            message.starts_with("The gallery artifact version source can only be specified"),
            "{message}"
        );
    }
    let wrong = own("/images/web");
    assert_eq!(
        refused(&client, whole(&wrong)).await,
        format!(
            "The source id: {wrong} must either be a managed image, virtual machine or another gallery image version"
        )
    );
    let wrong = json!({"osDiskImage": {"source": {"id": built}}});
    assert_eq!(
        refused(&client, made_of(&wrong)).await,
        format!("The source id: {built} must be a managed disk or snapshot.")
    );
    let none = compute("images/none");
    assert_eq!(
        refused(&client, whole(&none)).await,
        format!(
            "Source {none} is not found. Please check source exists, and is in the same region as gallery image version being created."
        )
    );
    let malformed = json!({"osDiskImage": {"source": {"id": "disk-1"}}});
    assert!(
        refused(&client, made_of(&malformed))
            .await
            .contains("at path 'properties.storageProfile.osDiskImage.source.id' is invalid")
    );
    let named = client.put(&version("1.0"), whole(&built)).await;
    assert!(
        named
            .refused(400, "InvalidParameter")
            .message()
            .starts_with("The image version name is invalid.")
    );
    client.made(&version("1.0.0"), whole(&built)).await;
    assert_eq!(
        seen(&client, "1.0.0").await["storageProfile"]["osDiskImage"]["sizeInGB"],
        30
    );
}

#[tokio::test]
async fn a_source_is_of_the_kind_of_its_definition() {
    let client = publisher().await;
    let gold = managed(
        &client,
        "gold",
        json!({"osType": "Linux", "osState": "Specialized"}),
    )
    .await;
    assert_eq!(
        refused(&client, whole(&gold)).await,
        format!(
            "Cannot create Gallery Image Version from: {gold} since the OS State in the parent gallery image ('Generalized') is not 'Specialized'."
        )
    );
    let windows = managed(
        &client,
        "win",
        json!({"osType": "Windows", "osState": "Generalized"}),
    )
    .await;
    assert_eq!(
        refused(&client, whole(&windows)).await,
        format!(
            "The resource with id '{windows}' has a different OS type ['Windows'] than the parent gallery image OS type generation ['Linux']."
        )
    );
}

#[tokio::test]
async fn disks_and_snapshots_are_taken_one_by_one() {
    let client = publisher().await;
    let root = disk(&client, "root", 64).await;
    let taken = snapshot(&client, "taken", &root).await;
    let data = disk(&client, "data", 16).await;
    let storage = |data: Value| {
        made_of(&json!({"osDiskImage": {"source": {"id": taken}}, "dataDiskImages": data}))
    };
    let at = |lun: u32, id: &str| json!({"lun": lun, "source": {"id": id}});
    let twice = storage(json!([at(0, &data), at(0, &root)]));
    assert!(
        refused(&client, twice)
            .await
            .starts_with("Duplicated lun numbers")
    );
    let twice = storage(json!([at(0, &data), at(1, &data)]));
    assert!(
        refused(&client, twice)
            .await
            .starts_with("Duplicated source ids")
    );
    let same = storage(json!([at(0, &taken)]));
    assert!(
        refused(&client, same)
            .await
            .starts_with("OSDiskImage and DataDiskImage cannot point to same blob")
    );
    client
        .made(&version("1.0.0"), storage(json!([at(4, &data)])))
        .await;
    let profile = seen(&client, "1.0.0").await["storageProfile"].clone();
    assert_eq!(profile["osDiskImage"]["sizeInGB"], 64);
    assert_eq!(profile["dataDiskImages"][0]["sizeInGB"], 16);
    assert_eq!(profile["dataDiskImages"][0]["lun"], 4);
    // Neither source nor units change later.
    let mut other = storage(json!([at(4, &data)]));
    other["properties"]["storageProfile"]["osDiskImage"]["source"]["id"] = json!(root);
    let answer = client
        .put(&version("1.0.0"), other)
        .await
        .refused(409, "PropertyChangeNotAllowed");
    assert_eq!(
        answer.message(),
        "Changing property 'galleryImageVersion.properties.storageProfile.osDiskImage.source.id' is not allowed."
    );
    let more = storage(json!([at(4, &data), at(5, &root)]));
    let answer = client
        .put(&version("1.0.0"), more)
        .await
        .refused(409, "PropertyChangeNotAllowed");
    assert!(
        answer
            .message()
            .starts_with("Adding new Data Disks or changing the LUN")
    );
}

#[tokio::test]
async fn a_machine_is_a_source_in_its_own_state() {
    let client = publisher().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let vm = compute("virtualMachines/vm");
    client
        .made(&vm, machine(&image("web/versions/1.9.0"), &nic))
        .await;
    let source = made_of(&json!({"source": {"virtualMachineId": vm}}));
    let message = refused(&client, source.clone()).await;
    assert!(
        message.ends_with("('Generalized') is not 'Specialized'."),
        "{message}"
    );
    client
        .made(&own("/images/gold/versions/1.0.0"), source.clone())
        .await;
    client
        .post(&format!("{vm}/deallocate"), json!({}))
        .await
        .is(202);
    client.simulator.run_until_idle();
    client
        .post(&format!("{vm}/generalize"), json!({}))
        .await
        .is(200);
    client.made(&version("1.0.0"), source).await;
}

#[tokio::test]
async fn what_is_read_from_takes_the_right_that_the_service_asks_for() {
    let world = WORLD.replace(
        "- {scope: /subscriptions/workload, principal: deployer, role: Contributor}",
        "- {scope: /subscriptions/workload, principal: deployer, role: Compute Gallery Artifacts Publisher}
  - {scope: /subscriptions/workload/resourceGroups/Web, principal: deployer, role: Reader}",
    ) + "
resources:
  - id: /subscriptions/workload/resourceGroups/Web/providers/Microsoft.Compute/snapshots/taken
    body: {location: westeurope, properties: {osType: Linux, hyperVGeneration: V2, diskSizeGB: 30}}
";
    let client = publisher_in(&world).await;
    // The role may write disks and machines, but no snapshots.
    let taken = made_of(&json!({"osDiskImage": {"source": {"id": compute("snapshots/taken")}}}));
    let answer = client
        .put(&version("1.0.0"), taken)
        .await
        .refused(403, "LinkedAuthorizationFailed");
    assert!(
        answer
            .message()
            .contains("Microsoft.Compute/snapshots/write"),
        "{}",
        answer.message()
    );
    // A version of the other tenant is read, with a token of that tenant.
    let source = whole(&image("web/versions/1.9.0"));
    client.made(&version("1.0.0"), source.clone()).await;
    let mut alone = client;
    alone.auxiliary = None;
    let answer = alone
        .put(&version("2.0.0"), source)
        .await
        .refused(403, "LinkedAuthorizationFailed");
    assert!(
        answer
            .message()
            .contains("is not authorized to access linked subscription")
    );
    alone
        .post(
            &format!("{}/share", own("")),
            json!({"operationType": "Reset"}),
        )
        .await
        .refused(403, "AuthorizationFailed");
}

#[tokio::test]
async fn encrypted_sources_stay_in_their_subscription() {
    let world = WORLD.replace("{name: 2.0.0, excludeFromLatest: true}", "{name: 2.0.0}");
    let client = publisher_in(&world).await;
    let source = image("web/versions/2.0.0");
    let set = json!({"osDiskImage": {"diskEncryptionSetId": "/subscriptions/x/resourceGroups/y/providers/Microsoft.Compute/diskEncryptionSets/z"}});
    let region = json!([{"name": "West Europe", "encryption": set}]);
    client
        .simulator
        .edit(&source, &json!({"properties": regions(&region)}));
    let message = refused(&client, whole(&source)).await;
    assert!(
        message.starts_with(&format!(
            "Encrypted source: '{source}' is in a different subscription ID"
        )),
        "{message}"
    );
}

#[tokio::test]
async fn regions_are_whole_and_each_has_its_replicas() {
    let client = publisher().await;
    let built = compute("images/built");
    let with = |list: Value| {
        let mut body = whole(&built);
        body["properties"]["publishingProfile"] = json!({"targetRegions": list});
        body
    };
    let message = refused(&client, with(json!([{"name": "northeurope"}]))).await;
    assert_eq!(
        message,
        "Gallery image version publishing profile regions 'northeurope' must contain the location of image version 'westeurope'"
    );
    let twice = with(json!([{"name": "westeurope"}, {"name": "West Europe"}]));
    assert_eq!(
        refused(&client, twice).await,
        "Duplicate regions are not allowed in target publishing regions."
    );
    let none = with(json!([{"name": "westeurope", "regionalReplicaCount": 0}]));
    assert!(
        refused(&client, none)
            .await
            .contains("The value must be between '1' and '100', inclusive.")
    );
    let many = with(
        json!([{"name": "westeurope", "regionalReplicaCount": 60}, {"name": "northeurope", "regionalReplicaCount": 60}]),
    );
    assert!(refused(&client, many).await.contains("'120'"));
    let zones = with(
        json!([{"name": "westeurope"}, {"name": "westus", "storageAccountType": "Standard_ZRS"}]),
    );
    assert_eq!(
        refused(&client, zones).await,
        "ZRS storage account type is not supported in this region."
    );
    let mut shallow = with(json!([{"name": "westeurope"}, {"name": "northeurope"}]));
    shallow["properties"]["publishingProfile"]["replicationMode"] = json!("Shallow");
    assert!(refused(&client, shallow).await.contains("'Shallow'"));
}

#[tokio::test]
async fn regions_come_and_go_and_a_version_can_leave_latest() {
    let client = publisher().await;
    let path = version("1.0.0");
    let mut body = whole(&compute("images/built"));
    body["properties"]["publishingProfile"] = json!({"targetRegions": [{"name": "westeurope"}, {"name": "northeurope"}], "replicaCount": 2});
    client.made(&path, body.clone()).await;
    let change = |list: Value| json!({"properties": regions(&list)});
    client.patch(&path, change(json!([{"name": "westeurope", "regionalReplicaCount": 3}, {"name": "northeurope", "excludeFromLatest": true}, {"name": "uksouth"}]))).await.is(200);
    client.simulator.advance(Duration::from_secs(150));
    let shown = seen(&client, "1.0.0").await;
    assert_eq!(shown["provisioningState"], "Updating");
    assert_eq!(shown["replicationStatus"]["aggregatedState"], "InProgress");
    assert_eq!(
        shown["replicationStatus"]["summary"][2],
        json!({"region": "UK South", "state": "Replicating", "details": "", "progress": 25})
    );
    client.simulator.run_until_idle();
    let shown = seen(&client, "1.0.0").await;
    let targets = &shown["publishingProfile"]["targetRegions"];
    assert_eq!(targets[0]["regionalReplicaCount"], 3);
    assert_eq!(
        targets[1],
        json!({"name": "North Europe", "regionalReplicaCount": 2, "storageAccountType": "Standard_LRS", "excludeFromLatest": true})
    );
    assert_eq!(shown["replicationStatus"]["aggregatedState"], "Completed");
    // A region that is left out stays in the way, until the safety profile lets it go.
    let fewer = change(json!([{"name": "westeurope"}]));
    let answer = client
        .patch(&path, fewer.clone())
        .await
        .refused(400, "BadRequest");
    assert!(answer.message().starts_with("Complete set of target locations not specified while updating gallery artifact '1.0.0' and type 'GalleryImageVersion'."));
    client.patch(&path, change(json!([]))).await.is(200);
    client.simulator.run_until_idle();
    assert_eq!(
        seen(&client, "1.0.0").await["publishingProfile"]["targetRegions"][2]["name"],
        "UK South"
    );
    let mut fewer = fewer;
    fewer["properties"]["safetyProfile"] = json!({"allowDeletionOfReplicatedLocations": true});
    client.patch(&path, fewer).await.is(200);
    client.simulator.run_until_idle();
    assert_eq!(
        seen(&client, "1.0.0").await["replicationStatus"]["summary"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let other = change(json!([{"name": "westeurope", "storageAccountType": "Premium_LRS"}]));
    client
        .patch(&path, other)
        .await
        .refused(409, "PropertyChangeNotAllowed");
}

#[tokio::test]
async fn a_disk_of_more_than_two_terabytes_cannot_be_replicated() {
    let client = publisher().await;
    let large = disk(&client, "large", 2520).await;
    let mut body = made_of(&json!({"osDiskImage": {"source": {"id": large}}}));
    client.put(&version("1.0.0"), body.clone()).await.is(201);
    client.simulator.run_until_idle();
    let shown = seen(&client, "1.0.0").await;
    assert_eq!(shown["provisioningState"], "Failed");
    let details = "Replication failed in this region due to 'The GalleryImageVersion source resource size 2520 exceeds the max size 2048 supported.'";
    assert_eq!(shown["replicationStatus"]["summary"][0]["details"], details);
    body["properties"]["publishingProfile"] = json!({"replicationMode": "Shallow"});
    client.made(&version("2.0.0"), body).await;
    assert_eq!(
        seen(&client, "2.0.0").await["provisioningState"],
        "Succeeded"
    );
}

#[tokio::test]
async fn a_version_is_kept_from_deletion_by_its_safety_profile() {
    let client = publisher().await;
    let path = version("1.0.0");
    let mut body = whole(&compute("images/built"));
    body["properties"]["publishingProfile"] = json!({"endOfLifeDate": "2030-01-01"});
    body["properties"]["safetyProfile"] = json!({"blockDeletionBeforeEndOfLife": true});
    client.made(&path, body).await;
    let answer = client.delete(&path).await;
    let answer = answer.refused(409, "DeleteGalleryImageVersionBlockedBeforeEndOfLife");
    assert!(
        answer
            .message()
            .starts_with("Deletion of Gallery image version is not allowed")
    );
    client
        .delete(&own("/images/web"))
        .await
        .refused(409, "CannotDeleteResource");
    let lifted = json!({"properties": {"safetyProfile": {"blockDeletionBeforeEndOfLife": false}}});
    client.patch(&path, lifted.clone()).await.is(200);
    client.simulator.run_until_idle();
    client.delete(&path).await.is(202);
    let answer = client
        .patch(&path, lifted)
        .await
        .refused(409, "OperationNotAllowed");
    assert!(answer.message().contains("since it is marked for deletion"));
    client.simulator.run_until_idle();
    client.get(&path).await.is(404);
}

#[tokio::test]
async fn what_was_deleted_softly_comes_back() {
    let client = publisher().await;
    let policy = json!({"properties": {"softDeletePolicy": {"isSoftDeleteEnabled": true}}});
    client.patch(&own(""), policy).await.is(200);
    client.simulator.run_until_idle();
    let path = version("1.0.0");
    client.made(&path, whole(&compute("images/built"))).await;
    client.delete(&path).await.is(202);
    client.simulator.run_until_idle();
    assert_eq!(seen(&client, "1.0.0").await["imageState"], "SoftDeleted");
    let disk = compute("disks/d");
    let made = client.put(
        &disk,
        json!({"location": "westeurope", "properties": {
            "creationData": {"createOption": "FromImage", "galleryImageReference": {"id": path}},
        }}),
    );
    made.await.refused(404, "GalleryImageNotFound");
    let back = json!({"properties": {"restore": true}});
    client.patch(&path, back).await.is(200);
    client.simulator.run_until_idle();
    let shown = seen(&client, "1.0.0").await;
    assert_eq!(
        (&shown["imageState"], shown.get("restore")),
        (&json!("Active"), None)
    );
    client.delete(&path).await.is(202);
    client.simulator.run_until_idle();
    client.gone(&path).await;
}

#[tokio::test]
async fn encryption_sets_stand_for_every_region() {
    let world = format!("{WORLD}
resources:
  - id: /subscriptions/workload/resourceGroups/Web/providers/Microsoft.Compute/diskEncryptionSets/set
    body: {{location: westeurope}}
");
    let client = publisher_in(&world).await;
    let set = |id: &str| json!({"osDiskImage": {"diskEncryptionSetId": id}});
    let with = |list: Value| {
        let mut body = whole(&compute("images/built"));
        body["properties"]["publishingProfile"] = json!({"targetRegions": list});
        body
    };
    let own_set = compute("diskEncryptionSets/set");
    let none = compute("diskEncryptionSets/none");
    let message = refused(
        &client,
        with(json!([{"name": "westeurope", "encryption": set(&none)}])),
    )
    .await;
    assert_eq!(
        message,
        format!("The disk encryption set {none} was not found.")
    );
    let half =
        with(json!([{"name": "westeurope", "encryption": set(&own_set)}, {"name": "northeurope"}]));
    let message = refused(&client, half).await;
    assert!(
        message.starts_with("A disk encryption set is required for disk 'galleryArtifactVersion"),
        "{message}"
    );
    let mut lun = set(&own_set);
    lun["dataDiskImages"] = json!([{"lun": 3, "diskEncryptionSetId": own_set}]);
    let message = refused(
        &client,
        with(json!([{"name": "westeurope", "encryption": lun}])),
    )
    .await;
    assert!(
        message.starts_with("An invalid lun [3] was specified"),
        "{message}"
    );
    let elsewhere = format!(
        "/subscriptions/{S1}/resourceGroups/images-rg/providers/Microsoft.Compute/diskEncryptionSets/set"
    );
    let message = refused(
        &client,
        with(json!([{"name": "westeurope", "encryption": set(&elsewhere)}])),
    )
    .await;
    assert!(
        message.contains("must be in the same subscription"),
        "{message}"
    );
}
