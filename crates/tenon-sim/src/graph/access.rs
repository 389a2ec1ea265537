//! Who calls, and what an application permission lets it do.
//!
//! Permissions are those of the token, not of the directory: a new one counts
//! from the next token on, as in Azure.

use super::Graph;
use super::error::GraphError;
use crate::arm::authentication::{bearer, expiry};
use crate::call::Call;
use crate::entra::audience::is_graph;
use crate::entra::directory::Application;
use crate::entra::jwt;
use crate::json::same;
use crate::state::State;
use crate::world::Cloud;

/// The application a valid token speaks for. Auxiliary tokens are not read here.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) tenant: String,
    pub(crate) object_id: String,
    roles: Vec<String>,
}

/// Permissions to read applications and service principals.
const READ: [&str; 6] = [
    "Application.Read.All",
    "Application.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "ServicePrincipal.Read.All",
];

/// Permissions to change any of them.
const WRITE: &str = "Application.ReadWrite.All";

/// The permission to change one's own.
const WRITE_OWN: &str = "Application.ReadWrite.OwnedBy";

/// Permissions to read what the tenant is called.
const ORGANIZATION: [&str; 4] = [
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Checks the token of a request.
pub(super) fn admit(state: &State, call: &Call) -> Result<Caller, GraphError> {
    let header = call.header("authorization").unwrap_or_default();
    let token =
        bearer(header, &["bearer"]).ok_or_else(|| GraphError::token("Access token is empty."))?;
    let claims = jwt::read(state.world.seed(), token)
        .ok_or_else(|| GraphError::token("Access token validation failure. Invalid token."))?;
    let cloud = state
        .directory
        .tenant(&claims.tid)
        .map_or(Cloud::Public, |tenant| tenant.cloud);
    if !is_graph(call, cloud, &claims.aud) {
        return Err(GraphError::token(
            "Access token validation failure. Invalid audience.",
        ));
    }
    if expiry(state, &claims).is_some() {
        return Err(GraphError::token(
            "Lifetime validation failed, the token is expired.",
        ));
    }
    Ok(Caller {
        tenant: claims.tid,
        object_id: claims.oid,
        roles: claims.roles,
    })
}

impl Caller {
    fn has(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own == role)
    }

    fn has_any(&self, roles: &[&str]) -> Result<(), GraphError> {
        let allowed = roles.iter().any(|role| self.has(role));
        allowed.then_some(()).ok_or_else(GraphError::denied)
    }

    pub(super) fn may_read(&self) -> Result<(), GraphError> {
        self.has_any(&READ)
    }

    pub(super) fn may_read_organization(&self) -> Result<(), GraphError> {
        self.has_any(&ORGANIZATION)
    }

    /// Whoever makes an application owns it.
    pub(super) fn may_create(&self) -> Result<(), GraphError> {
        self.has_any(&[WRITE, WRITE_OWN])
    }
}

impl Graph<'_> {
    /// Refuses to change an application that the caller neither owns nor manages.
    pub(super) fn may_change(&self, application: &Application) -> Result<(), GraphError> {
        let home = same(&application.home, &self.caller.tenant);
        let owner = |id: &String| same(id, &self.caller.object_id);
        let own = home && application.owners.iter().any(owner);
        if self.caller.has(WRITE) || (own && self.caller.has(WRITE_OWN)) {
            return Ok(());
        }
        Err(GraphError::denied())
    }
}
