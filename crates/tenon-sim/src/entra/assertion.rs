//! Assertions that stand in for a secret: signed by the application's own
//! certificate, or by an issuer that the application trusts.
//!
//! Which of the two it is, the `iss` claim says: an application that signs
//! itself names itself there. Signatures are verified before anything else is
//! told, so that a refusal about subject or time is always about a genuine
//! token. Sources: "Microsoft identity platform application authentication
//! certificate credentials", "Workload identity federation".

use jiff::{SignedDuration, Timestamp};

use super::certificate::Certificate;
use super::directory::{Application, Tenant};
use super::error::EntraError;
use super::federation;
use super::jose::Token;
use crate::call::Call;
use crate::clock::plain_stamp;
use crate::json::{self, same};
use crate::state::State;

/// The one type of assertion that the token endpoint takes (RFC 7523).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far clocks may be apart.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

pub(super) fn refused(code: u32, text: impl Into<String>) -> EntraError {
    EntraError::new(401, "invalid_client", code, text.into())
}

/// Believes or refuses an assertion for an application that signs in to a tenant.
pub(super) fn check(
    state: &State,
    call: &Call,
    tenant: &Tenant,
    application: &Application,
    (assertion, kind): (&str, Option<&str>),
) -> Result<(), EntraError> {
    let Some(kind) = kind else {
        let text =
            "The request body must contain the following parameter: 'client_assertion_type'.";
        return Err(EntraError::new(
            400,
            "invalid_request",
            900_144,
            text.to_owned(),
        ));
    };
    if kind != JWT_BEARER {
        let text = format!("The client assertion type '{kind}' is not supported.");
        return Err(refused(50012, text));
    }
    let token = Token::read(assertion)
        .ok_or_else(|| refused(50027, "Invalid JWT token. Token format not valid."))?;
    if token.algorithm().is_none() {
        let named = json::text(&token.header, "alg").unwrap_or("none");
        let text = format!(
            "Client assertion is signed with the algorithm '{named}', which is not supported."
        );
        return Err(refused(50012, text));
    }
    if same(token.claim("iss"), &application.id) {
        own(state, call, tenant, application, &token)
    } else {
        federation::check(state, call, application, &token)
    }
}

/// An assertion that the application signed itself.
fn own(
    state: &State,
    call: &Call,
    tenant: &Tenant,
    application: &Application,
    token: &Token<'_>,
) -> Result<(), EntraError> {
    let certificate = certificate_of(application, token)?;
    if !token.is_signed_by(&certificate.key) {
        let reason = "The provided signature value did not match the expected signature value.";
        return Err(bad_key(application, reason, &certificate.thumbprint()));
    }
    let now = state.clock.moments();
    if !now
        .iter()
        .any(|now| (certificate.valid_from..certificate.valid_to).contains(now))
    {
        let reason = "The key used is expired.";
        return Err(bad_key(application, reason, &certificate.thumbprint()));
    }
    if !same(token.claim("sub"), &application.id) {
        let text = "Client assertion application identifier doesn't match 'client_id' parameter.";
        return Err(refused(700_021, text));
    }
    let here = |audience: &&str| is_endpoint(state, call, tenant, audience);
    if !token.audiences().iter().any(here) {
        let text = "Client assertion audience claim does not match Realm issuer.";
        return Err(refused(700_023, text));
    }
    check_time(state, token)
}

fn certificate_of<'a>(
    application: &'a Application,
    token: &Token<'_>,
) -> Result<&'a Certificate, EntraError> {
    let names = ["x5t#S256", "x5t", "kid"].map(|member| json::text(&token.header, member));
    let Some(first) = names.into_iter().flatten().next() else {
        let text = "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.";
        return Err(refused(5_002_723, text));
    };
    let called = |one: &&Certificate| names.into_iter().flatten().any(|name| one.is_called(name));
    let found = application.certificates.iter().find(called);
    found.ok_or_else(|| bad_key(application, "The key was not found.", first))
}

fn bad_key(application: &Application, reason: &str, thumbprint: &str) -> EntraError {
    let text = format!(
        "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - {reason}, Thumbprint of key used by client: '{thumbprint}', application: '{}'.]",
        application.id
    );
    refused(700_027, text)
}

/// True for an address of this tenant's token endpoint or issuer, under any name of this host.
fn is_endpoint(state: &State, call: &Call, tenant: &Tenant, address: &str) -> bool {
    let mut segments = address
        .split('/')
        .skip(3)
        .filter(|segment| !segment.is_empty());
    let of_tenant = segments
        .next()
        .and_then(|name| state.directory.tenant(name))
        .is_some_and(|found| found.id == tenant.id);
    let rest: Vec<String> = segments.map(str::to_ascii_lowercase).collect();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let known = [
        &["oauth2", "v2.0", "token"][..],
        &["oauth2", "token"],
        &["v2.0"],
        &[],
    ];
    call.is_here(address) && of_tenant && known.contains(&rest.as_slice())
}

/// Refuses an assertion before or after its time.
pub(super) fn check_time(state: &State, token: &Token<'_>) -> Result<(), EntraError> {
    let Some(ends) = token.moment("exp") else {
        return Err(refused(
            50027,
            "Invalid JWT token. The claim 'exp' is missing.",
        ));
    };
    let begins = token.moment("nbf").or_else(|| token.moment("iat"));
    let moment = |seconds: i64, otherwise| Timestamp::from_second(seconds).unwrap_or(otherwise);
    let begins = begins.map_or(Timestamp::MIN, |begins| moment(begins, Timestamp::MIN));
    let ends = moment(ends, Timestamp::MAX);
    let earliest = begins.saturating_sub(TOLERANCE).unwrap_or(Timestamp::MIN);
    let latest = ends.saturating_add(TOLERANCE).unwrap_or(Timestamp::MAX);
    let moments = state.clock.moments();
    if moments.iter().any(|now| (earliest..latest).contains(now)) {
        return Ok(());
    }
    let text = format!(
        "Client assertion is not within its valid time range. Current time: {}, assertion valid from {}, expiry time of assertion {}.",
        plain_stamp(state.now()),
        plain_stamp(begins),
        plain_stamp(ends)
    );
    Err(refused(700_024, text))
}
