//! What a gallery's owner is shown of its sharing, when it asks for it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{GROUPS, openness};
use crate::json::{self, plain_location};
use crate::providers::gallery::version::REGIONS;
use crate::providers::locations;
use crate::state::State;
use crate::store::Resource;

/// Adds the groups and how far the sharing has come.
pub(in crate::providers::gallery) fn reveal(state: &State, gallery: &Resource, body: &mut Value) {
    if let Some(groups) = gallery.hidden.get(GROUPS) {
        let path = "properties.sharingProfile.groups";
        json::set(body, path, groups.clone());
    }
    if openness(gallery).is_none() && gallery.hidden.get(GROUPS).is_none() {
        return;
    }
    let standing = if gallery.operation.is_some() {
        "InProgress"
    } else {
        "Succeeded"
    };
    let summary: Vec<Value> = regions(state, gallery)
        .into_iter()
        .map(|region| json!({"region": locations::display(&region), "state": standing}))
        .collect();
    json::set(
        body,
        "properties.sharingStatus",
        json!({"aggregatedState": standing, "summary": summary}),
    );
}

/// Where the gallery has anything to share, and where it lies.
fn regions(state: &State, gallery: &Resource) -> BTreeSet<String> {
    let versions = state
        .store
        .below(&gallery.key())
        .filter(|one| one.is("Microsoft.Compute/galleries/images/versions"));
    let targets = versions.flat_map(|version| json::items(&version.body, REGIONS));
    let names = targets.filter_map(|target| json::text(target, "name"));
    let mut regions: BTreeSet<String> = names.map(plain_location).collect();
    regions.insert(plain_location(gallery.location()));
    regions
}
