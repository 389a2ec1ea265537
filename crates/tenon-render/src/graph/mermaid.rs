//! A graph as a Mermaid flowchart.
//!
//! Identifiers are numbers of ours, so no name can be taken for syntax, and
//! labels are escaped with Mermaid's own entities.

use std::fmt::Write as _;

use tenon_model::desired::Relation;
use tenon_model::graph::{Graph, NodeKind};

use super::fold::{Folded, Unit, fold};
use super::words;
use crate::mermaid::escape;
use crate::words::count;

/// Returns a flowchart with a box for every tenant.
pub(crate) fn write(graph: &Graph) -> String {
    let nodes = fold(graph, Unit::Entry);
    let mut out = "flowchart LR\n".to_owned();
    out.push_str("  classDef foreign stroke-dasharray:4 3\n");
    let mut tenants: Vec<&str> = Vec::new();
    for node in &nodes {
        if !tenants.contains(&node.first().tenant.as_str()) {
            tenants.push(&node.first().tenant);
        }
    }
    for (number, tenant) in tenants.iter().enumerate() {
        let label = escape(&format!("tenant {tenant}"));
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  subgraph t{number}[\"{label}\"]");
        for (at, node) in nodes.iter().enumerate() {
            if node.first().tenant == *tenant {
                write_node(at, node, &mut out);
            }
        }
        out.push_str("  end\n");
    }
    for (at, node) in nodes.iter().enumerate() {
        for (relation, to) in node
            .needs
            .iter()
            .filter(|need| !node.is_at_home(need, &nodes))
        {
            let _ = writeln!(out, "  n{to} {} n{at}", arrow(*relation));
        }
    }
    out
}

fn write_node(at: usize, node: &Folded<'_>, out: &mut String) {
    let name = node.entries();
    let entries = node
        .nodes
        .iter()
        .filter(|node| node.address == node.entry)
        .count();
    let said = match (node.first().kind, entries) {
        (NodeKind::Tenant, _) => format!("sign in to {name}"),
        (_, 0 | 1) => format!("{} {name}", node.noun()),
        (_, many) => format!("{} {name}", count(many, &node.noun())),
    };
    let label = escape(&said);
    let shape = match node.first().kind {
        NodeKind::Tenant => format!("([\"{label}\"])"),
        NodeKind::Image => format!("[[\"{label}\"]]"),
        NodeKind::Resource => format!("[\"{label}\"]"),
    };
    let class = if node.is_foreign() { ":::foreign" } else { "" };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "    n{at}{shape}{class}");
}

/// From what is needed to what needs it, as things happen.
fn arrow(relation: Relation) -> String {
    match relation {
        Relation::Inside | Relation::Uses => "-->".to_owned(),
        Relation::Reads | Relation::BuiltFrom => format!("-->|{}|", words(relation)),
        Relation::After => "-. first .->".to_owned(),
        Relation::SignedIn => "-.->".to_owned(),
    }
}
