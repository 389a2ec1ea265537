//! From texts to plans, without files, sign-in or time.
//!
//! What `crates/tenon/src/prepare.rs` does with a client, this does with a
//! [`Cloud`]: the same rooms in the same order.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "several test binaries share this, and each uses a part"
)]

pub(crate) mod cloud;
pub(crate) mod echo;
pub(crate) mod gallery;
mod gallery_echo;
pub(crate) mod instances;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tenon_engine::{ApplyOptions, Interrupt, Vault};
use tenon_model::desired::Declaration;
use tenon_model::event::{Event, Listener, What};
use tenon_model::image::ResolvedImage;
use tenon_model::kind::{MissingKey, Settled, Surroundings};
use tenon_model::place::Sources;
use tenon_model::plan::{Deployment, Mode, Plan, Scope};
use tenon_model::rollout::{Probe, Prober};
use tenon_model::snapshot::{Look, Snapshot};
use tenon_model::spec::Spec;
use tenon_model::transport::{Boxed, Transport};
use tenon_model::{
    Address, Diagnostic, Later, Map, Place, SubscriptionId, TenantId, Value, diagnostic,
};
use tenon_plan::{Inputs, Names, ResourceGraph, ThirdRound, Wishes};
use tenon_spec::lock::Lock;
use tenon_spec::{Input, SourceFile};

use cloud::Cloud;

/// The publisher's tenant.
pub(crate) const PUBLISHER: &str = "11111111-1111-1111-1111-111111111111";
/// The tenant of the subscription.
pub(crate) const CONSUMER: &str = "22222222-2222-2222-2222-222222222222";
/// The subscription.
pub(crate) const SUBSCRIPTION: &str = "33333333-3333-3333-3333-333333333333";

/// When everything happens: 2026-07-01T00:00:00Z.
pub(crate) const NOW: u64 = 1_782_864_000;

/// The text of the key that every machine gets unless its spec says otherwise.
pub(crate) const KEY: &str = "ssh-rsa AAAAB3NzaC1yc2E= me@here";

/// A spec after all rooms before the planner.
pub(crate) struct Asked {
    pub(crate) spec: Spec,
    pub(crate) declaration: Declaration,
    pub(crate) graph: ResourceGraph,
    pub(crate) images: Vec<ResolvedImage>,
    pub(crate) deployment: Deployment,
    pub(crate) outputs: Map,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) sources: Sources,
    pub(crate) whole: Place,
    /// What is asked for beside the spec.
    pub(crate) wishes: Wishes,
    /// Seconds since 1970.
    pub(crate) now: u64,
    /// What it was read from: the spec, the lock and the files beside it.
    written: (String, Option<String>, BTreeMap<String, String>),
}

/// Why a spec got no further.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) sources: Sources,
}

/// Reads a spec, declares it and builds its graph. `files` are texts that it
/// names beside itself.
pub(crate) fn ask(
    text: &str,
    lock: Option<&str>,
    files: &BTreeMap<String, String>,
) -> Result<Asked, Box<Stopped>> {
    ask_named(text, lock, files, &BTreeSet::new())
}

/// The same where these machines have the second of their two names.
fn ask_named(
    text: &str,
    lock: Option<&str>,
    files: &BTreeMap<String, String>,
    second_names: &BTreeSet<Address>,
) -> Result<Asked, Box<Stopped>> {
    let sections = tenon_kinds::sections();
    let input = Input {
        files: vec![SourceFile {
            name: "spec.yaml".into(),
            text: text.to_owned(),
        }],
        variables: Vec::new(),
        environment: &|_| None,
        default_name: "spec".into(),
    };
    let reading = tenon_spec::read(&input, &sections);
    let sources = reading.sources;
    let stop = |diagnostics| {
        Box::new(Stopped {
            diagnostics,
            sources: sources.clone(),
        })
    };
    let mut diagnostics = reading.diagnostics;
    let Some(spec) = reading.spec else {
        return Err(stop(diagnostics));
    };
    let spec = tenon_kinds::beside(&spec, second_names);
    let written = (text.to_owned(), lock.map(str::to_owned), files.clone());
    let lock = lock.map_or_else(Lock::default, read_lock);
    let settled = settled(&spec);
    let around = |images| Surroundings {
        spec: &spec,
        defaults: settled.clone(),
        ids: BTreeMap::new(),
        images,
        files: files.clone(),
        missing_key: MissingKey::Refuse,
    };
    let first = tenon_kinds::declare(around(BTreeMap::new()));
    let images = gallery::resolve(&first.images, &lock);
    let by_address = images
        .iter()
        .map(|image| (image.address.clone(), image.clone()))
        .collect();
    let surroundings = around(by_address);
    let declaration = tenon_kinds::declare(surroundings.clone());
    diagnostics.extend(declaration.diagnostics.iter().cloned());
    let mut outputs = Map::new();
    for member in &spec.outputs {
        let value = member.item.to_value();
        match tenon_kinds::link::link_value(&value, &surroundings, &declaration.attributes) {
            Ok(value) => drop(outputs.insert(&member.name, value)),
            Err(problem) => diagnostics.push(problem.at(&member.item.place, "")),
        }
    }
    let tenants: BTreeMap<Address, TenantId> = images
        .iter()
        .map(|image| (image.address.clone(), image.tenant.clone()))
        .collect();
    let graph = tenon_plan::build(declaration.clone(), &spec.tenants, &tenants).map_err(&stop)?;
    if diagnostic::has_errors(&diagnostics) {
        return Err(stop(diagnostics));
    }
    let deployment = deployment(&spec, &settled, &graph, &tenants);
    Ok(Asked {
        declaration,
        graph,
        images,
        deployment,
        outputs,
        diagnostics,
        sources,
        whole: Place::whole("spec.yaml"),
        wishes: Wishes::default(),
        now: NOW,
        spec,
        written,
    })
}

fn read_lock(text: &str) -> Lock {
    let file = SourceFile {
        name: "tenon.lock".into(),
        text: text.to_owned(),
    };
    let (lock, problems) = tenon_spec::lock::read(&file);
    assert!(problems.is_empty(), "{problems:?}");
    lock.unwrap_or_default()
}

fn settled(spec: &Spec) -> Settled {
    let defaults = &spec.defaults;
    let subscription = defaults.subscription.as_ref();
    Settled {
        tenant: defaults
            .tenant
            .as_ref()
            .map_or_else(|| TenantId::new(CONSUMER), |one| one.value.clone()),
        tenants: BTreeMap::new(),
        subscription: subscription.map_or_else(
            || SubscriptionId::new(SUBSCRIPTION),
            |one| one.value.clone(),
        ),
        group: defaults
            .resource_group
            .clone()
            .expect("the spec names a resource group"),
        location: defaults
            .location
            .as_ref()
            .map_or_else(|| "westeurope".to_owned(), |one| one.value.clone()),
        admin_username: None,
        roles: None,
        login: None,
    }
}

fn deployment(
    spec: &Spec,
    settled: &Settled,
    graph: &ResourceGraph,
    tenants: &BTreeMap<Address, TenantId>,
) -> Deployment {
    let mut subscriptions = vec![settled.subscription.clone()];
    let mut directories = tenon_kinds::directories(spec, &settled.tenant);
    for desired in graph.written() {
        if let Some(tenant) = desired.id.directory() {
            directories.insert(tenant);
            continue;
        }
        let own = desired.id.subscription();
        if !subscriptions.contains(&own) {
            subscriptions.push(own);
        }
    }
    let publishers: BTreeSet<&TenantId> = tenants.values().collect();
    Deployment {
        lock: None,
        cloud: None,
        credentials: BTreeMap::new(),
        name: spec.name.clone(),
        scopes: subscriptions
            .into_iter()
            .map(|subscription| Scope {
                subscription,
                tenant: settled.tenant.clone(),
                auxiliary: publishers
                    .iter()
                    .map(|publisher| (*publisher).clone())
                    .filter(|publisher| *publisher != settled.tenant)
                    .collect(),
            })
            .collect(),
        directories: directories.iter().map(Scope::directory).collect(),
        tenant_names: spec
            .tenants
            .iter()
            .map(|tenant| (tenant.id.clone(), tenant.name.clone()))
            .collect(),
        resource_group: settled.group.value.name.clone(),
        location: tenon_model::rules::region(&settled.location),
        files: vec!["spec.yaml".into()],
    }
}

impl Asked {
    /// Everything that the planner is given, with this snapshot.
    pub(crate) fn inputs<'a>(&'a self, snapshot: &'a Snapshot, mode: Mode) -> Inputs<'a> {
        let live = mode == Mode::Live;
        Inputs {
            graph: &self.graph,
            snapshot,
            images: if live { &self.images } else { &[] },
            deployment: self.deployment.clone(),
            mode,
            wishes: &self.wishes,
            outputs: if live {
                self.outputs.clone()
            } else {
                Map::new()
            },
            spec: &self.whole,
            rules_of: tenon_kinds::rules_of,
            any: tenon_kinds::any_rules(),
            untagged: tenon_kinds::untagged_rules(),
            now: self.now,
            diagnostics: if live {
                self.diagnostics.clone()
            } else {
                Vec::new()
            },
        }
    }

    /// The same where these machines have the second of their two names.
    fn named(&self, names: &Names) -> Self {
        let (text, lock, files) = &self.written;
        let again = ask_named(text, lock.as_deref(), files, &names.second);
        let again = again.unwrap_or_else(|stopped| panic!("{:?}", stopped.diagnostics));
        Self {
            wishes: self.wishes.clone(),
            now: self.now,
            ..again
        }
    }

    /// The names that machines have, seen by what the first looks found.
    pub(crate) fn standing(self, snapshot: &Snapshot) -> (Self, Names) {
        let names = Names::standing(&self.graph, snapshot, &self.deployment.name);
        match names.second.is_empty() {
            true => (self, names),
            false => (self.named(&names), names),
        }
    }

    /// The names that machines get, once everything was looked at.
    pub(crate) fn turned(mut self, mut names: Names, snapshot: &Snapshot, mode: Mode) -> Self {
        while mode == Mode::Live && names.turn(&self.inputs(snapshot, mode)) {
            self = self.named(&names);
        }
        self
    }

    /// Looks at the cloud as the program does, and plans.
    pub(crate) fn plan(&self, cloud: &Cloud, mode: Mode) -> Plan {
        let mut snapshot = self.snapshot(cloud, mode);
        let looks = self.third_looks(&snapshot, mode);
        run(tenon_engine::observe(&looks, cloud, &mut snapshot)).expect("the cloud answers");
        tenon_plan::plan(&self.inputs(&snapshot, mode))
    }

    /// The third looks. Where there are none, a plan from what was decided to
    /// find that out is the plan.
    pub(crate) fn third_looks(&self, snapshot: &Snapshot, mode: Mode) -> Vec<Look> {
        let inputs = self.inputs(snapshot, mode);
        match tenon_plan::third_round(&inputs) {
            ThirdRound::Asks(looks) => looks,
            ThirdRound::AsksNothing(draft) => {
                let plan = tenon_plan::plan_from(&inputs, draft);
                assert_eq!(plan, tenon_plan::plan(&inputs));
                Vec::new()
            }
        }
    }

    /// What the program would know before it plans, except for power.
    pub(crate) fn snapshot(&self, cloud: &Cloud, mode: Mode) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let scopes = &self.deployment.places();
        let looks = tenon_plan::first_looks(
            self.graph.resources(),
            scopes,
            &self.deployment.name,
            &tenon_kinds::groups::RULES,
            tenon_kinds::rules_of,
        );
        run(tenon_engine::observe(&looks, cloud, &mut snapshot)).expect("the cloud answers");
        let looks = tenon_plan::second_looks(
            &self.graph,
            &snapshot,
            scopes,
            mode,
            tenon_kinds::rules_of,
            tenon_kinds::any_rules(),
        );
        run(tenon_engine::observe(&looks, cloud, &mut snapshot)).expect("the cloud answers");
        snapshot
    }
}

/// Finds every machine well.
#[derive(Debug)]
pub(crate) struct AllWell;

impl Prober for AllWell {
    fn ask<'a>(&'a self, _: &'a Probe) -> Boxed<'a, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

/// Carries a plan out; what went wrong, line by line.
pub(crate) fn apply(plan: &Plan, cloud: &dyn Transport) -> Vec<String> {
    let text = tenon_model::plan::write(plan).expect("a plan can be written");
    let plan = tenon_model::plan::read(&text).expect("a plan can be read");
    let heard = Heard::default();
    let options = ApplyOptions {
        at_once: 1,
        begins: NOW,
        prober: Arc::new(AllWell),
        ..ApplyOptions::default()
    };
    run(tenon_engine::apply(
        &plan,
        cloud,
        &OpenVault,
        &heard,
        &Interrupt::default(),
        &options,
    ));
    heard.0.into_inner().expect("nobody panicked")
}

/// Runs a future to its end; time flies.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime can be made")
        .block_on(future)
}

#[derive(Default)]
struct Heard(std::sync::Mutex<Vec<String>>);

impl Listener for Heard {
    fn hear(&self, event: &Event) {
        let problem = match &event.what {
            What::StepFailed { step, failure } => {
                format!("{} {:?}: {failure:?}", step.address, step.does)
            }
            What::StepSkipped { step, because } => {
                format!("{} {:?}: skipped, {because}", step.address, step.does)
            }
            _ => return,
        };
        self.0.lock().expect("nobody panicked").push(problem);
    }
}

struct OpenVault;

impl Vault for OpenVault {
    fn reveal(&self, later: &Later) -> Result<Value, String> {
        match later {
            Later::SshPublicKey { .. } => Ok(Value::text(KEY)),
            Later::Secret { name, .. } => Ok(Value::Text(format!("value of {name}"))),
            other => Err(format!("{other:?}")),
        }
    }
}

/// The files that the specs of the tests may name.
pub(crate) fn files() -> BTreeMap<String, String> {
    [
        ("~/.ssh/id_rsa.pub", KEY),
        ("ops.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1 ops@there"),
        ("cloud-init.yaml", "#cloud-config\npackages: [nginx]\n"),
        ("other-init.yaml", "#cloud-config\npackages: [caddy]\n"),
    ]
    .map(|(path, text)| (path.to_owned(), text.to_owned()))
    .into()
}
