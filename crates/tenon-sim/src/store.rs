//! Everything a simulated Azure remembers about resources.
//!
//! Resources lie in one map under their lower-cased id, so that the children
//! of a resource, the contents of a group and the answer to a list are all a
//! range of it. Changes go through [`Store::put`] and [`Store::remove`] only:
//! they keep the indexes and the journal in step.

pub(crate) mod index;
pub(crate) mod journal;
pub(crate) mod resource;

use std::collections::BTreeMap;
use std::ops::Bound;

use serde_json::{Value, json};

use index::Index;
use journal::{Journal, Table};
pub(crate) use resource::Resource;

/// The resources and what is known about them.
#[derive(Debug, Default)]
pub(crate) struct Store {
    resources: BTreeMap<String, Resource>,
    pub(crate) index: Index,
    pub(crate) journal: Journal,
}

impl Store {
    pub(crate) fn get(&self, key: &str) -> Option<&Resource> {
        self.resources.get(key)
    }

    /// The resource behind an id in any case.
    pub(crate) fn find(&self, id: &str) -> Option<&Resource> {
        self.resources.get(&id.to_ascii_lowercase())
    }

    pub(crate) fn put(&mut self, mut resource: Resource) {
        let key = resource.key();
        resource.revision += 1;
        if let Some(before) = self.resources.get(&key) {
            self.index.remove(&key, before);
        }
        self.index.add(&key, &resource);
        self.journal.note(Table::Resource, &key, || json!(resource));
        self.resources.insert(key, resource);
    }

    /// Changes a stored resource in place; nothing happens when it is gone.
    pub(crate) fn update(&mut self, key: &str, change: impl FnOnce(&mut Resource)) {
        if let Some(mut resource) = self.resources.get(key).cloned() {
            change(&mut resource);
            self.put(resource);
        }
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<Resource> {
        let gone = self.resources.remove(key)?;
        self.index.remove(key, &gone);
        self.journal.note(Table::Resource, key, || Value::Null);
        Some(gone)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &Resource)> {
        self.resources.iter()
    }

    /// Everything below a key, in order, the key itself left out.
    pub(crate) fn below(&self, key: &str) -> impl Iterator<Item = &Resource> + use<'_> {
        let prefix = format!("{key}/");
        let range = (Bound::Included(prefix.clone()), Bound::Unbounded);
        self.resources
            .range::<String, _>(range)
            .take_while(move |(key, _)| key.starts_with(&prefix))
            .map(|(_, resource)| resource)
    }

    /// The children of one type directly below a resource.
    pub(crate) fn children(
        &self,
        key: &str,
        kind: &str,
    ) -> impl Iterator<Item = &Resource> + use<'_> {
        let prefix = format!("{key}/{}", kind.to_ascii_lowercase());
        let level = prefix.len() + 1;
        self.below(&prefix)
            .filter(move |child| !child.id[level..].contains('/'))
    }

    /// The resources that name this one anywhere in their bodies.
    pub(crate) fn referrers(&self, key: &str) -> impl Iterator<Item = &Resource> + use<'_> {
        self.index
            .referrers(key)
            .filter_map(|source| self.resources.get(source))
    }

    /// The resources of one type in a subscription, or only in one group of it.
    pub(crate) fn of_type(
        &self,
        subscription: &str,
        group: Option<&str>,
        type_name: &str,
    ) -> impl Iterator<Item = &Resource> + use<'_> {
        let subscription = subscription.to_ascii_lowercase();
        let prefix = match group {
            Some(group) => {
                format!(
                    "/subscriptions/{subscription}/resourcegroups/{}/",
                    group.to_ascii_lowercase()
                )
            }
            None => format!("/subscriptions/{subscription}/"),
        };
        let keys = self.index.of_type(&subscription, type_name);
        keys.into_iter()
            .flat_map(move |keys| {
                let prefix = prefix.clone();
                keys.range(prefix.clone()..)
                    .take_while(move |key| key.starts_with(&prefix))
            })
            .filter_map(|key| self.resources.get(key))
    }
}

#[cfg(test)]
mod tests;
