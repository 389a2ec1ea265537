//! Entries that stand for one resource.

use tenon_model::Value;
use tenon_model::desired::Relation;

use super::{GALLERY, check, declare, find, needs, pretty, refuse};

#[test]
fn an_identity_is_read_from_what_azure_shows() {
    let text = "identities: {app: {name: own, tags: {a: b}}}\nresources: {r: {type: M.A/as@2020-01-01, body: {id: \"${identities.app.id}\", p: \"${identities.app.principal_id}\", c: \"${identities.app.client_id}\", t: \"${identities.app.tenant_id}\"}}}\n";
    check(
        text,
        "identities.app",
        r#"{"location":"westeurope","tags":{"a":"b"}}"#,
    );
    let declaration = declare(text);
    let live = |path: &str| {
        format!(r#"{{"$tenon":{{"live":{{"of":"identities.app","path":"{path}"}}}}}}"#)
    };
    let body = serde_json::to_string(&find(&declaration, "resources.r").body).expect("JSON");
    for path in [
        "properties.principalId",
        "properties.clientId",
        "properties.tenantId",
    ] {
        assert!(body.contains(&live(path)), "{path} in {body}");
    }
    assert!(body.contains("/userAssignedIdentities/own\""), "{body}");
    assert_eq!(
        needs(&declaration, "resources.r"),
        ["inside resource_group", "reads identities.app"]
    );
}

#[test]
fn a_machine_takes_the_text_of_a_key() {
    let text = format!(
        "images: {{i: {{id: {GALLERY}/web, version: 1.4.2}}}}\nssh_keys: {{ops: {{public_key: keys/ops.pub}}}}\nvms: {{m: {{image: i, admin_username: ops, ssh_key: \"${{ssh_keys.ops.public_key}}\"}}}}\n"
    );
    check(
        &text,
        "ssh_keys.ops",
        r#"{"location":"westeurope","properties":{"publicKey":"ssh-ed25519 AAAAC3 ops"}}"#,
    );
    let declaration = declare(&text);
    let machine = pretty(&find(&declaration, "vms.m").body);
    assert!(machine.contains("ssh-ed25519 AAAAC3 ops"), "{machine}");
}

#[test]
fn a_private_key_is_no_public_one() {
    let text = "ssh_keys: {ops: {public_key: keys/private}}\n";
    refuse(
        text,
        "TN1007 6:30 this is a private key; a machine gets the public half",
    );
}

#[test]
fn every_entry_has_its_region_and_its_order() {
    let text = "ssh_keys: {ops: {public_key: keys/ops.pub, location: North Europe, protect: true, depends_on: identities.app}}\nidentities: {app: {}}\n";
    let declaration = declare(text);
    let key = find(&declaration, "ssh_keys.ops");
    let region = key.body.member("location");
    assert_eq!(region, Some(&Value::text("northeurope")));
    assert_ne!(key.protect, tenon_model::desired::Protect::No);
    assert!(
        key.needs
            .iter()
            .any(|need| need.relation == Relation::After)
    );
}

#[test]
fn sets_and_groups_have_what_az_gives_them() {
    let text = "placement_groups: {near: {}}\navailability_sets: {a: {}, b: {fault_domains: 3, update_domains: 20, placement_group: near}}\n";
    check(
        text,
        "placement_groups.near",
        r#"{"location":"westeurope","properties":{"proximityPlacementGroupType":"Standard"}}"#,
    );
    check(
        text,
        "availability_sets.a",
        r#"{"location":"westeurope","sku":{"name":"Aligned"},"properties":{"platformFaultDomainCount":2,"platformUpdateDomainCount":5}}"#,
    );
    let declaration = declare(text);
    let set = pretty(&find(&declaration, "availability_sets.b").body);
    assert!(set.contains("/proximityPlacementGroups/near"), "{set}");
    assert_eq!(
        needs(&declaration, "availability_sets.b"),
        ["inside resource_group", "uses placement_groups.near"]
    );
}

#[test]
fn a_machine_takes_an_address_that_stands_by_itself() {
    let text = |wanted: &str| {
        format!(
            "images: {{i: {{id: {GALLERY}/web, version: 1.4.2}}}}\npublic_ips: {{front: {{dns_name: shop, idle_timeout: 9, zones: [1, 2, 3]}}}}\nvms: {{m: {{image: i, admin_username: ops, public_ip: {wanted}}}}}\nresources: {{r: {{type: M.A/as@2020-01-01, body: {{a: \"${{vms.m.public_ip}}\", b: \"${{public_ips.front.ip_address}}\"}}}}}}\n"
        )
    };
    check(
        &text("front"),
        "public_ips.front",
        r#"{"location":"westeurope","sku":{"name":"Standard"},"properties":{"publicIPAllocationMethod":"Static",
            "dnsSettings":{"domainNameLabel":"shop"},"idleTimeoutInMinutes":9},"zones":["1","2","3"]}"#,
    );
    let declaration = declare(&text("front"));
    let nic = pretty(&find(&declaration, "vms.m.nic").body);
    assert!(nic.contains("/publicIPAddresses/front"), "{nic}");
    assert!(needs(&declaration, "vms.m.nic").contains(&"uses public_ips.front".to_owned()));
    let own = declaration
        .resources
        .iter()
        .any(|one| one.address.as_str() == "vms.m.public_ip");
    assert!(!own, "it has one of its own as well");
    let reads = needs(&declaration, "resources.r");
    assert!(
        reads.contains(&"reads public_ips.front".to_owned()),
        "{reads:?}"
    );
    refuse(
        &text("frond"),
        "TN1201 8:53 `frond` is no public IP of this spec | did you mean `front`?
         TN1201 9:52 nothing called `public_ip` can be read from vms.m",
    );
}
