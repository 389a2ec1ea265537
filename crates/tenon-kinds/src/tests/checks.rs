//! What Azure would refuse.

use super::{Beside, GALLERY, declare, declare_with, refuse, refuse_with};

fn vm(name: &str, image: &str, keys: &str) -> String {
    format!(
        "images: {{i: {{id: {GALLERY}/{image}, version: 1.4.2}}}}\nsecrets: {{p: {{env: P}}}}\nnetworks: {{net: {{subnets: {{app: {{prefix: 10.0.0.0/24}}}}}}}}\nvms:\n  {name}: {{image: i, subnet: net/app, public_ip: false, {keys}}}\n"
    )
}

fn linux(name: &str, keys: &str) -> String {
    vm(name, "web", &format!("admin_username: ops, {keys}"))
}

fn windows(name: &str, keys: &str) -> String {
    vm(
        name,
        "windows",
        &format!("admin_password: \"${{secrets.p}}\", {keys}"),
    )
}

fn network(subnets: &str) -> String {
    format!("networks: {{net: {{address_space: 10.0.0.0/22, subnets: {{{subnets}}}}}}}\n")
}

#[test]
fn names_that_azure_takes_are_let_through() {
    for name in ["web", "Web-1"] {
        refuse(&linux(name, ""), "");
    }
    refuse(&linux("web_1", "computer_name: web-1"), "");
    refuse(&linux("web", "name: a.b"), "");
    refuse(&windows("exactly15-chars", "admin_username: ops"), "");
}

#[test]
fn names_that_azure_refuses_are_mended() {
    refuse(
        &linux("web", "name: \"web 1\", computer_name: web"),
        "TN1304 10:81 Azure takes no vm with the name `web 1`: ` ` cannot be in it",
    );
    refuse(
        "identities: {id: {}}\n",
        "TN1304 6:14 Azure takes no identity with the name `id`: it is shorter than 3 characters",
    );
    refuse(
        "nsgs: {shut: {name: door-}}\n",
        "TN1304 6:21 Azure takes no nsg with the name `door-`: it has to end with a letter, a digit or `_`",
    );
}

#[test]
fn the_name_inside_has_rules_of_its_own() {
    refuse(
        &linux("web_1", ""),
        "TN1304 10:3 `web_1` cannot be the name of Linux machines: `_` cannot be in it | the name inside is that of the entry, unless it has another",
    );
    refuse(
        &windows("sixteen-letters-x", "admin_username: ops"),
        "TN1304 10:3 `sixteen-letters-x` cannot be the name of Windows machines: it has 17 characters, and 15 is the most | the name inside is that of the entry, unless it has another",
    );
    refuse(
        &windows("w", "admin_username: ops, computer_name: \"123\""),
        "TN1304 10:120 `123` cannot be the name of Windows machines: it has digits only",
    );
}

#[test]
fn accounts_that_azure_keeps_are_refused() {
    for name in ["Admin", "root", "user5"] {
        let spec = vm("m", "web", &format!("admin_username: {name}"));
        refuse(
            &spec,
            &format!(
                "TN1305 10:68 the administrator cannot be called `{name}`: Azure keeps the name for itself"
            ),
        );
    }
    refuse(
        &windows("m", "admin_username: a-name-of-21-letters.."),
        "TN1305 10:100 the administrator cannot be called `a-name-of-21-letters..`: it has 22 characters, and 20 is the most",
    );
    // On Linux it is long enough for that.
    refuse(
        &vm("m", "web", "admin_username: a-name-of-21-letters.."),
        "",
    );
    let own = Beside {
        admin_username: Some("root".into()),
        ..Beside::default()
    };
    refuse_with(
        &vm("m", "web", "zone: \"1\""),
        &own,
        "TN1305 10:3 the administrator cannot be called `root`: Azure keeps the name for itself",
    );
}

#[test]
fn data_is_counted_before_it_is_encoded() {
    let beside = |bytes: usize| Beside {
        files: [
            ("~/.ssh/id_rsa.pub".to_owned(), super::KEY.to_owned()),
            ("data".to_owned(), "x".repeat(bytes)),
        ]
        .into(),
        ..Beside::default()
    };
    for key in ["custom_data", "user_data"] {
        let spec = linux("m", &format!("{key}: data"));
        refuse_with(&spec, &beside(65_535), "");
        let found = declare_with(&spec, &beside(65_536)).diagnostics;
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].code.to_string(), "TN1306");
        assert_eq!(
            found[0].message,
            format!("`{key}` has 65536 bytes, and 65535 is the most")
        );
    }
}

#[test]
fn a_fleet_is_told_once() {
    let spec = linux("web", "count: 3, computer_name: a_b");
    let found = declare(&spec).diagnostics;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].addresses.len(), 3);
}

#[test]
fn ranges_that_meet_are_named_with_one_that_is_free() {
    refuse(
        &network("a: {prefix: 10.0.0.0/24}, b: {prefix: 10.0.1.0/24}"),
        "",
    );
    let spec = network("a: {prefix: 10.0.0.0/23}, b: {prefix: 10.0.1.0/24}");
    refuse(
        &spec,
        "TN1307 6:94 subnets `a` and `b` overlap | taken | here already",
    );
    let help = &declare(&spec).diagnostics[0].helps[0].text;
    assert_eq!(help, "write  prefix: 10.0.2.0/24");
    let full = network("a: {prefix: 10.0.0.0/22}, b: {prefix: 10.0.1.0/24}");
    let help = &declare(&full).diagnostics[0].helps[0].text;
    assert_eq!(help, "give each its own range");
    let tiny = network("a: {prefix: 10.0.0.0/29}, b: {prefix: 10.0.0.4/30}");
    let overlap = declare(&tiny).diagnostics.pop().expect("it overlaps");
    assert_eq!(overlap.helps[0].text, "write  prefix: 10.0.0.8/29");
}

#[test]
fn a_subnet_lies_inside_of_its_network() {
    let spec = network("a: {prefix: 10.1.0.0/24}");
    refuse(
        &spec,
        "TN1307 6:68 subnet `a` lies outside of network `net` | outside | the network has 10.0.0.0/22",
    );
    let helps = &declare(&spec).diagnostics[0].helps;
    assert_eq!(helps[0].text, "write  prefix: 10.0.0.0/24");
    refuse(
        &network("a: {prefix: 10.0.0.8/30}"),
        "TN1307 6:68 subnet `a` is smaller than any that Azure makes | /29 is the smallest",
    );
    refuse(
        "networks: {net: {address_space: [10.0.0.0/16, 10.0.4.0/22]}}\n",
        "TN1307 6:33 network `net` has 10.0.0.0/16 and 10.0.4.0/22, which overlap",
    );
    // Version 6 beside version 4, and a range that only Azure knows.
    refuse(
        "networks: {net: {address_space: [10.0.0.0/16, \"fd00::/48\"], subnets: {a: {prefix: \"fd00::/64\"}}}}\n",
        "",
    );
}

#[test]
fn fixed_addresses_are_ones_that_the_subnet_can_give() {
    for address in ["10.0.0.4", "10.0.0.254"] {
        refuse(&linux("m", &format!("private_ip: {address}")), "");
    }
    refuse(
        &linux("m", "private_ip: 10.0.0.3"),
        "TN1308 10:85 subnet `app` cannot give 10.0.0.3: it is one of the five that Azure keeps | the subnet",
    );
    refuse(
        &linux("m", "private_ip: 10.0.0.255"),
        "TN1308 10:85 subnet `app` cannot give 10.0.0.255: it is one of the five that Azure keeps | the subnet",
    );
    refuse(
        &linux("m", "private_ip: 10.0.1.4"),
        "TN1308 10:85 subnet `app` cannot give 10.0.1.4: it lies outside of it | the subnet",
    );
    refuse(
        &format!(
            "{}  n: {{image: i, subnet: net/app, public_ip: false, admin_username: ops, private_ip: 10.0.0.9}}\n",
            linux("m", "private_ip: 10.0.0.9")
        ),
        "TN1308 11:85 `vms.m` and `vms.n` ask for the same address 10.0.0.9 | taken | here already",
    );
}

#[test]
fn basic_addresses_are_gone() {
    let spec = |sku: &str| {
        format!(
            "resources: {{door: {{type: Microsoft.Network/publicIPAddresses@2025-01-01, body: {{{sku}}}}}}}\n"
        )
    };
    refuse(&spec("sku: {name: Standard}"), "");
    refuse(
        &spec("sku: {name: Basic}"),
        "TN1309 6:93 Azure makes no public IP addresses of the Basic SKU any more",
    );
    refuse(
        &spec("tags: {}"),
        "TN1309 6:13 Azure makes no public IP addresses of the Basic SKU any more | without a `sku` it would be one",
    );
}
