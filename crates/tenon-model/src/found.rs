//! What lies in a resource group, and the spec that is made of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::image::DefinitionFacts;
use crate::outline::Outline;
use crate::snapshot::{Live, Snapshot};
use crate::{ResourceId, SubscriptionId, TenantId};

/// What lies in a resource group.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The deployment that the spec is for.
    pub deployment: String,
    /// The region of the group.
    pub location: String,
    /// The resources of the group, without noise.
    pub snapshot: Snapshot,
    /// The image definitions that machines are built from, as far as they can
    /// be read.
    pub definitions: BTreeMap<ResourceId, DefinitionFacts>,
    /// The tenants of the subscriptions that images lie in.
    pub tenants: BTreeMap<SubscriptionId, TenantId>,
    /// The newest api-version of types without a table, by type in small
    /// letters.
    pub versions: BTreeMap<String, String>,
    /// What has to stay with whoever made it, and why: an entry that wrote it
    /// would change it.
    pub unsure: BTreeMap<ResourceId, String>,
}

/// A spec in the making: entries by collection, and what none of them stands
/// for.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// The collections in their order, each with its entries.
    pub sections: Outline,
    /// What an entry has been written for: collection and key.
    pub keys: BTreeMap<ResourceId, (String, String)>,
    /// What needs no entry any more: written, part of something, or left out.
    pub settled: BTreeSet<ResourceId>,
    /// What no entry stands for, or not in full.
    pub left_out: Vec<LeftOut>,
    /// What its kind cannot write, and why.
    pub refused: BTreeMap<ResourceId, String>,
}

/// Something that no entry stands for, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// What it is.
    pub id: ResourceId,
    /// Why, in one clause.
    pub reason: String,
}

impl Found {
    /// The live resources of a type that nothing has been written for, in the
    /// order of their ids.
    pub fn open<'a>(&'a self, resource_type: &str, drawing: &Drawing) -> Vec<&'a Live> {
        let open = |live: &&Live| {
            live.id.resource_type().eq_ignore_ascii_case(resource_type)
                && !drawing.settled.contains(&live.id)
                && !drawing.refused.contains_key(&live.id)
                && !self.unsure.contains_key(&live.id)
        };
        self.snapshot.iter().filter(open).collect()
    }
}

/// A name with what addresses cannot hold replaced.
#[must_use]
pub fn key_of_name(name: &str) -> String {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    name.chars()
        .map(|letter| if fits(letter) { letter } else { '_' })
        .collect()
}

impl Drawing {
    /// Writes an entry of `section` for `id` under a key made of its name;
    /// `name` is written where the key is another word.
    pub fn enter(&mut self, section: &str, id: &ResourceId, mut entry: Outline) -> String {
        let key = self.free_key(section, id.name());
        if key != id.name() {
            let mut named = Outline::default();
            named.set("name", id.name());
            for line in entry.lines() {
                named.set(&line.key, line.value.clone());
                for remark in &line.remarks {
                    named.remark(&line.key, remark.as_str());
                }
            }
            entry = named;
        }
        self.sections.map(section).set(&key, entry);
        let address = (section.to_owned(), key.clone());
        self.keys.insert(id.clone(), address);
        self.settled.insert(id.clone());
        key
    }

    /// A key of `section` that is not taken: `name` with what addresses cannot
    /// hold replaced.
    pub fn free_key(&mut self, section: &str, name: &str) -> String {
        let key = key_of_name(name);
        let taken = self.sections.map(section);
        let numbered = (2..).map(|number| format!("{key}-{number}"));
        std::iter::once(key.clone())
            .chain(numbered)
            .find(|key| taken.get(key).is_none())
            .unwrap_or(key)
    }

    /// Notes that nothing is written for `id`, or not all of it.
    pub fn leave_out(&mut self, id: &ResourceId, reason: impl Into<String>) {
        self.settled.insert(id.clone());
        self.left_out.push(LeftOut {
            id: id.clone(),
            reason: reason.into(),
        });
    }
}
