//! A program that is killed anywhere: the next one ends in the world in which
//! it would have ended.
//!
//! A run is cut at every request: before a write leaves, and after it has
//! taken effect and before its answer is heard. Reads and polls change nothing,
//! so one cut at each is enough. Killed means that engine and client are
//! dropped and nothing else happens; Azure goes on. The next program starts at
//! once, while Azure is still busy, or when it is done; it carries on with the
//! plan that was saved, or makes its own.
//!
//! There are some thousand cases, and each takes half a second without
//! optimization: [`CASES`] of each kind are taken evenly. `TENON_CASES` takes
//! another number of them.

mod back;
pub(crate) mod land;
pub(crate) mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tenon_engine::{Interrupt, apply};
use tenon_model::plan::{Mode, Plan};
use tenon_model::report::{Ended, Report};

use crate::world::{HEAD, Heard, World};
use crate::{Nothing, run, scale_sets};
use wire::{Cut, dying};

/// As many cases as a test has time for.
const CASES: usize = 12;

/// Who carries on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The plan that was saved.
    Saved,
    /// A plan of what is there now.
    New,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) cut: Cut,
    pub(crate) next: Next,
    /// Whether Azure is done when the next program starts.
    pub(crate) idle: Idle,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Idle {
    AtOnce,
    Later,
}

/// What is cut: the way from one spec to another, or to nothing.
struct Way {
    from: Option<String>,
    to: String,
    mode: Mode,
    /// What the run that is cut was asked to replace; nobody asks again.
    replace: &'static [&'static str],
}

/// The world in which a run ends that nobody cuts.
struct Whole {
    everything: Vec<String>,
    machines_made: usize,
    sent: Vec<String>,
}

/// Three machines with disks, one protected and one not.
fn spec() -> String {
    format!(
        "{HEAD}
tags: {{team: shop}}
nsgs:
  edge: {{rules: {{allow-https: {{priority: 100, port: 443, from: Internet}}}}}}
networks:
  net:
    address_space: [10.0.0.0/8]
    subnets: {{app: {{prefix: 10.1.0.0/16, nsg: edge}}, data: {{prefix: 10.2.0.0/16}}}}
vms:
  web:
    count: 3
    image: web
    size: Standard_D2s_v5
    subnet: net/app
    public_ip: false
    admin_username: azureuser
    ssh_key: ssh-ed25519 AAAA test
    os_disk: {{size_gb: 30}}
    data_disks: {{data: {{size_gb: 8}}, cache: {{size_gb: 4, protect: false}}}}
    rollout: {{max_unavailable: 1}}
"
    )
}

/// Another size, a larger OS disk, another tag, another port, and a subnet less.
fn updated() -> String {
    spec()
        .replace("Standard_D2s_v5", "Standard_E4s_v5")
        .replace("team: shop", "team: sales")
        .replace("os_disk: {size_gb: 30}", "os_disk: {size_gb: 64}")
        .replace("port: 443", "port: 8443")
        .replace(", data: {prefix: 10.2.0.0/16}", "")
}

/// What somebody else has in the same group.
fn foreign() -> String {
    format!("{HEAD}\nnsgs: {{theirs: {{rules: {{}}}}}}\n").replace("name: timed", "name: other")
}

impl Way {
    /// The world before the run that is cut.
    async fn begin(&self) -> World {
        let world = World::new("");
        for spec in [Some(foreign()), self.from.clone()].into_iter().flatten() {
            let report = run(&world.plan(&spec).await, &world).await;
            assert!(report.is_complete(), "{report:?}");
        }
        world
    }

    async fn first(&self, world: &World) -> Plan {
        let replace = self.replace;
        let plan = world.plan_replacing(&self.to, self.mode, replace).await;
        assert!(plan.applyable, "{:?}", plan.diagnostics);
        plan
    }

    async fn plan(&self, world: &World) -> Plan {
        let plan = world.plan_for(&self.to, self.mode).await;
        assert!(plan.applyable, "{:?}", plan.diagnostics);
        plan
    }

    async fn whole(&self) -> Whole {
        let world = self.begin().await;
        let plan = self.first(&world).await;
        let (whole, tap) = dying(&world, None);
        let report = run(&plan, &whole).await;
        assert!(report.is_complete(), "{report:?}");
        assert_eq!(self.plan(&world).await.steps.len(), 0);
        assert_eq!(land::made_twice(&world), [""; 0]);
        Whole {
            everything: land::everything(&world),
            machines_made: land::machines_made(&world),
            sent: tap.sent(),
        }
    }

    /// Kills a run, and lets the next one carry on.
    async fn cut(&self, case: Case, whole: &Whole) -> Cutting {
        let world = self.begin().await;
        let before = land::machines(&world);
        let saved = self.first(&world).await;
        kill(&saved, &world, case.cut).await;
        let at_cut = land::machines(&world);
        if matches!(case.idle, Idle::Later) {
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
        let next = world.again();
        let plan = match case.next {
            Next::Saved => saved,
            Next::New => self.plan(&next).await,
        };
        let report = run(&plan, &next).await;
        let failed = failures(&plan, &report);
        assert!(report.is_complete(), "{case:?}: {failed:?}");

        let left = self.plan(&next).await;
        let steps: Vec<_> = left
            .steps
            .iter()
            .map(|one| (&one.address, one.does))
            .collect();
        assert!(steps.is_empty(), "{case:?}: {steps:?} is left to do");
        assert_eq!(land::everything(&world), whole.everything, "{case:?}");
        assert_eq!(land::made_twice(&world), [""; 0], "{case:?}");
        assert_eq!(land::machines_made(&world), whole.machines_made, "{case:?}");
        Cutting {
            before,
            at_cut,
            after: land::machines(&world),
            running: land::running(&next).await,
        }
    }
}

/// The machines of a world in which a run was cut.
struct Cutting {
    before: BTreeMap<String, String>,
    at_cut: BTreeMap<String, String>,
    after: BTreeMap<String, String>,
    running: BTreeSet<String>,
}

impl Cutting {
    fn all(&self) -> BTreeSet<String> {
        self.after.keys().cloned().collect()
    }

    /// Whether those that are new at the cut are the ones that stay.
    fn keeps_what_was_new(&self) -> bool {
        let is_new = |(id, made): &(&String, &String)| self.before.get(*id) != Some(*made);
        let mut new = self.at_cut.iter().filter(is_new);
        new.all(|(id, made)| self.after.get(id) == Some(made))
    }
}

/// What went wrong in a run that should have gone well.
pub(crate) fn failures(plan: &Plan, report: &Report) -> Vec<String> {
    let lines = report.lines.iter();
    lines
        .filter_map(|(index, line)| match line.ended.as_ref()? {
            Ended::Failed { failure } => {
                let step = &plan.steps[*index];
                Some(format!("{} {:?}: {failure:?}", step.address, step.does))
            }
            _ => None,
        })
        .collect()
}

/// Carries a plan out until the wire dies, and drops everything.
pub(crate) async fn kill(plan: &Plan, world: &World, cut: Cut) {
    let (dying, tap) = dying(world, Some(cut));
    let (heard, interrupt) = (Heard::default(), Interrupt::default());
    let options = world.options();
    let first = apply(plan, &dying.client, &Nothing, &heard, &interrupt, &options);
    tokio::select! {
        biased;
        () = tap.died() => {}
        () = first => panic!("{cut:?} was not reached"),
    }
}

/// Every cut with everything that can follow it.
pub(crate) fn cases(sent: &[String]) -> Vec<Case> {
    let cuts = sent.iter().enumerate().flat_map(|(number, request)| {
        let writes = ["PUT ", "PATCH ", "DELETE ", "POST /subscriptions"];
        let writes = writes.iter().any(|verb| request.starts_with(verb));
        let before = writes.then_some(Cut::Before(number));
        before.into_iter().chain([Cut::After(number)])
    });
    let nexts = [Next::New, Next::Saved];
    let whens = [Idle::AtOnce, Idle::Later];
    let follow = nexts
        .into_iter()
        .flat_map(|next| whens.map(|idle| (next, idle)));
    let follow: Vec<_> = follow.collect();
    cuts.flat_map(|cut| {
        let case = move |(next, idle)| Case { cut, next, idle };
        follow.clone().into_iter().map(case)
    })
    .collect()
}

/// Some of them, evenly.
pub(crate) fn sample(cases: &[Case]) -> Vec<Case> {
    let most = std::env::var("TENON_CASES").map_or(CASES, |text| text.parse().expect("a number"));
    if cases.len() <= most {
        return cases.to_vec();
    }
    // One further each time, so that every follow-up gets its turn.
    let at = |number| (number * cases.len() / most + number) % cases.len();
    (0..most).map(|number| cases[at(number)]).collect()
}

#[tokio::test(start_paused = true)]
async fn a_create_that_is_cut_anywhere_converges() {
    let way = Way {
        from: None,
        to: spec(),
        mode: Mode::Live,
        replace: &[],
    };
    let whole = way.whole().await;
    assert_eq!(whole.machines_made, 3);
    for case in sample(&cases(&whole.sent)) {
        let cutting = way.cut(case, &whole).await;
        assert!(cutting.keeps_what_was_new(), "{case:?}");
        assert_eq!(cutting.running, cutting.all(), "{case:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_that_is_cut_anywhere_converges() {
    let way = Way {
        from: Some(spec()),
        to: updated(),
        mode: Mode::Live,
        replace: &[],
    };
    let whole = way.whole().await;
    for case in sample(&cases(&whole.sent)) {
        let cutting = way.cut(case, &whole).await;
        assert_eq!(cutting.before, cutting.after, "{case:?}");
        assert_eq!(cutting.running, cutting.all(), "{case:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_replace_that_is_cut_anywhere_converges() {
    let way = Way {
        from: Some(spec()),
        to: spec().replace("1.4.2", "1.5.0"),
        mode: Mode::Live,
        replace: &[],
    };
    let whole = way.whole().await;
    for case in sample(&cases(&whole.sent)) {
        let cutting = way.cut(case, &whole).await;
        assert!(cutting.keeps_what_was_new(), "{case:?}");
        assert_eq!(cutting.running, cutting.all(), "{case:?}");
        let kept = cutting
            .after
            .iter()
            .filter(|(id, made)| cutting.before.get(*id) == Some(*made));
        assert_eq!(kept.count(), 0, "{case:?}");
    }
}

/// Interfaces let go of what is replaced, and take it again.
#[tokio::test(start_paused = true)]
async fn what_lets_go_and_takes_again_can_be_cut_anywhere() {
    let with_addresses = spec()
        .replace("public_ip: false", "public_ip: true\n    nsg: edge")
        .replace("count: 3", "count: 1");
    let way = Way {
        from: Some(with_addresses.clone()),
        to: with_addresses,
        mode: Mode::Live,
        replace: &["nsgs.edge", "vms.web-1.public_ip"],
    };
    let whole = way.whole().await;
    assert_eq!(whole.machines_made, 1);
    for case in sample(&cases(&whole.sent)) {
        let cutting = way.cut(case, &whole).await;
        assert_eq!(cutting.before, cutting.after, "{case:?}");
        assert_eq!(cutting.running, cutting.all(), "{case:?}");
    }
}

/// An interface gets another name, and its machine takes it with the public
/// address of the old one.
#[tokio::test(start_paused = true)]
async fn an_interface_that_passes_its_address_on_can_be_cut_anywhere() {
    let before = spec()
        .replace("public_ip: false", "public_ip: true")
        .replace("count: 3", "count: 1");
    let to = before.replace("public_ip: true", "public_ip: true\n    nic: {name: front}");
    let way = Way {
        from: Some(before),
        to,
        mode: Mode::Live,
        replace: &[],
    };
    let whole = way.whole().await;
    for case in sample(&cases(&whole.sent)) {
        let cutting = way.cut(case, &whole).await;
        assert_eq!(cutting.before, cutting.after, "{case:?}");
        assert_eq!(cutting.running, cutting.all(), "{case:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_destroy_that_is_cut_anywhere_converges() {
    let way = Way {
        from: Some(spec()),
        to: spec(),
        mode: Mode::Destroy,
        replace: &[],
    };
    let whole = way.whole().await;
    let stands = |name: &str| {
        whole
            .everything
            .iter()
            .any(|id| id.to_lowercase().contains(name))
    };
    assert!(stands("theirs") && stands("web-3") && !stands("/virtualmachines/"));
    for case in sample(&cases(&whole.sent)) {
        let cutting = way.cut(case, &whole).await;
        assert_eq!(cutting.all(), BTreeSet::new(), "{case:?}");
    }
}

/// The model of a scale set on its way to the instances, whoever brings it.
#[tokio::test(start_paused = true)]
async fn an_upgrade_of_instances_that_is_cut_anywhere_converges() {
    for words in [scale_sets::ROLLING, scale_sets::TOLD] {
        let way = Way {
            from: Some(scale_sets::set(words)),
            to: scale_sets::set(words).replace("1.4.2", "1.5.0"),
            mode: Mode::Live,
            replace: &[],
        };
        let whole = way.whole().await;
        for case in sample(&cases(&whole.sent)) {
            let cutting = way.cut(case, &whole).await;
            assert_eq!(cutting.before, cutting.after, "{case:?}");
            assert_eq!(cutting.running, cutting.all(), "{case:?}");
        }
    }
}

/// What is cut behind its last request.
#[tokio::test(start_paused = true)]
async fn a_plan_that_was_carried_out_writes_nothing_again() {
    let replaced = spec().replace("1.4.2", "1.5.0");
    for (to, mode, replace) in [
        (updated(), Mode::Live, &[][..]),
        (replaced, Mode::Live, &[]),
        (spec(), Mode::Destroy, &[]),
        (spec(), Mode::Live, &["nsgs.edge"]),
    ] {
        let way = Way {
            from: Some(spec()),
            to,
            mode,
            replace,
        };
        let world = way.begin().await;
        let plan = way.first(&world).await;
        assert!(run(&plan, &world).await.is_complete());
        world.simulator.clear_request_log();
        let report = run(&plan, &world.again()).await;
        assert!(report.is_complete(), "{:?}", failures(&plan, &report));
        let log = world.simulator.request_log().into_iter();
        // A machine that runs is told to start, which does nothing.
        let writes = log.filter(|one| ["PUT", "PATCH", "DELETE"].contains(&one.method.as_str()));
        let writes: Vec<String> = writes.map(|one| one.path).collect();
        assert_eq!(writes, [""; 0]);
    }
}
