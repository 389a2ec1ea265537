//! The graph of a spec as a picture needs it: nodes and edges, nothing to
//! compute.

use crate::desired::Relation;
use crate::spec::Made;
use crate::{Address, Place};

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeKind {
    /// Signing in to a tenant.
    Tenant,
    /// Resolving an image.
    Image,
    /// A resource.
    Resource,
}

/// One node.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphNode {
    /// Its name.
    pub address: Address,
    /// The entry it is part of.
    pub entry: Address,
    /// The fleet of the entry.
    pub fleet: Option<Address>,
    /// What it stands for.
    pub kind: NodeKind,
    /// One word: `vm`, `subnet`, `image`, `tenant`.
    pub noun: String,
    /// Local name of the tenant it belongs to.
    pub tenant: String,
    /// Whether this deployment makes it.
    pub made: Made,
}

/// One edge: `from` needs `to`.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphEdge {
    /// Position of the node that needs.
    pub from: usize,
    /// Position of the node that is needed.
    pub to: usize,
    /// Why.
    pub relation: Relation,
    /// The place in the spec that makes it.
    pub place: Place,
}

/// Nodes in an order in which everything comes after what it needs, and edges.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// The nodes.
    pub nodes: Vec<GraphNode>,
    /// The edges, by `from`, then by `to`.
    pub edges: Vec<GraphEdge>,
}
