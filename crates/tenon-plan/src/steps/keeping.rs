//! Steps that let the OS disk of a machine remain when the machine goes.
//!
//! First the sign, then the letting go, then the delete: a run that is killed
//! in between leaves a disk that is used, on which the sign does not count.

use tenon_model::marker::{self, ADDRESS_TAG, BASE_TAG, DEPLOYMENT_TAG, MARK_TAG};
use tenon_model::plan::{Does, Expected, Precondition, Request, Step};
use tenon_model::rules::{Carried, Rules};
use tenon_model::transport::Verb;
use tenon_model::{Map, ResourceId, Value};

use super::marked::live_tags;
use super::{Building, precondition, retag};
use crate::decide::Decision;
use crate::keep::{self, Keeping};
use crate::members::{self, names, set};

impl Building<'_, '_> {
    /// The steps before the delete of a resource of which something remains.
    pub(super) fn keeping(&self, decision: &Decision<'_>) -> Vec<Step> {
        let Some(keeping) = keep::of(self.inputs.snapshot, decision) else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        let deployment = &self.inputs.deployment.name;
        if !keeping.is_of_others(deployment) {
            steps.push(sign(decision, &keeping, deployment));
        }
        if !decision.swaps_disk() {
            steps.extend(let_go(decision, &keeping));
        }
        steps
    }
}

/// The step that marks what remains. The tag with the time is not compared: it
/// is another one whenever the request is sent.
pub(super) fn sign(decision: &Decision<'_>, keeping: &Keeping<'_>, deployment: &str) -> Step {
    let live = keeping.live.and_then(|live| live.body.member("tags"));
    let tag = |name: &str| Some(live?.as_map()?.get_caseless(name)?.1.clone());
    let before = tag(MARK_TAG);
    let before = before.as_ref().and_then(Value::as_text);
    let (mark, until) = marker::keepsake(&keeping.id, before, keeping.seconds);
    let address = keeping.address(&decision.address);
    let own = [
        (DEPLOYMENT_TAG, Value::text(deployment)),
        (ADDRESS_TAG, Value::text(address.as_str())),
        (MARK_TAG, Value::Text(mark)),
    ];
    let expected = own
        .iter()
        .map(|(name, after)| retag::expect(name, tag(name), Some(after.clone())));
    let values = expected.collect();
    let mut tags = Map::from(own);
    tags.insert(BASE_TAG, until);
    let body = Map::from([("tags", Value::Map(tags))]);
    let rules = keeping.at.rules;
    step(
        decision,
        &keeping.id,
        (rules, rules.api_version),
        body,
        values,
    )
}

/// The step that tells the machine to let go of it.
fn let_go(decision: &Decision<'_>, keeping: &Keeping<'_>) -> Option<Step> {
    let live = decision.live.filter(|live| keeping.goes_along(live))?;
    let stays = Value::text(keeping.at.stays);
    let mut body = Value::Map(Map::new());
    set(&mut body, &members::path(keeping.row.path), stays.clone());
    beside(&mut body, &live.body, keeping.row.path, decision.rules);
    let tags = live_tags(decision);
    let unchanged = marker::TAGS.iter().map(|name| {
        let value = tags.and_then(|tags| Some(tags.get_caseless(name)?.1.clone()));
        retag::expect(name, value.clone(), value)
    });
    let mut values: Vec<Expected> = unchanged.collect();
    let path = members::path(keeping.row.path);
    let mut known = precondition::unchanged(precondition::as_reviewed(decision));
    known.retain(|one| one.path != path);
    values.extend(known);
    values.push(Expected {
        property: keeping.row.property.to_owned(),
        path,
        twin: None,
        same: keeping.row.same,
        value: live.body.at(&names(keeping.row.path)).cloned(),
        after: Some(stays),
        fixed: false,
    });
    let of = (decision.rules, decision.api_version.as_str());
    let Value::Map(body) = body else { return None };
    Some(step(decision, &decision.id, of, body, values))
}

/// Adds what the description wants beside a member, as it is live.
pub(super) fn beside(body: &mut Value, live: &Value, path: &str, rules: &Rules) {
    let (parent, _) = path.rsplit_once('.').unwrap_or_default();
    let rows = rules.rows.iter();
    for row in rows.filter(|row| row.carried == Carried::Beside) {
        let inside = row
            .path
            .rsplit_once('.')
            .is_some_and(|(of, _)| of == parent);
        if let Some(value) = live.at(&names(row.path)).filter(|_| inside) {
            set(body, &members::path(row.path), value.clone());
        }
    }
}

fn step(
    decision: &Decision<'_>,
    id: &ResourceId,
    (rules, api_version): (&Rules, &str),
    body: Map,
    values: Vec<Expected>,
) -> Step {
    Step {
        address: decision.address.clone(),
        does: Does::Keep,
        request: Request {
            verb: Verb::Patch,
            path: id.to_string(),
            api_version: api_version.to_owned(),
            body: Some(Value::Map(body)),
            remove: Vec::new(),
        },
        id: id.clone(),
        after: Vec::new(),
        precondition: Precondition::Present { values },
        usually_seconds: rules.usual.write,
    }
}
