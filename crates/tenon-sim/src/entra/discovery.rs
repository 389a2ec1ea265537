//! Documents a client reads before it signs in.
//!
//! Clients compare the host of `issuer` with the one they asked, so every
//! address here carries the scheme and the name that the client used.

use serde_json::{Value, json};

use super::federation::tenant_key;
use super::token::find_tenant;
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::json::same;
use crate::state::State;
use crate::world::Cloud;

/// What stands for a tenant in the documents that are about none.
const ANY_TENANT: &str = "{tenantid}";

/// `/{tenant}/v2.0/.well-known/openid-configuration`.
pub(crate) fn openid_configuration(state: &mut State, call: &Call, tenant: &str) -> Reply {
    if is_for_all(tenant) {
        let tenant = tenant.to_ascii_lowercase();
        return configuration(call, (&tenant, ANY_TENANT), Cloud::Public);
    }
    let tenant = match find_tenant(state, tenant) {
        Ok(tenant) => tenant.clone(),
        Err(mut error) => {
            if error.code == 90002 {
                error.error = "invalid_tenant";
            }
            return error.reply(state, call);
        }
    };
    configuration(call, (&tenant.id, &tenant.id), tenant.cloud)
}

/// The document for the tenant in its addresses, and the one in its issuer.
fn configuration(call: &Call, (id, issuer): (&str, &str), cloud: Cloud) -> Reply {
    let base = &call.base;
    let (cloud, graph) = match cloud {
        Cloud::Public => ("microsoftonline.com", "graph.microsoft.com"),
        Cloud::UsGovernment => ("microsoftonline.us", "graph.microsoft.us"),
        Cloud::China => (
            "partner.microsoftonline.cn",
            "microsoftgraph.chinacloudapi.cn",
        ),
    };
    Reply::json(
        200,
        json!({
            "token_endpoint": format!("{base}/{id}/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported":
                ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": format!("{base}/{id}/discovery/v2.0/keys"),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": format!("{base}/{issuer}/v2.0"),
            "request_uri_parameter_supported": false,
            "userinfo_endpoint": format!("https://{graph}/oidc/userinfo"),
            "authorization_endpoint": format!("{base}/{id}/oauth2/v2.0/authorize"),
            "device_authorization_endpoint": format!("{base}/{id}/oauth2/v2.0/devicecode"),
            "http_logout_supported": true,
            "frontchannel_logout_supported": true,
            "end_session_endpoint": format!("{base}/{id}/oauth2/v2.0/logout"),
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "tid", "ver"],
            "tenant_region_scope": "EU",
            "cloud_instance_name": cloud,
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": graph,
        }),
    )
}

/// `/{tenant}/discovery/v2.0/keys`: what assertions of managed identities are signed
/// with. Access tokens have a secret seal instead; nobody but the simulator reads them.
pub(crate) fn keys(state: &mut State, call: &Call, tenant: &str) -> Reply {
    if is_for_all(tenant) {
        let tenants = state.directory.tenants.iter();
        let keys: Vec<Value> = tenants
            .map(|tenant| tenant_key(state, &tenant.id).jwk())
            .collect();
        return Reply::json(200, json!({"keys": keys}));
    }
    match find_tenant(state, tenant) {
        Ok(tenant) => {
            let jwk = tenant_key(state, &tenant.id).jwk();
            Reply::json(200, json!({"keys": [jwk]}))
        }
        Err(error) => error.reply(state, call),
    }
}

fn is_for_all(tenant: &str) -> bool {
    same(tenant, "common") || same(tenant, "organizations")
}

/// `/common/discovery/instance`: this host answers for itself.
pub(crate) fn instance(call: &Call) -> Reply {
    let wanted = call.query("authorization_endpoint").unwrap_or_default();
    let host = wanted.split('/').nth(2).unwrap_or_default();
    let tenant = wanted.split('/').nth(3).unwrap_or("common");
    let known = host == call.host()
        || call.is_here(wanted)
        || ["login.microsoftonline.com", "login.windows.net"].contains(&host);
    if !known {
        return Reply::json(
            400,
            json!({
                "error": "invalid_instance",
                "error_description": "AADSTS50049: Unknown or invalid instance.",
                "error_codes": [50049],
            }),
        );
    }
    Reply::json(
        200,
        json!({
            "tenant_discovery_endpoint":
                format!("{}/{tenant}/v2.0/.well-known/openid-configuration", call.base),
            "api-version": call.query("api-version").unwrap_or("1.1"),
            "metadata": [{
                "preferred_network": call.host(),
                "preferred_cache": call.host(),
                "aliases": aliases(call),
            }],
        }),
    )
}

/// This host with its port and without: clients look it up both ways.
fn aliases(call: &Call) -> Vec<&str> {
    let host = call.host();
    let bare = host.rsplit_once(':').map(|(bare, _)| bare);
    std::iter::once(host).chain(bare).collect()
}
