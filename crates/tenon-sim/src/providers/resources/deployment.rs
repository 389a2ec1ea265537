//! Template deployments in a resource group.
//!
//! A deployment is a resource whose operation ends when its resources have:
//! each of them is written through the same path as a PUT from outside, as
//! the deployment's caller with all of its tokens, when those it depends on
//! have settled. What is under way lies in the hidden part of the resource,
//! so that a deployment goes on after a restart.
//!
//! The contract is `resources.json` of the published descriptions and the
//! pages on deployment troubleshooting. Left out: scopes other than a group,
//! the mode `Complete`, linked templates, what-if, deployment on error.

mod actions;
mod advance;
mod begin;
mod outputs;
mod preflight;
mod run;
mod runtime;
mod view;

use serde_json::Value;

use crate::arm::error::ArmError;
use crate::arm::operations::{self, Status};
use crate::call::Call;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, View};
use crate::state::State;
use crate::store::Resource;

pub(crate) use actions::act;
pub(crate) use advance::advance;
pub(crate) use begin::put;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Resources/deployments",
    place: Place::Nested,
    flow: Flow::Deployment,
    durations: Durations {
        create: 0,
        update: 0,
        delete: 2,
        action: 0,
    },
    page: 800,
    hooks: &Deployment,
};

struct Deployment;

impl Hooks for Deployment {
    fn check_idle(&self, _: &State, resource: &Resource) -> Result<(), ArmError> {
        if resource.operation.is_none() {
            return Ok(());
        }
        Err(active(resource))
    }

    fn removed(&self, state: &mut State, gone: &Resource) {
        if let Some(operation) = &gone.operation {
            operations::conclude(state, operation, Status::Canceled, None);
        }
    }

    fn view(&self, _: &State, resource: &Resource, _: View<'_>) -> Value {
        view::shown(resource)
    }

    fn look(&self, _: &State, resource: &Resource, word: &str, _: &Call) -> Option<Value> {
        json::same(word, "operations").then(|| view::operations(resource))
    }
}

/// The refusal to touch a deployment that is under way.
fn active(resource: &Resource) -> ArmError {
    let since = resource.changed.strftime("%-m/%-d/%Y %-I:%M:%S %p");
    let message = format!(
        "Unable to edit or replace deployment '{}': previous deployment from '{since}' is still active. Please see https://aka.ms/arm-deploy for usage details.",
        resource.name()
    );
    ArmError::conflict("DeploymentActiveAndUneditable", message)
}
