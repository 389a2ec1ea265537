//! From files to a plan: reads the spec, settles what it leaves open, resolves
//! images, looks at what is live, and lets the planner decide.

use std::collections::BTreeMap;

use tenon_client::Client;
use tenon_model::forecast::Forecast;
use tenon_model::inspection::Inspection;
use tenon_model::lease::LeaseAt;
use tenon_model::place::Sources;
use tenon_model::plan::{Mode, Plan};
use tenon_model::rules::Disruption;
use tenon_model::spec::Spec;
use tenon_model::transport::Refusal;
use tenon_model::{Address, Diagnostic, Place, diagnostic};
use tenon_plan::{Applies, Wishes};
use tokio::time::Instant;

use crate::images::{Patience, Resolution};
use crate::journal;
use crate::refusals::Scene;
use crate::telemetry;

mod asked;
mod checkup;
mod deployment;
mod further;
mod left_behind;
mod loaded;
mod observe;
mod probes;
mod problems;
mod quota;
mod regions;
mod settle;
mod tenants;

pub(crate) use checkup::checkup;
pub(crate) use loaded::{Loaded, Trouble, load, load_from, load_texts};
use problems::unknown_addresses;

/// A plan with what is needed to explain it.
pub(crate) struct Prepared {
    pub(crate) plan: Plan,
    pub(crate) sources: Sources,
    pub(crate) scene: Scene,
}

/// What a plan is wanted for.
#[derive(Clone, Debug)]
pub(crate) struct Intent {
    /// Whether the spec is to stand or to go.
    pub(crate) mode: Mode,
    /// What was asked for beside the spec.
    pub(crate) wishes: Wishes,
    /// The most that a change may do to what runs.
    pub(crate) limit: Option<Disruption>,
    /// What may be taken over.
    pub(crate) taking: Taking,
    /// When the plan is carried out.
    pub(crate) applies: Applies,
    /// Whether Azure is to look at the bodies.
    pub(crate) validation: Validation,
    /// How long images may still be on their way; none for not at all.
    pub(crate) patience: Option<Patience>,
}

/// Whether Azure is to look at the bodies of what a plan makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Validation {
    /// It is not.
    #[default]
    No,
    /// Somebody asked for it.
    Asked,
}

/// What may be taken over although it carries no marker of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Taking {
    /// What the wishes name.
    #[default]
    Named,
    /// Everything that the spec makes.
    Everything,
}

impl Intent {
    /// Whether what the spec describes is to be there afterwards.
    fn describes(&self) -> bool {
        self.mode == Mode::Live && self.wishes.let_go.is_none()
    }
}

impl From<Mode> for Intent {
    fn from(mode: Mode) -> Self {
        Self {
            mode,
            wishes: Wishes::default(),
            limit: None,
            taking: Taking::Named,
            applies: Applies::Later,
            validation: Validation::No,
            patience: None,
        }
    }
}

/// Makes a plan of a spec.
pub(crate) async fn prepare(
    loaded: Loaded,
    client: &Client,
    login: &str,
    intent: &Intent,
) -> Result<Prepared, Trouble> {
    let began = Instant::now();
    let before = client.requests();
    let mut preparing = Preparing::new(loaded, client, login);
    let mut plan = preparing.plan(intent).await?;
    let cloud = client.cloud().arm.to_string();
    let places = plan.deployment.places();
    let seen = places.into_iter().map(|scope| scope.subscription).collect();
    let remains = journal::remains(&plan.deployment.name, &cloud, &seen);
    let whole = preparing.loaded.whole();
    let left = left_behind::warnings(&plan, &remains, &whole);
    plan.diagnostics.extend(left);
    weigh(&mut plan, &preparing.loaded.spec);
    tenon_plan::conclude_preflight(&mut plan);
    if !plan.is_empty() {
        plan.takes = Some(Forecast::of(&plan, &journal::times(&cloud)));
    }
    plan.created_at = now();
    plan.read.requests = client.requests() - before;
    plan.read.milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    telemetry::planned(&plan);
    Ok(Prepared {
        plan,
        sources: preparing.sources,
        scene: preparing.scene,
    })
}

/// Gives warnings the weight that the spec gives them.
fn weigh(plan: &mut Plan, spec: &Spec) {
    spec.defaults.checks.weigh(&mut plan.diagnostics);
    let applyable = !diagnostic::has_errors(&plan.diagnostics);
    if plan.applyable && !applyable {
        plan.applyable = false;
        plan.digest = plan.compute_digest();
    }
}

/// Looks at what is live of `address`, next to what the spec says.
pub(crate) async fn look_at(
    loaded: Loaded,
    client: &Client,
    login: &str,
    address: &Address,
) -> Result<Vec<Inspection>, Trouble> {
    let mut preparing = Preparing::new(loaded, client, login);
    let (asked, mut snapshot) = preparing.asked(&Mode::Live.into()).await?;
    let unknown = unknown_addresses(&asked.described.graph, std::iter::once(address));
    if !unknown.is_empty() {
        return Err(preparing.trouble(unknown));
    }
    let plan = preparing.decided(&asked, &mut snapshot).await?;
    Ok(tenon_plan::inspect(
        &asked.beside(&snapshot),
        &plan,
        address,
    ))
}

/// The lease of a spec, if it has one; nobody is asked for it.
pub(crate) async fn lease_of(
    loaded: Loaded,
    client: &Client,
    login: &str,
) -> Result<Option<LeaseAt>, Trouble> {
    let preparing = Preparing::new(loaded, client, login);
    let settled = preparing.settled().await?;
    preparing.lock(&settled.tenant)
}

/// Whether images are resolved although the lock file does not fit the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Locks {
    /// Not if `--locked` forbids it.
    Checked,
    /// They are: it is about to change.
    Changing,
}

/// Resolves the images of a spec, without a plan.
pub(crate) async fn resolve(
    loaded: Loaded,
    client: &Client,
    login: &str,
    locks: Locks,
) -> Result<Vec<Resolution>, Trouble> {
    let mut preparing = Preparing::new(loaded, client, login);
    let settled = preparing.settled().await?;
    let around = preparing
        .loaded
        .surroundings(settled.clone(), BTreeMap::new());
    let declaration = tenon_kinds::declare(around);
    if locks == Locks::Checked {
        let of_lock = preparing.loaded.lock_problems(&declaration.images);
        if diagnostic::has_errors(&of_lock) {
            return Err(preparing.trouble(of_lock));
        }
    }
    let tenants = preparing.image_tenants(&declaration, &settled).await?;
    let none = tenon_model::desired::Declaration::default();
    preparing.sign_in(&settled, &tenants, &none).await?;
    preparing
        .images(&declaration, &settled, &tenants, None)
        .await
}

/// The time in seconds since 1970, UTC.
pub(crate) fn seconds() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default()
}

/// The time, to the second.
pub(crate) fn now() -> String {
    let now = jiff::Timestamp::now();
    let whole = jiff::Timestamp::from_second(now.as_second()).unwrap_or(now);
    whole.to_string()
}

/// A spec on its way to a plan. The steps of the way are in the modules below,
/// each with the methods that it needs.
struct Preparing<'a> {
    loaded: Loaded,
    client: &'a Client,
    scene: Scene,
    sources: Sources,
}

impl<'a> Preparing<'a> {
    fn new(loaded: Loaded, client: &'a Client, login: &str) -> Self {
        Self {
            scene: Scene::of_spec(&loaded.spec, login),
            sources: loaded.sources.clone(),
            loaded,
            client,
        }
    }
}

impl Preparing<'_> {
    fn trouble(&self, diagnostics: Vec<Diagnostic>) -> Trouble {
        Trouble::new(diagnostics, &self.sources)
    }

    fn refused(&self, refusal: &Refusal, place: Option<&Place>) -> Trouble {
        self.trouble(vec![self.scene.explain(refusal, None, place)])
    }

    async fn plan(&mut self, intent: &Intent) -> Result<Plan, Trouble> {
        let (asked, mut snapshot) = self.asked(intent).await?;
        let mut plan = self.decided(&asked, &mut snapshot).await?;
        let _phase = telemetry::phase("preflight");
        if let Some(most) = intent.limit {
            tenon_plan::limit(&mut plan, most);
        }
        quota::check(self.client, &mut plan, &asked.described.graph, &snapshot).await;
        self.probe(&mut plan, &snapshot, &asked.sources, intent.applies)
            .await;
        if intent.validation == Validation::Asked {
            self.validate(&mut plan).await;
        }
        // Giving back the memory of thousands of bodies takes a while, and
        // nobody has to wait for it.
        tokio::task::spawn_blocking(move || drop((asked, snapshot)));
        Ok(plan)
    }
}
