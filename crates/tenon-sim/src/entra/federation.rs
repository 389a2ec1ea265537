//! Workload identity federation: tokens of other issuers in place of a secret.
//!
//! The credentials lie on the application in its home tenant and count in
//! every tenant that let it in.

use super::assertion::{check_time, refused};
use super::directory::Application;
use super::error::EntraError;
use super::jose::{PublicKey, Token};
use super::keys::SigningKey;
use crate::call::Call;
use crate::state::State;
use crate::world::FederatedCredential;

/// The key that a tenant signs the assertions of its managed identities with.
pub(crate) fn tenant_key(state: &State, tenant: &str) -> SigningKey {
    SigningKey::of(state.world.seed(), &format!("tenant {tenant}"))
}

/// Believes or refuses a token of another issuer.
pub(super) fn check(
    state: &State,
    call: &Call,
    application: &Application,
    token: &Token<'_>,
) -> Result<(), EntraError> {
    let issuer = token.claim("iss");
    let tenant = tenant_of(state, call, issuer);
    if tenant
        .as_ref()
        .is_some_and(|tenant| *tenant != application.home)
    {
        let text = format!(
            "Entra ID tokens issued by issuer '{issuer}' may not be used for federated identity credential flows for applications or managed identities registered in this tenant."
        );
        return Err(refused(700_236, text));
    }
    let means = |one: &&FederatedCredential| {
        let same_tenant = tenant.is_some() && tenant_of(state, call, &one.issuer) == tenant;
        one.issuer == issuer || same_tenant
    };
    let trusted: Vec<&FederatedCredential> = application.federated.iter().filter(means).collect();
    if trusted.is_empty() {
        return Err(no_match(700_211, "issuer", issuer, CHECK));
    }
    let keys = keys(state, issuer, tenant.as_deref())?;
    if !keys.iter().any(|key| token.is_signed_by(key)) {
        let text = "Assertion failed signature validation. [Reason - The provided signature value did not match the expected signature value.]";
        return Err(refused(50013, text));
    }
    check_time(state, token)?;
    check_subject(&trusted, token)
}

/// The tenant whose own issuer this is, under the name of this host or of its cloud.
///
/// A world file cannot know the port it will be served at, and a spec that is
/// written for Azure names Azure.
fn tenant_of(state: &State, call: &Call, issuer: &str) -> Option<String> {
    const CLOUDS: [&str; 4] = [
        "https://login.microsoftonline.com/",
        "https://login.microsoftonline.us/",
        "https://login.partner.microsoftonline.cn/",
        "https://login.chinacloudapi.cn/",
    ];
    let known = call.is_here(issuer) || CLOUDS.iter().any(|cloud| issuer.starts_with(cloud));
    let path: Vec<&str> = issuer.split('/').skip(3).collect();
    let [tenant, "v2.0"] = path.as_slice() else {
        return None;
    };
    let tenant = state.directory.tenant(tenant).filter(|_| known)?;
    Some(tenant.id.clone())
}

/// The keys of an issuer. A tenant has its own, and may be named for a service that
/// has its tokens made by Entra, as newer connections of Azure DevOps do.
fn keys(state: &State, issuer: &str, tenant: Option<&str>) -> Result<Vec<PublicKey>, EntraError> {
    let own = tenant.map(|tenant| tenant_key(state, tenant).public());
    let known = state.directory.issuer(issuer).into_iter();
    let keys: Vec<PublicKey> = known
        .flat_map(|known| known.keys.clone())
        .chain(own)
        .collect();
    if keys.is_empty() {
        let text = format!(
            "Request to External OIDC endpoint failed: the keys of '{issuer}' are not known."
        );
        return Err(refused(50166, text));
    }
    Ok(keys)
}

/// Issuer, subject and audience have to stand in one credential. Case counts since 2025.
fn check_subject(trusted: &[&FederatedCredential], token: &Token<'_>) -> Result<(), EntraError> {
    let (subject, audiences) = (token.claim("sub"), token.audiences());
    let about: Vec<_> = trusted
        .iter()
        .filter(|one| one.subject == subject)
        .collect();
    let accepted = |one: &&&&FederatedCredential| {
        let mut accepted = one.audiences.iter();
        accepted.any(|audience| audiences.contains(&audience.as_str()))
    };
    if about.iter().any(|one| accepted(&one)) {
        return Ok(());
    }
    if !about.is_empty() {
        let audience = audiences.first().copied().unwrap_or_default();
        return Err(no_match(700_212, "audience", audience, CHECK));
    }
    let but_for_case = |one: &&FederatedCredential| one.subject.eq_ignore_ascii_case(subject);
    if trusted.iter().any(but_for_case) {
        let hint = "The subject matches with case-insensitive comparison, but not with case-sensitive comparison.";
        return Err(no_match(7_002_138, "subject", subject, hint));
    }
    Err(no_match(700_213, "subject", subject, CHECK))
}

const CHECK: &str = "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

fn no_match(code: u32, what: &str, presented: &str, hint: &str) -> EntraError {
    let text = format!(
        "No matching federated identity record found for presented assertion {what} '{presented}'. {hint}"
    );
    refused(code, text)
}
