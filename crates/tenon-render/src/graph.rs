//! The graph of a spec, for reading and for drawing.

use tenon_model::desired::Relation;
use tenon_model::graph::Graph;

mod dot;
mod fold;
mod mermaid;
mod tree;

/// What a graph is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphForm {
    /// Lines for people: tenants, images, resources, and what each needs.
    Text,
    /// A Mermaid flowchart of entries, a fleet as one node.
    Mermaid,
    /// Graphviz, every resource by itself.
    Dot,
}

/// Returns the graph in a form; every line is ended.
#[must_use]
pub fn graph(graph: &Graph, form: GraphForm) -> String {
    match form {
        GraphForm::Text => tree::write(graph),
        GraphForm::Mermaid => mermaid::write(graph),
        GraphForm::Dot => dot::write(graph),
    }
}

/// A relation between the one that needs and the one that is needed.
fn words(relation: Relation) -> &'static str {
    match relation {
        Relation::Inside => "inside",
        Relation::Uses => "uses",
        Relation::Reads => "reads",
        Relation::After => "after",
        Relation::BuiltFrom => "built from",
        Relation::SignedIn => "signs in to",
    }
}
