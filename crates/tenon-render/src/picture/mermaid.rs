//! A picture as a Mermaid flowchart.
//!
//! Identifiers are numbers of ours, so no name can be taken for syntax. Colours
//! are given with the text on them, so that they read on a light and on a dark
//! page; the sign before each name says the same without colour.

use std::fmt::Write as _;

use tenon_model::plan::Action;

use super::{ACTIONS, Picture, PictureCard, Shape, Why, style};
use crate::mermaid::escape;

/// Returns the flowchart.
pub(crate) fn write(picture: &Picture) -> String {
    let mut out = "flowchart LR\n".to_owned();
    for action in ACTIONS {
        if picture.cards.iter().any(|card| card.action == action) {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  classDef {} {}", style(action), colours(action));
        }
    }
    for (number, tenant) in picture.tenants.iter().enumerate() {
        let _ = writeln!(out, "  subgraph t{number}[\"{}\"]", escape(tenant));
        for (at, card) in picture.cards.iter().enumerate() {
            if card.tenant == number {
                node(at, card, &mut out);
            }
        }
        out.push_str("  end\n");
        // Whatever ground the host has; Mermaid's own is yellow.
        let _ = writeln!(out, "  style t{number} fill:none,stroke:#8c959f");
    }
    for link in &picture.links {
        let arrow = match link.why {
            Why::Needs => "-->",
            Why::First => "-. first .->",
        };
        let _ = writeln!(out, "  c{} {arrow} c{}", link.from, link.to);
    }
    out
}

fn node(at: usize, card: &PictureCard, out: &mut String) {
    let label = escape(&card.line());
    let (open, close) = match card.shape {
        Shape::Entry => ("[", "]"),
        Shape::Elsewhere => ("([", "])"),
        Shape::Image => ("[[", "]]"),
    };
    let class = style(card.action);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "    c{at}{open}\"{label}\"{close}:::{class}");
}

/// GitHub's own colours for what was added, what needs attention, and so on.
fn colours(action: Action) -> &'static str {
    match action {
        Action::Create => "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
        Action::Update => "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
        Action::Replace => "fill:#fbefff,stroke:#8250df,color:#1f2328",
        Action::Delete => "fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:4 3",
        Action::Adopt => "fill:#ddf4ff,stroke:#0969da,color:#1f2328",
        Action::Forget => "fill:#f6f8fa,stroke:#57606a,color:#1f2328,stroke-dasharray:4 3",
        Action::NoOp => "fill:#f6f8fa,stroke:#8c959f,color:#57606a",
    }
}
