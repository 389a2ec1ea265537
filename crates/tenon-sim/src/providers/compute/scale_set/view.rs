//! What a reader sees of a set.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{PROFILE, instances};
use crate::clock::stamp;
use crate::json;
use crate::providers::View;
use crate::state::State;
use crate::store::Resource;

/// From here on a set has an etag.
const ETAG_SINCE: &str = "2023-09-01";

pub(super) fn shown(set: &Resource, view: View<'_>) -> Value {
    let mut body = set.shown();
    if view.version >= ETAG_SINCE || view.version.is_empty() {
        body["etag"] = json!(format!("\"{}\"", set.revision));
    }
    if !view.expands("userData") {
        json::take(&mut body, &format!("{PROFILE}.userData"));
    }
    body
}

/// How many instances are in which state.
pub(super) fn instances(state: &State, set: &Resource) -> Value {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for instance in instances::of(state, set) {
        let code = instances::provisioning(&instance);
        *counts
            .entry(code.as_str().unwrap_or_default().to_owned())
            .or_default() += 1;
    }
    let summary: Vec<Value> = counts
        .into_iter()
        .map(|(code, count)| json!({"code": code, "count": count}))
        .collect();
    json!({
        "virtualMachine": {"statusesSummary": summary},
        "statuses": [{
            "code": instances::provisioning(set),
            "level": "Info",
            "displayStatus": "Provisioning succeeded",
            "time": stamp(set.changed),
        }],
    })
}
