//! The habits of Azure that are no change, one by one: what a live body may look
//! like although nobody touched it.
//!
//! Each is laid over everything that a wide spec makes; a plan that finds
//! something to do is wrong.

use tenon_model::plan::Mode;
use tenon_model::{Map, Value};

use crate::support::cloud::Cloud;
use crate::{applied, assert_nothing, support};

const SPEC: &str = r#"
tenon: 1
name: shop
subscription: 33333333-3333-3333-3333-333333333333
resource_group: {name: made, create: true}
location: westeurope
tags: {Team: Platform}
secrets: {password: {env: PASSWORD}}
images:
  web: {id: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/trusted, version: 1.4.2}
nsgs:
  front:
    rules:
      ssh: {priority: 100, port: 22, from: 10.0.0.0/8, protocol: Tcp}
      web: {priority: 110, port: [80, 443], from: [Internet, 10.1.0.0/16], description: Web}
networks:
  net:
    address_space: [10.1.0.0/16, 10.2.0.0/16]
    dns_servers: [10.1.0.4, 10.1.0.5]
    subnets: {app: {prefix: 10.1.1.0/24, nsg: front}, data: {prefix: 10.1.2.0/24}}
vms:
  web:
    image: web
    zone: 1
    admin_username: ops
    admin_password: ${secrets.password}
    ssh_key: ops.pub
    subnet: net/app
    nsg: front
    public_ip: {dns_name: shop, idle_timeout: 10}
    private_ip: 10.1.1.9
    accelerated_networking: true
    license_type: RHEL_BYOS
    boot_diagnostics: true
    custom_data: cloud-init.yaml
    user_data: cloud-init.yaml
    os_disk: {size_gb: 64, sku: Premium_LRS, caching: ReadOnly}
    data_disks: {a: {size_gb: 64, caching: ReadOnly}, b: {size_gb: 32, sku: StandardSSD_LRS}}
    extensions:
      init:
        publisher: Microsoft.Azure.Extensions
        type: CustomScript
        version: 2.1
        automatic_upgrade: false
        settings: {fileUris: [https://acme.example/x.sh]}
        protected_settings: {commandToExecute: sh x.sh}
resources:
  vault:
    type: Microsoft.KeyVault/vaults@2023-07-01
    body: {properties: {network: "${networks.net.id}", sku: {family: A, name: standard}}}
"#;

/// Members whose texts are words of Azure's.
const WORDS: &[&str] = &[
    "vmSize",
    "createOption",
    "deleteOption",
    "caching",
    "protocol",
    "direction",
    "access",
    "privateIPAllocationMethod",
    "publicIPAllocationMethod",
    "storageAccountType",
    "computerName",
    "securityType",
    "licenseType",
    "publisher",
];

/// Lists whose order says nothing.
const SETS: &[&str] = &[
    "securityRules",
    "dataDisks",
    "networkInterfaces",
    "ipConfigurations",
    "addressPrefixes",
    "destinationPortRanges",
    "sourceAddressPrefixes",
    "resources",
];

/// Members with two forms: one, and a list of them.
const TWINS: &[(&str, &str)] = &[
    ("addressPrefix", "addressPrefixes"),
    ("sourceAddressPrefix", "sourceAddressPrefixes"),
    ("destinationAddressPrefix", "destinationAddressPrefixes"),
    ("sourcePortRange", "sourcePortRanges"),
    ("destinationPortRange", "destinationPortRanges"),
];

/// A value with the name of its member, of a type with a table.
type Habit = fn(&str, &mut Value);

/// What is done to every value, types without a table left out.
const HABITS: &[(&str, Habit)] = &[
    ("ids in capitals", |_, value| ids(value, str::to_uppercase)),
    ("ids in small letters", |_, value| {
        ids(value, str::to_lowercase);
    }),
    ("regions as people call them", |name, value| {
        if name == "location" {
            *value = Value::text("West Europe");
        }
    }),
    ("words in capitals", |name, value| {
        words(name, value, str::to_uppercase);
    }),
    ("words in small letters", |name, value| {
        words(name, value, str::to_lowercase);
    }),
    ("sets in another order", |name, value| {
        if let (true, Value::List(items)) = (SETS.contains(&name), value) {
            items.reverse();
        }
    }),
    ("numbers as text", |_, value| {
        if let Value::Int(number) = value {
            *value = Value::Text(number.to_string());
        }
    }),
    ("numbers with a point", |_, value| {
        if let Value::Int(number) = value {
            *value = Value::Float(f64::from(i32::try_from(*number).unwrap_or_default()));
        }
    }),
    ("zones as numbers", |name, value| {
        if name == "zones" {
            *value = Value::List(vec![Value::Int(1)]);
        }
    }),
    ("truth as text", |_, value| {
        if let Value::Bool(truth) = value {
            *value = Value::text(if *truth { "True" } else { "False" });
        }
    }),
    ("nothing, empty and new members", |name, value| {
        if let (true, Value::Map(map)) = (name == "properties", value) {
            map.insert("newNull", Value::Null);
            map.insert("newList", Value::List(Vec::new()));
            map.insert("newMap", Value::Map(Map::new()));
            map.insert("newText", Value::text("theirs"));
        }
    }),
    ("tags of the platform and of policies", |name, value| {
        if let (true, Value::Map(map)) = (name == "tags", value) {
            map.insert("hidden-link:/app", Value::text("Resource"));
            map.insert("costCenter", Value::text("4711"));
        }
    }),
    ("names of tags in other case", |name, value| {
        if let (true, Value::Map(map)) = (name == "tags", value)
            && let Some(team) = map.remove("Team")
        {
            map.insert("TEAM", team);
        }
    }),
    ("the list in place of the one", |_, value| {
        if let Value::Map(map) = value {
            for (one, many) in TWINS {
                if let Some(single) = map.get(one).cloned().filter(|one| !one.is_null()) {
                    map.remove(one);
                    map.insert(many, Value::List(vec![single]));
                }
            }
        }
    }),
    ("the one in place of the list", |_, value| {
        if let Value::Map(map) = value {
            for (one, many) in TWINS {
                let only = map.get(many).and_then(Value::as_list);
                if let Some([single]) = only.map(<[Value]>::to_vec).as_deref() {
                    map.remove(many);
                    map.insert(one, single.clone());
                }
            }
        }
    }),
    ("another name of the server's", |name, value| {
        if let (true, Value::Map(map)) = (name == "osDisk", value) {
            map.insert("name", Value::text("web_OsDisk_1_ffffffffffff"));
        }
    }),
];

fn ids(value: &mut Value, case: fn(&str) -> String) {
    if let Value::Text(text) = value
        && let Some(rest) = text.strip_prefix("/subscriptions/")
    {
        *text = format!("/subscriptions/{}", case(rest));
    }
}

fn words(name: &str, value: &mut Value, case: fn(&str) -> String) {
    if let (true, Value::Text(text)) = (WORDS.contains(&name), value) {
        *text = case(text);
    }
}

fn each(name: &str, value: &mut Value, habit: Habit) {
    habit(name, value);
    match value {
        Value::List(items) => items.iter_mut().for_each(|item| each("", item, habit)),
        Value::Map(map) if name != "tags" => {
            for (name, item) in map.iter_mut() {
                let name = name.to_owned();
                each(&name, item, habit);
            }
        }
        _ => {}
    }
}

fn take_on(cloud: &Cloud, habit: Habit) {
    cloud.with(|state| {
        for (id, body) in &mut state.resources {
            if tenon_kinds::rules_of(&id.resource_type()).is_some() {
                each("", body, habit);
            }
        }
    });
}

#[test]
fn no_habit_of_azure_is_a_change() {
    let asked = support::ask(SPEC, None, &support::files())
        .unwrap_or_else(|stopped| panic!("{:#?}", stopped.diagnostics));
    let cloud = applied(&asked);
    assert_nothing(&asked.plan(&cloud, Mode::Live), "as it is", SPEC);
    for (name, habit) in HABITS {
        let cloud = cloud.clone();
        let before = cloud.with(|state| state.resources.clone());
        take_on(&cloud, *habit);
        assert!(
            cloud.with(|state| state.resources != before),
            "nothing has {name}"
        );
        assert_nothing(&asked.plan(&cloud, Mode::Live), name, "");
    }
}
