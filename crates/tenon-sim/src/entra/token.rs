//! The token endpoints: client credentials with a secret or an assertion.
//!
//! The first version names a `resource` and answers numbers as text; clients
//! of the ADAL era still use it. `client_info` and `claims` are read by nobody:
//! they ask for things that have no meaning for an application.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::audience::{self, Wanted};
use super::client::{self, Form, given};
use super::directory::Tenant;
use super::error::EntraError;
use super::issue::{self, Grantee, Issued};
use crate::arm::reply::Reply;
use crate::call::{Call, decode, decode_form};
use crate::json::same;
use crate::state::State;
use crate::world::Cloud;

/// Which of the two endpoints was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// `/{tenant}/oauth2/token`
    V1,
    /// `/{tenant}/oauth2/v2.0/token`
    V2,
}

/// Answers a request to a tenant's token endpoint.
pub(crate) fn answer(state: &mut State, call: &Call, tenant: &str, version: Version) -> Reply {
    if call.method != "POST" {
        return Reply::json(405, json!({"error": "method_not_allowed"}));
    }
    let mut form = decode_form(&call.body);
    take_basic(call, &mut form);
    match grant(state, call, tenant, (version, &form)) {
        Ok(issued) => shown(&issued, version),
        Err(error) => error.reply(state, call),
    }
}

/// `client_secret_basic`: id and secret in a header, each form-encoded (RFC 6749, 2.3.1).
fn take_basic(call: &Call, form: &mut Form) {
    let encoded = call
        .header("authorization")
        .and_then(|header| header.strip_prefix("Basic "));
    let pair = encoded.and_then(|encoded| STANDARD.decode(encoded.trim()).ok());
    let pair = pair.and_then(|pair| String::from_utf8(pair).ok());
    if let Some((id, secret)) = pair.as_deref().and_then(|pair| pair.split_once(':')) {
        for (field, value) in [("client_id", id), ("client_secret", secret)] {
            form.entry(field.to_owned())
                .or_insert_with(|| decode(&value.replace('+', " ")));
        }
    }
}

fn grant(
    state: &mut State,
    call: &Call,
    tenant: &str,
    (version, form): (Version, &Form),
) -> Result<Issued, EntraError> {
    let grant_type = required(form, "grant_type")?;
    if grant_type != "client_credentials" {
        let text = "The app requested an unsupported grant type.";
        return Err(EntraError::new(
            400,
            "unsupported_grant_type",
            70003,
            text.to_owned(),
        ));
    }
    let tenant = find_tenant(state, tenant)?.clone();
    require_cloud(state.world.cloud, &tenant)?;
    let client = required(form, "client_id")?;
    let wanted = wanted(call, &tenant, version, form)?;
    let application = client::find_application(state, &tenant, client)?;
    let proof = client::check_proof(state, call, &tenant, &application, form)?;
    let object_id = client::find_principal(state, &tenant, &application)?;
    let grantee = Grantee {
        tenant: &tenant.id,
        client: &application.id,
        object_id: &object_id,
        proof: proof.claim(),
        resource_id: None,
    };
    Ok(issue::issue(state, &grantee, wanted))
}

fn wanted(
    call: &Call,
    tenant: &Tenant,
    version: Version,
    form: &Form,
) -> Result<Wanted, EntraError> {
    match version {
        // ADAL's successors sent scopes to the old endpoint, too.
        Version::V1 if given(form, "scope").is_none() => {
            audience::of_resource(call, tenant, required(form, "resource")?)
        }
        _ => audience::of_scope(call, tenant, required(form, "scope")?),
    }
}

fn shown(issued: &Issued, version: Version) -> Reply {
    let body = match version {
        Version::V2 => json!({
            "token_type": "Bearer",
            "expires_in": issued.seconds,
            "ext_expires_in": issued.seconds,
            "access_token": issued.token,
        }),
        Version::V1 => json!({
            "token_type": "Bearer",
            "expires_in": issued.seconds.to_string(),
            "ext_expires_in": issued.seconds.to_string(),
            "expires_on": issued.ends.to_string(),
            "not_before": issued.begins.to_string(),
            "resource": issued.audience,
            "access_token": issued.token,
        }),
    };
    Reply::json(200, body)
        .header("Cache-Control", "no-store, no-cache")
        .header("Pragma", "no-cache")
}

fn required<'f>(form: &'f Form, field: &str) -> Result<&'f str, EntraError> {
    match form.get(field) {
        Some(value) if !value.is_empty() => Ok(value),
        _ => {
            let text = format!("The request body must contain the following parameter: '{field}'.");
            Err(EntraError::new(400, "invalid_request", 900_144, text))
        }
    }
}

/// A tenant of another cloud is known and sent there. Source: Microsoft Entra
/// error code reference, AADSTS90038 (NationalCloudTenantRedirection).
fn require_cloud(here: Cloud, tenant: &Tenant) -> Result<(), EntraError> {
    if tenant.cloud == here {
        return Ok(());
    }
    let text = format!(
        "Specified tenant '{}' belongs to the National Cloud '{}'. Current cloud instance '{}' does not federate with {}. A cloud redirect error is returned.",
        tenant.id,
        tenant.cloud.name(),
        here.name(),
        tenant.cloud.name()
    );
    Err(EntraError::new(400, "invalid_request", 90038, text))
}

/// Finds the tenant of a sign-in address.
pub(super) fn find_tenant<'s>(state: &'s State, name: &str) -> Result<&'s Tenant, EntraError> {
    if let Some(tenant) = state.directory.tenant(name) {
        return Ok(tenant);
    }
    if ["common", "organizations", "consumers"]
        .iter()
        .any(|word| same(word, name))
    {
        let text = format!(
            "The grant type is not supported over the /{name} endpoint. Please use the tenant-specific endpoint."
        );
        return Err(EntraError::new(400, "invalid_request", 9_001_023, text));
    }
    if uuid::Uuid::try_parse(name).is_err() && !name.contains('.') {
        let text = format!(
            "Specified tenant identifier '{name}' is neither a valid DNS name, nor a valid external domain."
        );
        return Err(EntraError::new(400, "invalid_request", 900_023, text));
    }
    let text = format!(
        "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
    );
    Err(EntraError::new(400, "invalid_request", 90002, text))
}
