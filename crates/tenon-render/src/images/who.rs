//! Who can use an image, row by row.

use tenon_model::ResourceId;
use tenon_model::listing::{Grant, Refused, Shared, Unread, Who, With};

use crate::Role;

/// A row: its label, its words, and what they are.
pub(super) type Row = (&'static str, Role, String);

/// The rows of who can use an image.
pub(super) fn rows(who: &Who) -> Vec<Row> {
    let mut rows: Vec<Row> = who
        .roles
        .iter()
        .map(|one| ("", Role::Plain, grant(one)))
        .collect();
    let roles_are_known = !who.unread.iter().any(|one| matches!(one, Unread::Roles(_)));
    let is_closed = who
        .shared
        .as_ref()
        .is_some_and(|shared| shared.with != With::Nobody);
    if rows.is_empty() && roles_are_known && !is_closed {
        rows.push((
            "",
            Role::Warning,
            "nobody has a role that lets it be used".to_owned(),
        ));
    }
    let unread = who
        .unread
        .iter()
        .filter(|one| matches!(one, Unread::Roles(_)));
    rows.extend(unread.map(|one| ("", Role::Warning, unread_words(one))));
    if let Some(first) = rows.first_mut() {
        first.0 = "who";
    }
    let shared = who.shared.iter().flat_map(shared_words);
    let unread = who
        .unread
        .iter()
        .filter(|one| !matches!(one, Unread::Roles(_)));
    let unread = unread.map(|one| (Role::Warning, unread_words(one)));
    let shared = shared.map(|words| (Role::Plain, words)).chain(unread);
    rows.extend(shared.enumerate().map(|(index, (role, words))| {
        let label = if index == 0 { "shared" } else { "" };
        (label, role, words)
    }));
    rows
}

fn grant(grant: &Grant) -> String {
    let kind = match grant.principal_type.as_str() {
        "User" => "user",
        "Group" => "group",
        "ServicePrincipal" => "service principal",
        "ForeignGroup" => "group of another tenant",
        "Device" => "device",
        _ => "principal",
    };
    let asks = if grant.asks { ", who asks" } else { "" };
    let condition = if grant.condition.is_some() {
        ", under a condition"
    } else {
        ""
    };
    format!(
        "{kind} {}{asks}: {} {}{condition}",
        grant.principal,
        grant.role,
        place(&grant.scope)
    )
}

/// A scope in words.
fn place(scope: &str) -> String {
    let Ok(id) = ResourceId::parse(scope) else {
        let group = scope.rsplit('/').next().unwrap_or_default();
        return if group.is_empty() {
            "on everything of the tenant".to_owned()
        } else {
            format!("on the management group {group}")
        };
    };
    let name = id.name();
    let kind = id.resource_type().to_ascii_lowercase();
    match kind.rsplit('/').next().unwrap_or_default() {
        "subscriptions" => format!("on the subscription {name}"),
        "resourcegroups" => format!("on the group {name}"),
        "galleries" => format!("on the gallery {name}"),
        "images" => format!("on the image {name}"),
        "versions" => format!("on the version {name}"),
        _ => format!("on {scope}"),
    }
}

fn shared_words(shared: &Shared) -> Vec<String> {
    match shared.with {
        With::Nobody => vec!["with nobody who has no role".to_owned()],
        With::Everybody => {
            let names = shared.public_names.join(", ");
            vec![format!("with everybody, as the community gallery {names}")]
        }
        With::Some => {
            let tenants = shared.tenants.iter();
            let tenants = tenants.map(|id| format!("directly with the tenant {id}"));
            let subscriptions = shared.subscriptions.iter();
            let subscriptions =
                subscriptions.map(|id| format!("directly with the subscription {id}"));
            let all: Vec<String> = tenants.chain(subscriptions).collect();
            if all.is_empty() {
                vec!["directly with those who see it here".to_owned()]
            } else {
                all
            }
        }
    }
}

fn unread_words(unread: &Unread) -> String {
    let refused = |refused: &Refused| {
        format!(
            "not readable: it takes {} {} ({})",
            refused.action,
            place(&refused.scope),
            refused.code
        )
    };
    match unread {
        Unread::Roles(why) | Unread::Sharing(why) => refused(why),
        Unread::Others => "with whom else is told to its publisher only".to_owned(),
    }
}
