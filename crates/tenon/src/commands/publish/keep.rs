//! Old versions: which go, which stay and why, and who still uses them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::Timestamp;
use tenon_kinds::versions::COMPUTE;
use tenon_model::image::ImageVersion;
use tenon_model::transport::{Read, Transport as _};
use tenon_model::{Diagnostic, Value};
use tenon_plan::{Aged, Fate, Retention, Why, retain};
use tenon_spec::SourceFile;
use tenon_spec::lock;

use super::live::{Live, Looked};
use super::{Publishing, problems};
use crate::cloud::Connection;
use crate::files;
use crate::output::Output;

pub(super) type Fates = BTreeMap<ImageVersion, Fate>;

/// The versions that lock files pin. They do not say of which image, so a number
/// that one of them pins is kept.
pub(super) fn pinned(
    paths: &[PathBuf],
) -> Result<BTreeMap<ImageVersion, Vec<String>>, Vec<Diagnostic>> {
    let mut pinned: BTreeMap<ImageVersion, Vec<String>> = BTreeMap::new();
    for path in paths {
        let name = files::shown(path);
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| vec![problems::unreadable_lock(path, &error)])?;
        let file = SourceFile {
            name: name.clone(),
            text,
        };
        let (lock, problems) = lock::read(&file);
        let lock = lock.ok_or(problems)?;
        for (image, locked) in &lock.images {
            let users = pinned.entry(locked.version).or_default();
            users.push(format!("{image} in {name}"));
        }
    }
    Ok(pinned)
}

/// What becomes of every version; nothing when nobody asked.
pub(super) fn fates(publishing: &Publishing<'_>, looked: &Looked) -> Option<Fates> {
    let keep = usize::from(publishing.options.keep?);
    let now = Timestamp::now();
    let versions = looked.versions.iter();
    let versions = versions
        .map(|(version, live)| (*version, aged(live, now)))
        .collect();
    let retention = Retention {
        keep,
        deployment: &publishing.deployment,
        pinned: &publishing.pinned,
    };
    Some(retain(&versions, &retention))
}

fn aged(live: &Live, now: Timestamp) -> Aged {
    let facts = &live.facts;
    let profile = live.body.at(&["properties", "safetyProfile"]);
    let blocks = profile.and_then(|profile| profile.member("blockDeletionBeforeEndOfLife"));
    let ends = facts.end_of_life.as_deref();
    let ends: Option<Timestamp> = ends.and_then(|ends| ends.parse().ok());
    Aged {
        deployment: live.deployment().map(str::to_owned),
        protected: live.is_protected(),
        blocked: blocks.and_then(Value::as_bool) == Some(true)
            && ends.is_none_or(|ends| ends > now),
        excluded: facts.excluded,
        settled: facts.provisioning_state == "Succeeded" && !facts.soft_deleted,
    }
}

/// Says which versions go, and why those stay that are beyond the newest.
pub(super) fn show(publishing: &Publishing<'_>, fates: &Fates, output: &Output) {
    let name = publishing.name();
    for (version, fate) in fates.iter().rev() {
        match fate {
            Fate::Goes => output.say(&format!("{name} {version} goes")),
            Fate::Stays(Why::Newest) => {}
            Fate::Stays(why) => output.say(&format!("{name} {version} stays: {}", words(why))),
        }
    }
    if !fates.values().any(|fate| *fate == Fate::Goes) {
        output.say(&format!("{name}: no version goes"));
    }
}

fn words(why: &Why) -> String {
    match why {
        Why::Newest => "one of the newest".to_owned(),
        Why::Excluded => "excluded from latest".to_owned(),
        Why::Protected => "protected".to_owned(),
        Why::BlockedUntilEndOfLife => "Azure keeps it until its end of life".to_owned(),
        Why::Pinned(users) => format!("pinned as {}", users.join(", ")),
        Why::Of(deployment) => format!("the deployment {deployment} has made it"),
        Why::Unmarked => "not published by tenon".to_owned(),
        Why::Unsettled => "on its way in or out".to_owned(),
    }
}

/// Types that are made from versions, and where they name them.
const USERS: [(&str, &[&str]); 2] = [
    ("virtualMachines", &["properties", "storageProfile"]),
    (
        "virtualMachineScaleSets",
        &["properties", "virtualMachineProfile", "storageProfile"],
    ),
];

/// Warns of what was made from versions that go, as far as it can be seen: in
/// the gallery's own subscription.
pub(super) async fn warn_of_users(
    publishing: &Publishing<'_>,
    looked: &Looked,
    going: &BTreeSet<ImageVersion>,
    connection: &Connection,
) {
    let subscription = publishing.definition.subscription();
    for (kind, path) in USERS {
        let read = Read {
            tenant: looked.tenant.clone(),
            path: format!("/subscriptions/{subscription}/providers/Microsoft.Compute/{kind}"),
            api_version: COMPUTE.to_owned(),
            query: Vec::new(),
        };
        let mut users = Vec::new();
        let mut page = |more: Vec<Value>| users.extend(more);
        if connection.client.list(&read, &mut page).await.is_err() {
            continue;
        }
        for user in &users {
            let storage = user.at(path);
            let reference = storage.and_then(|storage| storage.member("imageReference"));
            let version = reference.and_then(|one| of_ours(publishing, one));
            if let Some(version) = version.filter(|version| going.contains(version)) {
                tell_user(publishing, user, version, kind);
            }
        }
    }
}

/// The version of our image that a reference comes to.
fn of_ours(publishing: &Publishing<'_>, reference: &Value) -> Option<ImageVersion> {
    let id = reference.member("id")?.as_text()?.to_ascii_lowercase();
    let own = publishing.definition.key();
    let tail = id.strip_prefix(&own)?;
    let exact = reference.member("exactVersion").and_then(Value::as_text);
    let named = tail.strip_prefix("/versions/");
    ImageVersion::parse(named.or(exact)?).ok()
}

fn tell_user(publishing: &Publishing<'_>, user: &Value, version: ImageVersion, kind: &str) {
    let name = user.member("name").map(Value::to_plain_text);
    let name = name.unwrap_or_default();
    let then = if kind == "virtualMachines" {
        "it runs on, and cannot be reimaged"
    } else {
        "it cannot grow or be reimaged from it any more"
    };
    publishing.output.complain(&format!(
        "warning: {name} was made from {} {version}: {then}",
        publishing.name()
    ));
}
