//! Two programs at once on the same deployment.
//!
//! Each run has a wire of its own on which every request and every answer is
//! late by chance, so that a seed is an interleaving. Nothing of what a run
//! says it did may be undone by the other one; where both want the same
//! resource, one of them says that it has moved; a further run ends what is left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tenon_client::{Http, HttpError, HttpRequest, HttpResponse};
use tenon_model::event::{Failure, Outcome};
use tenon_model::plan::{Does, Plan};
use tenon_model::report::{Ended, Report};
use tenon_model::transport::Boxed;

use crate::crash::land;
use crate::run;
use crate::world::{HEAD, InProcess, World};

/// As many interleavings as a test has time for.
const SEEDS: u64 = 6;

fn spec() -> String {
    format!(
        "{HEAD}
tags: {{team: shop}}
nsgs: {{edge: {{rules: {{allow-https: {{priority: 100, port: 443, from: Internet}}}}}}}}
networks: {{net: {{subnets: {{app: {{prefix: 10.0.1.0/24, nsg: edge}}}}}}}}
vms:
  web:
    count: 2
    image: web
    size: Standard_D2s_v5
    subnet: net/app
    public_ip: false
    admin_username: azureuser
    ssh_key: ssh-ed25519 AAAA test
"
    )
}

fn resized() -> String {
    let larger = spec().replace("Standard_D2s_v5", "Standard_E4s_v5");
    larger.replace("port: 443", "port: 8443")
}

fn retagged(team: &str) -> String {
    spec().replace("team: shop", &format!("team: {team}"))
}

/// Numbers by chance that a seed decides (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Mostly a moment, now and then longer than an operation.
    fn wait(&mut self) -> Duration {
        let longest = if self.next().is_multiple_of(4) {
            60_000
        } else {
            500
        };
        Duration::from_millis(self.next() % longest)
    }
}

/// A wire on which everything is late.
struct Late {
    wire: InProcess,
    chance: Mutex<Chance>,
}

impl Late {
    async fn wait(&self) {
        let wait = self.chance.lock().expect("nobody panicked").wait();
        tokio::time::sleep(wait).await;
    }
}

impl Http for Late {
    fn send(&self, request: HttpRequest) -> Boxed<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            self.wait().await;
            let answer = self.wire.send(request).await;
            self.wait().await;
            answer
        })
    }
}

fn late(world: &World, seed: u64) -> World {
    world.over(|wire| {
        Arc::new(Late {
            wire,
            chance: Mutex::new(Chance(seed)),
        })
    })
}

/// Both runs, and the world that they left.
struct Race {
    world: World,
    plans: [Plan; 2],
    reports: [Report; 2],
}

async fn race(specs: [&str; 2], seed: u64) -> Race {
    let world = World::new("");
    let report = run(&world.plan(&spec()).await, &world).await;
    assert!(report.is_complete(), "{report:?}");
    let plans = [world.plan(specs[0]).await, world.plan(specs[1]).await];
    let wires = [late(&world, 2 * seed), late(&world, 2 * seed + 1)];
    let (one, two) = tokio::join!(run(&plans[0], &wires[0]), run(&plans[1], &wires[1]));
    Race {
        world,
        plans,
        reports: [one, two],
    }
}

impl Race {
    /// The resources that a run says it has updated.
    fn updated(&self, which: usize) -> BTreeSet<String> {
        let steps = &self.plans[which].steps;
        let lines = self.reports[which].lines.iter();
        lines
            .filter(|(_, line)| {
                matches!(&line.ended, Some(Ended::Done { outcome, .. }) if *outcome == Outcome::Done)
            })
            .map(|(step, _)| &steps[*step])
            .filter(|step| step.does == Does::Update)
            .map(|step| step.id.to_string())
            .collect()
    }

    /// Steps that ended by a conflict, of both runs.
    fn conflicts(&self) -> usize {
        let lines = self.reports.iter().flat_map(|report| report.lines.values());
        lines
            .filter(|line| {
                matches!(&line.ended, Some(Ended::Failed { failure }) if is_conflict(failure))
            })
            .count()
    }

    /// Steps that ended in another way than by a conflict.
    fn troubles(&self, which: usize) -> Vec<String> {
        let steps = &self.plans[which].steps;
        let lines = self.reports[which].lines.iter();
        lines
            .filter_map(|(step, line)| match line.ended.as_ref()? {
                Ended::Failed { failure } if !is_conflict(failure) => {
                    Some(format!("{}: {failure:?}", steps[*step].address))
                }
                _ => None,
            })
            .collect()
    }

    /// The tags and sizes of what is there.
    fn team_and_size(&self) -> BTreeMap<String, (String, String)> {
        let ids = self.world.simulator.resource_ids().into_iter();
        ids.filter_map(|id| {
            let body = self.world.simulator.resource(&id)?;
            let text = |path| {
                body.pointer(path)
                    .and_then(|one| one.as_str())
                    .map(str::to_owned)
            };
            let size = text("/properties/hardwareProfile/vmSize").unwrap_or_default();
            Some((id, (text("/tags/team")?, size)))
        })
        .collect()
    }

    /// A further run of one of the two specs ends what is left.
    async fn converges(&self, spec: &str, seed: u64) {
        let next = self.world.again();
        let report = run(&next.plan(spec).await, &next).await;
        assert!(report.is_complete(), "seed {seed}: {report:?}");
        assert_eq!(next.plan(spec).await.steps.len(), 0, "seed {seed}");
        assert_eq!(land::made_twice(&self.world), [""; 0], "seed {seed}");
        let machines: BTreeSet<String> = land::machines(&self.world).into_keys().collect();
        assert_eq!(land::running(&next).await, machines, "seed {seed}");
    }
}

fn is_conflict(failure: &Failure) -> bool {
    match failure {
        Failure::Stale { .. } | Failure::Presence { .. } => true,
        Failure::Refused { refusal } => matches!(refusal.status, 409 | 412),
        _ => false,
    }
}

/// Azure itself checks that a machine is as it was looked at.
fn is_machine(id: &str) -> bool {
    id.contains("/virtualMachines/")
}

fn seeds() -> std::ops::Range<u64> {
    0..std::env::var("TENON_CASES").map_or(SEEDS, |text| text.parse().expect("a number"))
}

/// Two runs that give everything another tag each.
///
/// Returns how many steps said that somebody else had been there.
async fn tags_race(seed: u64, watched: impl Fn(&str) -> bool) -> usize {
    let specs = [retagged("red"), retagged("blue")];
    let race = race([&specs[0], &specs[1]], seed).await;
    let updated = [race.updated(0), race.updated(1)];
    let both = updated[0].intersection(&updated[1]);
    let both: Vec<&String> = both.filter(|id| watched(id)).collect();
    assert!(both.is_empty(), "seed {seed}: both have updated {both:?}");
    for (which, team) in ["red", "blue"].into_iter().enumerate() {
        assert_eq!(race.troubles(which), [""; 0], "seed {seed}");
        for (id, (live, _)) in race.team_and_size() {
            if updated[which].contains(&id) && watched(&id) {
                assert_eq!(live, team, "seed {seed}: {id}");
            }
        }
    }
    race.converges(&specs[0], seed).await;
    race.conflicts()
}

#[tokio::test(start_paused = true)]
async fn what_one_run_tagged_the_other_does_not_overwrite() {
    let mut conflicts = 0;
    for seed in seeds() {
        conflicts += tags_race(seed, is_machine).await;
    }
    assert!(conflicts > 0, "they never met");
}

/// Between the look and the write of one run the other one may write, and one
/// that is refused while another operation runs is sent again as it is.
#[tokio::test(start_paused = true)]
async fn nor_what_lies_in_a_network() {
    for seed in seeds() {
        tags_race(seed, |_| true).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_resize_and_new_tags_are_not_lost_to_each_other() {
    let specs = [resized(), retagged("blue")];
    let mut conflicts = 0;
    for seed in seeds() {
        let race = race([&specs[0], &specs[1]], seed).await;
        let updated = [race.updated(0), race.updated(1)];
        assert_eq!(race.troubles(0), [""; 0], "seed {seed}");
        assert_eq!(race.troubles(1), [""; 0], "seed {seed}");
        for (id, (team, size)) in race.team_and_size() {
            if updated[0].contains(&id) && is_machine(&id) {
                assert_eq!(size, "Standard_E4s_v5", "seed {seed}: {id}");
            }
            if updated[1].contains(&id) && is_machine(&id) {
                assert_eq!(team, "blue", "seed {seed}: {id}");
            }
        }
        race.converges(&specs[1], seed).await;
        conflicts += race.conflicts();
    }
    assert!(conflicts > 0, "they never met");
}

#[tokio::test(start_paused = true)]
async fn two_runs_of_one_plan_make_one_world() {
    let spec = resized();
    for seed in seeds() {
        let race = race([&spec, &spec], seed).await;
        assert_eq!(race.troubles(0), [""; 0], "seed {seed}");
        assert_eq!(race.troubles(1), [""; 0], "seed {seed}");
        race.converges(&spec, seed).await;
    }
}
