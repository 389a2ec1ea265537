//! Entries, and fleets of them.
//!
//! A fleet is a template with instances: `count: 3` stands for three of them,
//! `instances` names more or says what is different in some. The template is
//! checked once, however many instances it has; overrides are checked as
//! changes, and what both leave out is looked for in what they make together.

mod combine;
mod names;
mod one;

use std::collections::HashSet;

use tenon_model::shape::{Field, Fleet, Section, Shape};
use tenon_model::spec::{Collection, Entry, FleetOf, Item};
use tenon_model::{Address, Code, Diagnostic, Help};

use crate::check::{Checker, Where};
use crate::yaml::{Data, Node, Pair};

use names::Names;
use one::OneFleet;

/// The most instances that `count` stands for.
const MOST: i64 = 10_000;

/// The keys that make an entry a fleet.
pub(crate) const FIELDS: &[Field] = &[
    Field::optional(
        "count",
        Shape::Integer { min: 0, max: MOST },
        "one, named by the key",
        "How many instances there are: `web` with 3 is `web-1`, `web-2` and `web-3`.",
    ),
    Field::optional(
        "instances",
        Shape::Keyed(&Shape::Any),
        "all alike",
        "More instances by name, or what is different in some of them. Values are merged into the entry; nothing takes a key away.",
    ),
];

/// What the sections of a spec became.
#[derive(Debug, Default)]
pub(crate) struct Unfolded {
    pub(crate) collections: Vec<Collection>,
    pub(crate) fleets: Vec<FleetOf>,
    /// Entries that exist although their values were refused, and fleets whose
    /// instances nobody knows; no name below them is reported.
    pub(crate) unsure: HashSet<Address>,
    weight: combine::Weight,
}

/// Reads one section.
pub(crate) fn read<'t>(
    checker: &mut Checker<'_, 't>,
    section: &'static Section,
    pair: &Pair<'t>,
    unfolded: &mut Unfolded,
) {
    let Some(pairs) = checker.map_of(pair) else {
        return;
    };
    let mut names = Names::new(section.name, pairs);
    let mut entries = Vec::with_capacity(pairs.len());
    for pair in pairs {
        entry(checker, section, pair, &mut names, unfolded, &mut entries);
    }
    unfolded.collections.push(Collection {
        name: section.name.to_owned(),
        entries,
    });
}

/// Adds what one key of a section stands for.
fn entry<'t>(
    checker: &mut Checker<'_, 't>,
    section: &'static Section,
    pair: &Pair<'t>,
    names: &mut Names,
    unfolded: &mut Unfolded,
    entries: &mut Vec<Entry>,
) {
    checker.check_key(pair, section.name);
    let top = Where::top(section.name);
    let at = top.name(&pair.key, pair.span);
    let address = Address::new(&format!("{}.{}", section.name, &*pair.key));
    let has = |field: &Field| pair.value.pair(field.name).is_some();
    if others(section).iter().any(has) {
        let mut one = OneFleet {
            checker,
            section,
            pair,
            at: &at,
            address,
            unfolded,
        };
        one.unfold(names, entries);
    } else if let Some(item) = single(checker, section, &pair.value, &at) {
        entries.push(Entry {
            address,
            key: pair.key.to_string(),
            fleet: None,
            index: 0,
            place: checker.files.place(pair.span),
            item,
        });
    } else {
        unfolded.unsure.insert(address);
    }
}

fn others(section: &Section) -> &'static [Field] {
    match section.fleet {
        Fleet::Allowed => FIELDS,
        Fleet::Single => &[],
    }
}

/// An entry, or the template of a fleet.
fn single<'t>(
    checker: &mut Checker<'_, 't>,
    section: &'static Section,
    node: &Node<'t>,
    at: &Where<'_>,
) -> Option<Item> {
    match (&node.data, section.shape) {
        (Data::Map(pairs), Shape::Struct(fields)) => {
            Some(checker.members(pairs, node, fields, others(section), at))
        }
        (Data::Map(pairs), _) => {
            let own =
                |pair: &&Pair<'t>| others(section).iter().all(|field| *field.name != *pair.key);
            let pairs = pairs.iter().filter(own).cloned().collect();
            let node = Node {
                span: node.span,
                data: Data::Map(std::rc::Rc::new(pairs)),
            };
            checker.check(&node, &section.shape, at)
        }
        _ => checker.check(node, &section.shape, at),
    }
}

/// Returns the message for a name that another entry has.
fn taken(name: &str, place: &tenon_model::Place, other: &tenon_model::Place) -> Diagnostic {
    let name = crate::words::shown(name);
    Diagnostic::error(Code::DuplicateKey, format!("the key {name} stands twice"))
        .at(place, format!("this makes an instance {name}"))
        .context(other, "this has the same name")
        .help(Help::text("give one of the two another name"))
}
