//! The graph of what a spec asks for.
//!
//! Nodes are tenants, images and resources, one per instance; an edge says who
//! needs whom, and why. A [`ResourceGraph`] that exists has no cycle. Its order
//! is that of the spec, moved only as far as needs demand.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use tenon_model::desired::{Declaration, Desired, Need, Relation};
use tenon_model::graph::{Graph, GraphEdge, GraphNode, NodeKind};
use tenon_model::image::ImageRequest;
use tenon_model::spec::{Made, Tenant};
use tenon_model::{Address, Code, Diagnostic, Help, Place, TenantId};

mod cycle;

/// One node.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Tenant(Address),
    Image(ImageRequest),
    Resource(Box<Desired>),
}

impl Node {
    fn address(&self) -> &Address {
        match self {
            Self::Tenant(address) => address,
            Self::Image(image) => &image.address,
            Self::Resource(desired) => &desired.address,
        }
    }
}

/// Why one node needs another, and where the spec says so.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub(crate) relation: Relation,
    pub(crate) place: Place,
}

/// What a spec asks for, with who needs whom; without cycles.
#[derive(Clone, Debug)]
pub struct ResourceGraph {
    /// An edge goes from who needs to what is needed.
    graph: DiGraph<Node, Edge>,
    by_address: BTreeMap<Address, NodeIndex>,
    /// All nodes, each after what it needs.
    order: Vec<NodeIndex>,
    tenants: Vec<Tenant>,
}

/// Builds the graph of a declaration.
///
/// # Errors
///
/// Two resources with one address or one id, and cycles: each with the places
/// in the spec that make it.
pub fn build(
    declaration: Declaration,
    tenants: &[Tenant],
    image_tenants: &BTreeMap<Address, TenantId>,
) -> Result<ResourceGraph, Vec<Diagnostic>> {
    let duplicates = duplicates(&declaration.resources);
    if !duplicates.is_empty() {
        return Err(duplicates);
    }
    let mut building = Building {
        graph: DiGraph::new(),
        by_address: BTreeMap::new(),
        tenants,
    };
    building.add_nodes(declaration);
    building.add_edges(image_tenants);
    let Building {
        graph, by_address, ..
    } = building;
    match topological(&graph) {
        Some(order) => Ok(ResourceGraph {
            graph,
            by_address,
            order,
            tenants: tenants.to_vec(),
        }),
        None => Err(cycles(&graph)),
    }
}

struct Building<'a> {
    graph: DiGraph<Node, Edge>,
    by_address: BTreeMap<Address, NodeIndex>,
    tenants: &'a [Tenant],
}

impl Building<'_> {
    fn add(&mut self, node: Node) {
        let address = node.address().clone();
        let index = self.graph.add_node(node);
        self.by_address.insert(address, index);
    }

    fn add_nodes(&mut self, declaration: Declaration) {
        for tenant in self.tenants {
            self.add(Node::Tenant(tenant_address(&tenant.id, self.tenants)));
        }
        for image in declaration.images {
            self.add(Node::Image(image));
        }
        for desired in declaration.resources {
            self.add(Node::Resource(Box::new(desired)));
        }
    }

    fn add_edges(&mut self, image_tenants: &BTreeMap<Address, TenantId>) {
        let written: Vec<NodeIndex> = self.graph.node_indices().collect();
        for index in written {
            let (address, needs) = match &self.graph[index] {
                Node::Tenant(_) => continue,
                Node::Image(image) => {
                    let tenant = image.tenant.as_ref();
                    let tenant = tenant.or_else(|| image_tenants.get(&image.address));
                    let need = tenant.map(|tenant| self.sign_in(tenant, &image.place));
                    (image.address.clone(), need.into_iter().collect())
                }
                Node::Resource(desired) => {
                    let mut needs = vec![self.sign_in(&desired.tenant, &desired.place)];
                    needs.extend(desired.needs.iter().cloned());
                    (desired.address.clone(), needs)
                }
            };
            for need in needs {
                self.connect(&address, &need);
            }
        }
    }

    fn sign_in(&self, tenant: &TenantId, place: &Place) -> Need {
        Need {
            on: tenant_address(tenant, self.tenants),
            relation: Relation::SignedIn,
            place: place.clone(),
        }
    }

    fn connect(&mut self, from: &Address, need: &Need) {
        let unnamed_tenant = need.relation == Relation::SignedIn;
        if unnamed_tenant && !self.by_address.contains_key(&need.on) {
            self.add(Node::Tenant(need.on.clone()));
        }
        let ends = (self.by_address.get(from), self.by_address.get(&need.on));
        if let (Some(from), Some(to)) = ends {
            let edge = Edge {
                relation: need.relation,
                place: need.place.clone(),
            };
            self.graph.add_edge(*from, *to, edge);
        }
    }
}

/// The address of a tenant: by its local name, else by its id.
pub(crate) fn tenant_address(id: &TenantId, tenants: &[Tenant]) -> Address {
    let named = tenants.iter().find(|tenant| tenant.id == *id);
    let name = named.map_or(id.as_str(), |tenant| tenant.name.as_str());
    Address::new("tenants").join(&name.replace('.', "_"))
}

/// Kahn's algorithm, taking the first of the spec wherever there is a choice.
fn topological(graph: &DiGraph<Node, Edge>) -> Option<Vec<NodeIndex>> {
    let mut waits: Vec<usize> = graph
        .node_indices()
        .map(|node| graph.edges_directed(node, Direction::Outgoing).count())
        .collect();
    let mut ready: BinaryHeap<Reverse<NodeIndex>> = graph
        .node_indices()
        .filter(|node| waits[node.index()] == 0)
        .map(Reverse)
        .collect();
    let mut order = Vec::with_capacity(graph.node_count());
    while let Some(Reverse(node)) = ready.pop() {
        order.push(node);
        for dependent in graph.neighbors_directed(node, Direction::Incoming) {
            waits[dependent.index()] -= 1;
            if waits[dependent.index()] == 0 {
                ready.push(Reverse(dependent));
            }
        }
    }
    (order.len() == graph.node_count()).then_some(order)
}

fn cycles(graph: &DiGraph<Node, Edge>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = kosaraju_scc(graph)
        .into_iter()
        .filter_map(|component| cycle::shortest(graph, &component))
        .map(|path| cycle::explain(graph, &path))
        .collect();
    found.sort_by(|one, two| one.place().cmp(&two.place()));
    found
}

fn duplicates(resources: &[Desired]) -> Vec<Diagnostic> {
    let mut seen = BTreeMap::new();
    let mut problems = Vec::new();
    for desired in resources {
        let Some(other) = seen.insert(&desired.id, desired) else {
            continue;
        };
        if other.made == Made::Elsewhere && desired.made == Made::Elsewhere {
            continue;
        }
        problems.push(
            Diagnostic::error(
                Code::DuplicateResource,
                format!(
                    "`{}` and `{}` are the same Azure resource",
                    other.address, desired.address
                ),
            )
            .at(&desired.place, "stands for it as well")
            .context(&other.place, "stands for it")
            .note(desired.id.as_str())
            .help(Help::text("give one of them another name: name: …"))
            .about(&desired.address),
        );
    }
    problems
}

impl ResourceGraph {
    /// The resources, each after what it needs.
    pub fn resources(&self) -> impl Iterator<Item = &Desired> + Clone {
        self.order
            .iter()
            .filter_map(|index| match &self.graph[*index] {
                Node::Resource(desired) => Some(&**desired),
                _ => None,
            })
    }

    /// The resources in the order of the spec.
    pub fn written(&self) -> impl Iterator<Item = &Desired> {
        self.graph.node_weights().filter_map(|node| match node {
            Node::Resource(desired) => Some(&**desired),
            _ => None,
        })
    }

    /// The images, in the order of the spec.
    pub fn images(&self) -> impl Iterator<Item = &ImageRequest> {
        self.graph.node_weights().filter_map(|node| match node {
            Node::Image(image) => Some(image),
            _ => None,
        })
    }

    /// The resource with this address.
    #[must_use]
    pub fn resource(&self, address: &Address) -> Option<&Desired> {
        match &self.graph[*self.by_address.get(address)?] {
            Node::Resource(desired) => Some(desired),
            _ => None,
        }
    }

    /// The resources that need `address`, and how.
    pub(crate) fn dependents(
        &self,
        address: &Address,
    ) -> impl Iterator<Item = (&Desired, Relation)> {
        let index = self.by_address.get(address).copied();
        index.into_iter().flat_map(|index| {
            self.graph
                .edges_directed(index, Direction::Incoming)
                .filter_map(|edge| match &self.graph[edge.source()] {
                    Node::Resource(desired) => Some((&**desired, edge.weight().relation)),
                    _ => None,
                })
        })
    }

    /// The graph as a picture needs it.
    #[must_use]
    pub fn picture(&self) -> Graph {
        let mut position = vec![0; self.graph.node_count()];
        for (index, node) in self.order.iter().enumerate() {
            position[node.index()] = index;
        }
        let nodes = self
            .order
            .iter()
            .map(|index| self.picture_node(*index))
            .collect();
        let mut edges: Vec<GraphEdge> = self
            .graph
            .edge_references()
            .map(|edge| GraphEdge {
                from: position[edge.source().index()],
                to: position[edge.target().index()],
                relation: edge.weight().relation,
                place: edge.weight().place.clone(),
            })
            .collect();
        edges.sort_by_key(|edge| (edge.from, edge.to, edge.relation));
        edges.dedup_by_key(|edge| (edge.from, edge.to, edge.relation));
        Graph { nodes, edges }
    }

    fn picture_node(&self, index: NodeIndex) -> GraphNode {
        let tenant = |id: &TenantId| tenant_address(id, &self.tenants).last().to_owned();
        match &self.graph[index] {
            Node::Tenant(address) => GraphNode {
                address: address.clone(),
                entry: address.clone(),
                fleet: None,
                kind: NodeKind::Tenant,
                noun: "tenant".to_owned(),
                tenant: address.last().to_owned(),
                made: Made::Elsewhere,
            },
            Node::Image(image) => GraphNode {
                address: image.address.clone(),
                entry: image.address.clone(),
                fleet: None,
                kind: NodeKind::Image,
                noun: format!("image {}", image.channel),
                tenant: self.image_tenant(index),
                made: Made::Elsewhere,
            },
            Node::Resource(desired) => GraphNode {
                address: desired.address.clone(),
                entry: desired.entry.clone(),
                fleet: desired.fleet.clone(),
                kind: NodeKind::Resource,
                noun: desired.kind.to_owned(),
                tenant: tenant(&desired.tenant),
                made: desired.made,
            },
        }
    }

    fn image_tenant(&self, index: NodeIndex) -> String {
        self.graph
            .edges_directed(index, Direction::Outgoing)
            .find_map(|edge| match &self.graph[edge.target()] {
                Node::Tenant(address) => Some(address.last().to_owned()),
                _ => None,
            })
            .unwrap_or_default()
    }
}
