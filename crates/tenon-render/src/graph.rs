//! The graph of a spec, for reading and for drawing.

use tenon_model::desired::Relation;
use tenon_model::graph::Graph;
use tenon_model::plan::Plan;

use crate::picture::{Picture, dot as picture_dot, lines, mermaid as picture_mermaid, svg, title};

mod dot;
pub(crate) mod fold;
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
    /// An image of entries, a fleet as one card.
    Svg,
}

/// Returns the graph in a form; every line is ended.
#[must_use]
pub fn graph(graph: &Graph, form: GraphForm) -> String {
    match form {
        GraphForm::Text => tree::write(graph),
        GraphForm::Mermaid => mermaid::write(graph),
        GraphForm::Dot => dot::write(graph),
        GraphForm::Svg => svg::alone(&Picture::of_graph(graph), "Who needs whom"),
    }
}

/// Returns what a plan changes, and what is next to it, in a form; every line
/// is ended. Empty if it changes nothing.
#[must_use]
pub fn changes(plan: &Plan, form: GraphForm) -> String {
    let picture = Picture::of_plan(plan, MOST);
    if picture.is_empty() {
        return String::new();
    }
    match form {
        GraphForm::Text => lines::write(&picture),
        GraphForm::Mermaid => picture_mermaid::write(&picture),
        GraphForm::Dot => picture_dot::write(&picture),
        GraphForm::Svg => svg::alone(&picture, &title(plan)),
    }
}

/// The cards up to which every entry has one of its own.
const MOST: usize = 60;

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
