//! The picture of a spec: what it asks for, and who needs whom.

use std::collections::{BTreeSet, HashMap};

use tenon_model::desired::Relation;
use tenon_model::graph::{Graph, NodeKind};
use tenon_model::plan::Action;

use super::{Link, Picture, PictureCard, Shape, Why, links};
use crate::graph::fold::{Folded, Unit, fold};
use crate::text::cut_end;

/// Returns the picture, a fleet as one card.
pub(crate) fn picture(graph: &Graph) -> Picture {
    let nodes = fold(graph, Unit::Entry);
    let mut picture = Picture::default();
    let mut card_of = HashMap::new();
    for (at, node) in nodes.iter().enumerate() {
        if node.first().kind == NodeKind::Tenant {
            continue;
        }
        card_of.insert(at, picture.cards.len());
        let tenant = format!("tenant: {}", cut_end(&node.first().tenant, 40));
        let known = picture.tenants.iter().position(|known| *known == tenant);
        let place = known.unwrap_or(picture.tenants.len());
        if known.is_none() {
            picture.tenants.push(tenant);
        }
        picture.cards.push(card(node, place));
    }
    let mut needs = BTreeSet::new();
    for (at, node) in nodes.iter().enumerate() {
        let real = |need: &&(Relation, usize)| need.0 != Relation::SignedIn;
        for (_, to) in node.needs.iter().filter(real) {
            if let (Some(who), Some(what)) = (card_of.get(&at), card_of.get(to)) {
                needs.insert((*what, *who));
            }
        }
    }
    let is_group = |at: &usize| picture.cards[*at].noun == super::gather::GROUP;
    let groups = (0..picture.cards.len()).filter(is_group).collect();
    picture.links = links::without_detours(&needs, &groups)
        .into_iter()
        .map(|(from, to)| Link {
            from,
            to,
            why: Why::Needs,
        })
        .collect();
    picture
}

fn card(node: &Folded<'_>, tenant: usize) -> PictureCard {
    let entries: BTreeSet<String> = node.nodes.iter().map(|one| one.entry.to_string()).collect();
    let noun = node.noun();
    PictureCard {
        tenant,
        action: Action::NoOp,
        shape: match node.first().kind {
            NodeKind::Image => Shape::Image,
            _ if node.is_foreign() => Shape::Elsewhere,
            _ => Shape::Entry,
        },
        what: super::gather::what(&noun, entries.len()),
        names: node.entries(),
        noun,
        notes: Vec::new(),
        entries: entries.into_iter().collect(),
    }
}
