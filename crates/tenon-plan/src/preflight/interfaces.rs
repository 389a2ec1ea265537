//! Which addresses of which subnets interfaces and scale sets take.

use std::net::Ipv4Addr;

use tenon_model::plan::{Does, Step};
use tenon_model::{ResourceId, Value};

const INTERFACES: &str = "Microsoft.Network/networkInterfaces";
const SETS: &str = "Microsoft.Compute/virtualMachineScaleSets";

/// Whether a resource may take addresses.
pub(super) fn is_one(id: &ResourceId) -> bool {
    let kind = id.resource_type();
    [INTERFACES, SETS]
        .iter()
        .any(|one| one.eq_ignore_ascii_case(&kind))
}

/// Addresses that a resource has or will have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// The subnets, one entry for each address of one machine.
    pub(super) subnets: Vec<ResourceId>,
    /// Fixed addresses, with their subnets.
    pub(super) fixed: Vec<(ResourceId, Ipv4Addr)>,
    /// Machines that take as much.
    pub(super) machines: i64,
}

impl Taken {
    /// What the body of an interface or a scale set takes; `below` is what it
    /// takes already, where the body does not say.
    pub(super) fn read(id: &ResourceId, body: &Value, below: Option<&Self>) -> Option<Self> {
        let kind = id.resource_type();
        let mut taken = Self {
            machines: 1,
            ..Self::default()
        };
        if kind.eq_ignore_ascii_case(INTERFACES) {
            taken.configurations(body);
        } else if kind.eq_ignore_ascii_case(SETS) {
            let profile = ["properties", "virtualMachineProfile", "networkProfile"];
            let profile = body.at(&profile);
            for one in list(profile, &["networkInterfaceConfigurations"]) {
                taken.configurations(one);
            }
            let capacity = body.at(&["sku", "capacity"]).and_then(Value::as_int);
            taken.machines = capacity.or(below.map(|below| below.machines)).unwrap_or(0);
        } else {
            return None;
        }
        if taken.subnets.is_empty() {
            let below = below?.clone();
            taken.subnets = below.subnets;
            taken.fixed = below.fixed;
        }
        Some(taken)
    }

    fn configurations(&mut self, body: &Value) {
        for one in list(Some(body), &["properties", "ipConfigurations"]) {
            let text = |path: &[&str]| one.at(path).and_then(Value::as_text);
            let subnet = text(&["properties", "subnet", "id"]);
            let Some(subnet) = subnet.and_then(|id| ResourceId::parse(id).ok()) else {
                continue;
            };
            let version = text(&["properties", "privateIPAddressVersion"]);
            if version.is_some_and(|version| version.eq_ignore_ascii_case("IPv6")) {
                continue;
            }
            let method = text(&["properties", "privateIPAllocationMethod"]);
            let address = text(&["properties", "privateIPAddress"]);
            let address = address.and_then(|address| address.parse().ok());
            if let Some(address) = address
                && method.is_some_and(|method| method.eq_ignore_ascii_case("Static"))
            {
                self.fixed.push((subnet.clone(), address));
            }
            self.subnets.push(subnet);
        }
    }

    /// How many addresses of a subnet it takes.
    pub(super) fn of(&self, subnet: &ResourceId) -> i64 {
        let of_one = self.subnets.iter().filter(|one| *one == subnet).count();
        i64::try_from(of_one).unwrap_or(i64::MAX) * self.machines
    }
}

fn list<'v>(value: Option<&'v Value>, path: &[&str]) -> &'v [Value] {
    let found = value.and_then(|value| value.at(path));
    found.and_then(Value::as_list).unwrap_or(&[])
}

/// What a resource takes after a step; none if it takes none, or the step has
/// nothing to do with it.
pub(super) fn after(step: &Step, before: Option<&Taken>) -> Option<Taken> {
    match step.does {
        Does::Delete => None,
        Does::Create | Does::Update => {
            let body = step.request.body.as_ref()?;
            Taken::read(&step.id, body, before).or_else(|| before.cloned())
        }
        _ => before.cloned(),
    }
}
