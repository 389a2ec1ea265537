use tenon_model::desired::Relation;
use tenon_model::graph::{Graph, GraphEdge, GraphNode, NodeKind};
use tenon_model::plan::{Action, Change, Reason};
use tenon_model::rules::Disruption;
use tenon_model::spec::Made;
use tenon_model::{Address, Place, ResourceId, SubscriptionId};

use super::around;

fn node(address: &str, noun: &str, kind: NodeKind) -> GraphNode {
    let segments: Vec<&str> = address.split('.').take(2).collect();
    GraphNode {
        address: Address::new(address),
        entry: Address::new(&segments.join(".")),
        fleet: None,
        kind,
        noun: noun.to_owned(),
        tenant: "contoso".to_owned(),
        made: Made::Here,
    }
}

fn place() -> Place {
    Place {
        file: "tenon.yaml".into(),
        line: 1,
        column: 1,
        start: 0,
        end: 1,
    }
}

fn graph() -> Graph {
    use NodeKind::{Image, Resource, Tenant};
    let nodes = vec![
        node("tenants.contoso", "tenant", Tenant),
        node("images.web", "image 1.4.x", Image),
        node("groups.rg", "resource_group", Resource),
        node("nsgs.web", "nsg", Resource),
        node("networks.net.subnets.app", "subnet", Resource),
        node("networks.net", "network", Resource),
        node("vms.web.nic", "nic", Resource),
        node("vms.web", "vm", Resource),
        node("vms.far", "vm", Resource),
    ];
    let needs = [
        (2, 0, Relation::SignedIn),
        (3, 2, Relation::Inside),
        (4, 3, Relation::Uses),
        (4, 5, Relation::Inside),
        (6, 4, Relation::Uses),
        (7, 6, Relation::Uses),
        (7, 1, Relation::BuiltFrom),
        (8, 1, Relation::BuiltFrom),
    ];
    let edges = needs.into_iter().map(|(from, to, relation)| GraphEdge {
        from,
        to,
        relation,
        place: place(),
    });
    Graph {
        nodes,
        edges: edges.collect(),
    }
}

fn change(address: &str) -> Change {
    let id = ResourceId::in_group(&SubscriptionId::new("s"), "rg", "a.b/c", &["x"]);
    Change {
        address: Address::new(address),
        entry: Address::new(address),
        fleet: None,
        kind: "vm".to_owned(),
        resource_type: id.resource_type(),
        id,
        action: Action::Update,
        reason: Reason::Differs,
        properties: Vec::new(),
        disruption: Disruption::None,
        lost: Vec::new(),
        kept: Vec::new(),
        reach: None,
        facts: Vec::new(),
        place: place(),
    }
}

#[track_caller]
fn check(changed: &str, expected: &str) {
    let found = around(&graph(), &[change(changed)]);
    let same = found
        .same
        .iter()
        .map(|one| format!("{} {}", one.kind, one.address));
    let needs = found
        .needs
        .iter()
        .flat_map(|(from, to)| to.iter().map(move |to| format!("{from} needs {to}")));
    let said: Vec<String> = same.chain(needs).collect();
    assert_eq!(said.join("; "), expected);
}

#[test]
fn neighbours_on_both_sides() {
    check(
        "vms.web",
        "network networks.net; vms.web needs images.web; vms.web needs networks.net",
    );
    check(
        "nsgs.web",
        "network networks.net; networks.net needs nsgs.web",
    );
    check("vms.elsewhere", "");
}

#[test]
fn a_group_counts_only_when_something_happens_to_it() {
    check("groups.rg", "nsg nsgs.web; nsgs.web needs groups.rg");
}
