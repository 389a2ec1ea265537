//! What is told of properties, wherever it then stands.

use tenon_model::plan::{Cause, Change, Op, PropertyChange};
use tenon_model::rules::Disruption;
use tenon_model::value::Later;

use crate::Role;
use crate::alike::suffix;
use crate::cards::Card;
use crate::value::{Ids, Seen, diff};
use crate::words::{effect, noun};

/// What is told of a property, or of a member of it that differs.
pub(crate) struct Told<'a> {
    /// Where, in the words of the spec.
    pub(crate) path: String,
    /// What it was and what it will be.
    pub(crate) value: Became,
    /// Why, on the first row of a property.
    pub(crate) why: Option<(Role, String)>,
    /// The property.
    pub(crate) property: &'a PropertyChange,
}

/// What became of a value.
pub(crate) enum Became {
    /// A value that must not be shown.
    Hidden(String),
    /// What differs.
    Seen(Seen),
}

/// Returns what is told of the properties of a card.
pub(crate) fn told<'a>(card: &Card<'a>, ids: Ids) -> Vec<Told<'a>> {
    let mut all = card.changes().flat_map(|change| &change.properties);
    // Which property restarts a machine is clear when all others are tags.
    let several = all.any(|p| p.disruption < Disruption::Restart && !p.path.starts_with("tags"));
    let mut rows = Vec::new();
    for change in card.changes() {
        let of_part = change.address != card.lead.address;
        let prefix = if of_part { suffix(change) } else { "" };
        for property in &change.properties {
            tell(change, prefix, property, several, ids, &mut rows);
        }
    }
    rows
}

fn tell<'a>(
    change: &Change,
    prefix: &str,
    property: &'a PropertyChange,
    several: bool,
    ids: Ids,
    rows: &mut Vec<Told<'a>>,
) {
    let path = if prefix.is_empty() || property.path.starts_with(prefix) {
        property.path.clone()
    } else {
        format!("{prefix}.{}", property.path)
    };
    let why = why(change, property, several);
    if property.sensitive || secret(property).is_some() {
        rows.push(Told {
            path,
            value: Became::Hidden(sensitive(property)),
            why,
            property,
        });
        return;
    }
    let mut seen = Vec::new();
    let (before, after) = (property.before.as_ref(), property.after.as_ref());
    diff(&path, before, after, ids, &mut seen);
    for (index, (path, seen)) in seen.into_iter().enumerate() {
        rows.push(Told {
            path,
            value: Became::Seen(seen),
            why: if index == 0 { why.clone() } else { None },
            property,
        });
    }
}

/// A value that must not be shown: only that something happens to it, and the
/// name of the secret if the spec names one.
fn sensitive(property: &PropertyChange) -> String {
    let said = match property.op {
        Op::Add => "(sensitive) set",
        Op::Remove => "(sensitive) removed",
        Op::Change => "(sensitive) changed",
    };
    match secret(property) {
        Some(name) if property.op != Op::Remove => format!("{said}, now (secret {name})"),
        _ => said.to_owned(),
    }
}

/// The secret that a value is made of. What stood there before was one, too.
fn secret(property: &PropertyChange) -> Option<String> {
    let mut name = None;
    for value in [&property.before, &property.after].into_iter().flatten() {
        value.each_later(&mut |later| {
            if let Later::Secret { name: secret, .. } = later {
                name = Some(secret.clone());
            }
        });
    }
    name
}

/// Why a property differs, or what its change costs.
fn why(change: &Change, property: &PropertyChange, several: bool) -> Option<(Role, String)> {
    let mut said = Vec::new();
    let mut role = Role::Dim;
    if property.forces_replace() {
        role = Role::Replace;
        said.push(format!("forces replace: {}", fixed(change, property)));
    } else if property.disruption >= Disruption::Restart && several {
        role = Role::Update;
        said.push(effect(property.disruption, &noun(change), false));
    }
    match property.cause {
        Cause::Drift => {
            role = role_of_drift(role);
            said.push("drift: the spec did not change, Azure did".to_owned());
        }
        Cause::Default => said.push("default again: the spec no longer sets it".to_owned()),
        Cause::Lock if said.is_empty() => said.push("from the lock file".to_owned()),
        Cause::Reference => said.push("follows another resource".to_owned()),
        Cause::Spec | Cause::Lock | Cause::Asked => {}
    }
    let later = property
        .after
        .as_ref()
        .is_some_and(tenon_model::Value::has_later);
    if later && secret(property).is_none() {
        said.push("known during apply".to_owned());
    }
    (!said.is_empty()).then(|| (role, said.join("; ")))
}

fn role_of_drift(role: Role) -> Role {
    if role == Role::Dim {
        Role::Warning
    } else {
        role
    }
}

fn fixed(change: &Change, property: &PropertyChange) -> String {
    let noun = noun(change);
    if property.path == "image" || property.path.starts_with("image.") {
        format!("Azure cannot change the image of an existing {noun}")
    } else {
        format!("Azure cannot change it on an existing {noun}")
    }
}
