//! Who asks for a token: the application, what it proves itself with, and its
//! principal in the tenant.

use std::collections::BTreeMap;

use super::assertion;
use super::directory::{Application, Tenant};
use super::error::EntraError;
use super::identities;
use crate::call::Call;
use crate::json::same;
use crate::state::State;

/// The fields of a token request.
pub(super) type Form = BTreeMap<String, String>;

/// What a client proved itself with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    Secret,
    /// A signature, its own or a trusted issuer's.
    Assertion,
}

impl Proof {
    /// The claim `appidacr`, which tells a resource how the client signed in.
    pub(super) fn claim(self) -> &'static str {
        match self {
            Self::Secret => "1",
            Self::Assertion => "2",
        }
    }
}

/// Checks whatever the request proves itself with.
pub(super) fn check_proof(
    state: &State,
    call: &Call,
    tenant: &Tenant,
    application: &Application,
    form: &Form,
) -> Result<Proof, EntraError> {
    if let Some(assertion) = given(form, "client_assertion") {
        let kind = given(form, "client_assertion_type");
        assertion::check(state, call, tenant, application, (assertion, kind))?;
        return Ok(Proof::Assertion);
    }
    check_secret(state, application, form)?;
    Ok(Proof::Secret)
}

/// A field that is there and not empty.
pub(super) fn given<'f>(form: &'f Form, field: &str) -> Option<&'f str> {
    form.get(field)
        .map(String::as_str)
        .filter(|value| !value.is_empty())
}

/// The application behind a client id, when it may be known in the tenant.
/// A managed identity stands for itself, with the trust that lies on its resource.
pub(super) fn find_application(
    state: &State,
    tenant: &Tenant,
    client: &str,
) -> Result<Application, EntraError> {
    let found = state.directory.application(client).cloned();
    let found = found.or_else(|| {
        let identity = identities::by_client(state, client)?;
        Some(identity.application(state))
    });
    let usable = found.filter(|found| found.multi_tenant || same(&found.home, &tenant.id));
    usable.ok_or_else(|| {
        let text = format!(
            "Application with identifier '{client}' was not found in the directory '{}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
            tenant.name
        );
        EntraError::new(400, "unauthorized_client", 700_016, text)
    })
}

fn check_secret(state: &State, application: &Application, form: &Form) -> Result<(), EntraError> {
    let Some(given) = given(form, "client_secret") else {
        let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        return Err(EntraError::new(
            401,
            "invalid_client",
            7_000_218,
            text.to_owned(),
        ));
    };
    let found = application.secrets.iter().find(|(value, _)| value == given);
    let Some((_, expires)) = found else {
        let text = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{}'.",
            application.id
        );
        return Err(EntraError::new(401, "invalid_client", 7_000_215, text));
    };
    if expires.is_some_and(|expires| expires <= state.now()) {
        let text = format!(
            "The provided client secret keys for app '{}' are expired. Visit the Azure portal to create new keys for your app, or consider using certificate credentials for added security.",
            application.id
        );
        return Err(EntraError::new(401, "invalid_client", 7_000_222, text));
    }
    Ok(())
}

pub(super) fn find_principal(
    state: &State,
    tenant: &Tenant,
    application: &Application,
) -> Result<String, EntraError> {
    let written = state.directory.principal(&application.id, &tenant.id);
    let known = written.cloned().or_else(|| {
        let identity = identities::by_client(state, &application.id)?;
        Some(identity.principal())
    });
    let Some(principal) = known else {
        let text = format!(
            "The client application {} is missing service principal in the tenant {}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119",
            application.id, tenant.id
        );
        return Err(EntraError::new(401, "invalid_client", 7_000_229, text));
    };
    if principal.disabled {
        let text = format!(
            "Application '{}'({}) is disabled.",
            application.id, application.name
        );
        return Err(EntraError::new(401, "unauthorized_client", 7_000_112, text));
    }
    Ok(principal.object_id)
}
