//! Machines whose health the test decides, and somebody who counts them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value as Json;
use tenon_engine::{ApplyOptions, Interrupt, apply};
use tenon_model::plan::Plan;
use tenon_model::report::Report;
use tenon_model::rollout::{Probe, Prober};
use tenon_model::transport::Boxed;
use tenon_sim::Simulator;
use tokio::time::{Instant, sleep};

use crate::world::{self, World};

/// How long a machine needs after Azure has made it.
const BOOT: Duration = Duration::from_secs(25);
/// How often the machines are counted.
pub(crate) const TICK: Duration = Duration::from_secs(2);

/// Answers for the machines: well some time after they were made, unless they
/// are sick.
#[derive(Debug, Default)]
pub(crate) struct Clinic {
    sick: Mutex<BTreeSet<String>>,
    /// When each making of a machine was first seen complete.
    seen: Mutex<BTreeMap<String, Instant>>,
}

impl Clinic {
    /// Lets a machine never get well on one version of the image.
    pub(crate) fn infect(&self, machine: &str, version: &str) {
        self.sick().insert(format!("{machine} {version}"));
    }

    /// Lets all machines get well.
    pub(crate) fn cure(&self) {
        self.sick().clear();
    }

    /// Whether a machine of a world serves.
    pub(crate) fn serves(&self, world: &World, id: &str) -> bool {
        let name = id.rsplit('/').next().unwrap_or_default();
        let body = world.simulator.resource(id);
        body.is_some_and(|body| self.is_well(name, &body, &world.simulator))
    }

    fn sick(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.sick.lock().expect("nobody panicked")
    }

    /// Whether a machine with this body serves.
    fn is_well(&self, machine: &str, body: &Json, simulator: &Simulator) -> bool {
        let text = |path: &str| body.pointer(path).and_then(Json::as_str);
        if text("/properties/provisioningState") != Some("Succeeded") {
            return false;
        }
        let made = text("/properties/vmId").unwrap_or_default().to_owned();
        let mut seen = self.seen.lock().expect("nobody panicked");
        let since = *seen.entry(made).or_insert_with(Instant::now);
        let illness = format!("{machine} {}", version(body, simulator));
        since.elapsed() >= BOOT && !self.sick().contains(&illness)
    }
}

/// The version of the image on the OS disk of a machine: the machine's own
/// reference stays what it was made with when the disk is another one.
pub(crate) fn version(machine: &Json, simulator: &Simulator) -> String {
    let disk = machine.pointer("/properties/storageProfile/osDisk/managedDisk/id");
    let disk = disk.and_then(Json::as_str).unwrap_or_default();
    let disk = simulator.resource(disk).unwrap_or_default();
    let image = disk.pointer("/properties/creationData/galleryImageReference/id");
    let image = image.and_then(Json::as_str).unwrap_or_default();
    image.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The clinic in one world.
#[derive(Debug)]
struct At {
    clinic: Arc<Clinic>,
    simulator: Simulated,
}

struct Simulated(Simulator);

impl std::fmt::Debug for Simulated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a simulator")
    }
}

impl Prober for At {
    fn ask<'a>(&'a self, probe: &'a Probe) -> Boxed<'a, Result<(), String>> {
        Box::pin(async move {
            let Probe::Command { environment, .. } = probe else {
                return Err("the test asks by command".to_owned());
            };
            let about = |name: &str| {
                let found = environment.iter().find(|(key, _)| key == name);
                found.map(|(_, value)| value.as_str()).unwrap_or_default()
            };
            assert!(
                about("TENON_PRIVATE_IP").starts_with("10."),
                "{environment:?}"
            );
            let body = self.simulator.0.resource(about("TENON_VM_ID"));
            let body = body.ok_or("it is gone")?;
            match self
                .clinic
                .is_well(about("TENON_VM_NAME"), &body, &self.simulator.0)
            {
                true => Ok(()),
                false => Err("503".to_owned()),
            }
        })
    }
}

/// What was seen while a plan was carried out.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The most machines that were not well at the same time.
    pub(crate) most_down: usize,
    /// The machines in the order in which they were gone or not well.
    pub(crate) order: Vec<String>,
    /// Ids of disks that were there once and then not.
    pub(crate) lost: BTreeSet<String>,
}

/// Carries a plan out and counts the machines that were there at first, all
/// the time.
pub(crate) async fn run(plan: &Plan, world: &World, clinic: &Arc<Clinic>) -> (Report, Seen) {
    let mut seen = Seen::default();
    let report = watch(plan, world, clinic, &mut seen).await;
    (report, seen)
}

/// The same for a run that may be dropped: what was seen until then is there.
pub(crate) async fn watch(
    plan: &Plan,
    world: &World,
    clinic: &Arc<Clinic>,
    seen: &mut Seen,
) -> Report {
    let options = ApplyOptions {
        prober: Arc::new(At {
            clinic: Arc::clone(clinic),
            simulator: Simulated(world.simulator.clone()),
        }),
        ..world.options()
    };
    let heard = world::Heard::default();
    let interrupt = Interrupt::default();
    let nothing = crate::Nothing;
    let work = apply(plan, &world.client, &nothing, &heard, &interrupt, &options);
    tokio::pin!(work);
    let machines = ids(world, "/virtualMachines/");
    let disks = ids(world, "/disks/");
    loop {
        look(world, clinic, (&machines, &disks), seen);
        tokio::select! {
            () = &mut work => break,
            () = sleep(TICK) => {}
        }
    }
    heard.report()
}

fn look(
    world: &World,
    clinic: &Clinic,
    (machines, disks): (&[String], &[String]),
    seen: &mut Seen,
) {
    let mut down = 0;
    for id in machines {
        let name = id.rsplit('/').next().unwrap_or_default();
        if clinic.serves(world, id) {
            continue;
        }
        down += 1;
        if !seen.order.iter().any(|one| one == name) {
            seen.order.push(name.to_owned());
        }
    }
    seen.most_down = seen.most_down.max(down);
    let gone = disks.iter().filter(|id| !id.contains("_OsDisk_"));
    let gone = gone.filter(|id| world.simulator.resource(id).is_none());
    seen.lost.extend(gone.cloned());
}

/// Ids of one type.
pub(crate) fn ids(world: &World, kind: &str) -> Vec<String> {
    let ids = world.simulator.resource_ids().into_iter();
    ids.filter(|id| id.contains(kind) && !id.contains("/extensions/"))
        .collect()
}

/// Makes every machine well that is there.
pub(crate) async fn wait_until_booted(world: &World, clinic: &Clinic) {
    look(
        world,
        clinic,
        (&ids(world, "/virtualMachines/"), &[]),
        &mut Seen::default(),
    );
    sleep(BOOT).await;
}
