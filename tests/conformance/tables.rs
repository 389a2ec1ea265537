//! The derived tables: which member of a type exists at which api-version.
//!
//! The documents are those of October 2024, and `tenon` names newer versions.
//! The tables cover every version of every type, with less detail; they decide
//! about what a document does not know.

use std::path::Path;

use serde_json::Value as Json;

use crate::descriptions::json;

/// `property-versions.json`, `properties-newest.json` and `api-versions.json`.
pub(crate) struct Tables {
    lives: Json,
    newest: Json,
    versions: Json,
}

/// What the tables know about a member at an api-version.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Known<'t> {
    /// It exists; with what is said about it where that is known.
    Exists(Option<&'t Json>),
    /// It came later, or went before.
    NotThen {
        /// The first version with it, and the last.
        from: &'t str,
        to: &'t str,
    },
    /// Nothing is known about it.
    Nothing,
}

impl Tables {
    pub(crate) fn read(root: &Path) -> Self {
        let read = |name: &str| json(&root.join(name));
        Self {
            lives: read("property-versions.json"),
            newest: read("properties-newest.json"),
            versions: read("api-versions.json"),
        }
    }

    /// What is known about the member at `path`, written as the tables do:
    /// `properties.dataDisks[].lun`, `tags.{*}`.
    pub(crate) fn member(&self, resource_type: &str, path: &str, version: &str) -> Known<'_> {
        let life = of_type(&self.lives, resource_type).and_then(|one| one["paths"].get(path));
        let Some(life) = life else {
            return Known::Nothing;
        };
        let at = |index: usize| life[index].as_str().expect("a version");
        // The newest version of the table stands for those that came after it.
        let newest = of_type(&self.lives, resource_type)
            .and_then(|one| one["versions"].as_array()?.last()?.as_str());
        let (from, to) = (at(0), at(1));
        let still = version <= to || Some(to) == newest;
        if version < from || !still {
            return Known::NotThen { from, to };
        }
        Known::Exists(self.newest(resource_type, path))
    }

    /// What the newest version says about a member.
    pub(crate) fn newest(&self, resource_type: &str, path: &str) -> Option<&Json> {
        of_type(&self.newest, resource_type)?["properties"].get(path)
    }

    /// The members of a type that only Azure sets, as far as they exist at an
    /// api-version.
    pub(crate) fn read_only(&self, resource_type: &str, version: &str) -> Vec<&str> {
        let newest = of_type(&self.newest, resource_type);
        let members = newest.and_then(|one| one["properties"].as_object());
        let set_by_azure = members
            .into_iter()
            .flatten()
            .filter(|(_, said)| said["readOnly"] == true)
            .map(|(path, _)| path.as_str());
        set_by_azure
            .filter(|path| matches!(self.member(resource_type, path, version), Known::Exists(_)))
            .collect()
    }

    /// Whether a type, or a family of requests such as `skus`, has a version. A
    /// type that the tables leave out, such as the extensions of machines, has
    /// those of what it lies in: one provider serves both.
    pub(crate) fn has_version(&self, name: &str, version: &str) -> bool {
        let is_listed = of_type(&self.versions, name).is_some()
            || self.versions["families"].get(name).is_some();
        let parent = name.rsplit_once('/').map(|(parent, _)| parent);
        if let Some(parent) = parent.filter(|parent| !is_listed && parent.contains('/')) {
            return self.has_version(parent, version);
        }
        let lists = [
            of_type(&self.versions, name),
            self.versions["families"].get(name),
        ];
        let mut lists = lists.into_iter().flatten();
        lists.any(|list| {
            list.as_array()
                .is_some_and(|all| all.contains(&version.into()))
        })
    }
}

fn of_type<'t>(table: &'t Json, resource_type: &str) -> Option<&'t Json> {
    let types = table["types"].as_object()?;
    let same = |name: &str| name.eq_ignore_ascii_case(resource_type);
    types
        .iter()
        .find(|(name, _)| same(name))
        .map(|(_, one)| one)
}
