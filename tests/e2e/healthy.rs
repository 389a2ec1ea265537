//! No false alarm: worlds of every shape in which nothing is wrong.
//!
//! Neither the plan nor the apply nor the plan after it has an error, a warning
//! or anything that could not be checked.

use crate::broken::each;
use crate::broken::fault::{Fault, fault};

/// How many shapes there are at least.
const AT_LEAST: usize = 30;

const SIZE: &str = "Standard_D2s_v5";
const WEB: &str = "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web";
const SUBNET: &str = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps";

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let shapes = [sizes(), images(), networks(), others()];
    let shapes: Vec<Fault> = shapes.into_iter().flatten().collect();
    assert!(shapes.len() >= AT_LEAST, "{} shapes", shapes.len());
    each(&shapes, |shape| shape.name(), Fault::is_healthy);
}

fn shape(name: &'static str) -> Fault {
    fault(name, "", "")
}

fn sizes() -> Vec<Fault> {
    vec![
        shape("as it is"),
        shape("burstable").spec(SIZE, "Standard_B1s"),
        shape("without premium disks").spec(SIZE, "Standard_D2_v5"),
        shape("another kind of data disk without premium disks")
            .spec(SIZE, "Standard_D2_v5")
            .more("    data_disks:\n      logs: {size_gb: 4, sku: StandardSSD_LRS}\n"),
        shape("as many data disks as the size takes").more(
            "    data_disks:\n      one: {size_gb: 4}\n      two: {size_gb: 4}\n      three: {size_gb: 4}\n      four: {size_gb: 4}\n",
        ),
        shape("a zone").more("    zone: \"3\"\n"),
        shape("the only zone of a size")
            .spec(SIZE, "Standard_Zone1")
            .more("    zone: \"1\"\n"),
        shape("a fleet over zones").more("    count: 3\n    zones: [\"1\", \"2\", \"3\"]\n"),
        shape("spot").more("    priority: Spot\n"),
        shape("accelerated networking").more("    accelerated_networking: true\n"),
        shape("encryption at the host").more("    security: {encryption_at_host: true}\n"),
        shape("a size written in small letters").spec(SIZE, "standard_d2s_v5"),
        shape("exactly the quota").world(
            "tenant: contoso}\n  - {name: images",
            "tenant: contoso, quotas: {standardDSv5Family: 2, cores: 2}}\n  - {name: images",
        ),
        shape("another region").spec("location: westeurope", "location: northeurope").spec(
            SUBNET,
            "net/app",
        ).more("networks: {net: {subnets: {app: {prefix: 10.0.0.0/24}}}}\n"),
    ]
}

fn images() -> Vec<Fault> {
    vec![
        shape("generation 1").image("galleries/acme/images/gen1", "version: 1.0.0"),
        shape("Arm64 on Arm64")
            .image("galleries/acme/images/arm", "version: 1.0.0")
            .spec(SIZE, "Standard_D2ps_v5"),
        shape("no feature at all").image("galleries/acme/images/plain", "version: 1.0.0"),
        shape("trusted launch only").image("galleries/acme/images/strict", "version: 1.0.0"),
        shape("trusted launch left out").more("    security: {type: Standard}\n"),
        shape("confidential")
            .image("galleries/acme/images/secret", "version: 1.0.0")
            .spec(SIZE, "Standard_DC2as_v5")
            .more("    security: {type: ConfidentialVM}\n"),
        shape("Windows")
            .image("galleries/acme/images/windows", "version: 1.0.0")
            .spec("    ssh_key: ssh-ed25519 AAAA test\n", "    admin_password: ${secrets.admin}\n")
            .spec("images:\n", "secrets: {admin: {env: ADMIN_PASSWORD}}\nimages:\n")
            .variable("ADMIN_PASSWORD", "Canary-7Qx-password"),
        shape("specialized")
            .image("galleries/acme/images/special", "version: 1.0.0")
            .spec("    ssh_key: ssh-ed25519 AAAA test\n", "")
            .spec("    admin_username: azureuser\n", ""),
        shape("out of the marketplace").image("galleries/acme/images/appliance", "version: 1.0.0"),
        shape("data disks of the image").image("galleries/acme/images/disks", "version: 1.0.0"),
        shape("a larger OS disk").more("    os_disk: {size_gb: 64, sku: StandardSSD_LRS}\n"),
        shape("a community gallery")
            .spec("    tenant: acme\n", "")
            .spec(WEB, "/communityGalleries/open-1a2b3c4d/images/web")
            .spec("version: 1.4.2", "version: 1.0.0"),
        shape("a gallery that is shared directly")
            .spec("    tenant: acme\n", "")
            .spec(WEB, "/sharedGalleries/44444444-4444-4444-4444-444444444444-SHARED/images/web")
            .spec("version: 1.4.2", "version: 1.0.0"),
        shape("images of three other tenants").spec(
            "images:\n",
            "images:\n  beta:\n    tenant: 51111111-1111-1111-1111-111111111111\n    id: /subscriptions/45444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/beta/images/web\n    version: 1.0.0\n  gamma:\n    tenant: 61111111-1111-1111-1111-111111111111\n    id: /subscriptions/46444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/gamma/images/web\n    version: 1.0.0\n",
        ),
        shape("a version that lives long enough").world(
            "- {name: 1.4.2,",
            "- {name: 1.4.2, endOfLife: 2099-01-01T00:00:00Z,",
        ),
    ]
}

fn networks() -> Vec<Fault> {
    vec![
        shape("a network of its own").spec(OWN_SUBNET, "").more("    nsg_rule: NONE\n"),
        shape("a network of its own with another range")
            .spec(OWN_SUBNET, "")
            .more("    nsg_rule: NONE\n    vnet_address_prefix: 10.8.0.0/16\n"),
        shape("subnets side by side").more(
            "networks:\n  net:\n    address_space: [10.0.0.0/22, 10.4.0.0/24]\n    subnets:\n      app: {prefix: 10.0.0.0/23}\n      db: {prefix: 10.0.2.0/24}\n      far: {prefix: 10.4.0.0/29}\n",
        ),
        shape("the first and the last address")
            .spec(SUBNET, "net/app")
            .more("    private_ip: 10.0.0.4\n  two: {image: web, admin_username: azureuser, ssh_key: ssh-ed25519 AAAA test, public_ip: false, subnet: net/app, private_ip: 10.0.0.254}\nnetworks: {net: {subnets: {app: {prefix: 10.0.0.0/24}}}}\n"),
        shape("two networks with one range").more(
            "networks:\n  blue: {subnets: {app: {prefix: 10.0.0.0/24}}}\n  green: {subnets: {app: {prefix: 10.0.0.0/24}}}\n",
        ),
        shape("a public address").spec("public_ip: false", "public_ip: true"),
        shape("rules for the same priority in both directions").more(
            "nsgs:\n  door:\n    rules:\n      in: {priority: 100, port: 443, from: Internet}\n      out: {priority: 100, port: 443, from: \"*\", direction: Outbound}\n",
        ),
    ]
}

const OWN_SUBNET: &str = "    subnet: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps\n";

fn others() -> Vec<Fault> {
    vec![
        shape("a scale set").more(concat!(
            "scale_sets:\n  few:\n    image: web\n    capacity: 2\n    orchestration: Uniform\n",
            "    admin_username: azureuser\n    ssh_key: ssh-ed25519 AAAA test\n    zones: [\"1\", \"2\"]\n",
            "    subnet: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps\n",
        )),
        shape("a group that is made").spec(
            "resource_group: myResourceGroup",
            "resource_group: {name: made, create: true}",
        ),
        shape("identities, a set, a key")
            .more("    availability_set: both\n    identity: {system: true, user: who}\navailability_sets: {both: {}}\nidentities: {who: {}}\n"),
        shape("a name inside and a name outside")
            .spec("  one:\n", "  web_1:\n")
            .more("    name: web_1.a\n    computer_name: web-1.a\n"),
        shape("a warning that is switched off")
            .more("checks: {OpenToTheInternet: off}\nnsgs:\n  door:\n    rules:\n      ssh: {priority: 100, port: 22, from: Internet}\n"),
        shape("data for the first boot")
            .file("setup.yaml", format!("#{}", "x".repeat(65_534)))
            .more("    custom_data: setup.yaml\n"),
    ]
}
