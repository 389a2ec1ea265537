//! What consumers see of a version that was published.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;
use tenon_model::image::ImageVersion;
use tenon_model::{ResourceId, Value};

use super::Publishing;
use super::live::{Live, Looked};
use super::numbers::Chosen;
use crate::output;

/// The name and version of the form of the result as JSON.
const FORMAT: &str = "tenon.publication/1";

/// A version that was published.
#[derive(Serialize)]
struct Publication<'a> {
    format: &'static str,
    image: String,
    version: ImageVersion,
    /// For an exact version in a spec.
    id: ResourceId,
    /// For a channel in a spec.
    definition: &'a ResourceId,
    source: &'a str,
    /// Replicas by region.
    regions: BTreeMap<String, i64>,
    /// What `latest` is, by region.
    latest: BTreeMap<String, Option<ImageVersion>>,
    sharing: Sharing,
    /// What goes next.
    goes: &'a BTreeSet<ImageVersion>,
}

/// Who may use it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Sharing {
    /// Who has a role.
    Roles,
    /// And who is named.
    Groups {
        subscriptions: usize,
        tenants: usize,
    },
    /// And everybody, under this name.
    Community { name: String },
}

/// Prints what consumers see.
pub(super) fn tell(
    publishing: &Publishing<'_>,
    looked: &Looked,
    chosen: &Chosen,
    goes: &BTreeSet<ImageVersion>,
) {
    let version = chosen.version;
    let live = looked.versions.get(&version);
    let regions = live.map(Live::replicas).unwrap_or_default();
    let latest = |region: &String| (region.clone(), latest(looked, region));
    let publication = Publication {
        format: FORMAT,
        image: publishing.name(),
        version,
        id: publishing
            .definition
            .child("versions", &version.to_string()),
        definition: &publishing.definition,
        source: &chosen.source,
        latest: regions.keys().map(latest).collect(),
        regions,
        sharing: sharing(&looked.gallery),
        goes,
    };
    if publishing.output.is_json() {
        publishing.output.json_line(&publication);
    } else {
        output::print(&text(&publication));
    }
}

/// What `latest` is in a region: the highest number that is there, done, and
/// not passed over.
fn latest(looked: &Looked, region: &str) -> Option<ImageVersion> {
    let mut newest = looked.versions.values().rev().filter(|live| {
        let facts = &live.facts;
        let passed = facts.excluded || facts.excluded_in.iter().any(|one| one == region);
        !passed
            && !facts.soft_deleted
            && facts.provisioning_state == "Succeeded"
            && facts.targets.iter().any(|one| one == region)
    });
    newest.next().map(|live| live.facts.version)
}

fn sharing(gallery: &Value) -> Sharing {
    let profile = gallery.at(&["properties", "sharingProfile"]);
    let text = |names: &[&str]| profile?.at(names)?.as_text();
    match text(&["permissions"]) {
        Some("Groups") => {
            let groups = profile.and_then(|profile| profile.member("groups"));
            let groups = groups.and_then(Value::as_list).unwrap_or_default();
            let many = |kind: &str| {
                let of = groups
                    .iter()
                    .filter(|one| one.member("type").and_then(Value::as_text) == Some(kind));
                let ids = of.filter_map(|one| Some(one.member("ids")?.as_list()?.len()));
                ids.sum()
            };
            Sharing::Groups {
                subscriptions: many("Subscriptions"),
                tenants: many("AADTenants"),
            }
        }
        Some("Community") => {
            let names = profile.and_then(|one| one.at(&["communityGalleryInfo", "publicNames"]));
            let name = names.and_then(Value::as_list).and_then(<[Value]>::first);
            Sharing::Community {
                name: name.map(Value::to_plain_text).unwrap_or_default(),
            }
        }
        _ => Sharing::Roles,
    }
}

fn text(publication: &Publication<'_>) -> String {
    let Publication { image, version, .. } = publication;
    let mut text = format!("{image} {version}\n");
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<9} {value}");
    };
    line("id", publication.id.as_str());
    let regions = publication.regions.iter();
    let regions: Vec<String> = regions
        .map(|(region, count)| format!("{region} {count}"))
        .collect();
    line("replicas", &regions.join(", "));
    for (version, regions) in by_version(&publication.latest) {
        let version = version.map_or_else(|| "no version".to_owned(), |one| one.to_string());
        line("latest", &format!("{version} in {}", regions.join(", ")));
    }
    line("read by", &readers(&publication.sharing));
    let channel = format!(
        "{{id: {}, version: {}.{}.x}}",
        publication.definition, version.0, version.1
    );
    line("in specs", &channel);
    text
}

fn by_version(
    latest: &BTreeMap<String, Option<ImageVersion>>,
) -> BTreeMap<Option<ImageVersion>, Vec<&str>> {
    let mut by: BTreeMap<Option<ImageVersion>, Vec<&str>> = BTreeMap::new();
    for (region, version) in latest {
        by.entry(*version).or_default().push(region);
    }
    by
}

fn readers(sharing: &Sharing) -> String {
    match sharing {
        Sharing::Roles => "who has a role on it".to_owned(),
        Sharing::Groups {
            subscriptions,
            tenants,
        } => format!("who has a role on it, {subscriptions} subscriptions and {tenants} tenants"),
        Sharing::Community { name } => format!("everybody, as {name}"),
    }
}
