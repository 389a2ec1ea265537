//! From files to a plan: reads the spec, settles what it leaves open, resolves
//! images, looks at what is live, and lets the planner decide.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use tenon_client::Client;
use tenon_engine::observe;
use tenon_model::desired::Declaration;
use tenon_model::image::ResolvedImage;
use tenon_model::kind::{MissingKey, Settled, Surroundings};
use tenon_model::place::Sources;
use tenon_model::plan::{Deployment, Mode, Plan, Scope};
use tenon_model::snapshot::Snapshot;
use tenon_model::spec::{GroupSpec, Made, Placed, Spec};
use tenon_model::transport::{Read, Refusal, Transport};
use tenon_model::{
    Address, Code, Diagnostic, Help, Map, Place, ResourceId, SubscriptionId, TenantId, diagnostic,
};
use tenon_plan::{Inputs, ResourceGraph};
use tenon_spec::lock::Lock;
use tenon_spec::{Input, SourceFile};
use tokio::time::Instant;

use crate::arguments::{Global, SpecArgument};
use crate::credentials::variable;
use crate::images::{self, Resolving};
use crate::refusals::Scene;
use crate::{files, output};

/// A spec and everything beside it, read.
pub(crate) struct Loaded {
    pub(crate) spec: Spec,
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) sources: Sources,
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) lock: Lock,
    pub(crate) missing_key: MissingKey,
    /// Warnings so far.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Why there is no plan.
pub(crate) struct Trouble {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) sources: Sources,
}

impl Trouble {
    fn new(diagnostics: Vec<Diagnostic>, sources: &Sources) -> Self {
        Self {
            diagnostics,
            sources: sources.clone(),
        }
    }
}

impl From<Vec<Diagnostic>> for Trouble {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            diagnostics,
            sources: Sources::default(),
        }
    }
}

/// Reads the spec, the lock and the texts that it names.
pub(crate) fn load(global: &Global, argument: &SpecArgument) -> Result<Loaded, Trouble> {
    let paths = files::spec_paths(global, argument);
    let files = files::read_spec(&paths)?;
    let stem = paths[0]
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let reading = tenon_spec::read(
        &Input {
            files,
            variables: files::variables(global)?,
            environment: &|name| std::env::var(name).ok(),
            default_name: stem,
        },
        &tenon_kinds::sections(),
    );
    let mut sources = reading.sources;
    let mut diagnostics = reading.diagnostics;
    let lock = lock(&paths[0], &mut sources, &mut diagnostics);
    let whole = reading.spec.is_some();
    let Some(spec) = reading.spec.or(reading.partial) else {
        return Err(Trouble {
            diagnostics,
            sources,
        });
    };
    let (texts, problems) = files::texts(&spec.files);
    diagnostics.extend(problems);
    let missing_key = if global.generate_ssh_keys {
        MissingKey::Generate
    } else {
        MissingKey::Refuse
    };
    let loaded = Loaded {
        spec,
        paths,
        sources,
        texts,
        lock,
        missing_key,
        diagnostics,
    };
    if whole {
        Ok(loaded)
    } else {
        Err(loaded.further_problems())
    }
}

fn lock(spec: &std::path::Path, sources: &mut Sources, diagnostics: &mut Vec<Diagnostic>) -> Lock {
    let path = files::lock_path(spec);
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Lock::default();
    };
    let file = SourceFile {
        name: files::shown(&path),
        text,
    };
    sources.insert(&file.name, &file.text);
    let (lock, problems) = tenon_spec::lock::read(&file);
    diagnostics.extend(problems);
    lock.unwrap_or_default()
}

impl Loaded {
    fn surroundings(
        &self,
        settled: Settled,
        images: BTreeMap<Address, ResolvedImage>,
    ) -> Surroundings<'_> {
        Surroundings {
            spec: &self.spec,
            defaults: settled,
            ids: BTreeMap::new(),
            images,
            files: self.texts.clone(),
            missing_key: self.missing_key,
        }
    }

    /// What the kinds find in a spec that has errors already, so that one run
    /// names all problems. What follows from something that could not be read
    /// is left out.
    fn further_problems(self) -> Trouble {
        let independent = [
            Code::UnknownReference,
            Code::DuplicateResource,
            Code::ConflictingKeys,
        ];
        let settled = self.placeholder();
        let declaration = tenon_kinds::declare(self.surroundings(settled, BTreeMap::new()));
        let mut diagnostics = self.diagnostics;
        let further = declaration.diagnostics.into_iter().filter(|problem| {
            let seen = |place| {
                diagnostics
                    .iter()
                    .any(|known: &Diagnostic| known.place() == Some(place))
            };
            independent.contains(&problem.code) && !problem.place().is_some_and(seen)
        });
        let further: Vec<Diagnostic> = further.collect();
        diagnostics.extend(further);
        diagnostics.sort_by(|one, two| one.place().cmp(&two.place()));
        Trouble {
            diagnostics,
            sources: self.sources,
        }
    }

    /// The beginning of the spec.
    pub(crate) fn whole(&self) -> Place {
        Place::whole(&files::shown(&self.paths[0]))
    }

    /// What the spec asks for without asking Azure: for `validate` and
    /// `graph`. Ids stand for what only Azure can say.
    pub(crate) fn offline(&self) -> (Declaration, Settled, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let settled = self.settle(
            self.tenant().unwrap_or_else(|| TenantId::new("unknown")),
            &mut problems,
        );
        let settled = settled.unwrap_or_else(|| self.placeholder());
        let mut declaration =
            tenon_kinds::declare(self.surroundings(settled.clone(), BTreeMap::new()));
        let mut all = self.diagnostics.clone();
        all.append(&mut problems);
        all.append(&mut declaration.diagnostics);
        (declaration, settled, all)
    }

    /// The tenant that the spec or the environment names.
    fn tenant(&self) -> Option<TenantId> {
        let written = self
            .spec
            .defaults
            .tenant
            .as_ref()
            .map(|tenant| tenant.value.clone());
        written.or_else(|| {
            let named = variable("AZURE_TENANT_ID").or_else(|| variable("ARM_TENANT_ID"));
            named.map(|id| TenantId::new(&id))
        })
    }

    fn subscription(&self) -> Option<SubscriptionId> {
        let written = self
            .spec
            .defaults
            .subscription
            .as_ref()
            .map(|one| one.value.clone());
        written.or_else(|| {
            let named =
                variable("AZURE_SUBSCRIPTION_ID").or_else(|| variable("ARM_SUBSCRIPTION_ID"));
            named.map(|id| SubscriptionId::new(&id))
        })
    }

    fn group(&self) -> Option<Placed<GroupSpec>> {
        self.spec.defaults.resource_group.clone().or_else(|| {
            let name =
                variable("AZURE_RESOURCE_GROUP").or_else(|| variable("AZURE_DEFAULTS_GROUP"))?;
            Some(Placed {
                value: GroupSpec {
                    name,
                    made: Made::Elsewhere,
                },
                place: self.spec.place.clone(),
            })
        })
    }

    fn location(&self) -> Option<String> {
        let written = self
            .spec
            .defaults
            .location
            .as_ref()
            .map(|one| one.value.clone());
        written
            .or_else(|| variable("AZURE_LOCATION"))
            .or_else(|| variable("AZURE_DEFAULTS_LOCATION"))
    }

    /// Settles what can be settled without Azure.
    fn settle(&self, tenant: TenantId, problems: &mut Vec<Diagnostic>) -> Option<Settled> {
        let subscription = self.subscription();
        let group = self.group();
        if subscription.is_none() {
            problems.push(self.missing("subscription", "AZURE_SUBSCRIPTION_ID"));
        }
        if group.is_none() {
            problems.push(self.missing("resource_group", "AZURE_RESOURCE_GROUP"));
        }
        let in_ci = output::in_ci();
        Some(Settled {
            tenant,
            tenants: BTreeMap::new(),
            subscription: subscription?,
            group: group?,
            location: self.location().unwrap_or_default(),
            admin_username: variable("USER")
                .or_else(|| variable("USERNAME"))
                .filter(|name| !in_ci && name != "root"),
        })
    }

    fn missing(&self, key: &str, variable: &str) -> Diagnostic {
        Diagnostic::error(Code::MissingDefault, format!("the spec names no `{key}`"))
            .at(&self.spec.place, "")
            .help(Help::text(format!(
                "add  {key}: …  at the top, or set {variable}"
            )))
    }

    fn placeholder(&self) -> Settled {
        let place = self.spec.place.clone();
        Settled {
            tenant: TenantId::new("unknown"),
            tenants: BTreeMap::new(),
            subscription: SubscriptionId::new("unknown"),
            group: Placed {
                value: GroupSpec {
                    name: "unknown".to_owned(),
                    made: Made::Elsewhere,
                },
                place,
            },
            location: self.location().unwrap_or_else(|| "unknown".to_owned()),
            admin_username: Some("unknown".to_owned()),
        }
    }
}

/// A plan with what is needed to explain it.
pub(crate) struct Prepared {
    pub(crate) plan: Plan,
    pub(crate) sources: Sources,
    pub(crate) scene: Scene,
}

/// Makes a plan of a spec.
pub(crate) async fn prepare(
    loaded: Loaded,
    client: &Client,
    login: &str,
    mode: Mode,
) -> Result<Prepared, Trouble> {
    let began = Instant::now();
    let before = client.requests();
    let mut preparing = Preparing {
        scene: Scene::of_spec(&loaded.spec, login),
        sources: loaded.sources.clone(),
        loaded,
        client,
    };
    let mut plan = preparing.plan(mode).await?;
    plan.created_at = now();
    plan.read.requests = client.requests() - before;
    plan.read.milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Prepared {
        plan,
        sources: preparing.sources,
        scene: preparing.scene,
    })
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
    mode: Mode,
    outputs: Map,
    whole: Place,
    diagnostics: Vec<Diagnostic>,
}

impl Asked {
    /// The same beside what is live. What goes as a whole has no outputs, and
    /// nobody needs to be warned about it.
    fn beside<'a>(&'a self, snapshot: &'a Snapshot) -> Inputs<'a> {
        let stands = self.mode == Mode::Live;
        Inputs {
            graph: &self.graph,
            snapshot,
            images: &self.images,
            deployment: self.deployment.clone(),
            mode: self.mode,
            outputs: if stands {
                self.outputs.clone()
            } else {
                Map::new()
            },
            spec: &self.whole,
            rules_of: tenon_kinds::rules_of,
            any: tenon_kinds::any_rules(),
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

    async fn plan(&mut self, mode: Mode) -> Result<Plan, Trouble> {
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
        let resolved = if mode == Mode::Live {
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
        let deployment = self.deployment(&settled, &graph, &image_tenants)?;
        let mut snapshot = Snapshot::default();
        self.observe(&graph, &deployment, mode, &mut snapshot)
            .await?;
        let whole = self.loaded.whole();
        let asked = Asked {
            graph,
            images: resolved,
            deployment,
            mode,
            outputs,
            whole,
            diagnostics,
        };
        let power = tenon_plan::power_looks(&asked.beside(&snapshot));
        self.look(&power, &mut snapshot).await?;
        Ok(tenon_plan::plan(&asked.beside(&snapshot)))
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
        Ok(settled)
    }

    fn further_subscriptions(&self, settled: &Settled) -> BTreeSet<SubscriptionId> {
        self.loaded
            .spec
            .all_entries()
            .filter_map(|(_, entry)| entry.item.text("subscription"))
            .map(SubscriptionId::new)
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
                .map(tenon_model::Value::to_plain_text)
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
        Err(self.trouble(self.each_cause_once(&refusals)))
    }

    /// A secret that is wrong is wrong in every tenant, and said once.
    fn each_cause_once(&self, refusals: &[Refusal]) -> Vec<Diagnostic> {
        let mut problems: Vec<Diagnostic> = Vec::new();
        for refusal in refusals {
            let problem = self.scene.explain(refusal, None, None);
            let is_same =
                |known: &Diagnostic| known.code == problem.code && known.message == problem.message;
            match (problems.iter().position(is_same), problem.place()) {
                (Some(at), Some(place)) => {
                    let known = problems.remove(at);
                    problems.insert(at, known.context(place, "the same"));
                }
                (Some(_), None) => {}
                (None, _) => problems.push(problem),
            }
        }
        problems
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
        Ok(Deployment {
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

    async fn observe(
        &self,
        graph: &ResourceGraph,
        deployment: &Deployment,
        mode: Mode,
        snapshot: &mut Snapshot,
    ) -> Result<(), Trouble> {
        let group = &tenon_kinds::groups::RULES;
        let looks = tenon_plan::first_looks(graph, &deployment.scopes, &deployment.name, group);
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

fn no_tenant(subscription: &SubscriptionId, place: &Place) -> Diagnostic {
    Diagnostic::error(
        Code::MissingDefault,
        format!("nothing says to which tenant subscription {subscription} belongs"),
    )
    .at(place, "")
    .help(Help::text(
        "add  tenant: …  at the top, or set AZURE_TENANT_ID",
    ))
}

fn too_many_tenants(scope: &Scope, place: &Place) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidValue,
        format!(
            "images of {} other tenants: a request to Azure carries tokens of at most three",
            scope.auxiliary.len()
        ),
    )
    .at(place, "")
    .note(format!("in subscription {}", scope.subscription))
    .help(Help::text(
        "split the deployment, or copy some of the images into galleries of fewer tenants",
    ))
}

/// Images whose life ends soon, or has ended.
fn end_of_life(images: &[ResolvedImage], declaration: &Declaration) -> Vec<Diagnostic> {
    const SOON: i64 = 90;
    let today = jiff::Timestamp::now();
    images
        .iter()
        .filter_map(|image| {
            let end: jiff::Timestamp = image.end_of_life.as_ref()?.parse().ok()?;
            let days = (end.as_second() - today.as_second()).div_euclid(86_400);
            let date = image.end_of_life.as_ref()?.split('T').next()?.to_owned();
            let name = image.address.last();
            let words = match days {
                ..0 => format!(
                    "image {name} {} reached its end of life on {date}",
                    image.version
                ),
                0..=SOON => format!(
                    "image {name} {} reaches its end of life on {date}, in {days} days",
                    image.version
                ),
                _ => return None,
            };
            let request = declaration
                .images
                .iter()
                .find(|request| request.address == image.address)?;
            Some(
                Diagnostic::warning(Code::ImageEndOfLife, words)
                    .at(&request.place, "")
                    .about(&image.address),
            )
        })
        .collect()
}
