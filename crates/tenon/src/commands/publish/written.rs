//! The spec that a publication is: one version in a gallery of somebody else.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tenon_model::ResourceId;
use tenon_model::outline::{Outline, Written};
use tenon_spec::{SourceFile, compose};

use super::Publishing;
use super::live::{Live, Looked};
use super::numbers::Chosen;
use crate::files;
use crate::prepare::{self, Loaded, Trouble};

/// Where the spec is said to stand: beside no other one, and no lock file.
const FOLDER: &str = ".tenon/publish";

/// The key of an entry: its name, as far as a key may have it.
pub(super) fn key(name: &str) -> String {
    name.replace('.', "-")
}

/// A spec with the version.
pub(super) fn version(
    publishing: &Publishing<'_>,
    looked: &Looked,
    chosen: &Chosen,
) -> Result<Loaded, Trouble> {
    let mut version = Outline::default();
    version.set("source", chosen.source.as_str());
    let mut regions = Outline::default();
    for (region, count) in replicas(publishing, looked, chosen) {
        regions.set(&region, count);
    }
    version.set("replicate_to", Written::Map(regions));
    let options = publishing.options;
    let live = looked.versions.get(&chosen.version);
    // What is there and was not asked about stays as it is.
    let excluded = live.is_some_and(|live| live.facts.excluded);
    if options.exclude_from_latest || excluded {
        version.set("exclude_from_latest", true);
    }
    let ends = live.and_then(|live| live.facts.end_of_life.as_deref());
    if let Some(ends) = options.end_of_life.as_deref().or(ends) {
        version.set("end_of_life", ends);
    }
    let blocks = live.and_then(|live| {
        let profile = live.body.at(&["properties", "safetyProfile"])?;
        profile.member("blockDeletionBeforeEndOfLife")?.as_bool()
    });
    if blocks == Some(true) {
        version.set("block_deletion_before_end_of_life", true);
    }
    if options.protect || live.is_some_and(Live::is_protected) {
        version.set("protect", true);
    }
    let mut versions = Outline::default();
    versions.set(&chosen.version.to_string(), Written::Map(version));
    spec(publishing, looked, Some(versions))
}

/// A spec with none.
pub(super) fn bare(publishing: &Publishing<'_>, looked: &Looked) -> Result<Loaded, Trouble> {
    spec(publishing, looked, None)
}

/// Regions that are there stay; those that are named come, or get as many
/// replicas as was said.
fn replicas(
    publishing: &Publishing<'_>,
    looked: &Looked,
    chosen: &Chosen,
) -> BTreeMap<String, i64> {
    let live = looked.versions.get(&chosen.version);
    let mut regions = live.map(Live::replicas).unwrap_or_default();
    regions.entry(looked.location.clone()).or_insert(1);
    for asked in &publishing.options.regions {
        let count = regions.entry(asked.region.clone()).or_insert(1);
        if let Some(asked) = asked.count {
            *count = i64::from(asked);
        }
    }
    regions
}

fn spec(
    publishing: &Publishing<'_>,
    looked: &Looked,
    versions: Option<Outline>,
) -> Result<Loaded, Trouble> {
    let definition = &publishing.definition;
    let gallery = definition.parent().unwrap_or_else(|| definition.clone());
    let mut image = existing(definition);
    if let Some(versions) = versions {
        image.set("versions", Written::Map(versions));
    }
    let mut entry = existing(&gallery);
    entry
        .map("images")
        .set(&key(definition.name()), Written::Map(image));
    let mut spec = Outline::default();
    spec.set("tenon", 1);
    spec.set("name", publishing.deployment.as_str());
    spec.set("tenant", looked.tenant.as_str());
    spec.set("subscription", gallery.subscription().as_str());
    spec.set(
        "resource_group",
        gallery.resource_group().unwrap_or_default(),
    );
    spec.set("location", looked.location.as_str());
    spec.map("galleries")
        .set(&key(gallery.name()), Written::Map(entry));
    let path = PathBuf::from(format!("{FOLDER}/{}.yaml", publishing.deployment));
    let file = SourceFile {
        name: files::shown(&path),
        text: compose(&spec),
    };
    let mut loaded = prepare::load_texts(publishing.global, vec![path], vec![file])?;
    if let Some(base) = publishing.base {
        let theirs = &base.spec;
        loaded.spec.tenants.clone_from(&theirs.tenants);
        loaded.spec.secrets.clone_from(&theirs.secrets);
        let defaults = &mut loaded.spec.defaults;
        defaults.cloud.clone_from(&theirs.defaults.cloud);
        defaults.lock.clone_from(&theirs.defaults.lock);
        defaults.tags.clone_from(&theirs.defaults.tags);
        defaults.checks.clone_from(&theirs.defaults.checks);
        loaded.sources.extend(&base.sources);
    }
    Ok(loaded)
}

fn existing(id: &ResourceId) -> Outline {
    let mut outline = Outline::default();
    outline.set("existing", true);
    if key(id.name()) != id.name() {
        outline.set("name", id.name());
    }
    outline
}
