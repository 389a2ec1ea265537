use tenon_model::TenantId;
use tenon_model::transport::{Condition, Verb, Write};

use super::Patience;

const GROUP: &str = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg";

#[test]
fn every_kind_has_a_limit_of_its_own() {
    let rows = [
        (
            Verb::Put,
            "/providers/Microsoft.Network/virtualNetworks/net",
            30,
        ),
        (Verb::Put, "/providers/Microsoft.Compute/disks/data", 30),
        (
            Verb::Put,
            "/providers/Microsoft.Compute/virtualMachines/web",
            45,
        ),
        (
            Verb::Post,
            "/providers/microsoft.compute/virtualmachines/web/deallocate",
            45,
        ),
        (
            Verb::Put,
            "/providers/Microsoft.Compute/virtualMachines/web/extensions/init",
            90,
        ),
        (
            Verb::Put,
            "/providers/Microsoft.Compute/virtualMachineScaleSets/web",
            60,
        ),
        (
            Verb::Post,
            "/providers/Microsoft.Compute/virtualMachineScaleSets/web/manualupgrade",
            60,
        ),
        (Verb::Put, "/providers/Microsoft.Compute/galleries/acme", 30),
        (
            Verb::Put,
            "/providers/Microsoft.Compute/galleries/acme/images/web",
            30,
        ),
        (
            Verb::Put,
            "/providers/Microsoft.Compute/galleries/acme/images/web/versions/1.4.2",
            360,
        ),
        // A role on a machine is no machine.
        (
            Verb::Put,
            "/providers/Microsoft.Compute/virtualMachines/web/providers/Microsoft.Authorization/roleAssignments/x",
            30,
        ),
        (Verb::Delete, "", 90),
    ];
    for (verb, rest, minutes) in rows {
        let write = Write {
            tenant: TenantId::new("11111111-1111-1111-1111-111111111111"),
            auxiliary: Vec::new(),
            verb,
            path: format!("{GROUP}{rest}"),
            api_version: "2024-11-01".to_owned(),
            body: None,
            condition: Condition::None,
        };
        let allowed = Patience::default().for_operation(&write);
        assert_eq!(allowed.as_secs(), minutes * 60, "{verb:?} {rest}");
    }
}
