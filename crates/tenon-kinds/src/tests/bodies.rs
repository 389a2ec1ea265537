//! Bodies: defaults, and where each key goes.

use super::{GALLERY, HEAD, check, declare, members, problems};

fn vm(keys: &str) -> String {
    format!(
        "images: {{i: {{id: {GALLERY}/web, version: 1.4.2}}}}\nvms: {{m: {{image: i, admin_username: ops, {keys}}}}}\n"
    )
}

fn of(image: &str, keys: &str) -> String {
    format!(
        "images: {{i: {{id: {GALLERY}/{image}, version: 1.4.2}}}}\nvms: {{m: {{image: i, {keys}}}}}\n"
    )
}

#[test]
fn a_machine_has_what_az_vm_create_gives_it() {
    let text = vm("");
    check(
        &text,
        "vms.m.network",
        r#"{"location":"westeurope","properties":{"addressSpace":{"addressPrefixes":["10.0.0.0/16"]}}}"#,
    );
    check(
        &text,
        "vms.m.network.subnet",
        r#"{"properties":{"addressPrefix":"10.0.0.0/24"}}"#,
    );
    check(
        &text,
        "vms.m.nsg",
        r#"{"location":"westeurope","properties":{"securityRules":[{"name":"default-allow-ssh","properties":{
            "priority":1000,"protocol":"Tcp","direction":"Inbound","access":"Allow","sourceAddressPrefix":"*",
            "sourcePortRange":"*","destinationAddressPrefix":"*","destinationPortRange":"22"}}]}}"#,
    );
    check(
        &text,
        "vms.m.public_ip",
        r#"{"location":"westeurope","sku":{"name":"Standard"},"properties":{"publicIPAllocationMethod":"Static"}}"#,
    );
    check(
        &text,
        "vms.m.nic",
        r#"{"location":"westeurope","properties":{"ipConfigurations":[{"name":"ipconfigm","properties":{
            "privateIPAllocationMethod":"Dynamic","subnet":{"id":"@vnet/mVNET/subnets/mSubnet"},
            "publicIPAddress":{"id":"@ip/mPublicIP"}}}],"networkSecurityGroup":{"id":"@nsg/mNSG"}}}"#,
    );
    check(
        &text,
        "vms.m",
        r#"{"location":"westeurope","properties":{"hardwareProfile":{"vmSize":"Standard_D2s_v5"},
            "storageProfile":{"imageReference":{"id":"@image/web/versions/1.4.2"},
                "osDisk":{"createOption":"FromImage","deleteOption":"Delete","caching":"ReadWrite"}},
            "osProfile":{"computerName":"m","adminUsername":"ops","linuxConfiguration":{
                "disablePasswordAuthentication":true,
                "ssh":{"publicKeys":[{"path":"/home/ops/.ssh/authorized_keys","keyData":"ssh-rsa AAAAB3NzaC1yc2E= me@here"}]}}},
            "networkProfile":{"networkInterfaces":[{"id":"@nic/mVMNic","properties":{"primary":true}}]}}}"#,
    );
    let open = problems(&declare(&text).diagnostics, "warning");
    assert_eq!(
        open,
        "TN2101 7:10 SSH (port 22) is open to every address on the Internet | its own security group lets everybody in, as `az vm create` does\n"
    );
}

#[test]
fn keys_of_a_machine_reach_its_bodies() {
    let body = "properties.";
    let one = |keys: &str, address: &str, path: &str, value: &str| {
        members(&vm(keys), &[(address, &format!("{body}{path}"), value)]);
    };
    one(
        "name: other",
        "vms.m",
        "osProfile.computerName",
        "\"other\"",
    );
    one(
        "name: other",
        "vms.m",
        "networkProfile.networkInterfaces[0].id",
        "\"@nic/otherVMNic\"",
    );
    one(
        "computer_name: inside",
        "vms.m",
        "osProfile.computerName",
        "\"inside\"",
    );
    one(
        "size: Standard_B1s",
        "vms.m",
        "hardwareProfile.vmSize",
        "\"Standard_B1s\"",
    );
    one(
        "license_type: SLES_BYOS",
        "vms.m",
        "licenseType",
        "\"SLES_BYOS\"",
    );
    one(
        "boot_diagnostics: true",
        "vms.m",
        "diagnosticsProfile.bootDiagnostics.enabled",
        "true",
    );
    one(
        "user_data: init.yaml",
        "vms.m",
        "userData",
        "\"I2Nsb3VkLWNvbmZpZwo=\"",
    );
    one(
        "user_data: \"#!/bin/sh\"",
        "vms.m",
        "userData",
        "\"IyEvYmluL3No\"",
    );
    one(
        "custom_data: init.yaml",
        "vms.m",
        "osProfile.customData",
        "\"I2Nsb3VkLWNvbmZpZwo=\"",
    );
    one(
        "os_disk: {size_gb: 64}",
        "vms.m",
        "storageProfile.osDisk.diskSizeGB",
        "64",
    );
    one(
        "os_disk: {sku: premium_lrs}",
        "vms.m",
        "storageProfile.osDisk.managedDisk.storageAccountType",
        "\"Premium_LRS\"",
    );
    one(
        "os_disk: {caching: readonly}",
        "vms.m",
        "storageProfile.osDisk.caching",
        "\"ReadOnly\"",
    );
    one(
        "accelerated_networking: true",
        "vms.m.nic",
        "enableAcceleratedNetworking",
        "true",
    );
    one(
        "private_ip: 10.0.0.9",
        "vms.m.nic",
        "ipConfigurations[0].properties.privateIPAddress",
        "\"10.0.0.9\"",
    );
    one(
        "private_ip: 10.0.0.9",
        "vms.m.nic",
        "ipConfigurations[0].properties.privateIPAllocationMethod",
        "\"Static\"",
    );
    one(
        "public_ip: {dns_name: shop}",
        "vms.m.public_ip",
        "dnsSettings.domainNameLabel",
        "\"shop\"",
    );
    one(
        "public_ip: {idle_timeout: 9}",
        "vms.m.public_ip",
        "idleTimeoutInMinutes",
        "9",
    );
    one(
        "public_ip: false",
        "vms.m.nic",
        "ipConfigurations[0].properties.publicIPAddress",
        "none",
    );
    one(
        "vnet_address_prefix: 10.8.0.0/16",
        "vms.m.network",
        "addressSpace.addressPrefixes",
        "[\"10.8.0.0/16\"]",
    );
    one(
        "subnet_address_prefix: 10.0.8.0/24",
        "vms.m.network.subnet",
        "addressPrefix",
        "\"10.0.8.0/24\"",
    );
    one(
        "nsg_rule: RDP",
        "vms.m.nsg",
        "securityRules[name=rdp].properties.destinationPortRange",
        "\"3389\"",
    );
    one("nsg_rule: NONE", "vms.m.nsg", "securityRules", "[]");
    one(
        "data_disks: {d: {size_gb: 9}}",
        "vms.m.disks.d",
        "diskSizeGB",
        "9",
    );
    one(
        "data_disks: {d: {size_gb: 9}}",
        "vms.m.disks.d",
        "creationData.createOption",
        "\"Empty\"",
    );
    one(
        "security: {type: Standard}",
        "vms.m",
        "securityProfile",
        "none",
    );
}

#[test]
fn zones_tags_and_places_reach_everything() {
    let text = vm(
        "zone: \"2\", location: North Europe, tags: {a: b}, data_disks: {d: {size_gb: 9, sku: Standard_LRS, name: own}}",
    );
    for address in ["vms.m", "vms.m.public_ip", "vms.m.disks.d"] {
        members(&text, &[(address, "zones", "[\"2\"]")]);
    }
    for address in [
        "vms.m",
        "vms.m.nic",
        "vms.m.public_ip",
        "vms.m.disks.d",
        "vms.m.network",
        "vms.m.nsg",
    ] {
        members(
            &text,
            &[
                (address, "location", "\"northeurope\""),
                (address, "tags", "{\"a\":\"b\"}"),
            ],
        );
    }
    let declaration = declare(&text);
    let disk = super::find(&declaration, "vms.m.disks.d");
    assert_eq!(disk.id.name(), "own");
    assert_eq!(
        disk.body.at(&["sku", "name"]),
        Some(&super::json("\"Standard_LRS\""))
    );
}

#[test]
fn tags_of_an_entry_lie_over_those_of_the_deployment() {
    members(
        "tags: {App: a, team: b}\nnetworks: {n: {tags: {app: c}}}\n",
        &[("networks.n", "tags", r#"{"app":"c","team":"b"}"#)],
    );
}

#[test]
fn luns_go_by_order_round_those_that_are_written() {
    let text = vm(
        "data_disks: {a: {size_gb: 1}, b: {size_gb: 1, lun: 0, caching: ReadOnly}, c: {size_gb: 1}}",
    );
    let disk = |lun: u8, name: &str, caching: &str| {
        format!(
            r#"{{"lun":{lun},"createOption":"Attach","deleteOption":"Detach","caching":"{caching}","managedDisk":{{"id":"@disk/m-{name}"}}}}"#
        )
    };
    let all = [
        disk(1, "a", "None"),
        disk(0, "b", "ReadOnly"),
        disk(2, "c", "None"),
    ]
    .join(",");
    members(
        &text,
        &[(
            "vms.m",
            "properties.storageProfile.dataDisks",
            &format!("[{all}]"),
        )],
    );
}

#[test]
fn keys_are_files_texts_or_made() {
    let key = "properties.osProfile.linuxConfiguration.ssh.publicKeys[0].keyData";
    members(
        &vm("ssh_key: keys/ops.pub"),
        &[("vms.m", key, "\"ssh-ed25519 AAAAC3 ops\"")],
    );
    members(
        &vm("ssh_key: \"ssh-rsa AAAA x\""),
        &[("vms.m", key, "\"ssh-rsa AAAA x\"")],
    );
    members(
        &vm("ssh_key: generate"),
        &[("vms.m", key, "\"ssh-rsa AAAAB3NzaC1yc2E= me@here\"")],
    );
    members(
        &vm("ssh_key: generate_ed25519"),
        &[(
            "vms.m",
            key,
            r#"{"$tenon":{"ssh_public_key":{"private_key":"~/.ssh/id_ed25519"}}}"#,
        )],
    );
    let two = vm("ssh_key: [keys/ops.pub, \"ssh-rsa AAAA x\"]");
    members(
        &two,
        &[(
            "vms.m",
            "properties.osProfile.linuxConfiguration.ssh.publicKeys[1].keyData",
            "\"ssh-rsa AAAA x\"",
        )],
    );
}

#[test]
fn a_password_is_a_secret_and_opens_the_door() {
    let secret = "secrets: {p: {env: P}}\n";
    let text = format!("{secret}{}", vm("admin_password: \"${secrets.p}\""));
    members(
        &text,
        &[
            (
                "vms.m",
                "properties.osProfile.adminPassword",
                r#"{"$tenon":{"secret":{"name":"p","source":{"env":"P"}}}}"#,
            ),
            (
                "vms.m",
                "properties.osProfile.linuxConfiguration",
                r#"{"disablePasswordAuthentication":false}"#,
            ),
        ],
    );
    let both = format!(
        "{secret}{}",
        vm("admin_password: \"${secrets.p}\", ssh_key: keys/ops.pub")
    );
    members(
        &both,
        &[(
            "vms.m",
            "properties.osProfile.linuxConfiguration.disablePasswordAuthentication",
            "false",
        )],
    );
    members(
        &both,
        &[(
            "vms.m",
            "properties.osProfile.linuxConfiguration.ssh.publicKeys[0].keyData",
            "\"ssh-ed25519 AAAAC3 ops\"",
        )],
    );
}

#[test]
fn a_specialized_image_brings_its_accounts() {
    members(
        &of("special", ""),
        &[("vms.m", "properties.osProfile", "none")],
    );
}

#[test]
fn windows_is_reached_by_rdp() {
    let secret = "secrets: {p: {env: P}}\n";
    let text = format!(
        "{secret}{}",
        of(
            "windows",
            "admin_username: ops, admin_password: \"${secrets.p}\""
        )
    );
    members(
        &text,
        &[
            ("vms.m", "properties.osProfile.windowsConfiguration", "none"),
            ("vms.m", "properties.osProfile.linuxConfiguration", "none"),
            ("vms.m.nsg", "properties.securityRules[0].name", "\"rdp\""),
        ],
    );
}

#[test]
fn images_that_can_launch_trusted_do() {
    let on = r#"{"securityType":"TrustedLaunch","uefiSettings":{"secureBootEnabled":true,"vTpmEnabled":true}}"#;
    let profile = |image: &str, keys: &str, expected: &str| {
        let keys = format!("admin_username: ops, {keys}");
        members(
            &of(image, &keys),
            &[("vms.m", "properties.securityProfile", expected)],
        );
    };
    profile("trusted", "", on);
    profile("web", "", "none");
    profile("trusted", "security: {type: Standard}", "none");
    profile("web", "security: {type: TrustedLaunch}", on);
    profile(
        "web",
        "security: {secure_boot: false}",
        r#"{"securityType":"TrustedLaunch","uefiSettings":{"secureBootEnabled":false,"vTpmEnabled":true}}"#,
    );
    profile(
        "web",
        "security: {vtpm: false}",
        r#"{"securityType":"TrustedLaunch","uefiSettings":{"secureBootEnabled":true,"vTpmEnabled":false}}"#,
    );
}

#[test]
fn fleets_share_a_network_and_take_zones_in_turn() {
    let text = format!(
        "images: {{i: {{id: {GALLERY}/web}}}}\nvms:\n  m: {{image: i, admin_username: ops, nsg_rule: NONE, count: 4, zones: [\"1\", \"3\"]}}\n"
    );
    let declaration = declare(&text);
    let count = |noun: &str| {
        declaration
            .resources
            .iter()
            .filter(|one| one.kind == noun)
            .count()
    };
    assert_eq!(
        (count("vm"), count("network"), count("nsg"), count("nic")),
        (4, 1, 1, 4)
    );
    members(
        &text,
        &[
            ("vms.m-3", "zones", "[\"1\"]"),
            ("vms.m-4", "zones", "[\"3\"]"),
        ],
    );
    let network = super::find(&declaration, "vms.m.network");
    assert_eq!(
        (network.entry.as_str(), network.id.name()),
        ("vms.m", "mVNET")
    );
}

#[test]
fn keys_of_networks() {
    let text = "nsgs: {g: {}}\nnetworks:\n  n: {name: own, address_space: [10.0.0.0/16, 10.1.0.0/16], dns_servers: [10.0.0.4, 10.0.0.5], subnets: {a: {prefix: 10.0.1.0/24, nsg: g}}}\n";
    check(
        text,
        "networks.n",
        r#"{"location":"westeurope","properties":{"addressSpace":{"addressPrefixes":["10.0.0.0/16","10.1.0.0/16"]},"dhcpOptions":{"dnsServers":["10.0.0.4","10.0.0.5"]}}}"#,
    );
    check(
        text,
        "networks.n.subnets.a",
        r#"{"properties":{"addressPrefix":"10.0.1.0/24","networkSecurityGroup":{"id":"@nsg/g"}}}"#,
    );
    members(
        "networks: {n: {address_space: 10.9.0.0/16}}\n",
        &[(
            "networks.n",
            "properties.addressSpace.addressPrefixes",
            "[\"10.9.0.0/16\"]",
        )],
    );
}

#[test]
fn keys_of_groups() {
    check(
        "nsgs:\n  g:\n    name: own\n    rules:\n      all: {priority: 200, port: [80, 90-99], from: [10.0.0.0/8, Internet], to: 10.1.0.0/16, source_port: \"5\", protocol: udp, direction: outbound, access: deny, description: why}\n      few: {priority: 100, port: 443, from: [\"*\"]}\n",
        "nsgs.g",
        r#"{"location":"westeurope","properties":{"securityRules":[
            {"name":"all","properties":{"priority":200,"destinationPortRanges":["80","90-99"],
                "sourceAddressPrefixes":["10.0.0.0/8","Internet"],"destinationAddressPrefix":"10.1.0.0/16","sourcePortRange":"5",
                "protocol":"Udp","direction":"Outbound","access":"Deny","description":"why"}},
            {"name":"few","properties":{"priority":100,"destinationPortRange":"443","sourceAddressPrefix":"*",
                "destinationAddressPrefix":"*","sourcePortRange":"*","protocol":"Tcp","direction":"Inbound","access":"Allow"}}]}}"#,
    );
}

#[test]
fn keys_of_resources() {
    let text = "resources:\n  kv: {type: Microsoft.KeyVault/vaults@2023-07-01, name: own, location: North Europe, tags: {a: b}, body: {properties: {x: null, \"d.o\": 1, l: [{y: z}]}, \"k.l\": 2}, ignore: [properties.x], replace_on: [properties.l], protect: true}\n  s: {type: Microsoft.KeyVault/vaults/secrets@2023-07-01, parent: resources.kv, body: {properties: {value: x}}}\n";
    check(
        text,
        "resources.kv",
        r#"{"location":"northeurope","tags":{"a":"b"},"properties":{"x":null,"d.o":1,"l":[{"y":"z"}]},"k.l":2}"#,
    );
    check(text, "resources.s", r#"{"properties":{"value":"x"}}"#);
    let declaration = declare(text);
    let vault = super::find(&declaration, "resources.kv");
    assert_eq!(
        vault.id.as_str(),
        "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/own"
    );
    assert_eq!(
        (vault.api_version.as_str(), vault.resource_type.as_str()),
        ("2023-07-01", "Microsoft.KeyVault/vaults")
    );
    assert_eq!((vault.ignore.len(), vault.replace_on.len()), (1, 1));
    assert_ne!(vault.protect, tenon_model::desired::Protect::No);
    assert!(vault.places.get("properties.\"d.o\"").is_some());
    let child = super::find(&declaration, "resources.s");
    assert_eq!(child.id.as_str(), format!("{}/secrets/s", vault.id));
}

#[test]
fn a_body_that_is_no_body_is_no_crash() {
    for body in [
        "{tags: null}",
        "{tags: x}",
        "{location: 5}",
        "[1]",
        "x",
        "null",
    ] {
        let text = format!(
            "tags: {{a: b}}\nresources: {{r: {{type: Microsoft.A/as@2020-01-01, body: {body}}}}}\n"
        );
        members(
            &text,
            &[
                ("resources.r", "tags", r#"{"a":"b"}"#),
                ("resources.r", "location", "\"westeurope\""),
            ],
        );
    }
}

#[test]
fn a_parent_may_stand_below_its_child() {
    let text = "resources:\n  s: {type: M.A/as/bs@2020-01-01, parent: resources.t}\n  t: {type: M.A/as@2020-01-01}\n";
    assert!(
        super::find(&declare(text), "resources.s")
            .id
            .as_str()
            .ends_with("/M.A/as/t/bs/s")
    );
    assert_eq!(HEAD.lines().count(), 5);
}
