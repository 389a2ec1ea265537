//! Who calls, and what a role lets it do with blobs.

use super::error::StorageError;
use crate::arm::authentication::{Identity, bearer, expiry};
use crate::arm::rbac;
use crate::call::Call;
use crate::entra::audience::is_storage;
use crate::entra::jwt;
use crate::json::same;
use crate::state::State;

/// A data action on blobs.
pub(super) const READ: &str =
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
pub(super) const WRITE: &str =
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write";

/// Checks the token of a request to an account of `tenant`.
pub(super) fn admit(
    state: &State,
    call: &Call,
    account: &str,
    tenant: &str,
) -> Result<Identity, StorageError> {
    let header = call.header("authorization").ok_or_else(|| {
        StorageError::new(
            401,
            "NoAuthenticationInformation",
            "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
        )
    })?;
    let refused = |why: &str| {
        StorageError::new(
            401,
            "InvalidAuthenticationInfo",
            format!("Server failed to authenticate the request. {why}"),
        )
    };
    let token = bearer(header, &["bearer"])
        .ok_or_else(|| refused("The Authorization header is not understood."))?;
    let claims = jwt::read(state.world.seed(), token)
        .ok_or_else(|| refused("Signature validation failed. Signature verification failed."))?;
    if !is_storage(&claims.aud, account) {
        return Err(refused(
            "Audience validation failed. Audience did not match.",
        ));
    }
    if expiry(state, &claims).is_some() {
        return Err(refused("Lifetime validation failed. The token is expired."));
    }
    if !same(&claims.tid, tenant) {
        return Err(refused("Issuer validation failed. Issuer did not match."));
    }
    Ok(Identity::from(claims))
}

/// Refuses what no role of the caller has as a data action.
pub(super) fn require(
    state: &State,
    who: &Identity,
    action: &str,
    scope: &str,
) -> Result<(), StorageError> {
    if rbac::allows_data(state, who, action, &scope.to_ascii_lowercase()) {
        return Ok(());
    }
    Err(StorageError::new(
        403,
        "AuthorizationPermissionMismatch",
        "This request is not authorized to perform this operation using this permission.",
    ))
}
