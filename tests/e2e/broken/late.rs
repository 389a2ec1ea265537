//! Faults that no reading can find, and the explanation that apply gives.

use serde_json::json;

use super::fault::{Fault, Found, fault, flat};
use super::hand::Hand;

/// One of them.
pub(super) struct Late {
    name: &'static str,
    code: &'static str,
    says: &'static str,
    before: fn(&Hand<'_>),
}

/// What a machine's request is refused with.
fn refuse(hand: &Hand<'_>, status: u16, code: &str, message: &str) {
    hand.portal().fault(&json!({
        "match": {"method": "PUT", "type": "Microsoft.Compute/virtualMachines"},
        "action": {"do": "respond", "status": status, "code": code, "message": message},
    }));
}

/// How the operation of a machine ends.
fn fail(hand: &Hand<'_>, code: &str, message: &str) {
    hand.portal().fault(&json!({
        "match": {"method": "PUT", "type": "Microsoft.Compute/virtualMachines"},
        "action": {"do": "failOperation", "code": code, "message": message},
    }));
}

pub(super) fn faults() -> Vec<Late> {
    vec![
        Late {
            name: "there is no room for the size now",
            code: "TN3310",
            says: "take another zone, size or region",
            before: |hand| {
                fail(
                    hand,
                    "AllocationFailed",
                    "Allocation failed. We do not have sufficient capacity for the requested VM size in this region.",
                );
            },
        },
        Late {
            name: "there is no room in the zone now",
            code: "TN3310",
            says: "take another zone, size or region",
            before: |hand| {
                fail(
                    hand,
                    "ZonalAllocationFailed",
                    "Allocation failed. We do not have sufficient capacity for the requested VM size in this zone.",
                );
            },
        },
        Late {
            name: "the system does not come up",
            code: "TN3903",
            says: "OSProvisioningTimedOut",
            before: |hand| {
                fail(
                    hand,
                    "OSProvisioningTimedOut",
                    "OS Provisioning for VM 'one' did not finish in the allotted time.",
                );
            },
        },
        Late {
            name: "the terms of the image are not accepted",
            code: "TN3157",
            says: "az vm image terms accept",
            before: |hand| {
                refuse(
                    hand,
                    400,
                    "MarketplacePurchaseEligibilityFailed",
                    "Marketplace purchase eligibility check returned errors.",
                );
            },
        },
        Late {
            name: "a role goes between plan and apply",
            code: "TN3020",
            says: "az role assignment create",
            before: |hand| {
                refuse(
                    hand,
                    403,
                    "AuthorizationFailed",
                    "The client '7d5f0c1e-0000-4000-8000-000000000001' with object id 'x' does not have authorization to perform action 'Microsoft.Compute/virtualMachines/write' over scope '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Compute/virtualMachines/one' or the scope is invalid. If access was recently granted, please refresh your credentials.",
                );
            },
        },
        Late {
            name: "somebody else takes the quota",
            code: "TN3201",
            says: "size of another family",
            before: |hand| {
                refuse(
                    hand,
                    409,
                    "OperationNotAllowed",
                    "Operation could not be completed as it results in exceeding approved standardDSv5Family Cores quota. Additional details - Deployment Model: Resource Manager, Location: westeurope, Current Limit: 10, Current Usage: 10, Additional Required: 2, (Minimum) New Limit Required: 12.",
                );
            },
        },
    ]
}

impl Late {
    pub(super) fn name(&self) -> &str {
        self.name
    }

    /// Plans, which finds nothing, then applies, which explains.
    pub(super) fn judge(&self) {
        let whole: Fault = fault(self.name, self.code, "");
        let scenario = whole.scenario();
        scenario.run("plan").exits(0);
        (self.before)(&Hand::of(&scenario));
        let apply = scenario.run("apply --auto-approve");
        assert_ne!(apply.code, 0, "{apply}");
        let found = Found::in_output(&apply);
        assert_eq!(found[0].code, self.code, "{apply}");
        assert!(
            flat(&apply).contains(self.says),
            "no `{}`:\n{apply}",
            self.says
        );
        // What was in the way is gone with the fault: the same command goes on.
        scenario.run("apply --auto-approve").exits(0);
        scenario
            .run("plan --detailed-exitcode")
            .finds_nothing_to_do();
    }
}
