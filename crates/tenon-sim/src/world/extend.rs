//! Adds to a world that already runs what another one describes.
//!
//! Nothing that is there changes: a tenant, a subscription, an application or
//! a resource that is known stays as it is. An application that is known only
//! gets the service principals and the federated credentials that it lacks.

use super::{Application, Issuers, WorldError, WorldFile};
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
    for identity in &wanted.managed_identities {
        let mut known = frame.managed_identities.iter();
        if !known.any(|known| known.name == identity.name) {
            frame.managed_identities.push(identity.clone());
        }
    }
    add_issuers(&mut frame.issuers, &wanted.issuers);
    // What the other world would be made of, made beside this one.
    let mut whole = wanted.clone();
    whole.seed.clone_from(&frame.seed);
    whole.tenants.clone_from(&frame.tenants);
    whole.subscriptions.clone_from(&frame.subscriptions);
    whole.applications.clone_from(&frame.applications);
    whole
        .managed_identities
        .clone_from(&frame.managed_identities);
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

fn add_issuers(known: &mut Issuers, wanted: &Issuers) {
    known.github = known.github.take().or_else(|| wanted.github.clone());
    known.azure_dev_ops = known
        .azure_dev_ops
        .take()
        .or_else(|| wanted.azure_dev_ops.clone());
    known.app_service = known
        .app_service
        .take()
        .or_else(|| wanted.app_service.clone());
    for issuer in &wanted.others {
        if !known.others.iter().any(|one| one.issuer == issuer.issuer) {
            known.others.push(issuer.clone());
        }
    }
}

fn same(one: &str, two: &str) -> bool {
    !one.is_empty() && one.eq_ignore_ascii_case(two)
}

fn let_in(known: &mut Application, wanted: &Application) {
    for trusted in &wanted.federated_credentials {
        let mut own = known.federated_credentials.iter();
        if !own.any(|one| one.name == trusted.name) {
            known.federated_credentials.push(trusted.clone());
        }
    }
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
