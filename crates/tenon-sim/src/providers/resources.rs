//! Microsoft.Resources and what else stands at the top: subscriptions, tenants,
//! groups, providers, tags, sizes, usages, generic lists.

pub(crate) mod deployment;
pub(crate) mod group;
pub(crate) mod list;
pub(crate) mod lock;
pub(crate) mod provider;
pub(crate) mod skus;
pub(crate) mod subscription;
pub(crate) mod tags;
pub(crate) mod usages;

use std::time::Duration;

use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::arm::writing::Verb;
use crate::arm::{Context, method_not_allowed};
use crate::json;
use crate::providers::Durations;
use crate::state::State;

/// Answers a request to one word below the root, a subscription or a group.
pub(crate) fn below(
    context: &mut Context<'_>,
    id: &ResourceId,
    word: &str,
) -> Result<Reply, ArmError> {
    let word = word.to_ascii_lowercase();
    if context.call.method != "GET" {
        return Err(method_not_allowed(context.call));
    }
    let (at_root, at_group) = (id.subscription.is_none(), id.group.is_some());
    match word.as_str() {
        "subscriptions" if at_root => Ok(subscription::list(context)),
        "tenants" if at_root => Ok(subscription::tenants(context)),
        "providers" => provider::list(context, id),
        "resourcegroups" if !at_root && !at_group => group::list(context, id),
        "locations" if !at_root && !at_group => subscription::locations(context, id),
        "resources" if !at_root => list::answer(context, id),
        _ => {
            let message = format!("The resource type '{word}' could not be found at this scope.");
            Err(ArmError::not_found("InvalidResourceType", message))
        }
    }
}

impl State {
    /// How long an operation on a type lasts in this world.
    pub(crate) fn lasts(&self, built_in: &Durations, type_name: &str, verb: Verb) -> Duration {
        let durations = &self.world.settings.durations;
        let named = |wanted: &str| {
            durations
                .iter()
                .find(|(name, _)| json::same(name, wanted))
                .map(|(_, set)| set)
        };
        let pick = |set: &crate::world::ActionDurations| match verb {
            Verb::Create => set.create,
            Verb::Update => set.update,
            Verb::Delete => set.delete,
            Verb::Action => set.action,
        };
        let set = named(type_name)
            .and_then(pick)
            .or_else(|| named("default").and_then(pick));
        set.map_or_else(
            || {
                Duration::from_secs(match verb {
                    Verb::Create => built_in.create,
                    Verb::Update => built_in.update,
                    Verb::Delete => built_in.delete,
                    Verb::Action => built_in.action,
                })
            },
            |set| set.0,
        )
    }
}
