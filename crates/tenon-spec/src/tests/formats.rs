//! Formats of texts, and the keys at the top.

use tenon_model::spec::{CredentialSource, Made};
use tenon_model::value::SecretSource;

use super::{check, problems, reading};

#[test]
fn networks() {
    check(
        "networks:
  n:
    address_space: 10.20.0.1/16
    dns_servers: [10.0.0.4, ten]
    subnets:
      a: {prefix: 10.0.0.0/33}
      b: {prefix: 10.0.0.0}
      c: {prefix: \"fd00::1/64\"}
      d: {prefix: x/8}
nsgs:
  g:
    rules:
      a: {priority: 100, port: 80-70, from: Internet}
      b: {priority: 99, port: 70000, from: \"*\"}
      c: {priority: 100, port: [22, \"80-90\", \"*\"], from: [10.0.0.1/8, ::1, Storage.WestEurope, a b]}",
        "error[TN1007] 5:20 networks.n.address_space cannot be `10.20.0.1/16` | the address is not the first one of its range
         error[TN1007] 6:29 networks.n.dns_servers[1] cannot be `ten` | this is no IP address
         error[TN1007] 8:19 networks.n.subnets.a.prefix cannot be `10.0.0.0/33` | there is no length that fits behind the `/`
         error[TN1007] 9:19 networks.n.subnets.b.prefix cannot be `10.0.0.0` | the length of the range is missing
         error[TN1007] 10:19 networks.n.subnets.c.prefix cannot be `fd00::1/64` | the address is not the first one of its range
         error[TN1007] 11:19 networks.n.subnets.d.prefix cannot be `x/8` | there is no IP address before the `/`
         error[TN1007] 15:32 nsgs.g.rules.a.port cannot be `80-70` | the range ends before it begins
         error[TN1007] 16:21 nsgs.g.rules.b.priority cannot be `99` | it must be from 100 to 4096
         error[TN1007] 16:31 nsgs.g.rules.b.port cannot be `70000` | this is no port
         error[TN1007] 17:59 nsgs.g.rules.c.from[0] cannot be `10.0.0.1/8` | the address is not the first one of its range
         error[TN1007] 17:96 nsgs.g.rules.c.from[3] cannot be `a b` | this is no address, no range and no service tag",
    );
}

#[test]
fn the_corrected_network_is_an_edit() {
    let edit = |text: &str| {
        let text = format!("tenon: 1\nnetworks: {{n: {{address_space: {text}}}}}");
        let reading = reading(&[("a", &text)], &[]);
        reading.diagnostics[0].helps[0]
            .edit
            .clone()
            .unwrap()
            .replacement
    };
    assert_eq!(edit("10.20.0.1/16"), "10.20.0.0/16");
    assert_eq!(edit("10.20.0.1/0"), "0.0.0.0/0");
    assert_eq!(edit("10.20.0.7/31"), "10.20.0.6/31");
    assert_eq!(edit("\"fd00::1/64\""), "\"fd00::/64\"");
}

#[test]
fn ids_names_versions_durations() {
    check(
        "images:
  a: {id: x}
  b: {id: subscriptions/s/resourceGroups/g}
  c: {id: /subscriptions/s/resourceGroups/}
  d: {id: /CommunityGalleries/g/Images/i, version: LATEST}
  e: {id: /subscriptions/s/resourceGroups/g, version: v1}
vms:
  web:
    image: /subscriptions/x
    name: a/b
    location: West-Europe
    subnet: a b
    rollout: {pause: 10, health: {within: 5 minutes}}
  db: {image: a, name: \" x\", rollout: {pause: 1h30m}}
resources:
  a: {type: Microsoft.KeyVault/vaults}
  b: {type: vaults@2023-07-01}
  c: {type: Microsoft.KeyVault/vaults@latest}
  d: {type: Microsoft.KeyVault/vaults/secrets@2023-07-01-preview}",
        "error[TN1007] 4:11 images.a.id cannot be `x` | an id begins with `/subscriptions/`
         error[TN1007] 5:11 images.b.id cannot be `subscriptions/s/resourceGroups/g` | an id begins with `/`
         error[TN1007] 6:11 images.c.id cannot be `/subscriptions/s/resourceGroups/` | an id has pairs of type and name; this one ends early or has an empty part
         error[TN1007] 8:55 images.e.version cannot be `v1` | a version has three numbers
         error[TN1007] 12:11 vms.web.name cannot be `a/b` | Azure allows no such character in a name
         error[TN1007] 13:15 vms.web.location cannot be `West-Europe` | a region has only letters and digits
         error[TN1007] 14:13 vms.web.subnet cannot be `a b` | the name of an entry has no spaces
         error[TN1007] 15:22 vms.web.rollout.pause cannot be `10` | the unit is missing
         error[TN1007] 15:43 vms.web.rollout.health.within cannot be `5 minutes` | this is no duration
         error[TN1007] 16:24 vms.db.name cannot be ` x` | it begins or ends with a space
         error[TN1007] 18:13 resources.a.type cannot be `Microsoft.KeyVault/vaults` | the API version is missing
         error[TN1007] 19:13 resources.b.type cannot be `vaults@2023-07-01` | this is no provider with a type
         error[TN1007] 20:13 resources.c.type cannot be `Microsoft.KeyVault/vaults@latest` | the API version is no date",
    );
    check(
        "vms: {web: {image: a, location: West Europe, nsg_rule: ssh}}",
        r#"vms.web {image: "a", location: "westeurope", nsg_rule: "SSH"}"#,
    );
}

#[test]
fn names_of_entries() {
    check(
        "vms:\n  web.1: {image: a}\n  -x: {image: a}\n  \"\": {image: a}\n  ok_1-x: {image: a}",
        "error[TN1007] 4:3 a name in vms cannot be `web.1` | letters, digits, `-` and `_` make a name; it begins with a letter or digit
         error[TN1007] 5:3 a name in vms cannot be `-x` | letters, digits, `-` and `_` make a name; it begins with a letter or digit
         error[TN1007] 6:3 a name in vms cannot be an empty text | letters, digits, `-` and `_` make a name; it begins with a letter or digit",
    );
}

#[test]
fn secrets_and_tenants() {
    check(
        "secrets:
  a: {env: A}
  b: {env: A, file: b}
  c: {}
  d: {key_vault: \"https://v.vault.azure.net/secrets/x\"}
  e: {key_vault: x}
  f: {value: hunter2}
  g: hunter2
tenants:
  t: {id: contoso.com, credential: {client_id: x, client_secret: \"${secrets.a}\"}}
  u: {id: contoso}
  v: {credential: {client_secret: hunter2, token: x}}
  w: {id: \"${vms.web.x}\"}
subscription: \"{33333333-3333-3333-3333-333333333333}\"
tenant: u
location: West Europe!",
        "error[TN1009] 5:15 `env` and `file` exclude each other in secrets.b | a secret has one source | this is one
         error[TN1006] 6:3 missing key `env` in secrets.c | one of `env`, `file` or `key_vault` must be here
         error[TN1007] 8:18 secrets.e.key_vault cannot be `x` | this is no id of a Key Vault secret
         error[TN1004] 9:7 unknown key `value` in secrets.f
         error[TN1104] 10:3 the secret `g` would be readable here | a secret names its source, never its value
         error[TN1007] 12:48 tenants.t.credential.client_id cannot be `x` | this is no GUID
         error[TN1007] 13:11 tenants.u.id cannot be `contoso` | this is no GUID and no verified domain
         error[TN1006] 14:3 missing key `id` in tenants.v | `id` must be here
         error[TN1104] 14:20 the secret `tenants.v.credential.client_secret` would be readable here | this takes the name of a secret, never its value
         error[TN1004] 14:44 unknown key `token` in tenants.v.credential
         error[TN1103] 15:12 this expression cannot be read | only vars, env, secrets can be used here
         error[TN1007] 16:15 subscription cannot be `{33333333-3333-3333-3333-333333333333}` | this is no GUID
         error[TN1007] 18:11 location cannot be `West Europe!` | a region has only letters and digits",
    );
}

#[test]
fn the_header() {
    let text = "tenon: 1
name: web-${env.USER_NAME}
vars: {t: {default: 11111111-1111-1111-1111-111111111111}}
secrets: {s: {env: S}, f: {file: s.txt}}
tenants:
  acme: {id: \"${vars.t}\", credential: {client_id: 11111111-1111-1111-1111-111111111112, client_secret: \"${secrets.s}\"}}
  other: {id: Other.Example.COM}
tenant: acme
subscription: 33333333-3333-3333-3333-33333333333A
resource_group: {name: g, create: true}
location: West Europe
tags: {n: 4720, b: true}
outputs: {x: 5}
";
    let reading = reading(&[("a", text)], &[]);
    let spec = reading
        .spec
        .unwrap_or_else(|| panic!("{}", problems(&reading.diagnostics)));
    assert_eq!(spec.name, "web-ada");
    let defaults = spec.defaults;
    assert_eq!(
        defaults.tenant.unwrap().value.as_str(),
        "11111111-1111-1111-1111-111111111111"
    );
    assert_eq!(
        defaults.subscription.unwrap().value.as_str(),
        "33333333-3333-3333-3333-33333333333a"
    );
    let group = defaults.resource_group.unwrap();
    assert_eq!(
        (group.value.name.as_str(), group.value.made),
        ("g", Made::Here)
    );
    assert_eq!(group.place.line, 10);
    assert_eq!(defaults.location.unwrap().value, "westeurope");
    assert_eq!(
        super::shown(&defaults.tags.unwrap()),
        r#"{n: "4720", b: "true"}"#
    );
    assert_eq!(spec.tenants[1].id.as_str(), "other.example.com");
    let credential = spec.tenants[0].credential.clone().unwrap();
    assert_eq!(
        credential.source,
        CredentialSource::Secret(SecretSource::Env("S".into()))
    );
    assert_eq!(spec.secrets.len(), 2);
    assert!(spec.files.is_empty());
}

#[test]
fn versions_and_names_of_specs() {
    let lines = |text: &str| problems(&reading(&[("a", text)], &[]).diagnostics);
    assert_eq!(
        lines("name: x\nfoo: 1"),
        "error[TN1006] 1:1 missing key `tenon` in the spec | `tenon` must be here\n\
         error[TN1004] 2:1 unknown key `foo` in the spec\n"
    );
    assert_eq!(
        lines("tenon: 2\nfoo: 1"),
        "error[TN1011] 1:8 this tenon does not know version `2` of the spec language | it knows version 1\n"
    );
    assert_eq!(
        lines("tenon:\n"),
        "error[TN1011] 1:1 this tenon does not know version an empty text of the spec language | it knows version 1\n"
    );
    assert_eq!(
        lines("tenon: 1\nname: a b\n"),
        "error[TN1007] 2:7 name cannot be `a b` | this cannot name a deployment\n"
    );
    let reading = reading(&[("a", "tenon: 1\n")], &[]);
    assert_eq!(reading.spec.unwrap().name, "spec");
}

#[test]
fn every_problem_has_a_way_out() {
    let texts = [
        "tenon: 1\nvms: {web: {image: [], zones: {}, tags: x, data_disks: [1], public_ip: [], zone: 9, count: {}}, db: []}\nimages: 5\noutputs: []\n",
        "a: [\n",
        "a: %\n",
        "a: &x [*x]\nb: *y\n? {}\n: !t x\n",
        "vars: {a: {default: {}}, b: 5, c: {type: 1}}\nsecrets: {a: []}\ntenants: {a: {}}\ntenon: 1\n",
    ];
    for text in texts {
        let reading = reading(&[("a", text)], &[]);
        assert!(!reading.diagnostics.is_empty());
        for one in &reading.diagnostics {
            assert!(!one.helps.is_empty(), "{one:?}");
            assert!(
                !one.message.ends_with('.') && one.place().is_some(),
                "{one:?}"
            );
        }
    }
}
