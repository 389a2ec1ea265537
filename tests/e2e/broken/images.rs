//! Images, and what machines want of them.

use serde_json::json;

use super::fault::{Fault, fault};

const VERSION: &str =
    "/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web/versions/1.4.2";
const GALLERIES: &str = "2024-03-03";
const HERE: &str = "- {name: 1.4.2, regions: [{name: westeurope}, {name: northeurope}]}";

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = versions();
    faults.extend(machines());
    faults
}

fn versions() -> Vec<Fault> {
    vec![
        fault("the definition does not exist", "TN3103", "web:")
            .spec("images/web\n", "images/wbe\n")
            .help("az sig image-definition list")
            .edit("images/wbe\n", "images/web\n"),
        fault("the version does not exist", "TN3103", "web:")
            .spec("version: 1.4.2", "version: 1.4.3")
            .help("tenon update web --to 1.4.2")
            .run("update web --to 1.4.2"),
        fault("the channel has no version", "TN3105", "web:")
            .spec("version: 1.4.2", "version: 2.x")
            .help("1.4.2")
            .edit("version: 2.x", "version: 1.x"),
        fault("the replica is missing", "TN3104", "web:")
            .world(HERE, "- {name: 1.4.2, regions: [{name: northeurope}]}")
            .help("add westeurope to the version's target regions")
            .act(|hand| {
                let regions = json!([{"name": "northeurope"}, {"name": "westeurope"}]);
                let body = json!({"properties": {"publishingProfile": {"targetRegions": regions}}});
                hand.publisher("PATCH", VERSION, GALLERIES, &body);
            }),
        fault("the replica is not finished", "TN3104", "web:")
            .world(HERE, "- {name: 1.4.2, regions: [{name: westeurope, state: Replicating}, {name: northeurope}]}")
            .help("take 1.4.1, which can be used: tenon update web --to 1.4.1")
            .run("update web --to 1.4.1"),
        fault("the replica has failed", "TN3104", "web:")
            .world(HERE, "- {name: 1.4.2, regions: [{name: westeurope, state: Failed}, {name: northeurope}]}")
            .help("tenon update web --to 1.4.1")
            .run("update web --to 1.4.1"),
        fault("the version has failed", "TN3105", "web:")
            .world(HERE, "- {name: 1.4.2, provisioningState: Failed, regions: [{name: westeurope}]}")
            .help("tenon update web --to 1.4.1")
            .run("update web --to 1.4.1"),
        fault("the version is marked for deletion", "TN3105", "web:")
            .world(HERE, "- {name: 1.4.2, softDeleted: true, regions: [{name: westeurope}]}")
            .help("tenon update web --to 1.4.1")
            .run("update web --to 1.4.1"),
        fault("every version is excluded from latest", "TN3105", "web:")
            .world("- {name: 1.4.1,", "- {name: 1.4.1, excludeFromLatest: true,")
            .world("- {name: 1.4.2,", "- {name: 1.4.2, excludeFromLatest: true,")
            .spec("version: 1.4.2", "version: 1.4.x")
            .help("write a version that is there, or a channel such as 1.x")
            .edit("version: 1.4.x", "version: 1.4.2"),
        fault("the lock file says nothing of the channel", "TN1303", "web:")
            .spec("version: 1.4.2", "version: 1.4.x")
            .flags("--locked")
            .help("tenon update")
            .run("update"),
        fault("a community gallery of another name", "TN3103", "web:")
            .spec("    tenant: acme\n", "")
            .spec("/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web", "/communityGalleries/open-1a2b/images/web")
            .spec("version: 1.4.2", "version: 1.0.0")
            .help("look up the public name of the gallery")
            .edit("open-1a2b/", "open-1a2b3c4d/"),
        fault("a shared gallery that is not shared here", "TN3103", "web:")
            .spec("    tenant: acme\n", "")
            .spec("/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web", "/sharedGalleries/44444444-4444-4444-4444-444444444444-SHARED/images/web")
            .spec("version: 1.4.2", "version: 1.0.0")
            .world("sharedWith: {subscriptions: [workload]}", "sharedWith: {subscriptions: [betas]}")
            .help("ask whether yours is among them")
            .act(|hand| {
                let path = "/resourceGroups/images/providers/Microsoft.Compute/galleries/shared/share";
                let ids = json!(["33333333-3333-3333-3333-333333333333"]);
                let body = json!({"operationType": "Add", "groups": [{"type": "Subscriptions", "ids": ids}]});
                hand.publisher("POST", path, GALLERIES, &body);
            }),
        fault("an image that is no image", "TN1201", "image: wbe")
            .spec("image: web", "image: wbe")
            .help("known here: web")
            .edit("image: wbe", "image: web"),
    ]
}

fn machines() -> Vec<Fault> {
    vec![
        fault("a specialized image with an account", "TN1009", "admin_username: azureuser")
            .image("galleries/acme/images/special", "version: 1.0.0")
            .spec("    ssh_key: ssh-ed25519 AAAA test\n", "")
            .help("leave `admin_username` out")
            .edit("    admin_username: azureuser\n", ""),
        fault("Windows without a password", "TN1301", "one:")
            .image("galleries/acme/images/windows", "version: 1.0.0")
            .spec("    ssh_key: ssh-ed25519 AAAA test\n", "")
            .variable("ADMIN_PASSWORD", "Canary-7Qx-password")
            .help("name a secret: secrets: {admin: {env: ADMIN_PASSWORD}}, and here admin_password: ${secrets.admin}")
            .edit("images:\n", "secrets: {admin: {env: ADMIN_PASSWORD}}\nimages:\n")
            .edit("    admin_username: azureuser\n", "    admin_username: azureuser\n    admin_password: ${secrets.admin}\n"),
        fault("trusted launch on an image that cannot", "TN3115", "security: {type: TrustedLaunch}")
            .image("galleries/acme/images/plain", "version: 1.0.0")
            .more("    security: {type: TrustedLaunch}\n")
            .help("write security: {type: Standard}")
            .edit("{type: TrustedLaunch}", "{type: Standard}"),
        fault("no trusted launch on an image that must", "TN3115", "security: {type: Standard}")
            .image("galleries/acme/images/strict", "version: 1.0.0")
            .more("    security: {type: Standard}\n")
            .help("write security: {type: TrustedLaunch}")
            .edit("{type: Standard}", "{type: TrustedLaunch}"),
        fault("a confidential machine of an ordinary image", "TN3115", "security: {type: ConfidentialVM}")
            .spec("Standard_D2s_v5", "Standard_DC2as_v5")
            .more("    security: {type: ConfidentialVM}\n")
            .help("write security: {type: Standard}")
            .edit("{type: ConfidentialVM}", "{type: Standard}"),
        fault("an OS disk that is too small", "TN3116", "os_disk: {size_gb: 16}")
            .more("    os_disk: {size_gb: 16}\n")
            .help("write size_gb: 30 or more, or leave it out")
            .edit("size_gb: 16", "size_gb: 30"),
        fault("a disk that the publisher rules out", "TN3117", "os_disk: {sku: Standard_LRS}")
            .image("galleries/acme/images/appliance", "version: 1.0.0")
            .more("    os_disk: {sku: Standard_LRS}\n")
            .help("write sku: Premium_LRS")
            .edit("sku: Standard_LRS", "sku: Premium_LRS"),
        fault("data disks beside those of the image", "TN3118", "logs: {size_gb: 64}")
            .image("galleries/acme/images/disks", "version: 1.0.0")
            .more("    data_disks:\n      logs: {size_gb: 64}\n")
            .help("leave `data_disks` out until the machine is there")
            .edit("    data_disks:\n      logs: {size_gb: 64}\n", ""),
        fault("accelerated networking on an image without drivers", "TN3119", "accelerated_networking: true")
            .image("galleries/acme/images/appliance", "version: 1.0.0")
            .more("    accelerated_networking: true\n")
            .help("write accelerated_networking: false")
            .edit("accelerated_networking: true", "accelerated_networking: false"),
    ]
}
