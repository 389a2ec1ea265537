//! Specs in, graphs out: cycles, order, pictures.

use std::collections::BTreeMap;

use tenon_model::desired::Relation;
use tenon_model::graph::NodeKind;
use tenon_model::kind::{MissingKey, Settled, Surroundings};
use tenon_model::{Diagnostic, SubscriptionId, TenantId};
use tenon_spec::{Input, SourceFile};

use crate::{ResourceGraph, build};

fn graph(text: &str) -> Result<ResourceGraph, Vec<Diagnostic>> {
    let text = format!("tenon: 1\nname: t\nresource_group: rg\nlocation: westeurope\n{text}");
    let input = Input {
        files: vec![SourceFile {
            name: "t.yaml".into(),
            text,
        }],
        variables: Vec::new(),
        environment: &|_| None,
        default_name: "t".into(),
    };
    let reading = tenon_spec::read(&input, &tenon_kinds::sections());
    let problems = reading.diagnostics;
    let spec = reading.spec.unwrap_or_else(|| panic!("{problems:#?}"));
    let declaration = tenon_kinds::declare(Surroundings {
        spec: &spec,
        defaults: Settled {
            tenant: TenantId::new("22222222-2222-2222-2222-222222222222"),
            tenants: BTreeMap::new(),
            subscription: SubscriptionId::new("33333333-3333-3333-3333-333333333333"),
            group: spec.defaults.resource_group.clone().unwrap(),
            location: "westeurope".into(),
            admin_username: Some("ops".into()),
            roles: None,
            login: None,
        },
        ids: BTreeMap::new(),
        images: BTreeMap::new(),
        files: [("~/.ssh/id_rsa.pub".to_owned(), "ssh-rsa AAAA".to_owned())].into(),
        missing_key: MissingKey::Refuse,
    });
    build(declaration, &spec.tenants, &BTreeMap::new())
}

/// Resources without dependencies of their own, as `name: names it depends on`.
fn raws(all: &[(&str, &[&str])]) -> String {
    let mut text = "resources:\n".to_owned();
    for (name, after) in all {
        let after: Vec<String> = after.iter().map(|one| format!("resources.{one}")).collect();
        text.push_str(&format!(
            "  {name}: {{type: M.A/as@2020-01-01, depends_on: [{}]}}\n",
            after.join(", ")
        ));
    }
    text
}

fn order(text: &str) -> Vec<String> {
    let graph = graph(text).unwrap();
    let addresses = graph.resources().map(|desired| desired.address.to_string());
    addresses.collect()
}

fn refused(text: &str) -> Vec<String> {
    let problems = graph(text).unwrap_err();
    let line = |one: &Diagnostic| {
        let labels = one.labels.iter();
        let labels: Vec<String> = labels
            .map(|label| {
                format!(
                    "{}:{} {}",
                    label.place.line, label.place.column, label.message
                )
            })
            .collect();
        let note = one.notes.first().map_or("", String::as_str);
        format!("{} {} | {note}", one.code, labels.join(" | "))
    };
    problems.iter().map(line).collect()
}

#[test]
fn the_order_is_that_of_the_spec_as_far_as_needs_allow() {
    let names = |text: &str| {
        let order = order(text);
        let names: Vec<&str> = order
            .iter()
            .filter_map(|one| one.strip_prefix("resources."))
            .collect();
        names.join(" ")
    };
    assert_eq!(names(&raws(&[("c", &[]), ("a", &[]), ("b", &[])])), "c a b");
    assert_eq!(
        names(&raws(&[("c", &["a"]), ("a", &[]), ("b", &[])])),
        "a c b"
    );
    assert_eq!(
        names(&raws(&[
            ("c", &["b"]),
            ("a", &["c"]),
            ("b", &[]),
            ("d", &[])
        ])),
        "b c a d"
    );
}

#[test]
fn a_circle_is_the_shortest_way_round_with_its_lines() {
    assert_eq!(
        refused(&raws(&[
            ("a", &["b", "d"]),
            ("b", &["c"]),
            ("c", &["a"]),
            ("d", &["a"])
        ])),
        [
            "TN1202 6:58 1. resources.a needs resources.d | 9:45 2. resources.d needs resources.a | circle: resources.a → resources.d → resources.a"
        ]
    );
}

#[test]
fn every_circle_is_told() {
    let two = raws(&[
        ("a", &["b"]),
        ("b", &["a"]),
        ("c", &["d"]),
        ("d", &["c"]),
        ("e", &["a", "c"]),
    ]);
    assert_eq!(refused(&two).len(), 2);
}

#[test]
fn two_entries_are_not_one_resource() {
    let text = "resources:\n  a: {type: M.A/as@2020-01-01, name: x}\n  b: {type: m.a/AS@2020-01-01, name: X}\n";
    let problems = refused(text);
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].starts_with("TN1204 7:3 stands for it as well | 6:3 stands for it"),
        "{problems:?}"
    );
    let referred = "resources:\n  a: {existing: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/o/providers/M.A/as/x}\n  b: {existing: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/o/providers/M.A/as/x}\n";
    assert!(graph(referred).is_ok());
}

#[test]
fn a_picture_has_every_edge_once_and_upwards() {
    let gallery = "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/i/providers/Microsoft.Compute/galleries/g/images/d";
    let text = format!(
        "tenants: {{acme: {{id: 11111111-1111-1111-1111-111111111111}}}}\nimages: {{i: {{id: {gallery}, tenant: acme}}}}\nnetworks: {{n: {{subnets: {{s: {{prefix: 10.0.0.0/24}}}}}}}}\nvms: {{m: {{image: i, subnet: n/s, public_ip: false, depends_on: networks.n}}}}\n"
    );
    let picture = graph(&text).unwrap().picture();
    let name = |at: usize| picture.nodes[at].address.as_str();
    let mut seen = std::collections::BTreeSet::new();
    for edge in &picture.edges {
        assert!(
            edge.to < edge.from,
            "{} → {}",
            name(edge.from),
            name(edge.to)
        );
        assert!(
            seen.insert((edge.from, edge.to, edge.relation)),
            "{}",
            name(edge.from)
        );
    }
    let has = |from: &str, to: &str, relation: Relation| {
        picture
            .edges
            .iter()
            .any(|edge| name(edge.from) == from && name(edge.to) == to && edge.relation == relation)
    };
    assert!(has("vms.m", "images.i", Relation::BuiltFrom));
    assert!(has("images.i", "tenants.acme", Relation::SignedIn));
    assert!(has("vms.m", "vms.m.nic", Relation::Uses));
    assert!(has("vms.m", "networks.n", Relation::After));
    assert!(has("vms.m.nic", "networks.n.subnets.s", Relation::Uses));
    assert!(has("networks.n.subnets.s", "networks.n", Relation::Inside));
    assert!(has(
        "vms.m",
        "tenants.22222222-2222-2222-2222-222222222222",
        Relation::SignedIn
    ));
    let kinds = |kind: NodeKind| {
        picture
            .nodes
            .iter()
            .filter(|node| node.kind == kind)
            .count()
    };
    assert_eq!((kinds(NodeKind::Tenant), kinds(NodeKind::Image)), (2, 1));
}
