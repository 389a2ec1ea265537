//! Workload identity federation: tokens of other issuers in place of a secret.
//!
//! The credentials lie on the application in its home tenant and count in
//! every tenant that let it in.

use super::assertion::{check_time, refused};
use super::directory::Application;
use super::error::EntraError;
use super::jose::{PublicKey, Token};
use crate::call::Call;
use crate::state::State;
use crate::world::FederatedCredential;

/// Believes or refuses a token of another issuer.
pub(super) fn check(
    state: &State,
    _call: &Call,
    application: &Application,
    token: &Token<'_>,
) -> Result<(), EntraError> {
    let issuer = token.claim("iss");
    let trusted: Vec<&FederatedCredential> = application
        .federated
        .iter()
        .filter(|one| one.issuer == issuer)
        .collect();
    if trusted.is_empty() {
        return Err(no_match(700_211, "issuer", issuer, CHECK));
    }
    let keys = keys(state, issuer)?;
    if !keys.iter().any(|key| token.is_signed_by(key)) {
        let text = "Assertion failed signature validation. [Reason - The provided signature value did not match the expected signature value.]";
        return Err(refused(50013, text));
    }
    check_time(state, token)?;
    check_subject(&trusted, token)
}

fn keys<'s>(state: &'s State, issuer: &str) -> Result<&'s [PublicKey], EntraError> {
    let known = state.directory.issuer(issuer);
    known.map(|known| known.keys.as_slice()).ok_or_else(|| {
        let text = format!(
            "Request to External OIDC endpoint failed: the keys of '{issuer}' are not known."
        );
        refused(50166, text)
    })
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
