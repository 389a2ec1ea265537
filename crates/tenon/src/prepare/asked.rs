//! What is asked for, whole: the graph, the images and all that the planner
//! gets beside what is live.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::Declaration;
use tenon_model::image::ResolvedImage;
use tenon_model::kind::{Settled, Surroundings};
use tenon_model::plan::{Deployment, Plan};
use tenon_model::snapshot::Snapshot;
use tenon_model::{Address, Diagnostic, Map, Place, diagnostic};
use tenon_plan::{Inputs, Names, ResourceGraph, Tenants, ThirdRound};

use super::problems::{end_of_life, unknown_addresses, unknown_parts};
use super::tenants::ImageTenants;
use super::{Intent, Preparing, Taking, Trouble, regions};
use crate::images::{self, Patience, Resolution, Resolving};
use crate::telemetry;

/// All that a plan is made from, but for what is live.
pub(super) struct Asked {
    pub(super) described: Described,
    images: Vec<ResolvedImage>,
    deployment: Deployment,
    intent: Intent,
    whole: Place,
    now: u64,
    /// Tenants of subscriptions that image versions are made from.
    pub(super) sources: Tenants,
}

/// What the spec says once names and images are known.
pub(super) struct Described {
    pub(super) graph: ResourceGraph,
    outputs: Map,
    diagnostics: Vec<Diagnostic>,
}

/// What it is described with.
struct Describing<'a> {
    resolved: &'a [ResolvedImage],
    settled: &'a Settled,
    tenants: &'a ImageTenants,
    /// What is wrong with the lock file.
    of_lock: &'a [Diagnostic],
}

impl Asked {
    /// The same beside what is live. What goes as a whole has no outputs, and
    /// nobody needs to be warned about it.
    pub(super) fn beside<'a>(&'a self, snapshot: &'a Snapshot) -> Inputs<'a> {
        let stands = self.intent.describes();
        Inputs {
            graph: &self.described.graph,
            snapshot,
            images: &self.images,
            deployment: self.deployment.clone(),
            mode: self.intent.mode,
            wishes: &self.intent.wishes,
            outputs: if stands {
                self.described.outputs.clone()
            } else {
                Map::new()
            },
            spec: &self.whole,
            rules_of: tenon_kinds::rules_of,
            any: tenon_kinds::any_rules(),
            untagged: tenon_kinds::untagged_rules(),
            now: self.now,
            diagnostics: if stands {
                self.described.diagnostics.clone()
            } else {
                Vec::new()
            },
        }
    }
}

impl Preparing<'_> {
    /// All that a plan is made from, but for what [`Preparing::decided`] reads.
    pub(super) async fn asked(&mut self, intent: &Intent) -> Result<(Asked, Snapshot), Trouble> {
        let mode = intent.mode;
        let settled = self.settled().await?;
        let first =
            tenon_kinds::declare(self.loaded.surroundings(settled.clone(), BTreeMap::new()));
        let of_lock = if intent.describes() {
            self.loaded.lock_problems(&first.images)
        } else {
            Vec::new()
        };
        let problems: Vec<Diagnostic> = self
            .loaded
            .diagnostics
            .iter()
            .chain(&first.diagnostics)
            .chain(&of_lock)
            .cloned()
            .collect();
        if diagnostic::has_errors(&problems) {
            return Err(self.trouble(problems));
        }
        let image_tenants = self.image_tenants(&first, &settled).await?;
        self.sign_in(&settled, &image_tenants, &first).await?;
        let unheard = if intent.describes() {
            regions::problems(self.client, &first).await
        } else {
            Vec::new()
        };
        if !unheard.is_empty() {
            return Err(self.trouble(unheard));
        }
        let patience = intent.patience.as_ref();
        // What is read while images are waited for would be old.
        let reading = match patience {
            Some(_) => None,
            None => Some(self.begin_to_observe(&first.resources, &settled, &image_tenants)),
        };
        let resolved = if intent.describes() {
            let found = self
                .images(&first, &settled, &image_tenants, patience)
                .await?;
            found.into_iter().map(|found| found.image).collect()
        } else {
            Vec::new()
        };
        // What was asked for without images is not needed any more.
        drop(first);
        self.scene.images.clone_from(&resolved);
        let describing = Describing {
            resolved: &resolved,
            settled: &settled,
            tenants: &image_tenants,
            of_lock: &of_lock,
        };
        let described = self.describe(&describing, &BTreeSet::new())?;
        let graph = &described.graph;
        let mut intent = intent.clone();
        if intent.taking == Taking::Everything {
            let all = graph.written().map(|desired| desired.address.clone());
            intent.wishes.adopt.extend(all);
        }
        let wishes = &intent.wishes;
        let back = wishes.rollback.iter().flat_map(|asked| &asked.addresses);
        let asked = wishes.adopt.iter().chain(&wishes.replace).chain(back);
        let unknown = unknown_addresses(graph, asked);
        if !unknown.is_empty() {
            return Err(self.trouble(unknown));
        }
        let deployment = self.deployment(&settled, graph, &image_tenants)?;
        let mut snapshot = self.observe(graph, &deployment, reading).await?;
        let mut names = Names::standing(graph, &snapshot, &deployment.name);
        let described = match names.second.is_empty() {
            true => described,
            false => self.describe(&describing, &names.second)?,
        };
        self.observe_further(&described.graph, &deployment, mode, &mut snapshot)
            .await?;
        let mut asked = Asked {
            images: resolved.clone(),
            deployment,
            intent,
            whole: self.loaded.whole(),
            now: super::seconds(),
            sources: image_tenants.of_sources.clone(),
            described,
        };
        while asked.intent.describes() && names.turn(&asked.beside(&snapshot)) {
            asked.described = self.describe(&describing, &names.second)?;
        }
        let unknown = unknown_parts(&asked.beside(&snapshot));
        if !unknown.is_empty() {
            return Err(self.trouble(unknown));
        }
        Ok((asked, snapshot))
    }

    /// Reads what is left to be read, and decides.
    pub(super) async fn decided(
        &self,
        asked: &Asked,
        snapshot: &mut Snapshot,
    ) -> Result<Plan, Trouble> {
        let looks = {
            let _phase = telemetry::phase("plan");
            let inputs = asked.beside(snapshot);
            match tenon_plan::third_round(&inputs) {
                ThirdRound::AsksNothing(draft) => return Ok(tenon_plan::plan_from(&inputs, draft)),
                ThirdRound::Asks(looks) => looks,
            }
        };
        self.look(&looks, snapshot).await?;
        let _phase = telemetry::phase("plan");
        Ok(tenon_plan::plan(&asked.beside(snapshot)))
    }

    /// The graph and the outputs of the spec, where these machines have the
    /// second of their two names.
    fn describe(
        &self,
        with: &Describing<'_>,
        second_names: &BTreeSet<Address>,
    ) -> Result<Described, Trouble> {
        let images = with.resolved.iter();
        let images = images.map(|image| (image.address.clone(), image.clone()));
        let mut around = self
            .loaded
            .surroundings(with.settled.clone(), images.collect());
        let renamed = (!second_names.is_empty())
            .then(|| tenon_kinds::beside(&self.loaded.spec, second_names));
        if let Some(spec) = &renamed {
            around.spec = spec;
        }
        let declaration = tenon_kinds::declare(around.clone());
        let outputs = self.outputs(&around, &declaration)?;
        let mut diagnostics = self.loaded.diagnostics.clone();
        diagnostics.extend_from_slice(with.of_lock);
        diagnostics.extend(declaration.diagnostics.iter().cloned());
        diagnostics.extend(end_of_life(with.resolved, &declaration));
        let tenants = &self.loaded.spec.tenants;
        let graph = tenon_plan::build(declaration, tenants, &with.tenants.read_in)
            .map_err(|problems| self.trouble(problems))?;
        if diagnostic::has_errors(&diagnostics) {
            return Err(self.trouble(diagnostics));
        }
        Ok(Described {
            graph,
            outputs,
            diagnostics,
        })
    }

    /// Resolves the images, and reports every problem.
    pub(super) async fn images(
        &self,
        declaration: &Declaration,
        settled: &Settled,
        tenants: &ImageTenants,
        patience: Option<&Patience>,
    ) -> Result<Vec<Resolution>, Trouble> {
        let _phase = telemetry::phase("resolve images");
        let resolving = Resolving {
            transport: self.client,
            deployment: &self.loaded.spec.name,
            lock: &self.loaded.lock,
            tenants: &tenants.read_in,
            settled,
            scene: &self.scene,
            patience,
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
}
