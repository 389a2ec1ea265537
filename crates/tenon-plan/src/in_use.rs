//! Properties that change only while others are out of the way: the range of a
//! subnet that nobody is in, the placement group of a set whose machines are
//! deallocated.
//!
//! Azure shows on the resource who uses it, whoever made them. Who goes in the
//! same plan, or moves away, is waited for; to move or to stop the others is
//! nothing that a plan does unasked.

use tenon_model::plan::Action;
use tenon_model::rules::{Only, Row};
use tenon_model::snapshot::Power;
use tenon_model::{Address, Code, Diagnostic, Help, ResourceId, TenantId, Value};

use crate::decide::{Decision, Decisions};
use crate::{Inputs, diff, members};

/// Refuses changes for which somebody would have to get out of the way.
pub(crate) fn refuse(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    let mut problems = Vec::new();
    for decision in decisions.iter() {
        for row in changing(decision) {
            let stay: Vec<Word> = users(decision, row)
                .into_iter()
                .filter(|user| stays(inputs, decisions, decision, row, user))
                .map(|id| Word::of(decisions, id))
                .collect();
            if !stay.is_empty() {
                problems.push(problem(decision, row, &stay));
            }
        }
    }
    decisions.diagnostics.extend(problems);
}

/// Whom a change waits for: those that go, and those that move away.
pub(crate) fn waits_for(decisions: &Decisions<'_>, decision: &Decision<'_>) -> Vec<Address> {
    let users = changing(decision).flat_map(|row| users(decision, row));
    users
        .filter_map(|id| decisions.by_id(&id))
        .filter(|user| user.action == Action::Delete || moves_away(user, &decision.id))
        .map(|user| user.address.clone())
        .collect()
}

/// Machines of which the plan has to know whether they run.
pub(crate) fn machines(decisions: &Decisions<'_>) -> Vec<(ResourceId, TenantId)> {
    let mut machines = Vec::new();
    for decision in decisions.iter() {
        let Some(desired) = &decision.desired else {
            continue;
        };
        let rows = changing(decision).filter(|row| matches!(row.only, Only::Deallocated(_)));
        let ids = rows.flat_map(|row| users(decision, row));
        machines.extend(ids.map(|id| (id, desired.tenant.clone())));
    }
    machines
}

/// The properties of a resource that change, and not always may.
fn changing<'d>(decision: &'d Decision<'_>) -> impl Iterator<Item = &'static Row> + 'd {
    let rows = decision.rules.rows.iter();
    let in_place = decision.action.is_in_place();
    rows.filter(move |row| {
        let mut changes = decision.difference.changes.iter();
        in_place && row.only != Only::Always && changes.any(|one| one.path == row.property)
    })
}

/// Who uses a resource, as Azure shows it.
fn users(decision: &Decision<'_>, row: &Row) -> Vec<ResourceId> {
    let (Some(live), Only::Unused(path) | Only::Deallocated(path)) = (decision.live, row.only)
    else {
        return Vec::new();
    };
    let all = live.body.at(&members::names(path)).and_then(Value::as_list);
    let mut users = Vec::new();
    for one in all.unwrap_or(&[]) {
        let id = one.member("id").and_then(Value::as_text);
        let Some(id) = id.and_then(|id| ResourceId::parse(id).ok()) else {
            continue;
        };
        // An address is a part of an interface.
        let user = match id.parent() {
            Some(parent) if id.resource_type().ends_with("/ipConfigurations") => parent,
            _ => id,
        };
        if !users.contains(&user) {
            users.push(user);
        }
    }
    users
}

fn stays(
    inputs: &Inputs<'_>,
    decisions: &Decisions<'_>,
    used: &Decision<'_>,
    row: &Row,
    user: &ResourceId,
) -> bool {
    let deallocated = matches!(row.only, Only::Deallocated(_))
        && inputs.snapshot.power(user) == Some(Power::Stopped);
    let user = decisions.by_id(user);
    let leaves =
        user.is_some_and(|user| user.action == Action::Delete || moves_away(user, &used.id));
    !deallocated && !leaves
}

/// Whether an update takes a resource away from what it uses.
fn moves_away(user: &Decision<'_>, used: &ResourceId) -> bool {
    let Some(desired) = user.desired.as_deref() else {
        return false;
    };
    let names = |value: &Value| {
        let id = value
            .as_text()
            .and_then(|text| ResourceId::parse(text).ok());
        id.as_ref() == Some(used)
    };
    let moves = matches!(user.action, Action::Update | Action::Adopt) && user.ours;
    moves && !diff::leaves(desired).iter().any(|leaf| names(leaf.value))
}

/// A user in the words of the spec, where it has any.
struct Word {
    id: ResourceId,
    address: Option<Address>,
}

impl Word {
    fn of(decisions: &Decisions<'_>, id: ResourceId) -> Self {
        let decision = decisions.by_id(&id);
        let address = decision.map(|decision| decision.address.clone());
        Self { id, address }
    }

    fn text(&self) -> String {
        match &self.address {
            Some(address) => format!("`{address}`"),
            None => self.id.to_string(),
        }
    }
}

/// How many are named.
const NAMED: usize = 5;

fn problem(decision: &Decision<'_>, row: &Row, stay: &[Word]) -> Diagnostic {
    let property = row.property.replace('_', " ");
    let (address, count) = (&decision.address, stay.len());
    let (what, label) = match row.only {
        Only::Deallocated(_) => (
            format!(
                "the {property} of `{address}` changes only while all of its machines are deallocated, and {count} {}",
                if count == 1 { "is not" } else { "are not" }
            ),
            "would have to wait for them",
        ),
        Only::Unused(_) | Only::Always => (
            format!(
                "the {property} of `{address}` changes only while nobody is in it, and {count} {}",
                if count == 1 { "is" } else { "are" }
            ),
            "in use",
        ),
    };
    let mut changes = decision.difference.changes.iter();
    let place = changes.find_map(|one| one.place.as_ref().filter(|_| one.path == row.property));
    let mut problem = Diagnostic::error(Code::InUse, what)
        .at(place.unwrap_or(&decision.place), label)
        .about(address);
    for user in stay.iter().take(NAMED) {
        problem = problem.note(user.text());
    }
    if count > NAMED {
        problem = problem.note(format!("and {} more", count - NAMED));
    }
    match row.only {
        Only::Deallocated(_) => {
            let ids: Vec<&str> = stay.iter().map(|user| user.id.as_str()).collect();
            problem.help(Help::command(
                "stop them, plan again, and start them when it is applied",
                format!("az vm deallocate --ids {}", ids.join(" ")),
            ))
        }
        Only::Unused(_) | Only::Always => problem
            .help(Help::text(
                "give a new one beside it this value, and let what is in the old one move there",
            ))
            .help(Help::text("or take the change back")),
    }
}
