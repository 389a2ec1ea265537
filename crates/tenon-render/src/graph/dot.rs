//! A graph for Graphviz, every resource by itself.

use std::fmt::Write as _;

use tenon_model::desired::Relation;
use tenon_model::graph::{Graph, GraphNode, NodeKind};
use tenon_model::spec::Made;

use super::words;
use crate::dot::quote;

/// Returns a directed graph with a cluster for every tenant; arrows lead from
/// what is needed to what needs it.
pub(crate) fn write(graph: &Graph) -> String {
    let mut out = "digraph tenon {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
    let mut tenants: Vec<&str> = Vec::new();
    for node in &graph.nodes {
        if !tenants.contains(&node.tenant.as_str()) {
            tenants.push(&node.tenant);
        }
    }
    // Writing to a string cannot fail.
    for (number, tenant) in tenants.iter().enumerate() {
        let label = quote(&format!("tenant {tenant}"));
        let _ = writeln!(out, "  subgraph cluster_{number} {{\n    label={label};");
        for node in graph.nodes.iter().filter(|node| node.tenant == *tenant) {
            write_node(node, &mut out);
        }
        out.push_str("  }\n");
    }
    for edge in &graph.edges {
        let (Some(from), Some(to)) = (graph.nodes.get(edge.from), graph.nodes.get(edge.to)) else {
            continue;
        };
        let (from, to) = (quote(from.address.as_str()), quote(to.address.as_str()));
        let style = match edge.relation {
            Relation::After | Relation::SignedIn => ", style=dashed",
            _ => "",
        };
        let label = quote(words(edge.relation));
        let _ = writeln!(out, "  {to} -> {from} [label={label}{style}];");
    }
    out.push_str("}\n");
    out
}

fn write_node(node: &GraphNode, out: &mut String) {
    let shape = match node.kind {
        NodeKind::Tenant => ", shape=ellipse",
        NodeKind::Image => ", shape=component",
        NodeKind::Resource if node.made == Made::Elsewhere => ", style=dashed",
        NodeKind::Resource => "",
    };
    let name = quote(node.address.as_str());
    let label = quote(&format!("{} {}", node.noun, node.address));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "    {name} [label={label}{shape}];");
}
