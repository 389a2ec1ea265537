//! Graphs.

use tenon_model::Address;
use tenon_model::desired::Relation;
use tenon_model::graph::{Graph, GraphEdge, GraphNode, NodeKind};
use tenon_model::spec::Made;
use tenon_render::{GraphForm, changes, graph};

use crate::golden::check;
use crate::sample::{self, line};

fn node(address: &str, noun: &str, kind: NodeKind, tenant: &str) -> GraphNode {
    let segments: Vec<&str> = address.split('.').collect();
    let entry = segments[..2].join(".");
    GraphNode {
        address: Address::new(address),
        fleet: entry
            .starts_with("vms.web-")
            .then(|| Address::new("vms.web")),
        entry: Address::new(&entry),
        kind,
        noun: noun.to_owned(),
        tenant: tenant.to_owned(),
        made: Made::Here,
    }
}

fn sample(tenant: &str) -> Graph {
    use NodeKind::{Image, Resource, Tenant};
    let mut nodes = vec![
        node("tenants.acme", "tenant", Tenant, "acme"),
        node("tenants.contoso", "tenant", Tenant, tenant),
        node("images.web", "image", Image, "acme"),
        GraphNode {
            made: Made::Elsewhere,
            ..node("groups.web-prod", "group", Resource, tenant)
        },
        node("nsgs.web-nsg", "nsg", Resource, tenant),
        node("networks.web-vnet", "network", Resource, tenant),
        node("networks.web-vnet.subnets.app", "subnet", Resource, tenant),
    ];
    let mut needs = vec![
        (2, 0, Relation::SignedIn),
        (3, 1, Relation::SignedIn),
        (4, 3, Relation::Inside),
        (5, 3, Relation::Inside),
        (6, 5, Relation::Inside),
        (6, 4, Relation::Uses),
    ];
    for number in 1..=3 {
        let at = nodes.len();
        nodes.push(node(
            &format!("vms.web-{number}.nic"),
            "nic",
            Resource,
            tenant,
        ));
        nodes.push(node(&format!("vms.web-{number}"), "vm", Resource, tenant));
        needs.extend([
            (at, 6, Relation::Uses),
            (at + 1, at, Relation::Uses),
            (at + 1, 2, Relation::BuiltFrom),
            (at + 1, 0, Relation::SignedIn),
        ]);
    }
    let edges = needs.into_iter().map(|(from, to, relation)| GraphEdge {
        from,
        to,
        relation,
        place: line(1),
    });
    Graph {
        nodes,
        edges: edges.collect(),
    }
}

const FORMS: [GraphForm; 4] = [
    GraphForm::Text,
    GraphForm::Mermaid,
    GraphForm::Dot,
    GraphForm::Svg,
];

#[test]
fn forms_of_changes() {
    // Mermaid and SVG are looked at with the pictures.
    for form in [GraphForm::Text, GraphForm::Dot] {
        let name = format!("changes-{form:?}").to_lowercase();
        check(&name, &changes(&sample::plan(), form));
    }
    for form in FORMS {
        assert_eq!(changes(&sample::quiet(), form), "");
    }
}

#[test]
fn forms() {
    for form in FORMS {
        let name = format!("graph-{form:?}").to_lowercase();
        check(&name, &graph(&sample("contoso"), form));
    }
}

#[test]
fn names_are_no_syntax() {
    let hostile = "end \"]--> x | `y` 🚀 <b> \\ \u{202e}\u{1b}[31m # bend end";
    let graph_of = sample(hostile);
    let mermaid = graph(&graph_of, GraphForm::Mermaid);
    let found = mermaid.lines().find(|line| line.contains("t1["));
    insta::assert_snapshot!(found.unwrap_or("").trim(), @r#"
    subgraph t1["tenant #101;nd #34;#93;--#62; x #124; #96;y#96; #128640; #60;b#62; #92; #92;u#123;202e#125;#92;u#123;1b#125;#91;31m #35; bend #101;nd"]
    "#);
    assert_eq!(mermaid.matches("subgraph").count(), 2);
    assert_eq!(
        mermaid.lines().filter(|line| line.trim() == "end").count(),
        2
    );
    let dot = graph(&graph_of, GraphForm::Dot);
    let found = dot.lines().find(|line| line.contains("label=\"tenant end"));
    insta::assert_snapshot!(found.unwrap_or("").trim(), @r#"
    label="tenant end \"]--> x | `y` 🚀 <b> \\ \\u{202e}\\u{1b}[31m # bend end";
    "#);
    for text in [mermaid, dot, graph(&graph_of, GraphForm::Text)] {
        assert!(!text.contains(['\u{202e}', '\u{1b}']));
    }
}
