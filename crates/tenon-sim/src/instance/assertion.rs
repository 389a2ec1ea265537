//! Tokens of managed identities that stand in for an application's secret.
//!
//! They are signed with the tenant's public key, because the token endpoint
//! treats them like those of any other issuer.

use std::time::Duration;

use serde_json::json;

use crate::call::Call;
use crate::clock::later;
use crate::entra::federation;
use crate::entra::identities::Identity;
use crate::entra::issue::Issued;
use crate::json::same;
use crate::state::State;
use crate::world::{Cloud, TOKEN_EXCHANGE};

/// True for the audience of assertions in this cloud.
pub(super) fn is_token_exchange(cloud: Cloud, resource: &str) -> bool {
    let suffix = match cloud {
        Cloud::Public => "",
        Cloud::UsGovernment => "USGov",
        Cloud::China => "China",
    };
    let name = format!("{TOKEN_EXCHANGE}{suffix}");
    same(resource.trim_end_matches('/'), &name)
}

/// Makes an assertion of an identity.
pub(super) fn issue(state: &mut State, call: &Call, identity: &Identity, audience: &str) -> Issued {
    let now = state.now();
    let lifetime = state.world.settings.token_lifetime.0;
    let ends = later(now, lifetime.saturating_mul(state.clock.speed()));
    let tenant = &identity.tenant;
    let claims = json!({
        "aud": audience,
        "iss": format!("{}/{tenant}/v2.0", call.base),
        "iat": now.as_second(),
        "nbf": now.as_second(),
        "exp": ends.as_second(),
        "azp": identity.client_id,
        "idtyp": "app",
        "oid": identity.object_id,
        "sub": identity.object_id,
        "tid": tenant,
        "uti": state.fresh_id("token"),
        "ver": "2.0",
        "xms_mirid": identity.resource_id,
    });
    Issued {
        token: federation::tenant_key(state, tenant).sign(&claims),
        audience: audience.to_owned(),
        seconds: lifetime.max(Duration::from_secs(1)).as_secs(),
        begins: now.as_second(),
        ends: ends.as_second(),
    }
}
