//! Entries in, resources out.

mod apps;
mod bodies;
mod checks;
mod images;
mod machines;
mod problems;
mod references;
mod scale_sets;
mod single;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tenon_model::desired::{Declaration, Desired, Relation};
use tenon_model::image::{DefinitionFacts, ImageRequest, ImageVersion, ResolvedImage};
use tenon_model::kind::{MissingKey, Settled, Surroundings};
use tenon_model::spec::Spec;
use tenon_model::{Address, Diagnostic, Path, SubscriptionId, TenantId, Value};
use tenon_spec::{Input, SourceFile};

/// What every spec of these tests begins with; its first own line is line 6.
const HEAD: &str = "tenon: 1\nname: t\nsubscription: 33333333-3333-3333-3333-333333333333\nresource_group: rg\nlocation: westeurope\n";
const GALLERY: &str = "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images";
const KEY: &str = "ssh-rsa AAAAB3NzaC1yc2E= me@here";

/// What is around the spec: files, and what to do without a key.
struct Beside {
    files: BTreeMap<String, String>,
    missing_key: MissingKey,
    admin_username: Option<String>,
}

impl Default for Beside {
    fn default() -> Self {
        let files = [
            ("~/.ssh/id_rsa.pub", KEY),
            ("keys/ops.pub", "ssh-ed25519 AAAAC3 ops\n"),
            ("keys/private", "-----BEGIN OPENSSH PRIVATE KEY-----\n"),
            ("init.yaml", "#cloud-config\n"),
        ];
        Self {
            files: files
                .map(|(path, text)| (path.to_owned(), text.to_owned()))
                .into(),
            missing_key: MissingKey::Refuse,
            admin_username: None,
        }
    }
}

fn spec(text: &str) -> Spec {
    let input = Input {
        files: vec![SourceFile {
            name: "t.yaml".into(),
            text: format!("{HEAD}{text}"),
        }],
        variables: Vec::new(),
        environment: &|_| None,
        default_name: "t".into(),
    };
    let reading = tenon_spec::read(&input, &crate::sections());
    let problems = reading.diagnostics;
    reading.spec.unwrap_or_else(|| panic!("{problems:#?}"))
}

/// Declares a spec whose images are called `web`, `windows`, `special`,
/// `trusted` and are what their names say.
fn declare_with(text: &str, beside: &Beside) -> Declaration {
    let spec = spec(text);
    let defaults = &spec.defaults;
    let settled = Settled {
        tenant: TenantId::new("22222222-2222-2222-2222-222222222222"),
        tenants: BTreeMap::new(),
        subscription: SubscriptionId::new("33333333-3333-3333-3333-333333333333"),
        group: defaults.resource_group.clone().unwrap(),
        location: "westeurope".into(),
        admin_username: beside.admin_username.clone(),
        roles: None,
        login: None,
    };
    let around = |images| Surroundings {
        spec: &spec,
        defaults: settled.clone(),
        ids: BTreeMap::new(),
        images,
        files: beside.files.clone(),
        missing_key: beside.missing_key,
    };
    let first = crate::declare(around(BTreeMap::new()));
    let images = first.images.iter().map(resolved);
    let images = images.map(|image| (image.address.clone(), image)).collect();
    crate::declare(around(images))
}

fn declare(text: &str) -> Declaration {
    declare_with(text, &Beside::default())
}

fn resolved(request: &ImageRequest) -> ResolvedImage {
    let name = request.definition.name();
    let pick = |yes, one: &str, other: &str| if yes { one } else { other }.to_owned();
    ResolvedImage {
        address: request.address.clone(),
        tenant: TenantId::new("11111111-1111-1111-1111-111111111111"),
        id: request.definition.version(ImageVersion(1, 4, 2)),
        version: ImageVersion(1, 4, 2),
        channel: request.channel.to_string(),
        locked: false,
        follow: request.follow,
        definition: DefinitionFacts {
            os_type: pick(name.contains("windows"), "Windows", "Linux"),
            os_state: pick(name.contains("special"), "Specialized", "Generalized"),
            generation: "V2".into(),
            architecture: "x64".into(),
            security_type: name
                .contains("trusted")
                .then(|| "trustedLaunchSupported".to_owned()),
            purchase_plan: None,
            ..DefinitionFacts::default()
        },
        published: None,
        end_of_life: None,
        passed_over: Vec::new(),
        stay: BTreeMap::new(),
        disks: tenon_model::image::ImageDisks::default(),
        made: None,
    }
}

fn find<'d>(declaration: &'d Declaration, address: &str) -> &'d Desired {
    let found = declaration
        .resources
        .iter()
        .find(|desired| desired.address.as_str() == address);
    found.unwrap_or_else(|| {
        let all: Vec<&Address> = declaration
            .resources
            .iter()
            .map(|desired| &desired.address)
            .collect();
        panic!("no {address} in {all:?}")
    })
}

/// JSON in which `@type/name` is short for the id of a resource in the group.
fn json(text: &str) -> Value {
    let mut long = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('@') {
        let short = ["vnet/", "nsg/", "nic/", "ip/", "disk/", "image/"]
            .into_iter()
            .find(|short| after.starts_with(short));
        long.push_str(before);
        match short {
            None => long.push('@'),
            Some("image/") => long.push_str(&format!("{GALLERY}/")),
            Some(short) => {
                let kind = match short {
                    "vnet/" => "Microsoft.Network/virtualNetworks/",
                    "nsg/" => "Microsoft.Network/networkSecurityGroups/",
                    "nic/" => "Microsoft.Network/networkInterfaces/",
                    "ip/" => "Microsoft.Network/publicIPAddresses/",
                    _ => "Microsoft.Compute/disks/",
                };
                long.push_str("/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg/providers/");
                long.push_str(kind);
            }
        }
        rest = &after[short.map_or(0, str::len)..];
    }
    serde_json::from_str(&(long + rest)).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// Asserts the whole body of a resource.
fn check(text: &str, address: &str, expected: &str) {
    let declaration = declare(text);
    let errors = problems(&declaration.diagnostics, "error");
    assert_eq!(errors, "", "{text}");
    let body = &find(&declaration, address).body;
    assert_eq!(pretty(body), pretty(&json(expected)), "{address} of {text}");
}

/// Asserts single members of bodies: address, path, JSON; `none` for nothing.
fn members(text: &str, expected: &[(&str, &str, &str)]) {
    let declaration = declare(text);
    let errors = problems(&declaration.diagnostics, "error");
    assert_eq!(errors, "", "{text}");
    for (address, path, value) in expected {
        let body = &find(&declaration, address).body;
        let found = Path::parse(path).unwrap().get(body);
        let found = found.map_or("none".to_owned(), pretty);
        let value = if *value == "none" {
            "none".to_owned()
        } else {
            pretty(&json(value))
        };
        assert_eq!(found, value, "{path} of {address} in {text}");
    }
}

/// Problems, one line each: code, place, message, labels, helps.
fn problems(diagnostics: &[Diagnostic], severity: &str) -> String {
    let mut out = String::new();
    let wanted = |one: &&Diagnostic| one.is_error() == (severity == "error");
    for one in diagnostics.iter().filter(wanted) {
        let _ = write!(out, "{}", one.code);
        if let Some(place) = one.place() {
            let _ = write!(out, " {}:{}", place.line, place.column);
        }
        let _ = write!(out, " {}", one.message);
        for label in one.labels.iter().filter(|label| !label.message.is_empty()) {
            let _ = write!(out, " | {}", label.message);
        }
        out.push('\n');
    }
    out
}

fn refuse_with(text: &str, beside: &Beside, expected: &str) {
    let declaration = declare_with(text, beside);
    let lines: Vec<&str> = expected.lines().map(str::trim).collect();
    let found = problems(&declaration.diagnostics, "error");
    assert_eq!(found.trim_end(), lines.join("\n"), "{text}");
}

/// Asserts the errors of a spec.
fn refuse(text: &str, expected: &str) {
    refuse_with(text, &Beside::default(), expected);
}

/// Needs of a resource as `relation address`, sorted.
fn needs(declaration: &Declaration, address: &str) -> Vec<String> {
    let words = |relation| match relation {
        Relation::Inside => "inside",
        Relation::Uses => "uses",
        Relation::Reads => "reads",
        Relation::After => "after",
        Relation::BuiltFrom => "built from",
        Relation::SignedIn => "signed in",
    };
    let needs = find(declaration, address).needs.iter();
    let mut needs: Vec<String> = needs
        .map(|need| format!("{} {}", words(need.relation), need.on))
        .collect();
    needs.sort();
    needs
}
