//! Who signs in where.
//!
//! A tenant's own credential in the spec comes first, then what the
//! environment has (`environment`). Both become plain choices, and choices
//! become credentials (`build`), so that what is chosen can be tested as the
//! function of variables that it is.

mod alike;
mod allowed;
mod build;
mod choice;
mod environment;
mod issuers;
mod own;
mod reach;
mod tenants;
mod variables;

use std::collections::{BTreeMap, BTreeSet};

use tenon_client::{Credential, Credentials};
use tenon_model::spec::{self, Spec};
use tenon_model::value::SecretSource;
use tenon_model::{Diagnostic, TenantId};

use crate::cloud::Purpose;
use crate::output::Output;
use crate::refusals::Scene;
use choice::Choice;
use environment::Found;
pub(crate) use variables::Variables;

/// The value of an environment variable, if it has one.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Reads the credentials of a run. Nothing is sent anywhere.
///
/// # Errors
///
/// Every credential that cannot be made, and every tenant that one cannot sign
/// in to.
pub(crate) fn read(
    purpose: &Purpose<'_>,
    login: &str,
    output: &Output,
) -> Result<Credentials, Vec<Diagnostic>> {
    let variables = Variables::of_process();
    let mut reading = Reading {
        variables: &variables,
        problems: Vec::new(),
    };
    let found = environment::find(&variables);
    let found = reading.kept(found).unwrap_or_default();
    for notice in &found.notices {
        output.say(notice);
    }
    if let Some(spec) = purpose.spec {
        for notice in tenants::unlisted(spec, &variables) {
            output.say(&notice);
        }
        let scene = Scene::of_spec(spec, login);
        for refusal in reach::beyond(spec, found.choices.first(), &variables) {
            reading.problems.push(scene.explain(&refusal, None, None));
        }
    }
    let own = match (purpose.spec, purpose.plan) {
        (Some(spec), _) => written(spec),
        (None, Some(plan)) => plan.deployment.credentials.clone(),
        (None, None) => BTreeMap::new(),
    };
    let credentials = reading.credentials(&own, found);
    if reading.problems.is_empty() {
        Ok(credentials)
    } else {
        Err(reading.problems)
    }
}

/// The credentials that tenants of a spec have of their own.
pub(crate) fn written(spec: &Spec) -> BTreeMap<TenantId, spec::Credential> {
    spec.tenants
        .iter()
        .filter_map(|tenant| Some((tenant.id.clone(), tenant.credential.clone()?)))
        .collect()
}

struct Reading<'a> {
    variables: &'a Variables,
    problems: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn kept<T>(&mut self, made: Result<T, Box<Diagnostic>>) -> Option<T> {
        made.map_err(|problem| self.problems.push(*problem)).ok()
    }

    fn credentials(
        &mut self,
        own: &BTreeMap<TenantId, spec::Credential>,
        found: Found,
    ) -> Credentials {
        let mut credentials = Credentials::default();
        if let Some(default) = self.of_environment(found) {
            credentials.set_default(default);
        }
        for (tenant, written) in own {
            let own = own::choice(written, self.variables)
                .and_then(|choice| build::credential(choice, None))
                .map_err(|problem| match problem.place() {
                    Some(_) => problem,
                    None => Box::new(problem.at(&written.place, "")),
                });
            if let Some(own) = self.kept(own) {
                credentials.insert(tenant.clone(), own);
            }
        }
        credentials
    }

    fn of_environment(&mut self, found: Found) -> Option<Credential> {
        let home = reach::home(self.variables);
        let uncertain = found.choices.iter().any(Choice::is_uncertain);
        let mut made = Vec::new();
        for choice in found.choices {
            made.push(self.kept(build::credential(choice, home.as_ref()))?);
        }
        match made.len() {
            0 => None,
            1 if !uncertain => made.pop(),
            _ => Some(Credential::first_of(made)),
        }
    }
}

/// The tenants that a run signs in to, as far as nobody has to be asked: those
/// of a spec, or, without one, those that the environment names.
pub(crate) fn tenants(spec: Option<&Spec>) -> Vec<TenantId> {
    let mut tenants: Vec<TenantId> = match spec {
        Some(spec) => {
            let named = spec.tenants.iter().map(|tenant| tenant.id.clone());
            named.chain(reach::needed(spec).into_keys()).collect()
        }
        None => tenants::of_environment(&Variables::of_process()),
    };
    let mut seen = BTreeSet::new();
    tenants.retain(|tenant| seen.insert(tenant.clone()));
    tenants
}

/// Reads a secret.
///
/// # Errors
///
/// Words for what is missing, without the value.
pub(crate) fn reveal(source: &SecretSource) -> Result<String, String> {
    match source {
        SecretSource::Env(name) => {
            variable(name).ok_or_else(|| format!("the environment variable {name} is not set"))
        }
        SecretSource::File(path) => std::fs::read_to_string(crate::files::expand(path))
            .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
            .map_err(|error| format!("the file {path}: {error}")),
        SecretSource::KeyVault(id) => Err(format!(
            "secrets in a key vault are not read yet ({id}); use env or file"
        )),
    }
}

#[cfg(test)]
mod tests;
