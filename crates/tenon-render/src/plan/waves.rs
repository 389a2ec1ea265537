//! In which waves a fleet changes, in words.

use tenon_model::Address;
use tenon_model::rollout::{Check, Health, OnFailure, Waves};

use crate::names;
use crate::words::{count, span, thousands};

/// The waves that are told one by one.
const TOLD: usize = 4;

/// What has to be before the next wave begins, and what happens if it is not;
/// none where Azure's word is enough and nothing else is said.
pub(crate) fn next(fleet: &Waves) -> Option<String> {
    let mut said = Vec::new();
    let asked = &fleet.health;
    let one_by_one = fleet.waves.iter().all(|wave| wave.len() == 1);
    let who = match (fleet.waves.len(), one_by_one) {
        (0 | 1, _) => "done",
        (_, true) => "next VM",
        (_, false) => "next wave",
    };
    if *asked != Health::default() {
        said.push(format!("{who} only when {}", well(asked)));
    }
    if fleet.pause > 0 && fleet.waves.len() > 1 {
        let pause = span(fleet.pause);
        said.push(match said.is_empty() {
            true => format!("{who} after {pause} pause"),
            false => format!("then {pause} pause"),
        });
    }
    if fleet.on_failure == OnFailure::Continue && fleet.waves.len() > 1 {
        let most = thousands(fleet.most_down);
        said.push(format!("goes on while at most {most} are down"));
    }
    if fleet.on_failure == OnFailure::RollBack {
        said.push("back to the old OS disks if one fails".to_owned());
    }
    (!said.is_empty()).then(|| said.join(", "))
}

/// `tcp:443 answers (10m limit)`.
fn well(health: &Health) -> String {
    let limit = span(health.within);
    let mut said = match &health.check {
        Check::Running => format!("it runs ({limit} limit)"),
        check => format!("{check} ({limit} limit)"),
    };
    if health.min_healthy > 0 {
        let steady = span(health.min_healthy);
        said = format!("{said} and has for {steady}");
    }
    said
}

/// The waves one by one, and the rest by their number; none where all are
/// single machines in the order of the fleet.
pub(crate) fn listed(fleet: &Waves) -> Vec<String> {
    let plain = fleet.waves.iter().all(|wave| wave.len() == 1);
    let is_first =
        |address: &Address| fleet.canaries.contains(address) || fleet.unwell.contains(address);
    if plain && !fleet.waves.iter().flatten().any(is_first) {
        return Vec::new();
    }
    let told = fleet.waves.iter().take(TOLD);
    let mut said: Vec<String> = told
        .enumerate()
        .map(|(at, wave)| format!("{}: {}", at + 1, machines(fleet, wave)))
        .collect();
    let more = fleet.waves.iter().skip(TOLD);
    let (more, machines) = (more.clone().count(), more.map(Vec::len).sum::<usize>());
    if more > 0 {
        said.push(format!(
            "{} more with {}",
            thousands(more),
            count(machines, "VM")
        ));
    }
    said
}

fn machines(fleet: &Waves, wave: &[Address]) -> String {
    let folded = names::fold(wave.iter().map(Address::as_str), 3);
    let short: Vec<&str> = folded.iter().map(|name| names::short(name)).collect();
    let named = short.join(" ");
    let all = |of: &[Address]| wave.iter().all(|one| of.contains(one));
    if all(&fleet.unwell) {
        format!("{named} (down already)")
    } else if all(&fleet.canaries) {
        format!("{named} (canary)")
    } else {
        named
    }
}
