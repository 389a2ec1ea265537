//! The resource types and what is special about each.
//!
//! Every type is a row: its name, how its writes answer, how long they take,
//! and a [`Hooks`] object for the rules of its own. A type without a row
//! is stored as it comes.

pub(crate) mod authorization;
pub(crate) mod compute;
pub(crate) mod gallery;
pub(crate) mod generic;
pub(crate) mod identity;
pub(crate) mod locations;
pub(crate) mod network;
pub(crate) mod resources;

use std::time::Duration;

use serde_json::Value;

use crate::arm::authentication::Caller;
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::linked::Link;
use crate::arm::operations::Effect;
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::state::State;
use crate::store::Resource;

/// How the writes of a type answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// At once.
    Sync,
    /// As the network provider does.
    Network,
    /// As the virtual machine part of Compute does.
    Compute,
    /// As the disk part of Compute does.
    Disk,
    /// As the gallery part of Compute does.
    Gallery,
    /// As template deployments do.
    Deployment,
}

/// How many seconds the operations of a type take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Durations {
    pub(crate) create: u64,
    pub(crate) update: u64,
    pub(crate) delete: u64,
    pub(crate) action: u64,
}

/// Where a type lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// It has a location of its own and tags.
    Tracked,
    /// It belongs to its parent and has neither.
    Nested,
    /// It may hang on any scope.
    Extension,
}

/// One type.
pub(crate) struct Kind {
    pub(crate) type_name: &'static str,
    pub(crate) place: Place,
    pub(crate) flow: Flow,
    pub(crate) durations: Durations,
    pub(crate) page: usize,
    pub(crate) hooks: &'static dyn Hooks,
}

/// A PUT or PATCH on its way.
pub(crate) struct Write<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) call: &'a Call,
    pub(crate) caller: &'a Caller,
    pub(crate) id: &'a ResourceId,
    /// The body that was sent, with names and values in canonical form.
    pub(crate) sent: Value,
    pub(crate) before: Option<Resource>,
    /// What will be stored.
    pub(crate) after: Resource,
    pub(crate) patching: Patching,
}

/// Whether a write replaces or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patching {
    /// A PUT.
    No,
    /// A PATCH; what it does not name has been filled in already.
    Yes,
}

/// A POST on its way.
pub(crate) struct Action<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) call: &'a Call,
    pub(crate) id: &'a ResourceId,
    pub(crate) kind: &'static Kind,
    pub(crate) name: &'a str,
    pub(crate) resource: Resource,
}

/// What a reader asked to see.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct View<'a> {
    pub(crate) version: &'a str,
    pub(crate) expand: &'a str,
    pub(crate) select: &'a str,
    pub(crate) status_only: bool,
}

impl View<'_> {
    pub(crate) fn expands(&self, what: &str) -> bool {
        self.expand
            .split(',')
            .any(|word| word.trim().eq_ignore_ascii_case(what))
    }
}

/// The rules of one type. Every method has a harmless default.
pub(crate) trait Hooks: Sync {
    /// Ids in the body that the caller must hold rights on.
    fn links(&self, _body: &Value) -> Vec<Link> {
        Vec::new()
    }

    /// Validates what was sent, fills in defaults, and makes what belongs to it.
    fn shape(&self, _write: &mut Write<'_>) -> Result<(), ArmError> {
        Ok(())
    }

    /// What a deployment finds out about a body before anything is written.
    fn preflight(&self, _state: &State, _id: &ResourceId, _body: &Value) -> Result<(), ArmError> {
        Ok(())
    }

    /// Refuses a write or delete while something else is at work.
    fn check_idle(&self, _state: &State, resource: &Resource) -> Result<(), ArmError> {
        crate::arm::conflict::check_own(resource)
    }

    /// Refuses a delete while the resource is needed.
    fn check_delete(
        &self,
        _state: &State,
        _resource: &Resource,
        _call: &Call,
    ) -> Result<(), ArmError> {
        Ok(())
    }

    /// How long a write's operation lasts at least, whatever the type usually takes.
    fn takes(&self, _state: &State, _after: &Resource) -> Duration {
        Duration::ZERO
    }

    /// What deleting the resource comes to.
    fn end(&self, _state: &State, _resource: &Resource) -> Effect {
        Effect::Remove
    }

    /// Follows up on a write that has been stored.
    fn stored(&self, _state: &mut State, _key: &str) {}

    /// Follows up on the end of a write's operation.
    fn settled(&self, _state: &mut State, _key: &str) {}

    /// Follows up on a delete: whatever goes with the resource.
    fn removed(&self, _state: &mut State, _gone: &Resource) {}

    /// What a GET shows.
    fn view(&self, _state: &State, resource: &Resource, _view: View<'_>) -> Value {
        resource.shown()
    }

    /// A POST to a word below the resource; `None` when there is no such action.
    fn act(&self, _action: &mut Action<'_>) -> Option<Result<Reply, ArmError>> {
        None
    }

    /// A GET of a word below the resource that is no list of children.
    fn look(
        &self,
        _state: &State,
        _resource: &Resource,
        _word: &str,
        _call: &Call,
    ) -> Option<Value> {
        None
    }
}

const KINDS: &[&Kind] = &[
    &resources::group::KIND,
    &resources::deployment::KIND,
    &resources::lock::KIND,
    &network::virtual_network::KIND,
    &network::subnet::KIND,
    &network::security_group::KIND,
    &network::security_rule::KIND,
    &network::public_ip::KIND,
    &network::interface::KIND,
    &compute::disk::KIND,
    &compute::snapshot::KIND,
    &compute::machine::KIND,
    &compute::managed_image::KIND,
    &compute::extension::KIND,
    &compute::scale_set::KIND,
    &compute::scale_set::uniform::KIND,
    &compute::scale_set::rolling::KIND,
    &compute::availability_set::KIND,
    &compute::placement_group::KIND,
    &compute::ssh_key::KIND,
    &gallery::gallery::KIND,
    &gallery::definition::KIND,
    &gallery::version::KIND,
    &identity::KIND,
    &identity::CREDENTIAL,
    &authorization::assignment::KIND,
    &authorization::definition::KIND,
];

/// The row of a type; unknown types share one.
pub(crate) fn find(type_name: &str) -> &'static Kind {
    known(type_name).unwrap_or(&generic::KIND)
}

/// The row of a type that has one of its own.
pub(crate) fn known(type_name: &str) -> Option<&'static Kind> {
    KINDS
        .iter()
        .copied()
        .find(|kind| kind.type_name.eq_ignore_ascii_case(type_name))
}

/// The types of a namespace, for the provider documents.
pub(crate) fn of_namespace(namespace: &str) -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().copied().filter(move |kind| {
        kind.type_name
            .split('/')
            .next()
            .is_some_and(|own| own.eq_ignore_ascii_case(namespace))
    })
}

/// The type's name as Azure spells it, whatever the request spelled.
pub(crate) fn canonical(type_name: &str) -> String {
    known(type_name).map_or_else(|| type_name.to_owned(), |kind| kind.type_name.to_owned())
}

/// The type as the names of its actions have it: groups stand below subscriptions there.
pub(crate) fn action_type(type_name: &str) -> String {
    let canonical = canonical(type_name);
    if canonical == "Microsoft.Resources/resourceGroups" {
        return "Microsoft.Resources/subscriptions/resourceGroups".to_owned();
    }
    canonical
}
