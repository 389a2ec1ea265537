//! The actions that the steps of a plan take, and where.
//!
//! A step takes the action of its own request, and one for whatever its body
//! refers to: Azure looks at those on every write of the referrer. Source:
//! Microsoft Learn, "Azure permissions for Networking", "… for Compute",
//! "… for Identity".

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::{Does, Plan, Step};
use tenon_model::snapshot::Snapshot;
use tenon_model::transport::Verb;
use tenon_model::{Address, ResourceId, Value};

use super::scope::{self, Made};

/// What a body may refer to, and the action that takes.
const LINKS: &[(&str, &str)] = &[
    (
        "Microsoft.Network/virtualNetworks/subnets",
        "Microsoft.Network/virtualNetworks/subnets/join/action",
    ),
    (
        "Microsoft.Network/networkSecurityGroups",
        "Microsoft.Network/networkSecurityGroups/join/action",
    ),
    (
        "Microsoft.Network/publicIPAddresses",
        "Microsoft.Network/publicIPAddresses/join/action",
    ),
    (
        "Microsoft.Network/networkInterfaces",
        "Microsoft.Network/networkInterfaces/join/action",
    ),
    (
        "Microsoft.Network/applicationSecurityGroups",
        "Microsoft.Network/applicationSecurityGroups/joinIpConfiguration/action",
    ),
    (
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    ),
];

/// Types whose live bodies refer to others. In those of the others Azure shows
/// who refers to them.
const REFERRERS: &[&str] = &[
    "Microsoft.Compute/virtualMachines",
    "Microsoft.Compute/virtualMachineScaleSets",
    "Microsoft.Network/networkInterfaces",
    "Microsoft.Network/virtualNetworks/subnets",
];

/// Who needs an action at which resource.
pub(super) type Users = BTreeMap<ResourceId, BTreeSet<Address>>;

/// Actions by the scope at which rights are asked for: the group, or the
/// subscription where there is no group yet.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) by_scope: BTreeMap<ResourceId, BTreeMap<String, Users>>,
    /// Where rights are asked for what lies in a group.
    places: BTreeMap<ResourceId, ResourceId>,
}

impl Needs {
    /// What the steps need.
    pub(super) fn of(plan: &Plan, snapshot: &Snapshot, made: &Made) -> Self {
        let mut needs = Self::default();
        for step in scope::writes(plan) {
            needs.add(made, &step.id, own(step), &step.address);
            for (id, action) in links(step, snapshot) {
                needs.add(made, &id, action.to_owned(), &step.address);
            }
        }
        needs
    }

    fn add(&mut self, made: &Made, id: &ResourceId, action: String, address: &Address) {
        let around = scope::around(id);
        let whole = scope::subscription(&id.subscription());
        let place = if *id == around {
            whole
        } else {
            let stands = || {
                if made.has(&around) {
                    whole
                } else {
                    around.clone()
                }
            };
            let place = self.places.entry(around.clone());
            place.or_insert_with(stands).clone()
        };
        let actions = self.by_scope.entry(place).or_default();
        let users = actions.entry(action).or_default();
        users.entry(id.clone()).or_default().insert(address.clone());
    }
}

/// The action of the request itself.
fn own(step: &Step) -> String {
    let kind = match step.id.resource_type() {
        // Groups stand below subscriptions in the names of actions.
        kind if kind == "Microsoft.Resources/resourceGroups" => {
            "Microsoft.Resources/subscriptions/resourceGroups".to_owned()
        }
        kind => kind,
    };
    // One action of the gallery to Azure, whatever it does.
    if kind.eq_ignore_ascii_case("Microsoft.Compute/galleries/share") {
        return format!("{kind}/action");
    }
    match step.request.verb {
        Verb::Delete => format!("{kind}/delete"),
        Verb::Post => {
            let path = &step.request.path;
            let tail = path.get(step.id.as_str().len()..).unwrap_or_default();
            format!("{kind}{tail}/action")
        }
        Verb::Put | Verb::Patch | Verb::Get => format!("{kind}/write"),
    }
}

/// What the body refers to; an update by `PUT` sends what is live as well.
fn links(step: &Step, snapshot: &Snapshot) -> Vec<(ResourceId, &'static str)> {
    let mut found = Vec::new();
    if let Some(body) = &step.request.body {
        collect(body, &step.id, &mut found);
    }
    let kind = step.id.resource_type();
    let refers = REFERRERS.iter().any(|one| one.eq_ignore_ascii_case(&kind));
    let whole = refers && step.does != Does::Create && step.request.verb == Verb::Put;
    if let Some(live) = snapshot.get(&step.id).filter(|_| whole) {
        collect(&live.body, &step.id, &mut found);
    }
    found
}

fn collect(value: &Value, own: &ResourceId, found: &mut Vec<(ResourceId, &'static str)>) {
    match value {
        Value::Map(map) => {
            for (name, value) in map.iter() {
                // Identities are named by the keys of a map.
                note(name, own, found);
                collect(value, own, found);
            }
        }
        Value::List(list) => list.iter().for_each(|one| collect(one, own, found)),
        Value::Text(text) => note(text, own, found),
        _ => {}
    }
}

fn note(text: &str, own: &ResourceId, found: &mut Vec<(ResourceId, &'static str)>) {
    if !text.starts_with("/subscriptions/") {
        return;
    }
    let Ok(id) = ResourceId::parse(text) else {
        return;
    };
    let kind = id.resource_type();
    let link = LINKS.iter().find(|(of, _)| of.eq_ignore_ascii_case(&kind));
    if let Some((_, action)) = link
        && id != *own
        && !id.is_inside(own)
    {
        found.push((id, action));
    }
}
