//! Deny assignments: what takes a right away in spite of a role.
//!
//! Nobody can make one with a request; managed applications and deployment
//! stacks do. A world has them among its resources, as
//! `Microsoft.Authorization/denyAssignments`.

use serde_json::Value;

use super::authentication::Identity;
use super::id::within;
use super::roles;
use crate::json;
use crate::state::State;
use crate::store::Resource;

const TYPE: &str = "Microsoft.Authorization/denyAssignments";

/// The principal that stands for everybody.
const EVERYBODY: &str = "00000000-0000-0000-0000-000000000000";

/// The deny assignment that forbids somebody an action at a scope, given as a key.
pub(crate) fn find<'s>(
    state: &'s State,
    who: &Identity,
    action: &str,
    scope: &str,
) -> Option<&'s Resource> {
    let subscription = scope.strip_prefix("/subscriptions/")?.split('/').next()?;
    state
        .store
        .of_type(subscription, None, TYPE)
        .find(|denial| covers(denial, scope) && names(denial, who) && forbids(denial, action))
}

/// What every message about a deny assignment ends with.
pub(crate) fn because_of(denial: &Resource) -> String {
    let name = json::text(&denial.body, "properties.denyAssignmentName");
    format!(
        "the access is denied because of the deny assignment with name '{}' and Id '{}' at scope '{}'.",
        name.unwrap_or_else(|| denial.name()),
        denial.name(),
        denial.parsed().scope()
    )
}

fn covers(denial: &Resource, scope: &str) -> bool {
    let own = denial.parsed().scope().key();
    let only_there = json::truth(&denial.body, "properties.doNotApplyToChildScopes") == Some(true);
    if only_there {
        own == scope
    } else {
        within(scope, &own)
    }
}

fn names(denial: &Resource, who: &Identity) -> bool {
    let listed = |path: &str| {
        let ids = json::items(&denial.body, path).iter();
        ids.filter_map(|one| json::text(one, "id"))
            .any(|id| json::same(id, &who.object_id) || id == EVERYBODY)
    };
    listed("properties.principals") && !listed("properties.excludePrincipals")
}

fn forbids(denial: &Resource, action: &str) -> bool {
    let covered = |entry: &Value, list: &str| {
        json::items(entry, list)
            .iter()
            .filter_map(Value::as_str)
            .any(|pattern| roles::covers(pattern, action))
    };
    json::items(&denial.body, "properties.permissions")
        .iter()
        .any(|entry| covered(entry, "actions") && !covered(entry, "notActions"))
}
