//! Microsoft.Authorization: role assignments, role definitions, permissions.

pub(crate) mod assignment;
pub(crate) mod definition;
mod filter;

use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::arm::{Context, rbac, reading};

/// Answers `GET {scope}/providers/Microsoft.Authorization/permissions`.
pub(crate) fn permissions(
    context: &mut Context<'_>,
    scope: &ResourceId,
) -> Result<Reply, ArmError> {
    let who = &context.caller.primary;
    let key = scope.key();
    if rbac::permissions(context.state, who, &key).is_empty() {
        let action = "Microsoft.Authorization/permissions/read";
        return Err(rbac::refusal(who, action, &scope.to_string()));
    }
    if !scope.parts.is_empty() || scope.group.is_some() {
        reading::existing(context.state, scope)?;
    }
    Ok(Reply::json(
        200,
        rbac::permission_list(context.state, who, &key),
    ))
}
