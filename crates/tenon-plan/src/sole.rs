//! What only one resource can hold at a time, and passes from one to another.
//!
//! An interface with another name is another interface: it is made beside the
//! old one, the machine takes it, and the old one goes. A public address, a
//! private one, a range of a network cannot be in both meanwhile. Where nothing
//! that stays needs the old one it goes first; where Azure lets it do without,
//! it lets go first; else the plan is refused.

use std::collections::BTreeSet;
use std::net::IpAddr;

use tenon_model::plan::{Action, Expected};
use tenon_model::rules::{Absent, Disruption, Row, Rules, Sole};
use tenon_model::{Address, Code, Diagnostic, Help, Path, ResourceId, Value};

use crate::decide::{Decision, Decisions};
use crate::{Inputs, members, references};

/// Something that a new resource takes from one that goes.
pub(crate) struct Passing {
    pub(crate) taker: Address,
    pub(crate) holder: Address,
    pub(crate) when: When,
}

/// When the new one can have it.
pub(crate) enum When {
    /// When the old one is gone.
    Gone,
    /// When the old one has let go of it.
    LetGo(Box<Expected>),
    /// Never: what stays needs the old one until it has the new one.
    Never(Never),
}

/// What both would hold.
pub(crate) struct Never {
    property: &'static str,
    value: String,
}

/// Plans that the old ones let go, and refuses what cannot be planned.
pub(crate) fn settle(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    for passing in passings(inputs, decisions) {
        match passing.when {
            When::Gone => {}
            When::LetGo(reference) => {
                if let Some(index) = decisions.position(&passing.holder) {
                    decisions.at_mut(index).lets_go.push(*reference);
                }
            }
            When::Never(never) => {
                let problem = problem(decisions, &passing.taker, &passing.holder, &never);
                decisions.diagnostics.extend(problem);
            }
        }
    }
}

/// What passes from one that goes to another one.
pub(crate) fn passings(inputs: &Inputs<'_>, decisions: &Decisions<'_>) -> Vec<Passing> {
    let going = decisions.iter().filter(|one| one.action == Action::Delete);
    let held: Vec<(&Decision<'_>, Held<'_>)> = going
        .filter_map(|one| Some((one, &one.live?.body)))
        .flat_map(|(one, body)| held(&one.id, one.rules, body).map(move |held| (one, held)))
        .collect();
    if held.is_empty() {
        return Vec::new();
    }
    let mut passings = Vec::new();
    for taker in decisions.iter() {
        let Some(desired) = taker.desired.as_deref().filter(|_| is_written(taker)) else {
            continue;
        };
        let has = taker.live.into_iter();
        let has: Vec<Claim> = has
            .flat_map(|live| self::held(&taker.id, taker.rules, &live.body))
            .map(|held| held.claim)
            .collect();
        for wanted in self::held(&taker.id, taker.rules, &desired.body) {
            if has.contains(&wanted.claim) {
                continue;
            }
            let holders = held
                .iter()
                .filter(|(_, one)| one.claim.is_with(&wanted.claim));
            passings.extend(holders.map(|(holder, one)| Passing {
                taker: taker.address.clone(),
                holder: holder.address.clone(),
                when: when(inputs, decisions, taker, holder, one),
            }));
        }
    }
    passings
}

fn is_written(decision: &Decision<'_>) -> bool {
    decision.action.is_in_place() || matches!(decision.action, Action::Create | Action::Replace)
}

fn when(
    inputs: &Inputs<'_>,
    decisions: &Decisions<'_>,
    taker: &Decision<'_>,
    holder: &Decision<'_>,
    held: &Held<'_>,
) -> When {
    if !holds_up(inputs, decisions, holder, &taker.address) {
        return When::Gone;
    }
    let row = held.row;
    if row.absent == Absent::Removed && row.change <= Disruption::Hot {
        return When::LetGo(Box::new(Expected {
            property: row.property.to_owned(),
            path: held.path.clone(),
            twin: None,
            same: row.same,
            value: Some(held.value.clone()),
            after: None,
            fixed: false,
        }));
    }
    When::Never(Never {
        property: row.property,
        value: held.value.to_plain_text(),
    })
}

/// Whether something that stays uses the old one until it has the new one.
fn holds_up(
    inputs: &Inputs<'_>,
    decisions: &Decisions<'_>,
    holder: &Decision<'_>,
    taker: &Address,
) -> bool {
    let mut seen = BTreeSet::new();
    let mut used = vec![&holder.id];
    while let Some(id) = used.pop() {
        if !seen.insert(id) {
            continue;
        }
        for user in decisions.iter().filter(|one| one.id != *id) {
            let uses = user
                .live
                .is_some_and(|live| references::named_ids(live).contains(id));
            if !uses {
                continue;
            }
            if user.action == Action::Delete {
                used.push(&user.id);
            } else if is_written(user) && needs(inputs, &user.address, taker) {
                return true;
            }
        }
    }
    false
}

/// Whether one resource needs another, by itself or through others.
fn needs(inputs: &Inputs<'_>, address: &Address, needed: &Address) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![address];
    while let Some(address) = open.pop() {
        if address == needed {
            return true;
        }
        if !seen.insert(address) {
            continue;
        }
        let desired = inputs.graph.resource(address);
        let needs = desired.into_iter().flat_map(|desired| &desired.needs);
        open.extend(needs.map(|need| &need.on));
    }
    false
}

/// One thing that a body holds for itself.
struct Held<'b> {
    row: &'static Row,
    path: Path,
    value: &'b Value,
    claim: Claim,
}

#[derive(PartialEq, Eq)]
enum Claim {
    /// The same words, in the same place.
    Same { within: String, what: String },
    /// A range among those of a parent.
    Range { parent: String, range: Range },
}

impl Claim {
    /// Whether the two cannot be held by two.
    fn is_with(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Range { parent, range },
                Self::Range {
                    parent: other,
                    range: theirs,
                },
            ) => parent == other && range.overlaps(theirs),
            (one, other) => one == other,
        }
    }
}

fn held<'b>(
    id: &ResourceId,
    rules: &'static Rules,
    body: &'b Value,
) -> impl Iterator<Item = Held<'b>> {
    let rows = rules.rows.iter().filter(|row| row.sole != Sole::Shared);
    let parent = id.parent().map_or_else(String::new, |parent| parent.key());
    rows.flat_map(move |row| {
        let mut found = members::found(body, row.path);
        found.extend(
            row.twin
                .into_iter()
                .flat_map(|twin| members::found(body, twin)),
        );
        let parent = parent.clone();
        found.into_iter().flat_map(move |(path, value)| {
            let claims = claims(row, &path, value, body, &parent);
            claims.into_iter().map(move |claim| Held {
                row,
                path: path.clone(),
                value,
                claim,
            })
        })
    })
}

fn claims(row: &Row, path: &Path, value: &Value, body: &Value, parent: &str) -> Vec<Claim> {
    let same = |within: String| {
        let what = value.as_text()?.to_ascii_lowercase();
        Some(Claim::Same { within, what })
    };
    match row.sole {
        Sole::Shared => Vec::new(),
        Sole::Value => same(String::new()).into_iter().collect(),
        Sole::Within(other) => {
            let beside = members::found(body, other);
            let beside = beside.iter().find(|(other, _)| same_element(path, other));
            let within = beside.and_then(|(_, value)| value.as_text());
            within
                .and_then(|within| same(within.to_ascii_lowercase()))
                .into_iter()
                .collect()
        }
        Sole::Ranges => {
            let all = value
                .as_list()
                .unwrap_or(std::slice::from_ref(value))
                .iter();
            all.filter_map(|one| Range::parse(one.as_text()?))
                .map(|range| Claim::Range {
                    parent: parent.to_owned(),
                    range,
                })
                .collect()
        }
    }
}

/// Whether two members are of the same element of a list.
fn same_element(one: &Path, other: &Path) -> bool {
    let element = |path: &Path| {
        let keyed = |segment| matches!(segment, &tenon_model::path::Segment::Keyed { .. });
        let end = path
            .segments()
            .iter()
            .rposition(keyed)
            .map_or(0, |at| at + 1);
        path.segments()[..end].to_vec()
    };
    element(one) == element(other)
}

/// Addresses from one to another, of either family.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Range {
    first: u128,
    last: u128,
    is_v4: bool,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let length: u32 = length.parse().ok()?;
        let (first, bits, is_v4) = match address.parse().ok()? {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32, true),
            IpAddr::V6(address) => (u128::from(address), 128, false),
        };
        let open = u32::checked_sub(bits, length)?;
        let size = u128::MAX.checked_shr(128 - open).unwrap_or(0);
        Some(Self {
            first,
            last: first | size,
            is_v4,
        })
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.is_v4 == other.is_v4 && self.first <= other.last && other.first <= self.last
    }
}

fn problem(
    decisions: &Decisions<'_>,
    taker: &Address,
    holder: &Address,
    never: &Never,
) -> Option<Diagnostic> {
    let (taker, holder) = (decisions.get(taker)?, decisions.get(holder)?);
    let (property, value) = (never.property, &never.value);
    let desired = taker.desired.as_deref()?;
    let place = desired.places.get(property).unwrap_or(&taker.place);
    let name = holder.id.name();
    let problem = Diagnostic::error(
        Code::HeldByOld,
        format!(
            "`{}` cannot be made while `{}` stands: both have the `{property}` {value}",
            taker.address, holder.address
        ),
    )
    .at(place, "the old one has it until the new one is in use")
    .note(holder.id.as_str())
    .note("what stays needs the old one until it has the new one, and Azure gives this to one at a time")
    .help(Help::text(format!("let the new one have the name of the old one, {name}: then it is the old one")))
    .help(Help::text(format!(
        "or give the new one another `{property}`; when the old one is gone, it can have this one"
    )))
    .about(&taker.address);
    Some(problem)
}
