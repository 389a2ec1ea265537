//! Finding registrations and principals, and writing changes into the world.

use super::error::GraphError;
use super::{Graph, Key};
use crate::entra::directory::{Application, Directory, Principal};
use crate::entra::identities;
use crate::json::same;
use crate::state::State;
use crate::world;

impl Graph<'_> {
    /// The place of an application of the caller's tenant.
    pub(super) fn find_application(&self, key: &Key) -> Result<usize, GraphError> {
        let found = self.state.directory.applications.iter().position(|one| {
            let named = match key {
                Key::ObjectId(id) => same(&one.object_id, id),
                Key::AppId(id) => same(&one.id, id),
                Key::UniqueName(name) => !name.is_empty() && same(&one.unique_name, name),
            };
            named && same(&one.home, &self.caller.tenant) && one.deleted.is_none()
        });
        found.ok_or_else(|| GraphError::not_found(key.text()))
    }

    /// A principal of the caller's tenant that stands for an application.
    pub(super) fn find_principal(&self, key: &Key) -> Result<Principal, GraphError> {
        let stored = identities::stored(self.state).map(|one| one.principal());
        let mut known = self
            .state
            .directory
            .principals
            .iter()
            .cloned()
            .chain(stored);
        let found = known.find(|one| {
            let named = match key {
                Key::ObjectId(id) => same(&one.object_id, id),
                Key::AppId(id) => same(&one.application, id),
                Key::UniqueName(_) => false,
            };
            named && same(&one.tenant, &self.caller.tenant) && one.deleted.is_none()
        });
        found.ok_or_else(|| GraphError::not_found(key.text()))
    }

    /// Refuses what is asked of an application that is not known everywhere yet.
    pub(super) fn seen_application(&self, key: &Key) -> Result<(), GraphError> {
        let place = self.find_application(key)?;
        let id = &self.application_at(place).id;
        match &self.late {
            Some(late) if late.application(id).is_none() => Err(GraphError::not_found(key.text())),
            _ => Ok(()),
        }
    }

    pub(super) fn application_at(&self, place: usize) -> &Application {
        &self.state.directory.applications[place]
    }
}

impl Key {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::ObjectId(id) | Self::AppId(id) | Self::UniqueName(id) => id,
        }
    }
}

/// The place of an application by its client id, wherever its home is, and whether or not it
/// was deleted.
pub(crate) fn place_of(directory: &Directory, id: &str) -> Option<usize> {
    directory
        .applications
        .iter()
        .position(|one| same(&one.id, id))
}

/// Changes an application in the world, with the ids it has now: those that
/// follow from names would follow the names.
pub(crate) fn change(
    state: &mut State,
    place: usize,
    change: impl FnOnce(&mut world::Application),
) {
    let found = &state.directory.applications[place];
    let principals: Vec<&Principal> = state
        .directory
        .principals
        .iter()
        .filter(|one| one.application == found.id)
        .collect();
    let entry = &mut state.world.applications[place];
    entry.id.clone_from(&found.id);
    entry.object_id.clone_from(&found.object_id);
    entry.tenant.clone_from(&found.home);
    let written = entry.service_principals.take().unwrap_or_else(|| {
        vec![world::ServicePrincipal {
            tenant: found.home.clone(),
            ..Default::default()
        }]
    });
    // The directory has one principal for each entry, in order.
    let pinned =
        written
            .into_iter()
            .zip(principals)
            .map(|(entry, found)| world::ServicePrincipal {
                tenant: found.tenant.clone(),
                object_id: found.object_id.clone(),
                ..entry
            });
    entry.service_principals = Some(pinned.collect());
    change(entry);
    state.world_changed();
}

/// Lets an application into a tenant.
pub(crate) fn let_in(
    state: &mut State,
    place: usize,
    tenant: &str,
    mut principal: world::ServicePrincipal,
) {
    tenant.clone_into(&mut principal.tenant);
    principal.object_id = state.fresh_id("principal");
    change(state, place, |application| {
        application
            .service_principals
            .get_or_insert_default()
            .push(principal);
    });
}
