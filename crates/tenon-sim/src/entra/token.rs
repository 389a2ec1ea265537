//! The token endpoint: client credentials with a secret.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::directory::{Application, Tenant};
use super::error::EntraError;
use super::jwt::{self, Claims};
use crate::arm::reply::Reply;
use crate::call::{Call, decode_form};
use crate::clock::{later, plain_stamp};
use crate::json::same;
use crate::state::State;
use crate::world::Cloud;

type Form = BTreeMap<String, String>;

/// Answers `POST /{tenant}/oauth2/v2.0/token`.
pub(crate) fn answer(state: &mut State, call: &Call, tenant: &str) -> Reply {
    if call.method != "POST" {
        return Reply::json(405, json!({"error": "method_not_allowed"}));
    }
    let form = decode_form(&call.body);
    match grant(state, call, tenant, &form) {
        Ok(reply) => reply,
        Err(error) => error.reply(state, call),
    }
}

fn grant(state: &mut State, call: &Call, tenant: &str, form: &Form) -> Result<Reply, EntraError> {
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
    let client = required(form, "client_id")?;
    let scope = required(form, "scope")?;
    let audience = audience(call, &tenant, scope)?;
    let application = find_application(state, &tenant, client)?.clone();
    check_secret(state, &application, form)?;
    let object_id = find_principal(state, &tenant, &application)?;
    Ok(issue(state, &tenant, &application, &object_id, audience))
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

/// The audience a scope asks for, when this tenant has such a resource.
fn audience(call: &Call, tenant: &Tenant, scope: &str) -> Result<String, EntraError> {
    let mut scopes = scope.split_whitespace();
    let (Some(first), None) = (scopes.next(), scopes.next()) else {
        let text = format!(
            "The provided request must include a 'scope' input parameter with one resource. The scope {scope} is not valid."
        );
        return Err(EntraError::new(400, "invalid_scope", 70011, text));
    };
    let Some(resource) = first.strip_suffix("/.default") else {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        return Err(EntraError::new(400, "invalid_scope", 1_002_012, text));
    };
    if is_resource_manager(call, tenant.cloud, resource) {
        return Ok(resource.to_owned());
    }
    let text = format!(
        "The resource principal named {resource} was not found in the tenant named {}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
        tenant.name
    );
    Err(EntraError::new(400, "invalid_resource", 500_011, text))
}

/// True when a resource names the Resource Manager that is served here.
pub(crate) fn is_resource_manager(call: &Call, cloud: Cloud, resource: &str) -> bool {
    let bare = resource.trim_end_matches('/');
    let known: [&str; 2] = match cloud {
        Cloud::Public => [
            "https://management.azure.com",
            "https://management.core.windows.net",
        ],
        Cloud::UsGovernment => [
            "https://management.usgovcloudapi.net",
            "https://management.core.usgovcloudapi.net",
        ],
        Cloud::China => [
            "https://management.chinacloudapi.cn",
            "https://management.core.chinacloudapi.cn",
        ],
    };
    known.iter().any(|name| same(name, bare)) || same(&call.base, bare) || call.is_here(bare)
}

fn find_application<'s>(
    state: &'s State,
    tenant: &Tenant,
    client: &str,
) -> Result<&'s Application, EntraError> {
    let found = state.directory.application(client);
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
    let Some(given) = form.get("client_secret").filter(|given| !given.is_empty()) else {
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

fn find_principal(
    state: &State,
    tenant: &Tenant,
    application: &Application,
) -> Result<String, EntraError> {
    let Some(principal) = state.directory.principal(&application.id, &tenant.id) else {
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
    Ok(principal.object_id.clone())
}

fn issue(
    state: &mut State,
    tenant: &Tenant,
    application: &Application,
    object_id: &str,
    audience: String,
) -> Reply {
    let now = state.now();
    let lifetime = state.world.settings.token_lifetime.0;
    let simulated = lifetime.saturating_mul(state.clock.speed());
    let uti = state.fresh_id("token");
    let issuer = format!("https://sts.windows.net/{}/", tenant.id);
    let claims = Claims {
        aud: audience,
        iat: now.as_second(),
        // Entra dates tokens five minutes back, for clocks that are behind.
        nbf: now
            .saturating_sub(SignedDuration::from_mins(5))
            .map_or(0, Timestamp::as_second),
        exp: later(now, simulated).as_second(),
        appid: application.id.clone(),
        appidacr: "1".to_owned(),
        idp: issuer.clone(),
        iss: issuer,
        idtyp: "app".to_owned(),
        oid: object_id.to_owned(),
        sub: object_id.to_owned(),
        tid: tenant.id.clone(),
        uti,
        ver: "1.0".to_owned(),
    };
    let seconds = lifetime.max(Duration::from_secs(1)).as_secs();
    tracing::debug!(tenant = %tenant.id, until = %plain_stamp(later(now, simulated)), "token");
    Reply::json(
        200,
        json!({
            "token_type": "Bearer",
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": jwt::issue(state.world.seed(), &claims),
        }),
    )
    .header("Cache-Control", "no-store, no-cache")
    .header("Pragma", "no-cache")
}
