//! Machines and disks over their lives.

use crate::support;

use serde_json::{Value, json};
use support::*;

const VM: &str = "Microsoft.Compute/virtualMachines/vm";

async fn ready() -> (Client, String, Value) {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let body = machine(&image("web/versions/1.9.0"), &nic);
    client.made(&web(VM), body.clone()).await;
    (client, web(VM), body)
}

#[tokio::test]
async fn create_only_properties_refuse_to_change() {
    let (client, path, body) = ready().await;
    let changes: [(&str, Value, &str); 7] = [
        (
            "/properties/storageProfile/imageReference/id",
            json!(image("web/versions/1.10.0")),
            "imageReference",
        ),
        (
            "/properties/osProfile/customData",
            json!("b3RoZXI="),
            "osProfile.customData",
        ),
        (
            "/properties/osProfile/adminUsername",
            json!("someone"),
            "osProfile.adminUsername",
        ),
        (
            "/properties/osProfile/computerName",
            json!("other"),
            "osProfile.computerName",
        ),
        (
            "/properties/osProfile/linuxConfiguration/ssh/publicKeys/0/keyData",
            json!("ssh-rsa BBBB x"),
            "linuxConfiguration.ssh.publicKeys",
        ),
        ("/properties/priority", json!("Spot"), "priority"),
        ("/zones", json!(["1"]), "zones"),
    ];
    for (pointer, value, target) in changes {
        let mut changed = body.clone();
        match changed.pointer_mut(pointer) {
            Some(place) => *place = value,
            None if pointer == "/zones" => changed["zones"] = value,
            None => changed["properties"]["priority"] = value,
        }
        let answer = client
            .put(&path, changed)
            .await
            .refused(409, "PropertyChangeNotAllowed");
        assert_eq!(answer.body["error"]["target"], target);
    }
    let mut elsewhere = body.clone();
    elsewhere["location"] = json!("northeurope");
    client
        .put(&path, elsewhere)
        .await
        .refused(409, "InvalidResourceLocation");
    client.put(&path, body).await.is(200);
}

#[tokio::test]
async fn sizes_change_within_a_cluster_or_off() {
    let (client, path, _) = ready().await;
    let size = |name: &str| json!({"properties": {"hardwareProfile": {"vmSize": name}}});
    client.patch(&path, size("standard_d4s_v5")).await.is(200);
    client.simulator.run_until_idle();
    let shown = client.get(&path).await.body;
    assert_eq!(
        shown["properties"]["hardwareProfile"]["vmSize"],
        "Standard_D4s_v5"
    );
    client
        .patch(&path, size("Standard_D2as_v5"))
        .await
        .refused(409, "OperationNotAllowed");
    client
        .patch(&path, size("Standard_D2ps_v5"))
        .await
        .refused(400, "BadRequest");
    client
        .patch(&path, size("Standard_Nope"))
        .await
        .refused(400, "InvalidParameter");
    let answer = client
        .post(&format!("{path}/deallocate"), json!({}))
        .await
        .is(202);
    assert!(answer.header("location").contains("monitor=true"));
    client.get(answer.header("location")).await.is(202);
    client.simulator.run_until_idle();
    client.get(answer.header("location")).await.is(200);
    let view = client
        .get(&format!("{path}/instanceView"))
        .await
        .is(200)
        .body;
    assert_eq!(view["statuses"][1]["code"], "PowerState/deallocated");
    client.patch(&path, size("Standard_D2as_v5")).await.is(200);
}

#[tokio::test]
async fn deleting_takes_along_what_was_marked() {
    let (client, path, _) = ready().await;
    let shown = client.get(&path).await.body;
    let disk = shown["properties"]["storageProfile"]["osDisk"]["managedDisk"]["id"].clone();
    let disk = disk.as_str().expect("an id");
    let nic = web("Microsoft.Network/networkInterfaces/nic");
    client.delete(&nic).await.refused(400, "NicInUse");
    client
        .delete(disk)
        .await
        .refused(409, "OperationNotAllowed");
    let answer = client.delete(&path).await.is(202);
    assert_eq!(
        client.get(&path).await.is(200).body["properties"]["provisioningState"],
        "Deleting"
    );
    client.simulator.run_until_idle();
    client.get(answer.header("location")).await.is(204);
    client.get(&path).await.refused(404, "ResourceNotFound");
    client.get(disk).await.is(404);
    client.get(&nic).await.is(200);
    client.delete(&path).await.is(204);
}

#[tokio::test]
async fn data_disks_are_made_attached_and_detached() {
    let (client, path, mut body) = ready().await;
    body["properties"]["storageProfile"]["dataDisks"] =
        json!([{"lun": 0, "createOption": "Empty", "diskSizeGB": 64, "name": "data0"}]);
    let shown = client.made(&path, body.clone()).await;
    let disks = &shown["properties"]["storageProfile"]["dataDisks"];
    assert_eq!(
        disks[0]["managedDisk"]["storageAccountType"],
        "Standard_LRS"
    );
    let disk = web("Microsoft.Compute/disks/data0");
    assert_eq!(
        client.get(&disk).await.is(200).body["managedBy"],
        shown["id"]
    );
    // Named by its unit number alone it is the disk that is there.
    let shown = client.made(&path, body.clone()).await;
    assert_eq!(&shown["properties"]["storageProfile"]["dataDisks"], disks);
    body["properties"]["storageProfile"]["dataDisks"] = json!([]);
    client.made(&path, body.clone()).await;
    let left = client.get(&disk).await.is(200).body;
    assert_eq!(left["properties"]["diskState"], "Unattached");
    body["properties"]["storageProfile"]["dataDisks"] =
        json!([{"lun": 3, "createOption": "Attach", "managedDisk": {"id": disk}}]);
    client.made(&path, body.clone()).await;
    body["properties"]["storageProfile"]["dataDisks"] =
        json!([{"lun": 1, "createOption": "Empty"}, {"lun": 1, "createOption": "Empty"}]);
    client
        .put(&path, body)
        .await
        .refused(400, "InvalidParameter");
}

#[tokio::test]
async fn disks_grow_and_never_shrink() {
    let client = Client::new().await;
    let path = web("Microsoft.Compute/disks/d");
    let body = |size: u32| {
        json!({"location": "westeurope", "sku": {"name": "premium_lrs"},
            "properties": {"creationData": {"createOption": "empty"}, "diskSizeGB": size}})
    };
    let answer = client.put(&path, body(64)).await.is(202);
    assert!(
        !answer.header("location").is_empty() && !answer.header("azure-asyncoperation").is_empty()
    );
    client.simulator.run_until_idle();
    let shown = client.get(&path).await.is(200).body;
    assert_eq!(
        shown["sku"],
        json!({"name": "Premium_LRS", "tier": "Premium"})
    );
    assert_eq!(shown["properties"]["tier"], "P6");
    client
        .put(&path, body(32))
        .await
        .refused(409, "OperationNotAllowed");
    let grown = client.made(&path, body(128)).await;
    assert_eq!(grown["properties"]["tier"], "P10");
    let mut copy = body(128);
    copy["properties"]["creationData"]["createOption"] = json!("Import");
    client
        .put(&path, copy)
        .await
        .refused(409, "PropertyChangeNotAllowed");
}

#[tokio::test]
async fn os_disks_grow_only_while_the_machine_is_off() {
    let (client, path, body) = ready().await;
    let shown = client.get(&path).await.body;
    let disk = shown["properties"]["storageProfile"]["osDisk"]["managedDisk"]["id"].clone();
    let disk = disk.as_str().expect("an id");
    let grow = json!({"properties": {"diskSizeGB": 64}});
    client
        .patch(disk, grow.clone())
        .await
        .refused(409, "OperationNotAllowed");
    let mut through = body;
    through["properties"]["storageProfile"]["osDisk"]["diskSizeGB"] = json!(64);
    client
        .put(&path, through)
        .await
        .refused(409, "ResizeDiskError");
    client
        .post(&format!("{path}/deallocate"), json!({}))
        .await
        .is(202);
    client.simulator.run_until_idle();
    client.patch(disk, grow).await.is(202);
    client.simulator.run_until_idle();
    let shown = client.get(&path).await.body;
    assert_eq!(
        shown["properties"]["storageProfile"]["osDisk"]["diskSizeGB"],
        64
    );
}

#[tokio::test]
async fn conditions_and_conflicts() {
    let (client, path, body) = ready().await;
    let etag = client.get(&path).await.header("etag").to_owned();
    let send = async |header: (&str, &str)| {
        let token = format!("Bearer {}", client.t2);
        let headers = [
            ("authorization", token),
            (
                "x-ms-authorization-auxiliary",
                client.auxiliary.clone().expect("a token"),
            ),
            (header.0, header.1.to_owned()),
        ];
        raw(&client.simulator, "PUT", &path, &headers, Some(&body)).await
    };
    send(("if-none-match", "*"))
        .await
        .refused(412, "PreconditionFailed");
    send(("if-match", "\"999\""))
        .await
        .refused(412, "PreconditionFailed");
    send(("if-match", &etag)).await.is(200);
    client
        .put(&path, body.clone())
        .await
        .refused(409, "Conflict");
}

#[tokio::test]
async fn user_data_is_shown_on_request_only() {
    let (client, path, _) = ready().await;
    client
        .patch(&path, json!({"properties": {"userData": "aGk="}}))
        .await
        .is(200);
    client.simulator.run_until_idle();
    assert_eq!(
        client.get(&path).await.body["properties"].get("userData"),
        None
    );
    let shown = client.get(&format!("{path}?$expand=userData")).await.body;
    assert_eq!(shown["properties"]["userData"], "aGk=");
}

#[tokio::test]
async fn identities_join_with_their_ids() {
    let (client, path, _) = ready().await;
    let id = web("Microsoft.ManagedIdentity/userAssignedIdentities/me");
    let made = client
        .put(&id, json!({"location": "westeurope"}))
        .await
        .is(201)
        .body;
    assert_eq!(made["properties"]["tenantId"], T2);
    let join = json!({"identity": {"type": "userAssigned", "userAssignedIdentities": {&id: {}}}});
    let answer = client.patch(&path, join).await.is(200);
    let shown = &answer.body["identity"]["userAssignedIdentities"][&id];
    assert_eq!(shown["principalId"], made["properties"]["principalId"]);
    client.simulator.run_until_idle();
    let leave = json!({"identity": {"type": "None", "userAssignedIdentities": {&id: null}}});
    let answer = client.patch(&path, leave).await.is(200);
    assert_eq!(answer.body.get("identity"), None);
}

#[tokio::test]
async fn quotas_are_kept() {
    let world = WORLD.replace(
        "tenant: contoso}\nroleAssignments",
        "tenant: contoso, quotas: {cores: 3}}\nroleAssignments",
    );
    let client = Client::of(&world).await;
    let subnet = network(&client).await;
    let nic = interface(&client, "one", &subnet).await;
    client
        .made(&web(VM), machine(&image("web/versions/1.9.0"), &nic))
        .await;
    let nic = interface(&client, "two", &subnet).await;
    let second = web("Microsoft.Compute/virtualMachines/second");
    let answer = client
        .put(&second, machine(&image("web/versions/1.9.0"), &nic))
        .await;
    let answer = answer.refused(409, "OperationNotAllowed");
    assert!(
        answer
            .message()
            .contains("Current Limit: 3, Current Usage: 2, Additional Required: 2"),
        "{}",
        answer.message()
    );
    let path =
        format!("/subscriptions/{S2}/providers/Microsoft.Compute/locations/westeurope/usages");
    let rows = client.get(&path).await.is(200).body;
    let cores = rows["value"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["name"]["value"] == "cores");
    assert_eq!(
        (
            &cores.expect("a row")["currentValue"],
            &cores.expect("a row")["limit"]
        ),
        (&json!(2), &json!(3))
    );
}

#[tokio::test]
async fn availability_sets_keep_their_machines() {
    let client = Client::new().await;
    let set = web("Microsoft.Compute/availabilitySets/set");
    let body = json!({"location": "westeurope", "sku": {"name": "Aligned"}});
    client.put(&set, body).await.is(200);
    let nic = interface(&client, "nic", &network(&client).await).await;
    let mut body = machine(&image("web/versions/1.9.0"), &nic);
    body["properties"]["availabilitySet"] = json!({"id": set});
    let shown = client.made(&web(VM), body).await;
    let echoed = shown["properties"]["availabilitySet"]["id"]
        .as_str()
        .expect("an id");
    assert!(echoed.contains("/resourceGroups/WEB/"), "{echoed}");
    let shown = client.get(&set).await.is(200).body;
    assert_eq!(
        shown["properties"]["virtualMachines"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    client
        .delete(&set)
        .await
        .refused(409, "OperationNotAllowed");
}

fn script() -> Value {
    json!({"location": "westeurope", "properties": {
        "publisher": "Microsoft.Azure.Extensions", "type": "CustomScript", "typeHandlerVersion": "2.1",
        "settings": {"a": 1}, "protectedSettings": {"secret": "x"},
    }})
}

#[tokio::test]
async fn extensions_keep_their_secrets() {
    let (client, path, _) = ready().await;
    let extension = format!("{path}/extensions/script");
    let shown = client.made(&extension, script()).await;
    assert_eq!(shown["properties"].get("protectedSettings"), None);
    let machine = client.get(&path).await.body;
    assert_eq!(machine["resources"][0]["id"], extension);
    assert_eq!(
        machine["resources"][0]["properties"]["settings"],
        json!({"a": 1})
    );
    let kept = client.simulator.resource(&extension).expect("it is there");
    assert!(!kept.to_string().contains("secret"), "{kept}");
}

#[tokio::test]
async fn an_extension_is_one_of_its_handler_and_keeps_it() {
    let (client, path, _) = ready().await;
    let extension = format!("{path}/extensions/script");
    client.made(&extension, script()).await;
    let again = client
        .put(&format!("{path}/extensions/other"), script())
        .await
        .refused(400, "BadRequest");
    let message = again.body["error"]["message"].as_str().expect("words");
    assert!(
        message.contains("'Microsoft.Azure.Extensions.CustomScript' already added"),
        "{message}"
    );
    for member in ["publisher", "type"] {
        let change = json!({"properties": {member: "Else"}});
        let answer = client
            .patch(&extension, change)
            .await
            .refused(409, "PropertyChangeNotAllowed");
        assert_eq!(answer.body["error"]["target"], member);
    }
    let version = json!({"properties": {"typeHandlerVersion": "latest"}});
    client
        .patch(&extension, version)
        .await
        .refused(400, "InvalidParameter");
    let settings = json!({"properties": {"settings": {"b": 2}}});
    client.patch(&extension, settings).await.is(200);
    client.simulator.run_until_idle();
    let shown = client.get(&extension).await.body;
    assert_eq!(shown["properties"]["settings"], json!({"b": 2}));
    assert_eq!(shown["properties"]["typeHandlerVersion"], "2.1");
}

#[tokio::test]
async fn extensions_are_written_while_their_machine_runs_and_go_with_it() {
    let (client, path, _) = ready().await;
    let extension = format!("{path}/extensions/script");
    client.made(&extension, script()).await;
    client
        .post(&format!("{path}/deallocate"), json!({}))
        .await
        .is(202);
    client.simulator.run_until_idle();
    client
        .put(&extension, script())
        .await
        .refused(409, "OperationNotAllowed");
    client
        .delete(&extension)
        .await
        .refused(409, "OperationNotAllowed");
    client.delete(&path).await.is(202);
    client.simulator.run_until_idle();
    assert_eq!(client.simulator.resource(&extension), None);
    client
        .put(&extension, script())
        .await
        .refused(404, "ParentResourceNotFound");
}

#[tokio::test]
async fn a_patch_names_disks_by_their_unit() {
    let (client, path, _) = ready().await;
    let disks = |caching: &str| {
        json!({"properties": {"storageProfile": {"dataDisks": [
            {"lun": 0, "createOption": "Empty", "diskSizeGB": 8, "caching": caching},
        ]}}})
    };
    client.patch(&path, disks("None")).await.is(200);
    client.simulator.run_until_idle();
    let first =
        client.get(&path).await.body["properties"]["storageProfile"]["dataDisks"][0].clone();
    client.patch(&path, disks("ReadOnly")).await.is(200);
    client.simulator.run_until_idle();
    let second =
        client.get(&path).await.body["properties"]["storageProfile"]["dataDisks"][0].clone();
    assert_eq!(first["managedDisk"]["id"], second["managedDisk"]["id"]);
    assert_eq!(second["caching"], "ReadOnly");
}

#[tokio::test]
async fn interfaces_stay_reserved_after_a_failure() {
    let client = Client::new().await;
    client.simulator.add_fault(
        serde_json::from_value(json!({
            "match": {"method": "PUT", "type": "Microsoft.Compute/virtualMachines"},
            "action": {"do": "failOperation", "code": "OSProvisioningTimedOut"},
        }))
        .expect("a rule"),
    );
    let nic = interface(&client, "nic", &network(&client).await).await;
    let body = machine(&image("web"), &nic);
    client.put(&web(VM), body.clone()).await.is(201);
    client.simulator.run_until_idle();
    client.gone(&web(VM)).await;
    let other = web("Microsoft.Compute/virtualMachines/other");
    client
        .put(&other, body.clone())
        .await
        .refused(400, "NicReservedForAnotherVm");
    client
        .simulator
        .advance(std::time::Duration::from_secs(180));
    client.put(&other, body).await.is(201);
}

#[tokio::test]
async fn security_and_plans_have_to_fit() {
    let world = WORLD.replace(
        "      - {name: arm,",
        "      - {name: tl, features: {SecurityType: TrustedLaunch}, versions: [{name: 1.0.0}]}\n      - {name: paid, purchasePlan: {name: p, publisher: q, product: r}, disallowedDiskTypes: [Standard_LRS], versions: [{name: 1.0.0, osDiskSizeGb: 64}]}\n      - {name: arm,",
    );
    let client = Client::of(&world).await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let refused = async |body: Value, target: &str| {
        let answer = client.put(&web(VM), body).await;
        assert_eq!(answer.status, 400, "{:#}", answer.body);
        assert_eq!(answer.body["error"]["target"], target, "{:#}", answer.body);
    };
    let mut trusted = machine(&image("tl"), &nic);
    refused(trusted.clone(), "securityProfile.securityType").await;
    trusted["properties"]["securityProfile"] =
        json!({"securityType": "TrustedLaunch", "uefiSettings": {"vTpmEnabled": true}});
    client.put(&web(VM), trusted).await.is(201);
    client.simulator.run_until_idle();
    client.gone(&web(VM)).await;
    let mut paid = machine(&image("paid"), &nic);
    client
        .put(&web(VM), paid.clone())
        .await
        .refused(400, "VMMarketplaceInvalidInput");
    paid["plan"] = json!({"name": "other", "publisher": "q", "product": "r"});
    refused(paid.clone(), "plan").await;
    paid["plan"] = json!({"name": "p", "publisher": "q", "product": "r"});
    paid["properties"]["storageProfile"]["osDisk"]["diskSizeGB"] = json!(30);
    refused(paid.clone(), "osDisk.diskSizeGB").await;
    paid["properties"]["storageProfile"]["osDisk"]["diskSizeGB"] = json!(64);
    paid["properties"]["storageProfile"]["osDisk"]["managedDisk"] =
        json!({"storageAccountType": "Standard_LRS"});
    refused(paid, "osDisk.managedDisk.storageAccountType").await;
}

#[tokio::test]
async fn accounts_are_checked() {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let refused = async |change: fn(&mut Value), target: &str| {
        let mut body = machine(&image("web"), &nic);
        change(&mut body["properties"]["osProfile"]);
        let answer = client
            .put(&web(VM), body)
            .await
            .refused(400, "InvalidParameter");
        assert_eq!(answer.body["error"]["target"], target, "{:#}", answer.body);
    };
    refused(
        |profile| profile["adminUsername"] = json!("root"),
        "adminUsername",
    )
    .await;
    refused(
        |profile| profile["customData"] = json!("no base64!"),
        "customData",
    )
    .await;
    refused(
        |profile| profile["linuxConfiguration"]["ssh"] = json!({}),
        "linuxConfiguration",
    )
    .await;
    refused(
        |profile| profile["linuxConfiguration"]["ssh"]["publicKeys"][0]["path"] = json!("/srv/x"),
        "linuxConfiguration.ssh.publicKeys.path",
    )
    .await;
}

#[tokio::test]
async fn a_disk_can_be_photographed() {
    let client = Client::new().await;
    let disk = web("Microsoft.Compute/disks/data");
    client
        .made(
            &disk,
            json!({"location": "westeurope", "properties": {
                "diskSizeGB": 32, "creationData": {"createOption": "Empty"},
            }}),
        )
        .await;
    let snapshot = web("Microsoft.Compute/snapshots/photo?api-version=2025-01-02");
    let of = |source: &str| {
        json!({"location": "westeurope", "properties": {
            "creationData": {"createOption": "Copy", "sourceResourceId": source},
        }})
    };
    let answer = client.put(&snapshot, of(&disk)).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    client.simulator.run_until_idle();
    let made = client.get(&snapshot).await.is(200).body;
    assert_eq!(made["properties"]["diskSizeGB"], 32);
    client
        .put(
            &snapshot.replace("photo", "other"),
            of(&web("Microsoft.Compute/disks/none")),
        )
        .await
        .refused(404, "ResourceNotFound");
}
