//! Who signs in where.
//!
//! A tenant's own credential in the spec comes first, then the variables of
//! the Azure SDKs (`AZURE_…`), then those of azurerm (`ARM_…`).

use tenon_client::{Credential, Credentials, SecretString};
use tenon_model::value::SecretSource;
use tenon_model::{Code, Diagnostic, Help, Value};

use crate::output::Output;

/// The value of an environment variable, if it has one.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Reads the credentials of a run; `tenants` are those of the spec.
pub(crate) fn read(
    tenants: &[tenon_model::spec::Tenant],
    output: &Output,
) -> Result<Credentials, Vec<Diagnostic>> {
    let mut credentials = Credentials::default();
    if let Some(credential) = from_environment(output) {
        credentials.set_default(credential);
    }
    let mut problems = Vec::new();
    for tenant in tenants {
        let Some(written) = &tenant.credential else {
            continue;
        };
        match own(written) {
            Ok(credential) => credentials.insert(tenant.id.clone(), credential),
            Err(problem) => problems.push(*problem),
        }
    }
    if problems.is_empty() {
        Ok(credentials)
    } else {
        Err(problems)
    }
}

/// The first family that is complete.
fn from_environment(output: &Output) -> Option<Credential> {
    let families = ["AZURE", "ARM"];
    let read = |family: &str| {
        let id = variable(&format!("{family}_CLIENT_ID"))?;
        let secret = variable(&format!("{family}_CLIENT_SECRET"))?;
        Some((id, secret))
    };
    let found: Vec<_> = families
        .iter()
        .filter_map(|family| Some((*family, read(family)?)))
        .collect();
    if let [(first, one), (second, two), ..] = found.as_slice()
        && one != two
    {
        output.say(&format!(
            "{first}_CLIENT_ID and {second}_CLIENT_ID differ; {first}_… is used"
        ));
    }
    let (family, (id, secret)) = found.into_iter().next()?;
    Some(Credential::client_secret(
        id,
        SecretString::from(secret),
        format!("{family}_CLIENT_SECRET"),
    ))
}

fn own(written: &tenon_model::spec::Credential) -> Result<Credential, Box<Diagnostic>> {
    let missing = |what: &str| {
        Box::new(
            Diagnostic::error(Code::NoCredential, format!("the credential has no {what}"))
                .at(&written.place, "")
                .help(Help::text(
                    "credential: {client_id: …, client_secret: \"${secrets.x}\"}",
                )),
        )
    };
    let id = match &written.client_id {
        Some(Value::Text(id)) => Some(id.clone()),
        _ => variable("AZURE_CLIENT_ID").or_else(|| variable("ARM_CLIENT_ID")),
    };
    let id = id.ok_or_else(|| missing("client_id"))?;
    let source = written
        .client_secret
        .as_ref()
        .ok_or_else(|| missing("client_secret"))?;
    let secret = reveal(source).map_err(|why| {
        Box::new(
            Diagnostic::error(
                Code::NoCredential,
                "the secret of the credential cannot be read",
            )
            .at(&written.place, "")
            .note(why),
        )
    })?;
    Ok(Credential::client_secret(
        id,
        SecretString::from(secret),
        describe(source),
    ))
}

/// A source of a secret in words.
fn describe(source: &SecretSource) -> String {
    match source {
        SecretSource::Env(name) => name.clone(),
        SecretSource::File(path) => format!("file {path}"),
        SecretSource::KeyVault(id) => format!("key vault {id}"),
    }
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
