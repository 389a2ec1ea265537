//! What values look like, and what has to stand around an entry.

use serde_json::{Value as Json, json};
use tenon_model::shape::Format;

use crate::support::{PUBLISHER, SUBSCRIPTION};

/// Images by what they are; the gallery of the tests goes by their names.
pub(crate) const IMAGES: &[&str] = &["web", "windows", "special", "trusted", "planned"];

const GALLERY: &str = "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images";

/// The key of the entry that a spec is about.
pub(crate) const KEY: &str = "it";

/// The deployment's tags, as they stand in the text.
pub(crate) const TAGS: &str = r#"{"team":"platform"}"#;

/// A spec with `entry` in `section`, and with what it may refer to.
pub(crate) fn around(section: &str, entry: &Json) -> Json {
    let images = IMAGES.iter().map(|name| {
        let image =
            json!({"id": format!("{GALLERY}/{name}"), "version": "1.4.2", "tenant": PUBLISHER});
        ((*name).to_owned(), image)
    });
    let mut spec = json!({
        "tenon": 1,
        "name": "conformance",
        "subscription": SUBSCRIPTION,
        "resource_group": {"name": "rg", "create": true},
        "location": "westeurope",
        "tags": {"team": "platform"},
        "secrets": {"password": {"env": "PASSWORD"}},
        "images": Json::Object(images.collect()),
    });
    // What nobody refers to would only cost time.
    let text = entry.to_string();
    if text.contains("\"group\"") {
        spec["nsgs"]["group"] = json!({});
    }
    if text.contains("\"net/app\"") {
        spec["networks"]["net"] = json!({"subnets": {"app": {"prefix": "10.0.0.0/24"}}});
    }
    for (section_of, name) in [
        ("identities", "app"),
        ("public_ips", "front"),
        ("availability_sets", "set"),
        ("placement_groups", "near"),
    ] {
        if text.contains(&format!("\"{name}\"")) {
            spec[section_of][name] = json!({});
        }
    }
    if text.contains("\"copy_to\"") {
        spec["galleries"]["local"] = json!({});
    }
    if section == "scale_sets" {
        // Machines stay in a subnet that their model has left.
        spec["networks"]["net"] = json!({"subnets": {"app": {"prefix": "10.0.0.0/24"}, "other": {"prefix": "10.0.9.0/24"}}});
    }
    if text.contains("\"resources.other\"") {
        spec["resources"]["other"] = json!({"type": "Microsoft.Other/things@2020-01-01"});
    }
    if section == "images" {
        spec["vms"] = json!({"m": {"image": KEY, "admin_username": "ops"}});
    }
    spec[section][KEY] = entry.clone();
    spec
}

/// Texts at a place of a shape.
pub(crate) fn texts(at: &str, format: Format) -> Vec<Json> {
    let texts: &[&str] = match format {
        Format::Free => free(at),
        Format::Name => name(at),
        Format::Cidr => match at {
            "networks.subnets.*.prefix" => &["10.0.1.0/24"],
            "vms.subnet_address_prefix" => &["10.0.0.0/25"],
            _ => &["10.0.0.0/16"],
        },
        Format::Ip => &["10.0.0.9"],
        Format::AddressPrefix => &["10.0.0.0/8", "10.1.2.3", "Internet", "*", "2001:db8::/32"],
        Format::Port => &["443", "80-90", "*"],
        // A group does not move.
        Format::Region if at == "resource_groups.location" => &["westeurope"],
        Format::Region => &["northeurope", "West Europe"],
        Format::Date => &["2036-02-22", "2036-02-22T12:00:00+02:00"],
        Format::Guid => &["55555555-5555-5555-5555-555555555555"],
        Format::Tenant => &[PUBLISHER],
        Format::Duration => &["90s"],
        Format::Percent => &["10%"],
        Format::File => match at {
            "vms.ssh_key[]" | "scale_sets.ssh_key[]" | "ssh_keys.public_key" => {
                &["ops.pub", "ssh-ed25519 AAAA x", "generate_ed25519"]
            }
            _ => &["cloud-init.yaml", "#!/bin/sh\n"],
        },
        Format::Secret => &["${secrets.password}"],
        Format::TypeAtVersion => &["Microsoft.Thing/things@2020-01-01"],
        Format::ImageVersion => &["1.4.2", "1.4.x", "1.x", "latest"],
        Format::ResourceId => return ids(at),
        Format::Reference => return references(at),
    };
    texts.iter().map(|text| json!(text)).collect()
}

/// The name of the one member of a map.
pub(crate) fn key(at: &str) -> &'static str {
    match at.rsplit('.').next().unwrap_or(at) {
        "versions" => "1.4.2",
        "replicate_to" => "westeurope",
        "data_disks" if at.starts_with("galleries.") => "0",
        "data_disk_encryption_sets" => "0",
        "features" => "IsAcceleratedNetworkSupported",
        _ => "key",
    }
}

/// What a truth value may be.
pub(crate) fn truths(at: &str) -> &'static [bool] {
    match at {
        // What stands already is not made.
        "galleries.existing" | "galleries.images.*.existing" => &[false],
        _ => &[true, false],
    }
}

/// Keys without which a map is refused although its shape does not ask for
/// them.
pub(crate) fn needed(at: &str) -> &'static [&'static str] {
    match at {
        "galleries.images.*.versions.*" => &["source"],
        "galleries.images.*" => &["os_type", "identifier"],
        _ => &[],
    }
}

/// Keys that do not go with a key.
pub(crate) fn excluded(at: &str, key: &str) -> &'static [&'static str] {
    match (at, key) {
        ("galleries.images.*.versions.*", "os_disk") => &["source"],
        _ => &[],
    }
}

/// Keys that do not go with all the others.
pub(crate) fn apart(at: &str) -> &'static [&'static str] {
    match at {
        "galleries.images.*.versions.*" => &["os_disk"],
        "galleries.sharing" => &["community"],
        _ => &[],
    }
}

fn free(at: &str) -> &'static [&'static str] {
    match at {
        "vms.extensions.*.version" => &["2.1", "2.2"],
        "vms.zone" => &["1", "3"],
        "vms.rollout.canary" => &["10%"],
        "vms.rollout.health.tcp" => &["10.0.0.4:443"],
        "vms.rollout.health.http" | "vms.rollout.health.http.url" => &["http://127.0.0.1/healthz"],
        "vms.rollout.health.http.path" => &["/healthz"],
        "vms.rollout.health.http.status" => &["200-399"],
        "vms.rollout.health.command" | "vms.rollout.health.command[]" => &["./check.sh"],
        "vms.zones[]" | "scale_sets.zones[]" => &["1", "2"],
        "scale_sets.health.path" => &["/health"],
        "access.role" => &["Reader"],
        "galleries.sharing.community.prefix" => &["acmeimages"],
        _ if at.starts_with("galleries.images.*.features") => &["true"],
        "galleries.images.*.disallowed_disks[]" => &["Standard_LRS"],
        "vms.max_price" => &["0.05", "-1"],
        "public_ips.zones[]" => &["1", "2", "3"],
        "vms.public_ip.dns_name" | "public_ips.dns_name" => &["a-label"],
        "resources.ignore[]" | "resources.replace_on[]" => &["properties.size"],
        // Of no entry here, so that everything else is still compared.
        "access.ignore[]" => &["description"],
        _ if at.ends_with(".ignore[]") => &["tags.never"],
        _ if at.ends_with(".depends_on[]") => &["resources.other"],
        _ => &["words"],
    }
}

fn name(at: &str) -> &'static [&'static str] {
    match at {
        "vms.size" | "scale_sets.size" => &["Standard_E4s_v5"],
        "galleries.name" => &["a_name"],
        "images.copy_to" => &["local"],
        "vms.license_type" | "scale_sets.license_type" => &["SLES_BYOS"],
        // Those of the same machine, of which there is one.
        "vms.extensions.*.depends_on[]" => &[],
        // Those of a fleet, and this is none.
        "vms.rollout.canary[]" => &[],
        _ => &["a-name"],
    }
}

fn ids(at: &str) -> Vec<Json> {
    match at {
        "images.id" => vec![
            json!(format!("{GALLERY}/web")),
            json!(format!("{GALLERY}/web/versions/1.4.2")),
            json!("/sharedGalleries/44444444-4444-4444-4444-444444444444-ACME/images/web"),
            json!("/communityGalleries/acme-0001/images/web/versions/1.4.2"),
        ],
        _ if at.contains("encryption_set") => {
            vec![json!(id("Microsoft.Compute/diskEncryptionSets/theirs"))]
        }
        _ => vec![json!(id("Microsoft.Else/things/theirs"))],
    }
}

fn references(at: &str) -> Vec<Json> {
    match at {
        "vms.image" | "scale_sets.image" => {
            vec![
                json!("web"),
                json!(format!("{GALLERY}/web/versions/1.4.2")),
                json!("/sharedGalleries/44444444-4444-4444-4444-444444444444-ACME/images/web"),
                json!("/communityGalleries/acme-0001/images/web/versions/1.4.2"),
            ]
        }
        "vms.subnet" => vec![
            json!("net/app"),
            json!(id(
                "Microsoft.Network/virtualNetworks/theirs/subnets/theirs"
            )),
        ],
        "scale_sets.subnet" => vec![
            json!("net/app"),
            json!("net/other"),
            json!(id(
                "Microsoft.Network/virtualNetworks/theirs/subnets/theirs"
            )),
        ],
        "galleries.images.*.versions.*.source" => vec![
            json!(id("Microsoft.Compute/images/theirs")),
            json!(id("Microsoft.Compute/virtualMachines/theirs")),
            json!(id("Microsoft.Compute/snapshots/theirs")),
            json!(format!("{GALLERY}/web/versions/1.4.1")),
            json!("/communityGalleries/acme-0001/images/web/versions/1.4.2"),
        ],
        _ if at.starts_with("galleries.") && at.ends_with(".source") => {
            let name = if at.contains("os_disk") {
                "system"
            } else {
                "data"
            };
            vec![json!(id(&format!("Microsoft.Compute/disks/{name}")))]
        }
        "access.principal" => vec![json!("55555555-5555-5555-5555-555555555555")],
        "access.scope" => vec![
            json!("resource_group"),
            json!(id("Microsoft.Thing/parents/theirs")),
        ],
        "vms.public_ip" => vec![
            json!("front"),
            json!(id("Microsoft.Network/publicIPAddresses/theirs")),
        ],
        "vms.identity.user[]" | "scale_sets.identity.user[]" => vec![
            json!("app"),
            json!(id(
                "Microsoft.ManagedIdentity/userAssignedIdentities/theirs"
            )),
        ],
        "vms.availability_set" => vec![
            json!("set"),
            // A machine and its set are in one group.
            json!(id("Microsoft.Compute/availabilitySets/theirs").replace("/theirs/", "/a-name/")),
        ],
        _ if at.ends_with(".placement_group") => vec![
            json!("near"),
            json!(id("Microsoft.Compute/proximityPlacementGroups/theirs")),
        ],
        // What takes no tags lies in something that the spec makes.
        "resources.parent" => vec![json!("resources.other"), json!("resource_group")],
        _ if at.ends_with("nsg") => vec![
            json!("group"),
            json!(id("Microsoft.Network/networkSecurityGroups/theirs")),
        ],
        _ => panic!("say in samples.rs what {at} may refer to"),
    }
}

/// The id of something that somebody else made.
fn id(rest: &str) -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/theirs/providers/{rest}")
}

/// Whole numbers: the least and the greatest, unless that would be a crowd.
pub(crate) fn numbers(at: &str, min: i64, max: i64) -> Vec<Json> {
    let numbers: &[i64] = match at {
        "vms.count" | "resources.count" => &[2, 1, 0],
        "scale_sets.capacity" => &[2, 1, 0],
        // Five do not go with every mode, and one is what is anyway.
        "scale_sets.fault_domains" => &[1, 2],
        _ => &[min, max],
    };
    numbers.iter().map(|number| json!(number)).collect()
}

/// What a value without a shape may be.
pub(crate) fn anything(at: &str) -> Vec<Json> {
    match at {
        "vms.extensions.*.settings.*" => vec![json!(1), json!({"a": [true]})],
        "vms.extensions.*.protected_settings.*" => vec![json!("x"), json!("${secrets.password}")],
        "scale_sets.upgrade.automatic_os_upgrade" => vec![json!(false)],
        "resources.body" => vec![json!({"properties": {"size": 1}})],
        _ => vec![json!({})],
    }
}
