//! Whether Azure lets a subscription have so many public addresses in a region.
//!
//! The list that tells of them tells of networks, interfaces and groups of
//! rules as well. It is asked only where public addresses are made: of the
//! others nobody runs short. What counts is the peak, in the order of the steps.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{Does, Plan};
use tenon_model::probe::Answer;
use tenon_model::rules::region;
use tenon_model::snapshot::Snapshot;
use tenon_model::{Address, Code, Diagnostic, Help, ResourceId, SubscriptionId, Value};

use super::{Question, add_check, scope};

const ADDRESSES: &str = "Microsoft.Network/publicIPAddresses";

/// Types, what they are called, and the usages that they count against.
/// Source: Azure REST API reference, "Usages - List" of Microsoft.Network.
const COUNTED: &[(&str, &str, &str)] = &[
    (ADDRESSES, "public IP addresses", "PublicIPAddresses"),
    (
        "Microsoft.Network/networkInterfaces",
        "network interfaces",
        "NetworkInterfaces",
    ),
    (
        "Microsoft.Network/networkSecurityGroups",
        "network security groups",
        "NetworkSecurityGroups",
    ),
    (
        "Microsoft.Network/virtualNetworks",
        "virtual networks",
        "VirtualNetworks",
    ),
];

type Region = (SubscriptionId, String);

/// How many of one type there are more on the way.
#[derive(Debug, Default)]
struct Way {
    now: i64,
    peak: i64,
    makers: BTreeSet<Address>,
}

/// What is counted in the regions in which public addresses are made.
fn ways(plan: &Plan, snapshot: &Snapshot) -> BTreeMap<Region, BTreeMap<usize, Way>> {
    let mut regions: BTreeMap<Region, BTreeMap<usize, Way>> = BTreeMap::new();
    for step in scope::writes(plan) {
        let Some(counted) = counted(&step.id) else {
            continue;
        };
        let (body, more) = match step.does {
            Does::Create => (step.request.body.as_ref(), 1),
            Does::Delete => (snapshot.get(&step.id).map(|live| &live.body), -1),
            _ => continue,
        };
        let location = body.and_then(|body| body.member("location")?.as_text());
        let Some(location) = location else {
            continue;
        };
        let region = (step.id.subscription(), region(location));
        let way = regions.entry(region).or_default().entry(counted);
        let way = way.or_default();
        way.now += more;
        way.peak = way.peak.max(way.now);
        if more > 0 {
            way.makers.insert(step.address.clone());
        }
    }
    regions.retain(|_, ways| ways.get(&0).is_some_and(|way| way.peak > 0));
    regions
}

fn counted(id: &ResourceId) -> Option<usize> {
    let kind = id.resource_type();
    let mut types = COUNTED.iter();
    types.position(|(of, ..)| of.eq_ignore_ascii_case(&kind))
}

/// One question for each region.
pub(super) fn questions(plan: &Plan, snapshot: &Snapshot) -> Vec<Question> {
    let regions = ways(plan, snapshot).into_keys();
    regions
        .map(|(subscription, location)| Question::Counts(subscription, location))
        .collect()
}

/// Judges what was answered.
pub(super) fn judge(plan: &mut Plan, snapshot: &Snapshot, answers: &BTreeMap<Question, Answer>) {
    for ((subscription, location), ways) in ways(plan, snapshot) {
        let question = Question::Counts(subscription, location.clone());
        let usages = match answers.get(&question) {
            Some(Ok(usages)) if !usages.is_empty() => usages,
            answer => {
                let reason = match answer {
                    Some(Err(refusal)) => scope::why(refusal),
                    _ => "Azure lists none".to_owned(),
                };
                let check = Check::skipped(About::Counts, location, reason);
                plan.preflight.push(check);
                continue;
            }
        };
        let problems: Vec<Diagnostic> = ways
            .iter()
            .filter_map(|(counted, way)| problem(plan, *counted, way, &location, usages))
            .collect();
        let check = Check::found(About::Counts, location, &problems);
        add_check(plan, check, problems);
    }
}

fn problem(
    plan: &Plan,
    counted: usize,
    way: &Way,
    location: &str,
    usages: &[Value],
) -> Option<Diagnostic> {
    let (_, words, name) = COUNTED.get(counted)?;
    let own = usages.iter().find(|usage| {
        let value = usage.at(&["name", "value"]).and_then(Value::as_text);
        value.is_some_and(|value| value.eq_ignore_ascii_case(name))
    })?;
    let used = scope::whole(own.member("currentValue")?)?;
    let limit = scope::whole(own.member("limit")?)?;
    if limit < 0 || used + way.peak <= limit {
        return None;
    }
    let makers = scope::in_order(plan, &way.makers);
    let said = format!(
        "too many {words} in {location} with {}",
        scope::names(&makers)
    );
    let problem = Diagnostic::error(Code::TooMany, said)
        .note(format!(
            "{used} there + {} needed > limit {limit}",
            way.peak
        ))
        .help(Help::text(format!(
            "raise the limit of {name} to at least {} (portal, Quotas, {location}), or make fewer",
            used + way.peak
        )));
    Some(scope::about(plan, problem, &makers))
}
