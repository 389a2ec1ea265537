//! What a rule says, as diagnostics.

use serde_json::{Map, Value as Json};
use tenon_model::plan::{Change, Plan};
use tenon_model::{Address, Code, Diagnostic, Help};

use crate::problem;
use crate::rules::{Rule, Weight};

/// The verdicts of a rule, in the order of its set.
pub(crate) fn of(rule: &Rule, results: &[Json], plan: &Plan) -> Vec<Diagnostic> {
    let verdicts = results.iter().map(|result| match result {
        Json::String(words) => verdict(rule, words),
        Json::Object(members) => match members.get("msg") {
            Some(Json::String(words)) => attached(verdict(rule, words), members, plan),
            _ => problem::odd_result(rule, "it is an object without `msg`, which is text"),
        },
        other => problem::odd_result(rule, &format!("it is {other}")),
    });
    verdicts.collect()
}

fn verdict(rule: &Rule, words: &str) -> Diagnostic {
    let words = words.trim();
    let (first, rest) = words.split_once('\n').unwrap_or((words, ""));
    let verdict = match rule.weight {
        Weight::Forbids => Diagnostic::error(Code::PolicyForbids, first),
        Weight::Warns => Diagnostic::warning(Code::PolicyWarns, first),
    };
    let rest = rest.lines().map(str::trim).filter(|line| !line.is_empty());
    let verdict = rest.fold(verdict, Diagnostic::note);
    verdict.note(stands(rule))
}

/// `` `deny` in policies/vms.rego:7 ``
fn stands(rule: &Rule) -> String {
    let places: Vec<String> = rule
        .places
        .iter()
        .map(|place| format!("{}:{}", place.file, place.line))
        .collect();
    match &places[..] {
        [first, second, third, more @ ..] if !more.is_empty() => {
            format!(
                "`{}` in {first}, {second}, {third} and {} more",
                rule.name,
                more.len()
            )
        }
        all => format!("`{}` in {}", rule.name, all.join(", ")),
    }
}

/// The verdict with what else its object says: the resource, a way out, and
/// whatever the team adds.
fn attached(mut verdict: Diagnostic, members: &Map<String, Json>, plan: &Plan) -> Diagnostic {
    for (name, value) in members {
        verdict = match (name.as_str(), value) {
            ("msg", _) => verdict,
            ("address", Json::String(address)) => at(verdict, &Address::new(address), plan),
            ("help", Json::String(words)) => verdict.help(Help::text(words.clone())),
            (_, Json::String(words)) => verdict.note(format!("{name}: {words}")),
            (_, other) => verdict.note(format!("{name}: {other}")),
        };
    }
    verdict
}

fn at(verdict: Diagnostic, address: &Address, plan: &Plan) -> Diagnostic {
    let is_it = |change: &&Change| change.address == *address;
    let holds_it = |change: &&Change| change.entry == *address;
    let changes = &plan.changes;
    let change = changes.iter().find(is_it).or(changes.iter().find(holds_it));
    match change {
        Some(change) => verdict.about(address).at(&change.place, ""),
        None => verdict.note(format!("it names `{address}`, which is not in this plan")),
    }
}
