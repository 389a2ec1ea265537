//! From files to a plan: reads the spec, settles what it leaves open, resolves
//! images, looks at what is live, and lets the planner decide.

mod loaded;
mod problems;

use std::collections::{BTreeMap, BTreeSet};

use tenon_client::Client;
use tenon_engine::observe;
use tenon_model::desired::Declaration;
use tenon_model::image::ResolvedImage;
use tenon_model::inspection::Inspection;
use tenon_model::kind::{Settled, Surroundings};
use tenon_model::lease::LeaseAt;
use tenon_model::place::Sources;
use tenon_model::plan::{Deployment, Mode, Plan, Scope};
use tenon_model::rules::Disruption;
use tenon_model::snapshot::Snapshot;
use tenon_model::spec::Made;
use tenon_model::transport::{Read, Refusal, Transport};
use tenon_model::{
    Address, Diagnostic, Map, Place, ResourceId, SubscriptionId, TenantId, Value, diagnostic,
};
use tenon_plan::{Inputs, ResourceGraph, Wishes};
use tokio::time::Instant;

use crate::files;
use crate::images::{self, Resolving};
use crate::refusals::Scene;

pub(crate) use loaded::{Loaded, Trouble, load, load_texts};
use problems::{end_of_life, no_tenant, too_many_tenants, unknown_addresses, unknown_parts};

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
    let mut preparing = Preparing {
        scene: Scene::of_spec(&loaded.spec, login),
        sources: loaded.sources.clone(),
        loaded,
        client,
    };
    let mut plan = preparing.plan(intent).await?;
    plan.created_at = now();
    plan.read.requests = client.requests() - before;
    plan.read.milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Prepared {
        plan,
        sources: preparing.sources,
        scene: preparing.scene,
    })
}

/// Looks at what is live of `address`, next to what the spec says.
pub(crate) async fn look_at(
    loaded: Loaded,
    client: &Client,
    login: &str,
    address: &Address,
) -> Result<Vec<Inspection>, Trouble> {
    let mut preparing = Preparing {
        scene: Scene::of_spec(&loaded.spec, login),
        sources: loaded.sources.clone(),
        loaded,
        client,
    };
    let (asked, snapshot) = preparing.asked(&Mode::Live.into()).await?;
    let unknown = unknown_addresses(&asked.graph, std::iter::once(address));
    if !unknown.is_empty() {
        return Err(preparing.trouble(unknown));
    }
    let inputs = asked.beside(&snapshot);
    let plan = tenon_plan::plan(&inputs);
    Ok(tenon_plan::inspect(&inputs, &plan, address))
}

/// The lease of a spec, if it has one; nobody is asked for it.
pub(crate) async fn lease_of(
    loaded: Loaded,
    client: &Client,
    login: &str,
) -> Result<Option<LeaseAt>, Trouble> {
    let preparing = Preparing {
        scene: Scene::of_spec(&loaded.spec, login),
        sources: loaded.sources.clone(),
        loaded,
        client,
    };
    let settled = preparing.settled().await?;
    preparing.lock(&settled.tenant)
}

/// Resolves the images of a spec, without a plan.
pub(crate) async fn resolve(
    loaded: Loaded,
    client: &Client,
    login: &str,
) -> Result<Vec<ResolvedImage>, Trouble> {
    let mut preparing = Preparing {
        scene: Scene::of_spec(&loaded.spec, login),
        sources: loaded.sources.clone(),
        loaded,
        client,
    };
    let settled = preparing.settled().await?;
    let around = preparing
        .loaded
        .surroundings(settled.clone(), BTreeMap::new());
    let declaration = tenon_kinds::declare(around);
    let tenants = preparing.image_tenants(&declaration, &settled).await?;
    preparing.sign_in(&settled, &tenants).await?;
    preparing.images(&declaration, &tenants).await
}

/// The time, to the second.
fn now() -> String {
    let now = jiff::Timestamp::now();
    let whole = jiff::Timestamp::from_second(now.as_second()).unwrap_or(now);
    whole.to_string()
}

/// All that a plan is made from, but for what is live.
struct Asked {
    graph: ResourceGraph,
    images: Vec<ResolvedImage>,
    deployment: Deployment,
    intent: Intent,
    outputs: Map,
    whole: Place,
    diagnostics: Vec<Diagnostic>,
}

impl Asked {
    /// The same beside what is live. What goes as a whole has no outputs, and
    /// nobody needs to be warned about it.
    fn beside<'a>(&'a self, snapshot: &'a Snapshot) -> Inputs<'a> {
        let stands = self.intent.describes();
        Inputs {
            graph: &self.graph,
            snapshot,
            images: &self.images,
            deployment: self.deployment.clone(),
            mode: self.intent.mode,
            wishes: &self.intent.wishes,
            outputs: if stands {
                self.outputs.clone()
            } else {
                Map::new()
            },
            spec: &self.whole,
            rules_of: tenon_kinds::rules_of,
            any: tenon_kinds::any_rules(),
            untagged: tenon_kinds::untagged_rules(),
            diagnostics: if stands {
                self.diagnostics.clone()
            } else {
                Vec::new()
            },
        }
    }
}

struct Preparing<'a> {
    loaded: Loaded,
    client: &'a Client,
    scene: Scene,
    sources: Sources,
}

impl Preparing<'_> {
    fn trouble(&self, diagnostics: Vec<Diagnostic>) -> Trouble {
        Trouble::new(diagnostics, &self.sources)
    }

    fn refused(&self, refusal: &Refusal, place: Option<&Place>) -> Trouble {
        self.trouble(vec![self.scene.explain(refusal, None, place)])
    }

    async fn plan(&mut self, intent: &Intent) -> Result<Plan, Trouble> {
        let (asked, snapshot) = self.asked(intent).await?;
        let mut plan = tenon_plan::plan(&asked.beside(&snapshot));
        if let Some(most) = intent.limit {
            tenon_plan::limit(&mut plan, most);
        }
        Ok(plan)
    }

    /// All that a plan is made from.
    async fn asked(&mut self, intent: &Intent) -> Result<(Asked, Snapshot), Trouble> {
        let mode = intent.mode;
        let settled = self.settled().await?;
        let first =
            tenon_kinds::declare(self.loaded.surroundings(settled.clone(), BTreeMap::new()));
        let problems: Vec<Diagnostic> = self
            .loaded
            .diagnostics
            .iter()
            .chain(&first.diagnostics)
            .cloned()
            .collect();
        if diagnostic::has_errors(&problems) {
            return Err(self.trouble(problems));
        }
        let image_tenants = self.image_tenants(&first, &settled).await?;
        self.sign_in(&settled, &image_tenants).await?;
        let resolved = if intent.describes() {
            self.images(&first, &image_tenants).await?
        } else {
            Vec::new()
        };
        // What was asked for without images is not needed any more.
        drop(first);
        self.scene.images.clone_from(&resolved);
        let by_address = resolved
            .iter()
            .map(|image| (image.address.clone(), image.clone()))
            .collect();
        let around = self.loaded.surroundings(settled.clone(), by_address);
        let declaration = tenon_kinds::declare(around.clone());
        let outputs = self.outputs(&around, &declaration)?;
        let mut diagnostics = self.loaded.diagnostics.clone();
        diagnostics.extend(declaration.diagnostics.iter().cloned());
        diagnostics.extend(end_of_life(&resolved, &declaration));
        let graph = tenon_plan::build(declaration, &self.loaded.spec.tenants, &image_tenants)
            .map_err(|problems| self.trouble(problems))?;
        if diagnostic::has_errors(&diagnostics) {
            return Err(self.trouble(diagnostics));
        }
        let mut intent = intent.clone();
        if intent.taking == Taking::Everything {
            let all = graph.written().map(|desired| desired.address.clone());
            intent.wishes.adopt.extend(all);
        }
        let wishes = &intent.wishes;
        let asked = wishes.adopt.iter().chain(&wishes.replace);
        let unknown = unknown_addresses(&graph, asked);
        if !unknown.is_empty() {
            return Err(self.trouble(unknown));
        }
        let deployment = self.deployment(&settled, &graph, &image_tenants)?;
        let mut snapshot = Snapshot::default();
        self.observe(&graph, &deployment, mode, &mut snapshot)
            .await?;
        let whole = self.loaded.whole();
        let asked = Asked {
            graph,
            images: resolved,
            deployment,
            intent,
            outputs,
            whole,
            diagnostics,
        };
        let unknown = unknown_parts(&asked.beside(&snapshot));
        if !unknown.is_empty() {
            return Err(self.trouble(unknown));
        }
        let power = tenon_plan::power_looks(&asked.beside(&snapshot));
        self.look(&power, &mut snapshot).await?;
        Ok((asked, snapshot))
    }

    /// Tenant, subscription, group and region, asking Azure for what the spec
    /// leaves open.
    async fn settled(&self) -> Result<Settled, Trouble> {
        let mut problems = Vec::new();
        let written = self.loaded.tenant();
        let draft = self.loaded.settle(TenantId::new(""), &mut problems);
        let Some(mut settled) = draft else {
            return Err(self.trouble(problems));
        };
        settled.tenant = match &self.loaded.spec.defaults.tenant {
            Some(tenant) => tenant.value.clone(),
            None => {
                self.tenant_of(&settled.subscription, written.as_ref())
                    .await?
            }
        };
        for subscription in self.further_subscriptions(&settled) {
            let tenant = self.tenant_of(&subscription, Some(&settled.tenant)).await?;
            settled.tenants.insert(subscription, tenant);
        }
        if settled.location.is_empty() {
            settled.location = self.region_of_group(&settled).await?;
        }
        settled.roles = Some(self.roles(&settled).await?);
        Ok(settled)
    }

    /// The GUIDs of roles whose names only Azure knows; those that it does not
    /// know either are missing.
    async fn roles(
        &self,
        settled: &Settled,
    ) -> Result<BTreeMap<(SubscriptionId, String), String>, Trouble> {
        let mut found = BTreeMap::new();
        for (subscription, name) in tenon_kinds::roles_to_ask(&self.loaded.spec, settled) {
            let tenant = settled.tenants.get(&subscription);
            let read = Read {
                tenant: tenant.unwrap_or(&settled.tenant).clone(),
                path: format!(
                    "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions"
                ),
                api_version: tenon_kinds::versions::AUTHORIZATION.to_owned(),
                query: vec![(
                    "$filter".to_owned(),
                    format!("roleName eq '{}'", name.replace('\'', "''")),
                )],
            };
            let mut guid = None;
            let mut page = |items: Vec<Value>| {
                let name = |item: &Value| Some(item.member("name")?.as_text()?.to_owned());
                guid = guid.take().or_else(|| items.iter().find_map(name));
            };
            self.client
                .list(&read, &mut page)
                .await
                .map_err(|refusal| self.refused(&refusal, Some(&self.loaded.spec.place)))?;
            if let Some(guid) = guid {
                found.insert((subscription, name), guid);
            }
        }
        Ok(found)
    }

    fn further_subscriptions(&self, settled: &Settled) -> BTreeSet<SubscriptionId> {
        self.loaded
            .spec
            .all_entries()
            .flat_map(|(_, entry)| {
                let scope = entry.item.text("scope").map(ResourceId::parse);
                let of_scope = scope.and_then(Result::ok).map(|id| id.subscription());
                let written = entry.item.text("subscription").map(SubscriptionId::new);
                [written, of_scope].into_iter().flatten()
            })
            .filter(|one| *one != settled.subscription)
            .collect()
    }

    async fn tenant_of(
        &self,
        subscription: &SubscriptionId,
        otherwise: Option<&TenantId>,
    ) -> Result<TenantId, Trouble> {
        let found = self.client.tenant_of(subscription).await;
        match found {
            Ok(Some(tenant)) => Ok(tenant),
            Ok(None) => match otherwise {
                Some(tenant) => Ok(tenant.clone()),
                None => Err(self.trouble(vec![no_tenant(subscription, &self.loaded.spec.place)])),
            },
            Err(refusal) => Err(self.refused(&refusal, None)),
        }
    }

    async fn region_of_group(&self, settled: &Settled) -> Result<String, Trouble> {
        let group = &settled.group;
        if group.value.made == Made::Here {
            let problem = self.loaded.missing("location", "AZURE_LOCATION");
            return Err(self.trouble(vec![
                problem.note("a group that this spec makes has no region yet"),
            ]));
        }
        let id = ResourceId::group(&settled.subscription, &group.value.name);
        let read = Read {
            tenant: settled.tenant.clone(),
            path: id.to_string(),
            api_version: tenon_kinds::versions::RESOURCES.to_owned(),
            query: Vec::new(),
        };
        match self.client.get(&read).await {
            Ok(answer) => Ok(answer
                .body
                .member("location")
                .map(Value::to_plain_text)
                .unwrap_or_default()),
            Err(refusal) => Err(self.refused(&refusal, Some(&group.place))),
        }
    }

    /// The tenant of every image: written, or that of its subscription.
    async fn image_tenants(
        &self,
        declaration: &Declaration,
        settled: &Settled,
    ) -> Result<BTreeMap<Address, TenantId>, Trouble> {
        let mut tenants = BTreeMap::new();
        for image in &declaration.images {
            let tenant = match &image.tenant {
                Some(tenant) => tenant.clone(),
                None if image.definition.subscription() == settled.subscription => {
                    settled.tenant.clone()
                }
                None => {
                    self.tenant_of(&image.definition.subscription(), Some(&settled.tenant))
                        .await?
                }
            };
            tenants.insert(image.address.clone(), tenant);
        }
        Ok(tenants)
    }

    /// Signs in everywhere at once, and reports every refusal.
    async fn sign_in(
        &mut self,
        settled: &Settled,
        image_tenants: &BTreeMap<Address, TenantId>,
    ) -> Result<(), Trouble> {
        let tenants: BTreeSet<TenantId> = std::iter::once(&settled.tenant)
            .chain(settled.tenants.values())
            .chain(image_tenants.values())
            .cloned()
            .collect();
        let tenants: Vec<TenantId> = tenants.into_iter().collect();
        let results = futures_util::future::join_all(
            tenants.iter().map(|tenant| self.client.sign_in(tenant)),
        )
        .await;
        let mut refusals = Vec::new();
        for (tenant, result) in tenants.iter().zip(results) {
            match result {
                Ok(_) => self.scene.signed_in.push(tenant.clone()),
                Err(refusal) => refusals.push(refusal),
            }
        }
        if refusals.is_empty() {
            return Ok(());
        }
        Err(self.trouble(self.scene.explain_once(&refusals)))
    }

    async fn images(
        &self,
        declaration: &Declaration,
        tenants: &BTreeMap<Address, TenantId>,
    ) -> Result<Vec<ResolvedImage>, Trouble> {
        let resolving = Resolving {
            transport: self.client,
            lock: &self.loaded.lock,
            tenants,
            scene: &self.scene,
        };
        images::resolve(&declaration.images, &resolving)
            .await
            .map_err(|problems| self.trouble(problems))
    }

    fn outputs(
        &self,
        around: &Surroundings<'_>,
        declaration: &Declaration,
    ) -> Result<Map, Trouble> {
        let mut outputs = Map::new();
        let mut problems = Vec::new();
        for member in &self.loaded.spec.outputs {
            let value = member.item.to_value();
            match tenon_kinds::link::link_value(&value, around, &declaration.attributes) {
                Ok(value) => {
                    outputs.insert(&member.name, value);
                }
                Err(problem) => problems.push(problem.at(&member.item.place, "")),
            }
        }
        if problems.is_empty() {
            Ok(outputs)
        } else {
            Err(self.trouble(problems))
        }
    }

    /// The subscriptions of the plan, with the tokens that writes carry there.
    fn deployment(
        &self,
        settled: &Settled,
        graph: &ResourceGraph,
        image_tenants: &BTreeMap<Address, TenantId>,
    ) -> Result<Deployment, Trouble> {
        let mut subscriptions = vec![(settled.subscription.clone(), settled.tenant.clone())];
        for desired in graph.written() {
            let pair = (desired.id.subscription(), desired.tenant.clone());
            if !subscriptions.iter().any(|(known, _)| *known == pair.0) {
                subscriptions.push(pair);
            }
        }
        let publishers: BTreeSet<&TenantId> = image_tenants.values().collect();
        let scopes: Vec<Scope> = subscriptions
            .into_iter()
            .map(|(subscription, tenant)| Scope {
                auxiliary: publishers
                    .iter()
                    .filter(|publisher| ***publisher != tenant)
                    .map(|publisher| (*publisher).clone())
                    .collect(),
                subscription,
                tenant,
            })
            .collect();
        if let Some(scope) = scopes.iter().find(|scope| scope.auxiliary.len() > 3) {
            return Err(self.trouble(vec![too_many_tenants(scope, &self.loaded.spec.place)]));
        }
        let cloud = &self.loaded.spec.defaults.cloud;
        Ok(Deployment {
            cloud: cloud.as_ref().map(|cloud| cloud.value.clone()),
            lock: self.lock(&settled.tenant)?,
            credentials: crate::credentials::written(&self.loaded.spec),
            name: self.loaded.spec.name.clone(),
            scopes,
            tenant_names: self.scene.tenant_names(),
            resource_group: settled.group.value.name.clone(),
            location: tenon_model::rules::region(&settled.location),
            files: self
                .loaded
                .paths
                .iter()
                .map(|path| files::shown(path))
                .collect(),
        })
    }

    /// The lease that a run of the plan takes. Nobody is asked for it here.
    fn lock(&self, tenant: &TenantId) -> Result<Option<LeaseAt>, Trouble> {
        let spec = &self.loaded.spec;
        let Some(written) = &spec.defaults.lock else {
            return Ok(None);
        };
        if let Err(error) = self.client.cloud().blob(&written.value.blob) {
            let problem = crate::lease::bad_address(&spec.name, &error);
            return Err(self.trouble(vec![problem.at(&written.place, "")]));
        }
        let own = written.value.tenant.clone();
        Ok(Some(LeaseAt {
            blob: written.value.blob.clone(),
            tenant: own.unwrap_or_else(|| tenant.clone()),
        }))
    }

    async fn observe(
        &self,
        graph: &ResourceGraph,
        deployment: &Deployment,
        mode: Mode,
        snapshot: &mut Snapshot,
    ) -> Result<(), Trouble> {
        let group = &tenon_kinds::groups::RULES;
        let looks = tenon_plan::first_looks(
            graph,
            &deployment.scopes,
            &deployment.name,
            group,
            tenon_kinds::rules_of,
        );
        self.look(&looks, snapshot).await?;
        let looks = tenon_plan::second_looks(
            graph,
            snapshot,
            &deployment.scopes,
            mode,
            tenon_kinds::rules_of,
            tenon_kinds::any_rules(),
        );
        self.look(&looks, snapshot).await
    }

    async fn look(
        &self,
        looks: &[tenon_model::snapshot::Look],
        snapshot: &mut Snapshot,
    ) -> Result<(), Trouble> {
        observe(looks, self.client, snapshot)
            .await
            .map_err(|error| self.refused(&error.refusal, Some(&self.loaded.spec.place)))
    }
}
