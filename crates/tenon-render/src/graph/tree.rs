//! A graph as lines: what there is, and below each what it needs.

use std::fmt::Write as _;

use tenon_model::graph::{Graph, NodeKind};

use super::fold::{Folded, Unit, fold};
use super::words;
use crate::Glyphs;
use crate::text::{clean, width};
use crate::words::count;

/// The widest name that others are moved right for.
const NAME: usize = 48;

/// Returns tenants, images and resources, in an order in which everything
/// comes after what it needs.
pub(crate) fn write(graph: &Graph) -> String {
    let nodes = fold(graph, Unit::Part);
    let names: Vec<String> = nodes
        .iter()
        .map(|node| clean(&node.name(), Glyphs::Unicode).into_owned())
        .collect();
    let mut out = String::new();
    for (kind, title) in [
        (NodeKind::Tenant, "Tenants"),
        (NodeKind::Image, "Images"),
        (NodeKind::Resource, "Resources"),
    ] {
        let mine: Vec<usize> = (0..nodes.len())
            .filter(|at| nodes[*at].first().kind == kind)
            .collect();
        if mine.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(title);
        out.push('\n');
        section(&mine, &nodes, &names, &mut out);
    }
    out
}

fn section(mine: &[usize], nodes: &[Folded<'_>], names: &[String], out: &mut String) {
    let widths = mine.iter().map(|at| width(&names[*at]));
    let column = widths.filter(|w| *w <= NAME).max().unwrap_or(0);
    for at in mine {
        let (node, name) = (&nodes[*at], &names[*at]);
        let pad = " ".repeat(column.saturating_sub(width(name)));
        let row = format!("  {name}{pad}   {}", what(node));
        out.push_str(row.trim_end());
        out.push('\n');
        for need in node
            .needs
            .iter()
            .filter(|need| !node.is_at_home(need, nodes))
        {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "      {} {}", words(need.0), names[need.1]);
        }
    }
}

fn what(node: &Folded<'_>) -> String {
    if node.first().kind == NodeKind::Tenant {
        return String::new();
    }
    let mut said = match node.nodes.len() {
        1 => node.noun(),
        many => count(many, &node.noun()),
    };
    if node.is_foreign() {
        said.push_str(", not made here");
    }
    clean(&said, Glyphs::Unicode).into_owned()
}
