//! Changes to who exists and who is trusted, as the world file has them.

use serde_json::{Value, json};

use super::{read, refusal};
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::entra::directory::Directory;
use crate::json;
use crate::state::State;
use crate::world::{Application, ManagedIdentity, WorldFile};

/// Adds or replaces an application: secrets, certificates, service principals, trust.
pub(super) fn application(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let application: Application = read(call)?;
    let mut world = state.world.clone();
    world
        .applications
        .retain(|one| one.name != application.name);
    world.applications.push(application);
    take(state, world)
}

/// Adds or replaces a managed identity of the host.
pub(super) fn managed_identity(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let identity: ManagedIdentity = read(call)?;
    let mut world = state.world.clone();
    world
        .managed_identities
        .retain(|one| one.name != identity.name);
    world.managed_identities.push(identity);
    take(state, world)
}

/// Lays the members of the body over the issuers; null takes one away.
pub(super) fn issuers(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let change: Value = read(call)?;
    let mut merged = json!(state.world.issuers);
    json::merge(&mut merged, &change);
    let mut world = state.world.clone();
    world.issuers =
        serde_json::from_value(merged).map_err(|error| refusal(400, &error.to_string()))?;
    take(state, world)
}

/// Puts a changed world in the place of the old one, if it holds together.
fn take(state: &mut State, world: WorldFile) -> Result<Reply, Reply> {
    Directory::of(&world).map_err(|error| refusal(400, &error.to_string()))?;
    state.world = world;
    state.world_changed();
    Ok(Reply::empty(204))
}
