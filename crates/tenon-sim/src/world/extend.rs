//! Adds to a world that already runs what another one describes.
//!
//! Nothing that is there changes: a tenant, a subscription, an application or
//! a resource that is known stays as it is. An application that is known only
//! gets the service principals that it lacks.

use super::{Application, WorldError, WorldFile};
use crate::clock::ClockMode;
use crate::state::State;

/// Adds to `state` what `wanted` has and it has not.
pub(crate) fn extend(state: &mut State, wanted: &WorldFile) -> Result<(), WorldError> {
    let mut frame = state.world.clone();
    for tenant in &wanted.tenants {
        if !frame
            .tenants
            .iter()
            .any(|known| same(&known.id, &tenant.id))
        {
            frame.tenants.push(tenant.clone());
        }
    }
    for subscription in &wanted.subscriptions {
        if !frame
            .subscriptions
            .iter()
            .any(|known| same(&known.id, &subscription.id))
        {
            frame.subscriptions.push(subscription.clone());
        }
    }
    for application in &wanted.applications {
        match frame
            .applications
            .iter_mut()
            .find(|known| same(&known.id, &application.id))
        {
            Some(known) => let_in(known, application),
            None => frame.applications.push(application.clone()),
        }
    }
    // What the other world would be made of, made beside this one.
    let mut whole = wanted.clone();
    whole.seed.clone_from(&frame.seed);
    whole.tenants.clone_from(&frame.tenants);
    whole.subscriptions.clone_from(&frame.subscriptions);
    whole.applications.clone_from(&frame.applications);
    whole.epoch = Some(state.now());
    let beside = State::new(&whole, ClockMode::Manual)?;
    if frame != state.world {
        state.world = frame;
        state.world_changed();
    }
    for (key, resource) in beside.store.all() {
        if state.store.get(key).is_none() {
            state.store.put(resource.clone());
        }
    }
    Ok(())
}

fn same(one: &str, two: &str) -> bool {
    !one.is_empty() && one.eq_ignore_ascii_case(two)
}

fn let_in(known: &mut Application, wanted: &Application) {
    let principals = known.service_principals.get_or_insert_default();
    for principal in wanted.service_principals.iter().flatten() {
        if !principals
            .iter()
            .any(|one| one.tenant.eq_ignore_ascii_case(&principal.tenant))
        {
            principals.push(principal.clone());
        }
    }
}
