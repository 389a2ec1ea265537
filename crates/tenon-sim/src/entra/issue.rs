//! Access tokens as they are handed out, whoever asked for them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::audience::{Resource, Wanted};
use super::jwt::{self, Claims};
use crate::clock::{later, plain_stamp};
use crate::state::State;

/// Whom a token speaks for.
#[derive(Debug)]
pub(crate) struct Grantee<'g> {
    pub(crate) tenant: &'g str,
    pub(crate) client: &'g str,
    pub(crate) object_id: &'g str,
    /// How the client proved itself, as the claim `appidacr` says it.
    pub(crate) proof: &'g str,
    /// The resource that a managed identity belongs to.
    pub(crate) resource_id: Option<&'g str>,
}

/// A token that leaves.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) token: String,
    pub(crate) audience: String,
    /// How long it lives, in the client's seconds.
    pub(crate) seconds: u64,
    pub(crate) begins: i64,
    pub(crate) ends: i64,
}

/// Makes a token.
pub(crate) fn issue(state: &mut State, grantee: &Grantee<'_>, wanted: Wanted) -> Issued {
    let now = state.now();
    let lifetime = state.world.settings.token_lifetime.0;
    let ends = later(now, lifetime.saturating_mul(state.clock.speed()));
    // Entra dates tokens five minutes back, for clocks that are behind.
    let begins = now
        .saturating_sub(SignedDuration::from_mins(5))
        .map_or(0, Timestamp::as_second);
    let uti = state.fresh_id("token");
    let issuer = format!("https://sts.windows.net/{}/", grantee.tenant);
    let claims = Claims {
        aud: wanted.audience.clone(),
        iat: now.as_second(),
        nbf: begins,
        exp: ends.as_second(),
        appid: grantee.client.to_owned(),
        appidacr: grantee.proof.to_owned(),
        idp: issuer.clone(),
        iss: issuer,
        idtyp: "app".to_owned(),
        oid: grantee.object_id.to_owned(),
        roles: roles(state, grantee, wanted.resource),
        sub: grantee.object_id.to_owned(),
        tid: grantee.tenant.to_owned(),
        uti,
        ver: "1.0".to_owned(),
        xms_mirid: grantee.resource_id.map(str::to_owned),
    };
    tracing::debug!(tenant = grantee.tenant, until = %plain_stamp(ends), "token");
    Issued {
        token: jwt::issue(state.world.seed(), &claims),
        audience: wanted.audience,
        seconds: lifetime.max(Duration::from_secs(1)).as_secs(),
        begins,
        ends: ends.as_second(),
    }
}

/// What the principal may do at the resource, as far as its directory says that.
fn roles(state: &State, grantee: &Grantee<'_>, resource: Resource) -> Vec<String> {
    let principal = state.directory.principal_by_object(grantee.object_id);
    match (resource, principal) {
        (Resource::Graph, Some(principal)) => principal.graph_roles.clone(),
        _ => Vec::new(),
    }
}
