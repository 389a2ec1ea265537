//! A template and what is different in one instance.

use std::collections::HashMap;

use tenon_model::Value;
use tenon_model::spec::{Item, Member, Node};

/// Maps up to this size are searched, larger ones indexed.
const SMALL: usize = 16;

/// Changes `base` by `patch`: maps merge, everything else replaces, nothing
/// removes.
pub(crate) fn apply(base: Item, patch: Item) -> Item {
    match (base.node, patch.node) {
        (Node::Map(members), Node::Map(changes)) => Item {
            node: Node::Map(apply_map(members, changes)),
            place: base.place,
        },
        (_, node) => strip(Item {
            node,
            place: patch.place,
        }),
    }
}

fn apply_map(members: Vec<Member>, changes: Vec<Member>) -> Vec<Member> {
    let index: HashMap<String, usize> = if members.len() > SMALL {
        let numbered = members.iter().enumerate();
        numbered
            .map(|(index, member)| (member.name.clone(), index))
            .collect()
    } else {
        HashMap::new()
    };
    let known = members.len();
    let mut slots: Vec<Option<Member>> = members.into_iter().map(Some).collect();
    for change in changes {
        let is_it =
            |slot: &Option<Member>| slot.as_ref().is_some_and(|one| one.name == change.name);
        let found = if known > SMALL {
            index.get(&change.name).copied()
        } else {
            slots[..known].iter().position(is_it)
        };
        match found {
            Some(found) if is_null(&change.item) => slots[found] = None,
            Some(found) => {
                slots[found] = slots[found].take().map(|old| Member {
                    item: apply(old.item, change.item),
                    ..old
                });
            }
            None if is_null(&change.item) => {}
            None => slots.push(Some(Member {
                item: strip(change.item),
                ..change
            })),
        }
    }
    slots.into_iter().flatten().collect()
}

fn is_null(item: &Item) -> bool {
    matches!(item.node, Node::Scalar(Value::Null))
}

/// Takes out nothings that have nothing to remove.
fn strip(mut item: Item) -> Item {
    if let Node::Map(members) = &mut item.node {
        members.retain(|member| !is_null(&member.item));
        for member in members {
            let node = std::mem::replace(&mut member.item.node, Node::List(Vec::new()));
            let place = member.item.place.clone();
            member.item = strip(Item { node, place });
        }
    }
    item
}

/// Values of all fleets together.
const VALUES: usize = 2_000_000;
/// Bytes of text of all fleets together.
const BYTES: usize = 128 << 20;
/// What an instance weighs besides its values.
const INSTANCE: usize = 8;

/// How much the fleets of a spec stand for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weight {
    values: usize,
    bytes: usize,
}

impl Weight {
    /// Adds a template with some instances.
    pub(crate) fn add(&mut self, template: &Item, instances: usize) {
        let mut one = Self {
            values: INSTANCE,
            bytes: 0,
        };
        one.weigh(template);
        self.values += one.values * instances;
        self.bytes += one.bytes * instances;
    }

    fn weigh(&mut self, item: &Item) {
        self.values += 1;
        match &item.node {
            Node::Scalar(value) => self.bytes += value.as_text().map_or(0, str::len),
            Node::List(items) => items.iter().for_each(|item| self.weigh(item)),
            Node::Map(members) => members.iter().for_each(|member| {
                self.bytes += member.name.len();
                self.weigh(&member.item);
            }),
        }
    }

    /// The limit that was passed, if one was.
    pub(crate) fn breach(self) -> Option<(&'static str, String)> {
        if self.values > VALUES {
            Some((
                "values in all instances of fleets",
                format!("{VALUES} values"),
            ))
        } else if self.bytes > BYTES {
            let limit = format!("{} MiB", BYTES >> 20);
            Some(("text in all instances of fleets", limit))
        } else {
            None
        }
    }
}
