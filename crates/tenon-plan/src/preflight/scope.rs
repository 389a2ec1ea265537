//! Scopes in the words of a plan.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::{Does, Plan, Step};
use tenon_model::transport::{Refusal, Verb};
use tenon_model::{Address, Diagnostic, Place, ResourceId, SubscriptionId, Value};

/// The resources that are named where many are concerned.
const NAMED: usize = 3;

/// The steps that write to subscriptions.
pub(super) fn writes(plan: &Plan) -> impl Iterator<Item = &Step> {
    let writes = plan
        .steps
        .iter()
        .filter(|step| step.request.verb != Verb::Get);
    writes.filter(|step| step.id.directory().is_none())
}

/// The id of a subscription.
pub(super) fn subscription(id: &SubscriptionId) -> ResourceId {
    let text = format!("/subscriptions/{id}");
    ResourceId::parse(&text).unwrap_or_else(|_| ResourceId::group(id, ""))
}

/// The group that a resource lies in, or its subscription.
pub(super) fn around(id: &ResourceId) -> ResourceId {
    match id.resource_group() {
        Some(group) => ResourceId::group(&id.subscription(), group),
        None => subscription(&id.subscription()),
    }
}

/// What a plan makes.
#[derive(Debug, Default)]
pub(super) struct Made(BTreeSet<ResourceId>);

impl Made {
    pub(super) fn of(plan: &Plan) -> Self {
        let steps = plan.steps.iter();
        let made = steps.filter(|step| step.does == Does::Create);
        Self(made.map(|step| step.id.clone()).collect())
    }

    pub(super) fn has(&self, id: &ResourceId) -> bool {
        self.0.contains(id)
    }
}

/// `group shop`, `subscription 33333333…`, or a resource's type and name.
pub(super) fn words(scope: &ResourceId) -> String {
    let kind = scope.resource_type();
    match kind.as_str() {
        "Microsoft.Resources/subscriptions" => {
            format!("subscription {}", scope.subscription().short())
        }
        "Microsoft.Resources/resourceGroups" => format!("group {}", scope.name()),
        _ => {
            let kind = kind.rsplit('/').next().unwrap_or_default();
            format!("{kind}/{}", scope.name())
        }
    }
}

/// Addresses in the order of the spec.
pub(super) fn in_order<'a>(
    plan: &Plan,
    addresses: impl IntoIterator<Item = &'a Address>,
) -> Vec<&'a Address> {
    let mut addresses: Vec<&Address> = addresses.into_iter().collect();
    addresses.sort_unstable();
    addresses.dedup();
    let places: BTreeMap<&Address, usize> = plan
        .changes
        .iter()
        .enumerate()
        .map(|(at, change)| (&change.address, at))
        .collect();
    addresses.sort_by_key(|one| places.get(one).copied().unwrap_or(usize::MAX));
    addresses
}

/// `` `vms.one`, `vms.two` and 4 more ``.
pub(super) fn names(addresses: &[&Address]) -> String {
    let all = addresses.iter().map(|one| format!("`{one}`"));
    match addresses.len().checked_sub(NAMED + 1) {
        Some(more) => {
            let named: Vec<String> = all.take(NAMED).collect();
            format!("{} and {} more", named.join(", "), more + 1)
        }
        None => all.collect::<Vec<String>>().join(", "),
    }
}

/// Adds the place of the first resource, and all of them.
pub(super) fn about(plan: &Plan, problem: Diagnostic, addresses: &[&Address]) -> Diagnostic {
    let mut places = addresses.iter().filter_map(|one| place(plan, one));
    let problem = match places.next() {
        Some(place) => problem.at(place, ""),
        None => problem,
    };
    addresses
        .iter()
        .fold(problem, |problem, address| problem.about(address))
}

/// Where the spec asks for a resource.
fn place<'p>(plan: &'p Plan, address: &Address) -> Option<&'p Place> {
    plan.change(address).map(|change| &change.place)
}

/// Why nobody could look: `403 AuthorizationFailed`.
pub(super) fn why(refusal: &Refusal) -> String {
    if refusal.status == 0 {
        refusal.message.clone()
    } else {
        format!("{} {}", refusal.status, refusal.code)
    }
}

/// A whole number, also where Azure writes it with a point.
pub(super) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        #[expect(clippy::cast_possible_truncation, reason = "a count of addresses")]
        Value::Float(number) => Some(number.round() as i64),
        _ => None,
    }
}
