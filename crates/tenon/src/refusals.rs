//! From refusals of a run to diagnostics: gathers what the catalogue wants to
//! know around them.

use std::collections::BTreeMap;

use tenon_kinds::catalogue::{self, Around};
use tenon_model::event::{Failure, Presence};
use tenon_model::image::ResolvedImage;
use tenon_model::plan::Plan;
use tenon_model::spec::Spec;
use tenon_model::transport::Refusal;
use tenon_model::{Address, Code, Diagnostic, Help, Place, TenantId, Value};

/// What is known around the refusals of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scene {
    tenant_names: BTreeMap<TenantId, String>,
    tenant_places: BTreeMap<TenantId, Place>,
    image_places: BTreeMap<Address, Place>,
    /// The images of the run.
    pub(crate) images: Vec<ResolvedImage>,
    /// Tenants that signed in.
    pub(crate) signed_in: Vec<TenantId>,
    login: String,
}

impl Scene {
    /// What a spec says.
    pub(crate) fn of_spec(spec: &Spec, login: &str) -> Self {
        let mut scene = Self {
            login: login.to_owned(),
            ..Self::default()
        };
        for tenant in &spec.tenants {
            scene
                .tenant_names
                .insert(tenant.id.clone(), tenant.name.clone());
            scene
                .tenant_places
                .insert(tenant.id.clone(), tenant.place.clone());
        }
        if let Some(tenant) = &spec.defaults.tenant {
            scene
                .tenant_places
                .entry(tenant.value.clone())
                .or_insert_with(|| tenant.place.clone());
        }
        for entry in spec.entries("images") {
            scene
                .image_places
                .insert(entry.address.clone(), entry.place.clone());
            let tenant = entry
                .item
                .get("tenant")
                .and_then(|item| Some((item.scalar()?, item)));
            if let Some((Value::Text(text), item)) = tenant {
                let id = TenantId::new(text);
                scene
                    .tenant_places
                    .entry(id)
                    .or_insert_with(|| item.place.clone());
            }
        }
        scene
    }

    /// Nothing but where people sign in.
    pub(crate) fn of_environment(login: &str) -> Self {
        Self {
            login: login.to_owned(),
            ..Self::default()
        }
    }

    /// What a saved plan says.
    pub(crate) fn of_plan(plan: &Plan, login: &str) -> Self {
        Self {
            tenant_names: plan.deployment.tenant_names.clone(),
            images: plan.images.clone(),
            login: login.to_owned(),
            ..Self::default()
        }
    }

    /// Local names of tenants.
    pub(crate) fn tenant_names(&self) -> BTreeMap<TenantId, String> {
        self.tenant_names.clone()
    }

    /// Explains a refusal.
    pub(crate) fn explain(
        &self,
        refusal: &Refusal,
        address: Option<&Address>,
        place: Option<&Place>,
    ) -> Diagnostic {
        catalogue::explain(
            refusal,
            &Around {
                address,
                place,
                tenant_names: &self.tenant_names,
                tenant_places: &self.tenant_places,
                signed_in: &self.signed_in,
                images: &self.images,
                image_places: &self.image_places,
                login: &self.login,
            },
        )
    }

    /// Explains several refusals. A secret that is wrong is wrong in every
    /// tenant, and said once.
    pub(crate) fn explain_once(&self, refusals: &[Refusal]) -> Vec<Diagnostic> {
        let mut problems: Vec<Diagnostic> = Vec::new();
        for refusal in refusals {
            let problem = self.explain(refusal, None, None);
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

    /// Explains how a step of a plan ended badly.
    pub(crate) fn explain_failure(
        &self,
        plan: &Plan,
        step: usize,
        failure: &Failure,
    ) -> Diagnostic {
        let step = &plan.steps[step];
        let place = plan.change(&step.address).map(|change| &change.place);
        let address = &step.address;
        match failure {
            Failure::Refused { refusal } => self.explain(refusal, Some(address), place),
            Failure::Stale { moved } => stale(address, place, moved),
            Failure::Presence { found } => presence(address, place, *found),
            Failure::Unresolved { what } => at(
                Diagnostic::error(
                    Code::AzureRefused,
                    format!("`{address}` needs a value that cannot be had"),
                ),
                address,
                place,
            )
            .note(what.clone())
            .help(Help::text("mend it and run the same command again")),
            Failure::TakesReplace {
                property,
                live,
                wanted,
            } => at(
                Diagnostic::error(
                    Code::StalePlan,
                    format!("`{address}` would have to be replaced; it was left as it is"),
                ),
                address,
                place,
            )
            .note(format!(
                "{property} is {}, and would be {}, which nobody could know before",
                text(live.as_ref()),
                text(wanted.as_ref())
            ))
            .help(Help::text("plan again: the new plan shows the replace")),
            Failure::Unwell { instances } => at(
                Diagnostic::error(
                    Code::InstancesUnwell,
                    format!("`{address}`: instances have the new model and are not well"),
                ),
                address,
                place,
            )
            .note(format!("not well: {}", instances.join(", ")))
            .note("the others keep the model that they have")
            .help(Help::text(
                "mend what makes them unwell, or go back to the model before, and apply again: it goes on with those that are behind",
            )),
            Failure::Unhealthy {
                check,
                last,
                seconds,
            } => at(
                Diagnostic::error(
                    Code::NotHealthy,
                    format!("`{address}` is made and not well: {last}"),
                ),
                address,
                place,
            )
            .note(format!("wanted: {check}; waited for {seconds} s"))
            .help(Help::text(
                "look at the machine; when it is well, the same command goes on with the next wave",
            )),
            Failure::Abandoned => at(
                Diagnostic::error(Code::Interrupted, format!("nobody waited for `{address}`")),
                address,
                place,
            ),
        }
    }
}

fn at(problem: Diagnostic, address: &Address, place: Option<&Place>) -> Diagnostic {
    let problem = problem.about(address);
    match place {
        Some(place) => problem.at(place, address.as_str()),
        None => problem,
    }
}

fn text(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_plain_text)
}

fn stale(
    address: &Address,
    place: Option<&Place>,
    moved: &[tenon_model::event::Moved],
) -> Diagnostic {
    let mut problem = at(
        Diagnostic::error(
            Code::StalePlan,
            format!("`{address}` changed after it was planned; it was left as it is"),
        ),
        address,
        place,
    );
    for one in moved.iter().take(6) {
        problem = problem.note(format!(
            "{}: when planned {}, now {}, the plan wants {}",
            one.property,
            text(one.planned.as_ref()),
            text(one.live.as_ref()),
            text(one.wanted.as_ref()),
        ));
    }
    problem.help(Help::command(
        "look again and decide",
        "tenon plan --out plan.tenon",
    ))
}

fn presence(address: &Address, place: Option<&Place>, found: Presence) -> Diagnostic {
    let words = match found {
        Presence::Present => format!("`{address}` is there now, and was not when it was planned"),
        Presence::Absent => format!("`{address}` is gone, and was there when it was planned"),
    };
    at(Diagnostic::error(Code::StalePlan, words), address, place).help(Help::command(
        "look again and decide",
        "tenon plan --out plan.tenon",
    ))
}
