//! Whether fixed private addresses can be had.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{Does, Plan};
use tenon_model::probe::Answer;
use tenon_model::snapshot::Snapshot;
use tenon_model::{Address, Code, Diagnostic, Help, ResourceId, Value};

use super::interfaces::Taken;
use super::range::{self, Range};
use super::scope::Made;
use super::{Question, add_check, scope, subnets};

/// Addresses that are asked about; each is a request.
const ASKED: usize = 16;

/// Free addresses that are named.
const NAMED: usize = 5;

/// A fixed address that a step asks for.
#[derive(Clone, Debug)]
struct Wanted {
    interface: ResourceId,
    subnet: ResourceId,
    address: Ipv4Addr,
    by: Address,
}

/// The fixed addresses that the plan asks for anew.
fn wanted(plan: &Plan, snapshot: &Snapshot) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    for step in scope::writes(plan) {
        let body = step.request.body.as_ref();
        let makes = matches!(step.does, Does::Create | Does::Update);
        let Some(taken) = body
            .filter(|_| makes)
            .and_then(|body| Taken::read(&step.id, body, None))
        else {
            continue;
        };
        if taken.fixed.is_empty() {
            continue;
        }
        let has = held(snapshot, &step.id);
        let new = taken.fixed.into_iter().filter(|one| !has.contains(one));
        wanted.extend(new.map(|(subnet, address)| Wanted {
            interface: step.id.clone(),
            subnet,
            address,
            by: step.address.clone(),
        }));
    }
    wanted
}

/// The addresses that an interface has.
fn held(snapshot: &Snapshot, interface: &ResourceId) -> Vec<(ResourceId, Ipv4Addr)> {
    let live = snapshot.get(interface).map(|live| &live.body);
    let all = live.and_then(|body| body.at(&["properties", "ipConfigurations"]));
    let all = all.and_then(Value::as_list).unwrap_or(&[]).iter();
    all.filter_map(|one| {
        let subnet = one.at(&["properties", "subnet", "id"])?.as_text()?;
        let address = one.at(&["properties", "privateIPAddress"])?.as_text()?;
        Some((ResourceId::parse(subnet).ok()?, address.parse().ok()?))
    })
    .collect()
}

/// A network and an address in it.
type Spot = (Option<ResourceId>, Ipv4Addr);

/// The addresses that interfaces have which the plan writes, with who has them.
fn held_by(plan: &Plan, snapshot: &Snapshot) -> BTreeMap<Spot, ResourceId> {
    let mut held_by = BTreeMap::new();
    for step in scope::writes(plan) {
        for (subnet, address) in held(snapshot, &step.id) {
            held_by.insert((subnet.parent(), address), step.id.clone());
        }
    }
    held_by
}

/// Those that only Azure can tell of: in a subnet that stands, and not those
/// that another interface of the plan has now and lets go.
fn asked(plan: &Plan, snapshot: &Snapshot, made: &Made) -> Vec<(Question, Wanted)> {
    let wanted = wanted(plan, snapshot);
    if wanted.is_empty() {
        return Vec::new();
    }
    let held_by = held_by(plan, snapshot);
    let mut asked = Vec::new();
    for one in wanted {
        let Some(network) = one.subnet.parent() else {
            continue;
        };
        let spot = (Some(network.clone()), one.address);
        let holder = held_by
            .get(&spot)
            .filter(|holder| **holder != one.interface);
        if !made.has(&one.subnet) && holder.is_none() {
            asked.push((Question::Address(network, one.address.to_string()), one));
        }
    }
    asked
}

pub(super) fn questions(plan: &Plan, snapshot: &Snapshot, made: &Made) -> Vec<Question> {
    let asked = asked(plan, snapshot, made).into_iter().take(ASKED);
    asked.map(|(question, _)| question).collect()
}

/// Judges what was answered, and what follows from the plan itself.
pub(super) fn judge(
    plan: &mut Plan,
    snapshot: &Snapshot,
    made: &Made,
    answers: &BTreeMap<Question, Answer>,
) {
    let mut asked: BTreeMap<(ResourceId, Ipv4Addr), Question> = BTreeMap::new();
    for (question, one) in self::asked(plan, snapshot, made) {
        asked.insert((one.interface, one.address), question);
    }
    let mut first: BTreeMap<Spot, Wanted> = BTreeMap::new();
    for one in wanted(plan, snapshot) {
        let subject = one.address.to_string();
        let key = (one.subnet.parent(), one.address);
        let other = first
            .get(&key)
            .filter(|other| other.interface != one.interface);
        let own = other
            .map(|other| twice(plan, &one, other))
            .or_else(|| outside(plan, snapshot, &one));
        let question = asked.get(&(one.interface.clone(), one.address));
        let judged = match (own, question) {
            (Some(problem), _) => Ok(Some(problem)),
            (None, None) => Ok(None),
            (None, Some(question)) => free(plan, &one, answers.get(question)),
        };
        match judged {
            Ok(problem) => {
                let check = Check::found(About::Addresses, subject, &problem);
                add_check(plan, check, problem.into_iter().collect());
            }
            Err(reason) => {
                let check = Check::skipped(About::Addresses, subject, reason);
                plan.preflight.push(check);
            }
        }
        first.entry(key).or_insert(one);
    }
}

fn error(plan: &Plan, one: &Wanted, why: &str) -> Diagnostic {
    let said = format!(
        "`{}` cannot have the address {}: {why}",
        one.by, one.address
    );
    scope::about(
        plan,
        Diagnostic::error(Code::AddressTaken, said),
        &[&one.by],
    )
}

fn twice(plan: &Plan, one: &Wanted, other: &Wanted) -> Diagnostic {
    error(plan, one, &format!("`{}` has it", other.by)).help(Help::text(
        "give one of them another address, or leave it to Azure",
    ))
}

/// What is wrong with an address that its subnet does not give.
fn outside(plan: &Plan, snapshot: &Snapshot, one: &Wanted) -> Option<Diagnostic> {
    let ranges = ranges(plan, snapshot, &one.subnet);
    if ranges.is_empty() {
        return None;
    }
    let subnet = subnets::words(&one.subnet);
    let why = match ranges.iter().find(|range| range.holds(one.address)) {
        None => format!("it is not in {subnet}"),
        Some(range) if range.keeps(one.address) => {
            format!("Azure keeps it for itself in {subnet}")
        }
        Some(_) => return None,
    };
    Some(error(plan, one, &why).help(Help::text(
        "take an address of the subnet, the fifth or a later one, or leave it to Azure",
    )))
}

/// The ranges of a subnet, as the plan leaves them.
fn ranges(plan: &Plan, snapshot: &Snapshot, subnet: &ResourceId) -> Vec<Range> {
    let written = plan.steps.iter().filter(|step| step.id == *subnet);
    let bodies = written.filter_map(|step| step.request.body.as_ref());
    let planned: Vec<Range> = bodies.flat_map(range::of_subnet).collect();
    if !planned.is_empty() {
        return planned;
    }
    let live = snapshot.get(subnet);
    live.map(|live| range::of_subnet(&live.body))
        .unwrap_or_default()
}

fn free(plan: &Plan, one: &Wanted, answer: Option<&Answer>) -> Result<Option<Diagnostic>, String> {
    let Some(answer) = answer else {
        return Err(format!("a plan asks about {ASKED} addresses at most"));
    };
    let items = answer.as_ref().map_err(scope::why)?;
    let said = items.first().ok_or("Azure does not tell")?;
    let available = said.member("available").and_then(Value::as_bool);
    match available {
        Some(true) => return Ok(None),
        Some(false) => {}
        None => return Err("Azure does not tell".to_owned()),
    }
    let subnet = subnets::words(&one.subnet);
    let kept = said.member("isPlatformReserved").and_then(Value::as_bool);
    let why = match kept {
        Some(true) => format!("Azure keeps it for itself in {subnet}"),
        _ => format!("it is not free in {subnet}"),
    };
    let mut problem = error(plan, one, &why);
    let others = said.member("availableIPAddresses").and_then(Value::as_list);
    let others = others.unwrap_or(&[]).iter().filter_map(Value::as_text);
    let others: Vec<&str> = others.take(NAMED).collect();
    if !others.is_empty() {
        problem = problem.note(format!("free are {}", others.join(", ")));
    }
    Ok(Some(problem.help(Help::text(
        "take a free one, or leave the address to Azure",
    ))))
}
