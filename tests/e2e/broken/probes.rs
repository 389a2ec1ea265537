//! What a plan asks Azure about: rights, providers, locks, free addresses.

use serde_json::{Value, json};

use super::fault::{Fault, fault};
use super::hand::own;

const WORKLOAD: &str =
    "{name: workload, id: 33333333-3333-3333-3333-333333333333, tenant: contoso}";

pub(super) fn faults() -> Vec<Fault> {
    vec![
        fault("the provider of machines is not registered", "TN3401", "one:")
            .world(WORKLOAD, "{name: workload, id: 33333333-3333-3333-3333-333333333333, tenant: contoso, providers: {Microsoft.Compute: NotRegistered}}")
            .help("az provider register --namespace Microsoft.Compute")
            .act(|hand| {
                let path = "/providers/Microsoft.Compute/register";
                hand.consumer("POST", path, "2021-04-01", &Value::Null);
            }),
        fault("a lock lets nobody write", "TN3403", "one:")
            .world("resources:\n", "resources:\n  - id: /subscriptions/workload/providers/Microsoft.Authorization/locks/keep\n    body: {properties: {level: ReadOnly}}\n")
            .help("az lock delete")
            .act(|hand| {
                let path = "/providers/Microsoft.Authorization/locks/keep";
                hand.consumer("DELETE", path, "2020-05-01", &Value::Null);
            }),
        fault("a role that reads and does not write", "TN3406", "one:")
            .world("{scope: /subscriptions/workload, principal: tenon, role: Contributor}", "{scope: /subscriptions/workload, principal: tenon, role: Reader}")
            .more("checks: {RightMissing: error}\n")
            .help("az role assignment create")
            .act(|hand| hand.give_role("/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup", "Contributor")),
        fault("a subnet without room for all", "TN3202", "one:")
            .world("addressPrefix: 10.9.1.0/24", "addressPrefix: 10.9.1.0/29")
            .more("    count: 4\n")
            .edit("count: 4", "count: 3"),
        fault("an address that somebody has", "TN3203", "one:")
            .more("    private_ip: 10.9.1.4\n")
            .before(|hand| {
                let subnet = own("Microsoft.Network/virtualNetworks/foreign/subnets/apps");
                let ip = json!({"subnet": {"id": subnet}, "privateIPAddress": "10.9.1.4"});
                let body = json!({"location": "westeurope", "properties": {"ipConfigurations": [{"name": "ip", "properties": ip}]}});
                hand.portal().put(&own("Microsoft.Network/networkInterfaces/theirs"), &body);
            })
            .help("10.9.1.5")
            .edit("private_ip: 10.9.1.4", "private_ip: 10.9.1.5"),
    ]
}
