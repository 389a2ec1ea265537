//! Networks, addresses, rules, and what is not there.

use super::fault::{Fault, fault};

const FOREIGN: &str = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps";

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = ranges();
    faults.extend(references());
    faults.extend(parts());
    faults
}

fn ranges() -> Vec<Fault> {
    vec![
        fault("subnets that overlap", "TN1307", "db: {prefix: 10.0.1.0/24}")
            .more("networks:\n  net:\n    subnets:\n      app: {prefix: 10.0.0.0/23}\n      db: {prefix: 10.0.1.0/24}\n")
            .help("write prefix: 10.0.2.0/24")
            .edit("10.0.1.0/24", "10.0.2.0/24"),
        fault("a subnet outside of its network", "TN1307", "app: {prefix: 10.1.0.0/24}")
            .more("networks:\n  net:\n    subnets:\n      app: {prefix: 10.1.0.0/24}\n")
            .help("write prefix: 10.0.0.0/24")
            .edit("10.1.0.0/24", "10.0.0.0/24"),
        fault("a subnet that is too small", "TN1307", "app: {prefix: 10.0.0.8/30}")
            .more("networks:\n  net:\n    subnets:\n      app: {prefix: 10.0.0.8/30}\n")
            .help("write prefix: 10.0.0.8/29")
            .edit("10.0.0.8/30", "10.0.0.8/29"),
        fault("a network with a range twice", "TN1307", "address_space: [10.0.0.0/16, 10.0.4.0/22]")
            .more("networks:\n  net:\n    address_space: [10.0.0.0/16, 10.0.4.0/22]\n")
            .help("leave the smaller one out: 10.0.4.0/22")
            .edit("[10.0.0.0/16, 10.0.4.0/22]", "10.0.0.0/16"),
        fault("an address that Azure keeps", "TN1308", "private_ip: 10.0.0.3")
            .spec(FOREIGN, "net/app")
            .more("    private_ip: 10.0.0.3\nnetworks:\n  net:\n    subnets:\n      app: {prefix: 10.0.0.0/24}\n")
            .help("write one from 10.0.0.4 to 10.0.0.254")
            .edit("10.0.0.3", "10.0.0.4"),
        fault("an address outside of the subnet", "TN1308", "private_ip: 10.0.1.4")
            .spec(FOREIGN, "net/app")
            .more("    private_ip: 10.0.1.4\nnetworks:\n  net:\n    subnets:\n      app: {prefix: 10.0.0.0/24}\n")
            .help("write one from 10.0.0.4 to 10.0.0.254")
            .edit("10.0.1.4", "10.0.0.254"),
        fault("an address for two", "TN1308", "two: {image: web, admin_username: azureuser, ssh_key: ssh-ed25519 AAAA test, public_ip: false, subnet: net/app, private_ip: 10.0.0.9}")
            .spec(FOREIGN, "net/app")
            .more("    private_ip: 10.0.0.9\n  two: {image: web, admin_username: azureuser, ssh_key: ssh-ed25519 AAAA test, public_ip: false, subnet: net/app, private_ip: 10.0.0.9}\nnetworks:\n  net:\n    subnets:\n      app: {prefix: 10.0.0.0/24}\n")
            .help("leave `private_ip` out, and each gets one of its own")
            .edit(", private_ip: 10.0.0.9}", "}"),
        fault("a range that does not begin where it says", "TN1007", "app: {prefix: 10.0.0.5/24}")
            .more("networks:\n  net:\n    subnets:\n      app: {prefix: 10.0.0.5/24}\n")
            .help("write `10.0.0.0/24`")
            .edit("10.0.0.5/24", "10.0.0.0/24"),
    ]
}

fn references() -> Vec<Fault> {
    vec![
        fault(
            "a subnet of this spec that is not there",
            "TN1201",
            "subnet: net/ap",
        )
        .spec(FOREIGN, "net/ap")
        .more("networks:\n  net:\n    subnets:\n      app: {prefix: 10.0.0.0/24}\n")
        .help("did you mean `net/app`?")
        .edit("net/ap\n", "net/app\n"),
        fault(
            "something that is said to exist",
            "TN3106",
            "none: {existing: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/networkSecurityGroups/none}",
        )
        .more("resources:\n  none: {existing: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/networkSecurityGroups/none}\n")
        .act(|hand| {
            let path = "/resourceGroups/myResourceGroup/providers/Microsoft.Network/networkSecurityGroups/none";
            let body = serde_json::json!({"location": "westeurope"});
            hand.consumer("PUT", path, "2024-05-01", &body);
        }),
    ]
}

fn parts() -> Vec<Fault> {
    vec![
        fault("two rules of one priority", "TN1007", "web: {priority: 100, port: 443, from: 10.0.0.0/8}")
            .more("nsgs:\n  door:\n    rules:\n      ssh: {priority: 100, port: 22, from: 10.0.0.0/8}\n      web: {priority: 100, port: 443, from: 10.0.0.0/8}\n")
            .help("Azure wants each priority once per direction")
            .edit("web: {priority: 100,", "web: {priority: 110,"),
        fault("a priority out of range", "TN1007", "ssh: {priority: 99, port: 22, from: 10.0.0.0/8}")
            .more("nsgs:\n  door:\n    rules:\n      ssh: {priority: 99, port: 22, from: 10.0.0.0/8}\n")
            .help("write a number from 100 to 4096")
            .edit("priority: 99", "priority: 100"),
        fault("a public address of the Basic SKU", "TN1309", "body: {sku: {name: Basic}, properties: {publicIPAllocationMethod: Dynamic}}")
            .more("resources:\n  door:\n    type: Microsoft.Network/publicIPAddresses@2025-01-01\n    body: {sku: {name: Basic}, properties: {publicIPAllocationMethod: Dynamic}}\n")
            .help("write sku: {name: Standard} and publicIPAllocationMethod: Static")
            .edit("Basic", "Standard")
            .edit("Dynamic", "Static"),
        fault("a public address without a SKU", "TN1309", "door:")
            .more("resources:\n  door:\n    type: Microsoft.Network/publicIPAddresses@2025-01-01\n    body: {properties: {publicIPAllocationMethod: Static}}\n")
            .help("write sku: {name: Standard}")
            .edit("body: {", "body: {sku: {name: Standard}, "),
        fault("two entries of one name in Azure", "TN1204", "two: {name: door}")
            .more("nsgs:\n  one: {name: door}\n  two: {name: door}\n")
            .edit("two: {name: door}", "two: {}"),
    ]
}
