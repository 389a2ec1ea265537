//! What consumers see of a version that was published.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;
use tenon_kinds::images::{Choice, Wanted, choose, shared};
use tenon_model::image::{Channel, Follow, ImageVersion, VersionFacts};
use tenon_model::listing::With;
use tenon_model::{ResourceId, Value};

use super::Publishing;
use super::live::{Live, Looked};
use super::numbers::Chosen;
use crate::images::ended;
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

/// What `latest` is in a region, by the rules that consumers are resolved with.
/// Whether its replica is complete a list does not tell.
fn latest(looked: &Looked, region: &str) -> Option<ImageVersion> {
    let facts: Vec<VersionFacts> = looked
        .versions
        .values()
        .map(|one| one.facts.clone())
        .collect();
    let wanted = Wanted {
        channel: Channel::Latest,
        pinned: None,
        regions: &[region.to_owned()],
        follow: Follow::Lock,
        ended: &ended(&facts),
    };
    match choose(&facts, &wanted) {
        Choice::Take { index, .. } => Some(facts[index].version),
        Choice::Ask(version) => Some(version),
        Choice::Nothing(_) => None,
    }
}

fn sharing(gallery: &Value) -> Sharing {
    let shared = shared(gallery);
    match shared.with {
        With::Nobody => Sharing::Roles,
        With::Some => Sharing::Groups {
            subscriptions: shared.subscriptions.len(),
            tenants: shared.tenants.len(),
        },
        With::Everybody => Sharing::Community {
            name: shared.public_names.into_iter().next().unwrap_or_default(),
        },
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
