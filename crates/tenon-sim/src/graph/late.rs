//! Eventual consistency: what Graph shows is what was a moment ago.
//!
//! Sign-in and Resource Manager see a change at once; Graph's reads see it
//! after the world's `directoryLag`. What has just been made is also missing
//! to requests that need it: a credential of it, its service principal.
//! Source: Microsoft Graph, "Create application", on replication; the refusals
//! are those that clients report.

use jiff::Timestamp;

use crate::call::Call;
use crate::clock::later;
use crate::entra::directory::Directory;
use crate::state::State;
use crate::world::{Application, WorldFile};

/// What the registrations were until a moment.
#[derive(Debug)]
pub(crate) struct Past {
    until: Timestamp,
    applications: Vec<Application>,
}

/// Whether a request only reads.
pub(super) fn is_read(call: &Call, path: &[&str]) -> bool {
    let last = path.last().copied().unwrap_or_default();
    let by_ids = last.to_ascii_lowercase().ends_with("getbyids");
    call.method == "GET" || (call.method == "POST" && by_ids)
}

/// Keeps what was before a change.
pub(super) fn note(state: &mut State, before: Vec<Application>) {
    if before != state.world.applications {
        let (until, lag) = (state.now(), state.world.settings.directory_lag.0);
        state.past.retain(|past| later(past.until, lag) > until);
        state.past.push(Past {
            until,
            applications: before,
        });
    }
}

/// The registrations as reads show them, where a change is too new for them.
fn shown(state: &State) -> Option<&Vec<Application>> {
    let (now, lag) = (state.now(), state.world.settings.directory_lag.0);
    let mut past = state.past.iter();
    let past = past.find(|past| later(past.until, lag) > now);
    past.map(|past| &past.applications)
}

/// The directory as reads show it, where a change is too new for them.
pub(crate) fn directory(state: &State) -> Option<Directory> {
    let applications = shown(state)?.clone();
    Directory::of(&WorldFile {
        applications,
        ..state.world.frame()
    })
    .ok()
}

/// Lets the state be what reads show; returns what there is, if that differs.
pub(super) fn look_back(state: &mut State) -> Option<Vec<Application>> {
    let past = shown(state)?.clone();
    let now = std::mem::take(&mut state.world.applications);
    look_at(state, past);
    Some(now)
}

/// Puts registrations in the place of those that are there, for the time of a read.
pub(super) fn look_at(state: &mut State, applications: Vec<Application>) {
    state.world.applications = applications;
    if let Ok(directory) = Directory::of(&state.world) {
        state.directory = directory;
    }
}
