//! What is next to the changes of a plan, for pictures.

use std::collections::{BTreeSet, HashMap};

use tenon_model::Address;
use tenon_model::graph::{Graph, GraphNode, NodeKind};
use tenon_model::plan::{Around, Change, Neighbour};
use tenon_model::spec::Made;

/// What kinds call a resource group.
const GROUP: &str = "resource_group";

/// Returns the entries that need what changes, or that it needs.
pub(crate) fn around(graph: &Graph, changes: &[Change]) -> Around {
    let changed: BTreeSet<&Address> = changes.iter().map(|change| &change.entry).collect();
    let mut around = Around::default();
    let mut same = BTreeSet::new();
    for edge in &graph.edges {
        let (from, to) = (&graph.nodes[edge.from], &graph.nodes[edge.to]);
        let moved = [from, to].map(|node| changed.contains(&node.entry));
        // Everything lies in a group and is signed in to; that tells nobody
        // anything.
        let plain = to.noun == GROUP && !moved[1];
        if from.entry == to.entry || to.kind == NodeKind::Tenant || plain || moved == [false; 2] {
            continue;
        }
        for (node, moved) in [from, to].into_iter().zip(moved) {
            if !moved && node.kind == NodeKind::Resource {
                same.insert(&node.entry);
            }
        }
        let needs = around.needs.entry(from.entry.clone()).or_default();
        needs.insert(to.entry.clone());
    }
    around.same = neighbours(graph, &same);
    around
}

/// In the order of the graph, each entry once.
fn neighbours(graph: &Graph, entries: &BTreeSet<&Address>) -> Vec<Neighbour> {
    let mut found: Vec<Neighbour> = Vec::new();
    let mut places: HashMap<&Address, usize> = HashMap::new();
    let mine = |node: &&GraphNode| entries.contains(&node.entry);
    for node in graph.nodes.iter().filter(mine) {
        let place = *places.entry(&node.entry).or_insert(found.len());
        if place == found.len() {
            found.push(Neighbour {
                address: node.entry.clone(),
                fleet: node.fleet.clone(),
                kind: node.noun.clone(),
                tenant: node.tenant.clone(),
                elsewhere: node.made == Made::Elsewhere,
            });
        } else if node.address == node.entry {
            // The entry itself says what it is, not its first part.
            found[place].kind.clone_from(&node.noun);
        }
    }
    found
}

#[cfg(test)]
mod tests;
