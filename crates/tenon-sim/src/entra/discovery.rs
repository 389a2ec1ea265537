//! Documents a client reads before it signs in.

use serde_json::json;

use super::token::find_tenant;
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::state::State;
use crate::world::Cloud;

/// `/{tenant}/v2.0/.well-known/openid-configuration`.
pub(crate) fn openid_configuration(state: &mut State, call: &Call, tenant: &str) -> Reply {
    let tenant = match find_tenant(state, tenant) {
        Ok(tenant) => tenant.clone(),
        Err(mut error) => {
            if error.code == 90002 {
                error.error = "invalid_tenant";
            }
            return error.reply(state, call);
        }
    };
    let (base, id) = (&call.base, &tenant.id);
    let (cloud, graph) = match tenant.cloud {
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
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": format!("{base}/{id}/v2.0"),
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

/// `/{tenant}/discovery/v2.0/keys`: tokens are sealed with a secret, so there are none.
pub(crate) fn keys() -> Reply {
    Reply::json(200, json!({"keys": []}))
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
                "aliases": [call.host()],
            }],
        }),
    )
}
