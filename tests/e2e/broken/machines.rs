//! Sizes, quotas, disks and accounts.

use super::fault::{Fault, fault};

const SIZE: &str = "Standard_D2s_v5";
const COPY: &str = "image: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/copy/versions/1.0.0";

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = sizes();
    faults.extend(abilities());
    faults.extend(quotas());
    faults.extend(inside());
    faults.extend(weighed());
    faults
}

/// Warnings that the spec makes errors.
fn weighed() -> Vec<Fault> {
    vec![
        fault("SSH is open, and that is an error here", "TN2101", "ssh: {priority: 100, port: 22, from: Internet}")
            .more("checks: {OpenToTheInternet: error}\nnsgs:\n  door:\n    rules:\n      ssh: {priority: 100, port: 22, from: Internet}\n")
            .help("write the range that your people come from: from: 203.0.113.0/24")
            .edit("from: Internet", "from: 203.0.113.0/24"),
        fault("the image has ended, and that is an error here", "TN2107", "web:")
            .world("- {name: 1.4.2,", "- {name: 1.4.2, endOfLife: 2021-01-01T00:00:00Z,")
            .more("checks: {TN2107: error}\n")
            .edit("version: 1.4.2", "version: 1.4.1"),
        fault("a flexible set of a foreign image, and that is an error here", "TN2108", "image: web")
            .more(concat!(
                "checks: {FlexibleForeignImage: error}\n",
                "scale_sets:\n  few:\n    image: web\n    capacity: 1\n    orchestration: Flexible\n",
                "    admin_username: azureuser\n    ssh_key: ssh-ed25519 AAAA test\n",
                "    subnet: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps\n",
            ))
            .help("orchestration: Uniform takes such images")
            .edit("orchestration: Flexible", "orchestration: Uniform"),
        fault("a set of copies of one machine, and that is an error here", "TN2110", COPY)
            .world(
                "      - {name: plain,",
                "      - {name: copy, osState: Specialized, versions: [{name: 1.0.0}]}\n      - {name: plain,",
            )
            .more(concat!(
                "checks: {SpecializedScaleSet: error}\n",
                "scale_sets:\n  few:\n",
                "    image: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/copy/versions/1.0.0\n",
                "    capacity: 2\n    orchestration: Uniform\n",
                "    subnet: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps\n",
            ))
            .help("take a generalized image")
            .edit("capacity: 2", "capacity: 1"),
        fault("a rule of Azure's cannot be switched off", "TN1007", "checks: {TN3110: off}")
            .more("checks: {TN3110: off}\n")
            .help("warnings are LockOutdated (TN1303)")
            .edit("checks: {TN3110: off}\n", ""),
    ]
}

fn sizes() -> Vec<Fault> {
    vec![
        fault("a size that does not exist", "TN3111", "size: Standard_D2s_v55")
            .spec(SIZE, "Standard_D2s_v55")
            .help("write size: Standard_D2s_v5")
            .edit("Standard_D2s_v55", SIZE),
        fault("a size that is closed to the subscription", "TN3111", "size: Standard_Closed1")
            .spec(SIZE, "Standard_Closed1")
            .help("take a size that can, such as size: Standard_B2ms")
            .edit("Standard_Closed1", "Standard_B2ms"),
        fault("a zone without the size", "TN3112", "zone: \"2\"")
            .spec(SIZE, "Standard_Zone1")
            .more("    zone: \"2\"\n")
            .help("write another zone: `1`")
            .edit("zone: \"2\"", "zone: \"1\""),
        fault("a scale set in a zone without the size", "TN3112", "zones: [\"1\", \"3\"]")
            .more(concat!(
                "scale_sets:\n  few:\n    image: web\n    size: Standard_Zone1\n    capacity: 1\n    orchestration: Uniform\n",
                "    admin_username: azureuser\n    ssh_key: ssh-ed25519 AAAA test\n    zones: [\"1\", \"3\"]\n",
                "    subnet: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps\n",
            ))
            .help("write another zone: `1`")
            .edit("zones: [\"1\", \"3\"]", "zones: [\"1\"]"),
        fault("a generation 1 image on a size of generation 2", "TN3110", "size: Standard_D2s_v6")
            .image("galleries/acme/images/gen1", "version: 1.0.0")
            .spec(SIZE, "Standard_D2s_v6")
            .help("take a size that can, such as size: Standard_B2ms")
            .edit("Standard_D2s_v6", "Standard_B2ms"),
        fault("an Arm64 image on an x64 size", "TN3110", "size: Standard_D2s_v5")
            .image("galleries/acme/images/arm", "version: 1.0.0")
            .help("take a size that can, such as size: Standard_D2ps_v5")
            .edit(SIZE, "Standard_D2ps_v5"),
        fault("an x64 image on an Arm64 size", "TN3110", "size: Standard_D2ps_v5")
            .image("galleries/acme/images/plain", "version: 1.0.0")
            .spec(SIZE, "Standard_D2ps_v5")
            .help("take a size that can, such as size: Standard_B2ms")
            .edit("Standard_D2ps_v5", "Standard_B2ms"),
        fault("more data disks than the size takes", "TN3114", "five: {size_gb: 4}")
            .more("    data_disks:\n      one: {size_gb: 4}\n      two: {size_gb: 4}\n      three: {size_gb: 4}\n      four: {size_gb: 4}\n      five: {size_gb: 4}\n")
            .help("take a size that can, such as size: Standard_D2s_v6")
            .edit("Standard_D2s_v5", "Standard_D2s_v6"),
    ]
}

fn abilities() -> Vec<Fault> {
    vec![
        fault(
            "a premium OS disk on a size without",
            "TN3113",
            "os_disk: {sku: Premium_LRS}",
        )
        .spec(SIZE, "Standard_D2_v5")
        .more("    os_disk: {sku: Premium_LRS}\n")
        .help("write sku: StandardSSD_LRS")
        .edit("sku: Premium_LRS", "sku: StandardSSD_LRS"),
        fault(
            "a premium data disk on a size without",
            "TN3113",
            "logs: {size_gb: 4}",
        )
        .spec(SIZE, "Standard_D2_v5")
        .more("    data_disks:\n      logs: {size_gb: 4}\n")
        .help("write sku: StandardSSD_LRS")
        .edit("{size_gb: 4}", "{size_gb: 4, sku: StandardSSD_LRS}"),
        fault(
            "trusted launch on a size without",
            "TN3113",
            "security: {type: TrustedLaunch}",
        )
        .world(
            "- {name: arm, architecture: Arm64,",
            "- {name: arm, architecture: Arm64, features: {SecurityType: TrustedLaunchSupported},",
        )
        .image("galleries/acme/images/arm", "version: 1.0.0")
        .spec(SIZE, "Standard_D2ps_v5")
        .more("    security: {type: TrustedLaunch}\n")
        .help("write security: {type: Standard}")
        .edit("{type: TrustedLaunch}", "{type: Standard}"),
        fault(
            "a confidential machine on an ordinary size",
            "TN3113",
            "security: {type: ConfidentialVM}",
        )
        .image("galleries/acme/images/secret", "version: 1.0.0")
        .more("    security: {type: ConfidentialVM}\n")
        .help("take a size that can, such as size: Standard_DC2as_v5")
        .edit(SIZE, "Standard_DC2as_v5"),
        fault(
            "a spot machine on a size without",
            "TN3113",
            "priority: Spot",
        )
        .spec(SIZE, "Standard_B2ms")
        .more("    priority: Spot\n")
        .help("leave `priority` out")
        .edit("    priority: Spot\n", ""),
        fault(
            "accelerated networking on a size without",
            "TN3113",
            "accelerated_networking: true",
        )
        .spec(SIZE, "Standard_B2ms")
        .more("    accelerated_networking: true\n")
        .help("write accelerated_networking: false")
        .edit(
            "accelerated_networking: true",
            "accelerated_networking: false",
        ),
    ]
}

fn quotas() -> Vec<Fault> {
    let two = "tenant: contoso}\n  - {name: images";
    vec![
        fault("the family's quota is short by one", "TN3201", "one:")
            .world(
                two,
                "tenant: contoso, quotas: {standardDSv5Family: 1}}\n  - {name: images",
            )
            .help("take a size of another family")
            .edit(SIZE, "Standard_E2s_v5"),
        fault("the region's quota is short by one", "TN3201", "one:")
            .world(
                two,
                "tenant: contoso, quotas: {cores: 1}}\n  - {name: images",
            )
            .help("raise the limit of cores to at least 2")
            .edit(SIZE, "Standard_B1s"),
        fault("the quota for spot is short", "TN3201", "one:")
            .world(
                two,
                "tenant: contoso, quotas: {lowPriorityCores: 0}}\n  - {name: images",
            )
            .more("    priority: Spot\n")
            .help("raise the limit of lowPriorityCores to at least 2")
            .edit("    priority: Spot\n", ""),
        fault("the quota is short on the way", "TN3201", "two:")
            .world(
                two,
                "tenant: contoso, quotas: {standardDSv5Family: 3}}\n  - {name: images",
            )
            .before(|hand| {
                let scenario = hand.scenario();
                scenario.run("apply --auto-approve").exits(0);
                scenario.edit("tenon.yaml", "  one:\n", "  two:\n");
            })
            .help("tenon apply --target vms.one")
            .run("apply --auto-approve --target vms.one"),
    ]
}

fn inside() -> Vec<Fault> {
    vec![
        fault(
            "an administrator that Azure keeps",
            "TN1305",
            "admin_username: admin",
        )
        .spec("admin_username: azureuser", "admin_username: admin")
        .help("write another one, such as admin_username: azureuser")
        .edit("admin_username: admin\n", "admin_username: azureuser\n"),
        fault("a host name with an underscore", "TN1304", "web_1:")
            .spec("  one:\n", "  web_1:\n")
            .help("write computer_name: web-1")
            .edit(
                "    image: web\n",
                "    image: web\n    computer_name: web-1\n",
            ),
        fault(
            "a name of Windows that is too long",
            "TN1304",
            "a-very-long-name:",
        )
        .image("galleries/acme/images/windows", "version: 1.0.0")
        .spec(
            "    ssh_key: ssh-ed25519 AAAA test\n",
            "    admin_password: ${secrets.admin}\n",
        )
        .spec(
            "images:\n",
            "secrets: {admin: {env: ADMIN_PASSWORD}}\nimages:\n",
        )
        .spec("  one:\n", "  a-very-long-name:\n")
        .variable("ADMIN_PASSWORD", "Canary-7Qx-password")
        .help("write computer_name: a-very-long-nam")
        .edit(
            "    image: web\n",
            "    image: web\n    computer_name: a-very-long-nam\n",
        ),
        fault("a name that Azure does not take", "TN1304", "name: one!")
            .spec(
                "    image: web\n",
                "    image: web\n    computer_name: one\n    name: one!\n",
            )
            .help("write name: one")
            .edit("name: one!", "name: one"),
        fault(
            "more custom data than there is room for",
            "TN1306",
            "custom_data: setup.yaml",
        )
        .file("setup.yaml", "#cloud-config\n".repeat(5000))
        .more("    custom_data: setup.yaml\n")
        .help("let it fetch the rest from a storage account")
        .edit("    custom_data: setup.yaml\n", ""),
        fault("a private key", "TN1007", "ssh_key: keys/own")
            .file(
                "keys/own",
                "-----BEGIN OPENSSH PRIVATE KEY-----\n".to_owned(),
            )
            .spec("ssh_key: ssh-ed25519 AAAA test", "ssh_key: keys/own")
            .edit("ssh_key: keys/own", "ssh_key: ssh-ed25519 AAAA test"),
        fault(
            "two disks at one lun",
            "TN1007",
            "two: {size_gb: 4, lun: 1}",
        )
        .more("    data_disks:\n      one: {size_gb: 4, lun: 1}\n      two: {size_gb: 4, lun: 1}\n")
        .help("leave `lun` out, and each gets one of its own")
        .edit(", lun: 1}", "}"),
        fault(
            "a zone and an availability set",
            "TN1009",
            "availability_set: both",
        )
        .more("    availability_set: both\n    zone: \"1\"\navailability_sets: {both: {}}\n")
        .help("leave one of them out")
        .edit("    zone: \"1\"\n", ""),
    ]
}
