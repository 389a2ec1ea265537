//! Many nodes as one.

use std::collections::{BTreeSet, HashMap, HashSet};

use tenon_model::desired::Relation;
use tenon_model::graph::{Graph, GraphNode, NodeKind};
use tenon_model::spec::Made;

use crate::names;
use crate::words::noun_of;

/// How much becomes one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// The same part of all instances of a fleet.
    Part,
    /// An entry with all its parts, a fleet with all its instances.
    Entry,
}

/// One node that may stand for several.
pub(crate) struct Folded<'a> {
    /// The nodes.
    pub(crate) nodes: Vec<&'a GraphNode>,
    /// What it needs, by position.
    pub(crate) needs: BTreeSet<(Relation, usize)>,
}

impl Folded<'_> {
    /// Its name: `vms.web-{1..40}.nic`.
    pub(crate) fn name(&self) -> String {
        names::list(self.nodes.iter().map(|node| node.address.as_str()), 3)
    }

    /// The names of the entries in it, without their collection.
    pub(crate) fn entries(&self) -> String {
        let mut known = HashSet::new();
        let entries = self.nodes.iter().map(|node| node.entry.as_str());
        let folded = names::fold(entries.filter(|entry| known.insert(*entry)), 3);
        let short: Vec<&str> = folded.iter().map(|name| names::short(name)).collect();
        short.join(", ")
    }

    /// What it is: `VM`, `NIC`.
    pub(crate) fn noun(&self) -> String {
        noun_of(&self.first().noun)
    }

    /// The node that stands for all.
    pub(crate) fn first(&self) -> &GraphNode {
        self.nodes[0]
    }

    /// Whether a need is only to sign in to the tenant it lies in.
    pub(crate) fn is_at_home(&self, need: &(Relation, usize), nodes: &[Folded<'_>]) -> bool {
        let (relation, to) = *need;
        relation == Relation::SignedIn && nodes[to].first().tenant == self.first().tenant
    }

    /// Whether somebody else makes it.
    pub(crate) fn is_foreign(&self) -> bool {
        self.first().made == Made::Elsewhere && self.first().kind == NodeKind::Resource
    }
}

/// Folds a graph. Nodes keep the order of their first members; a need of
/// itself is no need.
pub(crate) fn fold(graph: &Graph, unit: Unit) -> Vec<Folded<'_>> {
    let mut folded: Vec<Folded<'_>> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    let mut place_of = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes {
        let at = *places.entry(key(node, unit)).or_insert(folded.len());
        if at == folded.len() {
            folded.push(Folded {
                nodes: Vec::new(),
                needs: BTreeSet::new(),
            });
        }
        folded[at].nodes.push(node);
        place_of.push(at);
    }
    for edge in &graph.edges {
        let (Some(from), Some(to)) = (place_of.get(edge.from), place_of.get(edge.to)) else {
            continue;
        };
        if from != to {
            folded[*from].needs.insert((edge.relation, *to));
        }
    }
    for node in &mut folded {
        if unit == Unit::Entry {
            // The entry itself says what the node is.
            node.nodes.sort_by_key(|node| node.address != node.entry);
        }
    }
    folded
}

fn key(node: &GraphNode, unit: Unit) -> (String, String) {
    let group = node.fleet.as_ref().unwrap_or(&node.entry).to_string();
    let part = node.address.as_str().strip_prefix(node.entry.as_str());
    match (unit, node.kind) {
        (Unit::Entry, NodeKind::Resource) => (group, String::new()),
        _ => (group, part.unwrap_or(node.address.as_str()).to_owned()),
    }
}
