//! What is known about the properties of a resource type, as a table.
//!
//! A kind brings rows, never code that compares: which member of the body a
//! property is, when two values mean the same, what changing it costs. The
//! official descriptions mark almost nothing as create-only, so these tables
//! are the only place where replace is told from update
//! (`azure-rest-api-specs`, Compute 2026-04-01: three marked properties).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Path, Value};

mod change;
mod row;
mod same;

pub use change::{Direction, Disruption, Gone, LIMITS};
pub use row::{Absent, Carried, Echo, KeptOn, Only, Remains, Row, Sole, View};
pub use same::{Same, region};

/// What happens to elements of a list that the spec does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Extra {
    /// They are taken out: the spec's list is the whole list.
    Remove,
    /// They are somebody else's and stay.
    Keep,
}

/// A list whose elements are told apart by a member.
#[derive(Clone, Copy, Debug)]
pub struct KeyedList {
    /// Where it is in the body.
    pub path: &'static str,
    /// The identifying member, possibly dotted.
    pub key: &'static str,
    /// The element in the words of the spec: `rules.*`.
    pub property: &'static str,
    /// What happens to elements that the spec does not name.
    pub extra: Extra,
    /// What identifies an element.
    pub keys: Keys,
}

/// What identifies the elements of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Names, numbers, ids: as they are.
    Names,
    /// Regions, which Azure answers as people see them: `West Europe`.
    Regions,
}

/// How a resource type takes changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// `PATCH` with the changed members.
    Patch,
    /// `PUT` of the live body with our members laid over it.
    Put,
}

/// Whether the type carries tags, and so a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tags {
    /// It does.
    Own,
    /// It does not; its parent's marker speaks for it.
    Parent,
    /// It does not; the marker stands at the end of its description.
    Described,
}

/// Something that is gone for good when a resource is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// These words.
    Words(&'static str),
    /// These words and the live value at this path.
    Value(&'static str, &'static str),
}

/// How long Azure usually needs, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// To make one, or to change it.
    pub write: u32,
    /// To delete one.
    pub delete: u32,
}

/// Children whose bodies lie inside of their parent's.
#[derive(Clone, Copy, Debug)]
pub struct Child {
    /// The list of them; or, with a `/`, what follows their parent's id where
    /// there is one only and its parent's body does not show it.
    pub path: &'static str,
    /// What is known about them.
    pub rules: &'static Rules,
    /// What becomes of them when their parent goes.
    pub fate: Fate,
}

impl Child {
    /// Whether its parent's body does not show it.
    #[must_use]
    pub fn is_apart(&self) -> bool {
        self.path.contains('/')
    }
}

/// What becomes of a child when its parent is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is deleted by itself, before its parent.
    Own,
    /// It goes with its parent, whoever made it: nobody deletes it first, and
    /// nobody keeps the parent for it.
    WithParent,
}

/// Everything that is known about a resource type.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The type in Azure's spelling.
    pub resource_type: &'static str,
    /// The api-version that requests name.
    pub api_version: &'static str,
    /// What one of it is called: `vm`, `public IP`.
    pub noun: &'static str,
    /// What is gone when one of it is deleted.
    pub lost: &'static [Loss],
    /// How long Azure usually needs.
    pub usual: Usual,
    /// Children whose bodies lie inside of its own.
    pub children: &'static [Child],
    /// How it takes changes.
    pub update: Update,
    /// Whether it carries tags.
    pub tags: Tags,
    /// Its properties.
    pub rows: &'static [Row],
    /// Its keyed lists.
    pub lists: &'static [KeyedList],
    /// Members of an answer that nobody ever needs; dropped when read. Paths
    /// as in rows, `[]` for each element of a list.
    pub noise: &'static [&'static str],
    /// Members of an answer that must not be sent back.
    pub read_only: &'static [&'static str],
}

impl Rules {
    /// The row for a body path written as a pattern.
    #[must_use]
    pub fn row(&self, pattern: &str) -> Option<&'static Row> {
        self.rows.iter().find(|row| {
            pattern_matches(row.path, pattern)
                || row.twin.is_some_and(|twin| pattern_matches(twin, pattern))
        })
    }

    /// What is known about children of the type `kind` whose bodies lie inside
    /// of this type's.
    #[must_use]
    pub fn child(&self, kind: &str) -> Option<&'static Child> {
        let same = |child: &&Child| child.rules.resource_type.eq_ignore_ascii_case(kind);
        self.children.iter().find(same)
    }

    /// The keyed list at a body path written as a pattern.
    #[must_use]
    pub fn list(&self, pattern: &str) -> Option<&'static KeyedList> {
        self.lists.iter().find(|list| list.path == pattern)
    }

    /// Takes out of a live body what nobody ever needs, and writes regions that
    /// identify elements in the form of requests.
    pub fn drop_noise(&self, body: &mut Value) {
        for path in self.noise {
            drop_at(body, path);
        }
        let by_region = self.lists.iter().filter(|list| list.keys == Keys::Regions);
        by_region.for_each(|list| list.name_regions(body));
    }
}

impl KeyedList {
    fn name_regions(&self, body: &mut Value) {
        let path = Path::parse(self.path).ok();
        let list = path.as_ref().and_then(|path| path.get_mut(body));
        let Some(Value::List(items)) = list else {
            return;
        };
        for item in items {
            let key = item.as_map_mut().and_then(|map| map.get_mut(self.key));
            if let Some(Value::Text(name)) = key {
                *name = region(name);
            }
        }
    }
}

/// `tags.*` matches `tags.app`; everything else matches itself.
fn pattern_matches(row: &str, pattern: &str) -> bool {
    match row.strip_suffix(".*") {
        Some(open) => pattern
            .strip_prefix(open)
            .is_some_and(|rest| rest.starts_with('.')),
        None => row == pattern,
    }
}

/// Removes the member at `path` from `body`, in every element where the path
/// goes through `[]`.
pub fn drop_at(body: &mut Value, path: &str) {
    let (head, rest) = match path.split_once('.') {
        Some((head, rest)) => (head, Some(rest)),
        None => (path, None),
    };
    let (name, through) = match head.strip_suffix("[]") {
        Some(name) => (name, true),
        None => (head, false),
    };
    let Some(map) = body.as_map_mut() else { return };
    let Some(rest) = rest else {
        map.remove(name);
        return;
    };
    match (map.get_mut(name), through) {
        (Some(Value::List(items)), true) => {
            items.iter_mut().for_each(|item| drop_at(item, rest));
        }
        (Some(child), false) => drop_at(child, rest),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
