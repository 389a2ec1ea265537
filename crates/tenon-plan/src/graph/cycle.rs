//! The shortest way round a cycle, and the words for it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::Direction;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;
use tenon_model::{Code, Diagnostic, Help};

use super::{Edge, Node};

/// The edges of a shortest cycle inside a strongly connected component; none
/// if the component is a single node without an edge to itself.
pub(super) fn shortest(
    graph: &DiGraph<Node, Edge>,
    component: &[NodeIndex],
) -> Option<Vec<EdgeIndex>> {
    let inside: BTreeSet<NodeIndex> = component.iter().copied().collect();
    let mut starts: Vec<NodeIndex> = component.to_vec();
    starts.sort();
    starts
        .into_iter()
        .filter_map(|start| round(graph, start, &inside))
        .min_by_key(Vec::len)
}

/// Breadth first from `start` back to `start`.
fn round(
    graph: &DiGraph<Node, Edge>,
    start: NodeIndex,
    inside: &BTreeSet<NodeIndex>,
) -> Option<Vec<EdgeIndex>> {
    let mut came_by: BTreeMap<NodeIndex, EdgeIndex> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        let mut edges: Vec<_> = graph.edges_directed(node, Direction::Outgoing).collect();
        edges.sort_by_key(EdgeRef::id);
        for edge in edges {
            let target = edge.target();
            if target == start {
                return Some(way_back(graph, start, edge.id(), &came_by));
            }
            if inside.contains(&target) && !came_by.contains_key(&target) {
                came_by.insert(target, edge.id());
                queue.push_back(target);
            }
        }
    }
    None
}

fn way_back(
    graph: &DiGraph<Node, Edge>,
    start: NodeIndex,
    last: EdgeIndex,
    came_by: &BTreeMap<NodeIndex, EdgeIndex>,
) -> Vec<EdgeIndex> {
    let mut path = vec![last];
    let mut at = graph.edge_endpoints(last).map(|(from, _)| from);
    while let Some(node) = at.filter(|node| *node != start) {
        let Some(edge) = came_by.get(&node) else {
            break;
        };
        path.push(*edge);
        at = graph.edge_endpoints(*edge).map(|(from, _)| from);
    }
    path.reverse();
    path
}

/// Says a cycle as a path, with the line that makes each edge.
pub(super) fn explain(graph: &DiGraph<Node, Edge>, path: &[EdgeIndex]) -> Diagnostic {
    let ends = |edge: &EdgeIndex| {
        graph
            .edge_endpoints(*edge)
            .expect("the edge is of this graph")
    };
    let name = |node: NodeIndex| graph[node].address().as_str();
    let first = path
        .first()
        .map(|edge| name(ends(edge).0))
        .unwrap_or_default();
    if path.len() == 1 {
        return Diagnostic::error(Code::SelfReference, format!("`{first}` needs itself"))
            .at(&graph[path[0]].place, "")
            .help(Help::text("name another resource here"));
    }
    let mut problem = Diagnostic::error(
        Code::Cycle,
        "these references go round in a circle, so nothing can be created first",
    );
    let mut round = String::from(first);
    for (index, edge) in path.iter().enumerate() {
        let (from, to) = ends(edge);
        round.push_str(" → ");
        round.push_str(name(to));
        let place = &graph[*edge].place;
        let words = format!("{}. {} needs {}", index + 1, name(from), name(to));
        problem = if index == 0 {
            problem.at(place, words)
        } else {
            problem.context(place, words)
        };
    }
    problem.note(format!("circle: {round}")).help(Help::text(
        "take one of these references out, e.g. by writing the value itself",
    ))
}
