//! A picture for Graphviz.

use std::fmt::Write as _;

use tenon_model::plan::Action;

use super::{Picture, PictureCard, Shape, Why};
use crate::dot::quote;

/// Returns a directed graph with a cluster for every tenant; arrows lead from
/// what is needed to what needs it.
pub(crate) fn write(picture: &Picture) -> String {
    let mut out = "digraph tenon {\n  rankdir=LR;\n  node [shape=box, style=filled];\n".to_owned();
    // Writing to a string cannot fail.
    for (number, tenant) in picture.tenants.iter().enumerate() {
        let label = quote(tenant);
        let _ = writeln!(out, "  subgraph cluster_{number} {{\n    label={label};");
        for (at, card) in picture.cards.iter().enumerate() {
            if card.tenant == number {
                node(at, card, &mut out);
            }
        }
        out.push_str("  }\n");
    }
    for link in &picture.links {
        let style = match link.why {
            Why::Needs => "",
            Why::First => " [style=dashed, label=\"first\"]",
        };
        let _ = writeln!(out, "  c{} -> c{}{style};", link.from, link.to);
    }
    out.push_str("}\n");
    out
}

fn node(at: usize, card: &PictureCard, out: &mut String) {
    let shape = match card.shape {
        Shape::Entry => "",
        Shape::Elsewhere => ", style=\"filled,rounded,dashed\"",
        Shape::Image => ", shape=component",
    };
    let (face, edge) = match card.action {
        Action::Create => ("#dafbe1", "#1a7f37"),
        Action::Update => ("#fff8c5", "#9a6700"),
        Action::Replace => ("#fbefff", "#8250df"),
        Action::Delete => ("#ffebe9", "#cf222e"),
        Action::Adopt => ("#ddf4ff", "#0969da"),
        Action::Forget | Action::NoOp => ("#f6f8fa", "#8c959f"),
    };
    let label = quote(&card.line());
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "    c{at} [label={label}, fillcolor=\"{face}\", color=\"{edge}\"{shape}];"
    );
}
