//! Merge keys: `<<: *base` brings the keys of another map.
//!
//! A key of the map itself wins over a merged one, an earlier map of a list
//! over a later one.

use std::collections::HashSet;

use tenon_model::{Code, Diagnostic, Help};

use super::node::{Data, Node, Pair};
use crate::findings::Findings;
use crate::source::Files;

/// Adds to `pairs` what the maps of `merged` have and it has not.
pub(crate) fn apply<'t>(
    pairs: &mut Vec<Pair<'t>>,
    merged: &Node<'t>,
    files: &Files<'t>,
    findings: &mut Findings,
) {
    let maps = match &merged.data {
        Data::List(maps) => maps.as_slice(),
        _ => std::slice::from_ref(merged),
    };
    let mut known: HashSet<String> = pairs.iter().map(|pair| pair.key.to_string()).collect();
    for map in maps {
        let Data::Map(others) = &map.data else {
            let problem =
                Diagnostic::error(Code::UnsupportedYaml, "specs cannot use `<<` this way")
                    .at(&files.place(map.span), "this is no map")
                    .help(Help::text("write `<<: *name` where `&name` marks a map"));
            findings.push(problem);
            continue;
        };
        for pair in others.iter() {
            if known.insert(pair.key.to_string()) {
                pairs.push(pair.clone());
            }
        }
    }
}
