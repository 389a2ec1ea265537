//! What others can read, and who needs whom.

use tenon_model::{Address, Value};

use super::{GALLERY, declare, find, needs, pretty};

const TEXT: &str = "networks: {net: {subnets: {app: {prefix: 10.0.0.0/24, nsg: sg}}}}
nsgs: {sg: {rules: {db: {priority: 100, port: 5432, from: \"${vms.db.private_ip}\"}}}}
resources:
  kv: {type: M.A/as@2020-01-01}
  r:
    type: M.A/as@2020-01-01
    depends_on: [vms.web, networks.net]
    body:
      id: ${vms.db.id}
      name: ${vms.db.name}
      ip: ${vms.db.private_ip}
      fixed: ${vms.fixed.private_ip}
      public: ${vms.db.public_ip}
      fqdn: ${vms.db.fqdn}
      all: ${vms.web.private_ip}
      ids: ${vms.web.id}
      subnet: ${networks.net.subnets.app.id}
      uri: ${resources.kv.body.properties.uri}
      disk: ${vms.db.disks.d.id}
      text: x-${vms.db.name}-y
";

fn text() -> String {
    format!(
        "images: {{i: {{id: {GALLERY}/web}}}}\n{TEXT}vms:
  db: {{image: i, admin_username: ops, data_disks: {{d: {{size_gb: 1}}}}, nsg_rule: NONE}}
  fixed: {{image: i, admin_username: ops, subnet: net/app, private_ip: 10.0.0.7, public_ip: false}}
  web: {{image: i, admin_username: ops, subnet: net/app, public_ip: false, count: 2}}
"
    )
}

#[test]
fn names_become_values_or_places_in_live_bodies() {
    let declaration = declare(&text());
    let body = &find(&declaration, "resources.r").body;
    let shown = |name: &str| {
        body.member(name)
            .map(|value| serde_json::to_string(value).unwrap())
            .unwrap()
    };
    let group = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg/providers";
    assert_eq!(
        shown("id"),
        format!("\"{group}/Microsoft.Compute/virtualMachines/db\"")
    );
    assert_eq!(shown("name"), "\"db\"");
    assert_eq!(shown("text"), "\"x-db-y\"");
    assert_eq!(shown("fixed"), "\"10.0.0.7\"");
    assert_eq!(
        shown("subnet"),
        format!("\"{group}/Microsoft.Network/virtualNetworks/net/subnets/app\"")
    );
    assert_eq!(
        shown("disk"),
        format!("\"{group}/Microsoft.Compute/disks/db-d\"")
    );
    let live = |of: &str, path: &str| {
        format!(r#"{{"$tenon":{{"live":{{"of":"{of}","path":"{path}"}}}}}}"#)
    };
    let ip = |name: &str| {
        format!("properties.ipConfigurations[name=ipconfig{name}].properties.privateIPAddress")
    };
    assert_eq!(shown("ip"), live("vms.db.nic", &ip("db")));
    assert_eq!(
        shown("public"),
        live("vms.db.public_ip", "properties.ipAddress")
    );
    assert_eq!(
        shown("fqdn"),
        live("vms.db.public_ip", "properties.dnsSettings.fqdn")
    );
    assert_eq!(shown("uri"), live("resources.kv", "properties.uri"));
    assert_eq!(
        shown("all"),
        format!(
            "[{},{}]",
            live("vms.web-1.nic", &ip("web-1")),
            live("vms.web-2.nic", &ip("web-2"))
        )
    );
    assert_eq!(
        body.member("ids")
            .and_then(Value::as_list)
            .map(<[Value]>::len),
        Some(2)
    );
}

#[test]
fn references_make_edges() {
    let declaration = declare(&text());
    assert_eq!(
        needs(&declaration, "vms.db"),
        [
            "built from images.i",
            "inside resource_group",
            "uses vms.db.disks.d",
            "uses vms.db.nic"
        ]
    );
    assert_eq!(
        needs(&declaration, "vms.db.nic"),
        [
            "inside resource_group",
            "uses vms.db.network.subnet",
            "uses vms.db.nsg",
            "uses vms.db.public_ip"
        ]
    );
    assert_eq!(
        needs(&declaration, "networks.net.subnets.app"),
        [
            "inside networks.net",
            "inside resource_group",
            "uses nsgs.sg"
        ]
    );
    let reads = needs(&declaration, "nsgs.sg");
    assert!(reads.contains(&"reads vms.db.nic".to_owned()), "{reads:?}");
    let all = needs(&declaration, "resources.r");
    for need in [
        "after networks.net",
        "after vms.web-1",
        "after vms.web-2",
        "reads networks.net.subnets.app",
        "reads resources.kv",
        "reads vms.db",
        "reads vms.db.nic",
        "reads vms.db.public_ip",
        "reads vms.web-1.nic",
        "reads vms.web-2.nic",
    ] {
        assert!(all.contains(&need.to_owned()), "{need} is not in {all:?}");
    }
}

#[test]
fn an_edge_has_the_place_of_the_reference() {
    let declaration = declare(&text());
    let need = find(&declaration, "nsgs.sg")
        .needs
        .iter()
        .find(|need| need.on == Address::new("vms.db.nic"));
    assert_eq!(
        need.map(|need| need.place.line),
        Some(8),
        "{}",
        pretty(&find(&declaration, "nsgs.sg").body)
    );
}

#[test]
fn ids_in_full_are_known_again() {
    let text = "networks: {net: {subnets: {app: {prefix: 10.0.0.0/24, nsg: /subscriptions/33333333-3333-3333-3333-333333333333/resourcegroups/RG/providers/microsoft.network/networkSecurityGroups/SG}}}}\nnsgs: {sg: {}}\n";
    assert!(needs(&declare(text), "networks.net.subnets.app").contains(&"uses nsgs.sg".to_owned()));
}

#[test]
fn groups_of_others_must_exist_each_for_itself() {
    let text = "networks:\n  a: {resource_group: other}\n  b: {resource_group: Other}\n  c: {resource_group: other, subscription: 55555555-5555-5555-5555-555555555555}\n";
    let declaration = declare(text);
    let groups: Vec<&str> = declaration
        .resources
        .iter()
        .filter(|one| one.kind == "resource_group")
        .map(|one| one.address.as_str())
        .collect();
    assert_eq!(
        groups,
        [
            "resource_group",
            "resource_group.55555555-5555-5555-5555-555555555555.other",
            "resource_group.other"
        ]
    );
    for (network, group) in [
        ("networks.b", "resource_group.other"),
        (
            "networks.c",
            "resource_group.55555555-5555-5555-5555-555555555555.other",
        ),
    ] {
        assert_eq!(needs(&declaration, network), [format!("inside {group}")]);
    }
}
