//! Steps that change what is kept on other resources than the decision's.

use tenon_model::plan::{Does, Expected, Precondition, Request, Step};
use tenon_model::rules::Rules;
use tenon_model::transport::Verb;
use tenon_model::{Map, ResourceId, Value};

use crate::decide::Decision;
use crate::elsewhere;
use crate::members::{self, set};

/// The steps that change what is kept on other resources than the decision's.
pub(super) fn steps(decision: &Decision<'_>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for one in &decision.difference.elsewhere {
        let keeper = decision
            .live
            .and_then(|live| elsewhere::keeper(live, one.at));
        let Some(id) = keeper else { continue };
        let index = steps.iter().position(|step| step.id == id);
        let index = index.unwrap_or_else(|| {
            steps.push(step_elsewhere(decision, id, one.at.rules));
            steps.len() - 1
        });
        let step = &mut steps[index];
        if let Some(body) = &mut step.request.body {
            set(body, &members::path(one.at.path), one.value.clone());
        }
        if let Precondition::Present { values } = &mut step.precondition {
            values.push(Expected {
                property: one.row.property.to_owned(),
                path: members::path(one.at.path),
                twin: None,
                same: one.row.same,
                value: one.before.clone(),
                after: Some(one.value.clone()),
                fixed: false,
            });
        }
    }
    steps
}

fn step_elsewhere(decision: &Decision<'_>, id: ResourceId, rules: &Rules) -> Step {
    Step {
        address: decision.address.clone(),
        does: Does::Update,
        request: Request {
            verb: Verb::Patch,
            path: id.to_string(),
            api_version: rules.api_version.to_owned(),
            body: Some(Value::Map(Map::new())),
            remove: Vec::new(),
        },
        id,
        after: Vec::new(),
        precondition: Precondition::Present { values: Vec::new() },
        usually_seconds: rules.usual.write,
    }
}
