//! Whether the subnets of a plan have room for what it puts into them.
//!
//! Of a subnet that stands Azure tells what is taken, and of how many; of a new
//! one arithmetic does. What counts is the peak on the way, in the order of the
//! steps.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{Does, Plan};
use tenon_model::probe::Answer;
use tenon_model::snapshot::Snapshot;
use tenon_model::{Address, Code, Diagnostic, Help, ResourceId, Value};

use super::interfaces::{self, Taken};
use super::scope::Made;
use super::{Question, add_check, range, scope};

/// The way of a subnet through the plan.
#[derive(Debug, Default)]
struct Way {
    now: i64,
    /// The most that is taken more than at the beginning.
    peak: i64,
    takers: BTreeSet<Address>,
}

/// The subnets that the plan takes addresses of.
fn ways(plan: &Plan, snapshot: &Snapshot) -> BTreeMap<ResourceId, Way> {
    let mut ways: BTreeMap<ResourceId, Way> = BTreeMap::new();
    let mut taken: BTreeMap<&ResourceId, Option<Taken>> = BTreeMap::new();
    for step in scope::writes(plan).filter(|step| interfaces::is_one(&step.id)) {
        let live = snapshot.get(&step.id);
        let stands = || live.and_then(|live| Taken::read(&step.id, &live.body, None));
        let before = taken.entry(&step.id).or_insert_with(stands).clone();
        let after = interfaces::after(step, before.as_ref());
        let both = [&before, &after].into_iter().flatten();
        let subnets: BTreeSet<&ResourceId> = both.flat_map(|one| &one.subnets).collect();
        for subnet in subnets {
            let count = |one: &Option<Taken>| one.as_ref().map_or(0, |one| one.of(subnet));
            let more = count(&after) - count(&before);
            let way = ways.entry(subnet.clone()).or_default();
            way.now += more;
            way.peak = way.peak.max(way.now);
            if more > 0 {
                way.takers.insert(step.address.clone());
            }
        }
        taken.insert(&step.id, after);
    }
    ways.retain(|_, way| way.peak > 0);
    ways
}

/// One question for each network whose subnets stand.
pub(super) fn questions(plan: &Plan, snapshot: &Snapshot, made: &Made) -> Vec<Question> {
    let subnets = ways(plan, snapshot).into_keys();
    let stand = subnets.filter(|subnet| !made.has(subnet));
    let networks: BTreeSet<ResourceId> = stand.filter_map(|subnet| subnet.parent()).collect();
    networks.into_iter().map(Question::Usages).collect()
}

/// Judges what was answered.
pub(super) fn judge(
    plan: &mut Plan,
    snapshot: &Snapshot,
    made: &Made,
    answers: &BTreeMap<Question, Answer>,
) {
    for (subnet, way) in ways(plan, snapshot) {
        let subject = words(&subnet);
        match room(plan, made, &subnet, answers) {
            Err(reason) => {
                let check = Check::skipped(About::Subnets, subject, reason);
                plan.preflight.push(check);
            }
            Ok(room) => {
                let problem = problem(plan, &subnet, &way, room);
                let check = Check::found(About::Subnets, subject, &problem);
                add_check(plan, check, problem.into_iter().collect());
            }
        }
    }
}

/// `subnet web-vnet/app`.
pub(super) fn words(subnet: &ResourceId) -> String {
    match subnet.parent() {
        Some(network) => format!("subnet {}/{}", network.name(), subnet.name()),
        None => format!("subnet {}", subnet.name()),
    }
}

/// What is taken, and of how many.
#[derive(Clone, Copy, Debug)]
struct Room {
    taken: i64,
    limit: i64,
}

fn room(
    plan: &Plan,
    made: &Made,
    subnet: &ResourceId,
    answers: &BTreeMap<Question, Answer>,
) -> Result<Room, String> {
    let unknown = || "Azure does not tell".to_owned();
    let written = plan
        .steps
        .iter()
        .find(|step| step.id == *subnet && matches!(step.does, Does::Create | Does::Update));
    let ranges = written.and_then(|step| step.request.body.as_ref());
    let ranges = ranges.map(range::of_subnet).unwrap_or_default();
    let planned = ranges.iter().map(|range| range.room()).sum();
    if made.has(subnet) {
        return match planned {
            0 => Err("its range is not known yet".to_owned()),
            limit => Ok(Room { taken: 0, limit }),
        };
    }
    let network = subnet.parent().ok_or_else(unknown)?;
    let answer = answers.get(&Question::Usages(network));
    let items = answer.ok_or_else(unknown)?.as_ref().map_err(scope::why)?;
    let own = items.iter().find(|item| {
        let id = item.member("id").and_then(Value::as_text);
        id.and_then(|id| ResourceId::parse(id).ok()).as_ref() == Some(subnet)
    });
    let number = |name: &str| own.and_then(|own| scope::whole(own.member(name)?));
    let taken = number("currentValue").ok_or_else(unknown)?;
    let limit = number("limit").ok_or_else(unknown)?;
    // Azure counts -1 where it does not count: in the subnet of a gateway.
    if taken < 0 || limit < 0 {
        return Err("Azure does not count there".to_owned());
    }
    let limit = if planned > 0 { planned } else { limit };
    Ok(Room { taken, limit })
}

fn problem(plan: &Plan, subnet: &ResourceId, way: &Way, room: Room) -> Option<Diagnostic> {
    let Room { taken, limit } = room;
    if taken + way.peak <= limit {
        return None;
    }
    let takers = scope::in_order(plan, &way.takers);
    let said = format!(
        "too few free addresses in {} for {}",
        words(subnet),
        scope::names(&takers)
    );
    let problem = Diagnostic::error(Code::SubnetFull, said)
        .note(format!("{taken} taken + {} needed > {limit}", way.peak))
        .note("Azure keeps five addresses of every range for itself")
        .help(Help::text(
            "give the subnet a larger range, or put some of them into another one",
        ));
    Some(scope::about(plan, problem, &takers))
}
