//! Who can use an image: which roles let it be used, and with whom its gallery
//! is shared.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tenon_model::listing::{Grant, Shared, With};
use tenon_model::{Value, rights};

/// What it takes to build a machine from a version.
/// Source: learn.microsoft.com, "Share images across tenants": the role
/// Compute Gallery Image Reader has it, and so has Reader.
const USE: &str = "Microsoft.Compute/galleries/images/versions/read";

/// The id of the role that an assignment gives, the last part of it.
#[must_use]
pub fn role_of(assignment: &Value) -> Option<&str> {
    text(assignment, "roleDefinitionId")?.rsplit('/').next()
}

/// The assignments that let an image be used, the nearest first. `roles` are
/// role definitions by their last part; `own` is who asks.
#[must_use]
pub fn grants(
    assignments: &[Value],
    roles: &BTreeMap<String, Value>,
    own: Option<&str>,
) -> Vec<Grant> {
    let grant = |assignment: &Value| {
        let role = roles.get(role_of(assignment)?)?;
        let permissions = role.at(&["properties", "permissions"])?.as_list()?;
        if !rights::allow(permissions, USE) {
            return None;
        }
        let principal = text(assignment, "principalId")?;
        let kind = text(assignment, "principalType");
        Some(Grant {
            scope: text(assignment, "scope")?.to_owned(),
            role: text(role, "roleName")?.to_owned(),
            principal_type: kind.unwrap_or("Unknown").to_owned(),
            principal: principal.to_owned(),
            asks: own.is_some_and(|own| own.eq_ignore_ascii_case(principal)),
            condition: text(assignment, "condition").map(str::to_owned),
        })
    };
    let mut grants: Vec<Grant> = assignments.iter().filter_map(grant).collect();
    grants.sort_by_cached_key(|grant| (Reverse(depth(&grant.scope)), grant.clone()));
    grants.dedup();
    grants
}

/// How far below the root a scope is.
fn depth(scope: &str) -> (bool, usize) {
    let in_subscription = scope.to_ascii_lowercase().starts_with("/subscriptions/");
    (in_subscription, scope.matches('/').count())
}

/// With whom a gallery is shared, as it was read with its groups.
/// Source: Galleries 2024-03-03, `SharingProfile`.
#[must_use]
pub fn shared(gallery: &Value) -> Shared {
    let profile = gallery.at(&["properties", "sharingProfile"]);
    let says = profile.and_then(|profile| profile.member("permissions")?.as_text());
    let groups = profile.and_then(|profile| profile.member("groups")?.as_list());
    let ids = |kind: &str| -> Vec<String> {
        let groups = groups.unwrap_or(&[]).iter();
        let of_kind = groups.filter(|group| {
            let says = group.member("type").and_then(Value::as_text);
            says.is_some_and(|says| says.eq_ignore_ascii_case(kind))
        });
        let mut ids: Vec<String> = of_kind
            .flat_map(|group| texts(group.member("ids")))
            .collect();
        ids.sort();
        ids
    };
    let community = profile.and_then(|profile| profile.member("communityGalleryInfo"));
    let is_open = community
        .and_then(|community| community.member("communityGalleryEnabled"))
        .is_some_and(|enabled| *enabled == Value::Bool(true));
    let (subscriptions, tenants) = (ids("Subscriptions"), ids("AADTenants"));
    let named = !subscriptions.is_empty() || !tenants.is_empty();
    let with = match says {
        Some("Community") if is_open => With::Everybody,
        Some("Groups") if named => With::Some,
        _ => With::Nobody,
    };
    Shared {
        with,
        subscriptions,
        tenants,
        public_names: match with {
            With::Everybody => {
                texts(community.and_then(|community| community.member("publicNames")))
            }
            With::Nobody | With::Some => Vec::new(),
        },
    }
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_list).unwrap_or(&[]).iter();
    list.filter_map(|one| Some(one.as_text()?.to_owned()))
        .collect()
}

fn text<'v>(of: &'v Value, name: &str) -> Option<&'v str> {
    of.at(&["properties", name])?.as_text()
}
