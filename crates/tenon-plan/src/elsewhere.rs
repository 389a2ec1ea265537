//! Properties that are kept on another resource than the one that shows them:
//! the disk that a machine has made for itself.
//!
//! The other resource has no entry, no marker that counts and no life of its
//! own. It is read when the spec says something about it, and what it says
//! holds.

use std::borrow::Cow;

use tenon_model::desired::Desired;
use tenon_model::rules::{KeptOn, Rules};
use tenon_model::snapshot::{Live, Snapshot};
use tenon_model::{ResourceId, Value};

use crate::members::{self, names, set};

/// The resources that keep something that `desired` asks for.
pub(crate) fn keepers(desired: &Desired, live: &Live) -> Vec<(ResourceId, &'static Rules)> {
    let kept = wanted(desired);
    kept.filter_map(|(_, at)| Some((keeper(live, at)?, at.rules)))
        .collect()
}

/// Whether `desired` asks for anything of that.
pub(crate) fn asks(desired: &Desired) -> bool {
    wanted(desired).next().is_some()
}

/// What `desired` asks for of that: where it would be shown, and where it is.
fn wanted(desired: &Desired) -> impl Iterator<Item = (&'static str, &'static KeptOn)> {
    let rows = desired.rules.rows.iter();
    let kept = rows.filter_map(|row| Some((row.path, row.kept_on?)));
    kept.filter(|(path, _)| desired.body.at(&names(path)).is_some())
}

/// The resource that keeps a property of `live`.
pub(crate) fn keeper(live: &Live, at: &KeptOn) -> Option<ResourceId> {
    let id = live.body.at(&names(at.id))?.as_text()?;
    ResourceId::parse(id).ok()
}

/// The live body with what other resources say of it.
pub(crate) fn body<'l>(desired: &Desired, live: &'l Live, snapshot: &Snapshot) -> Cow<'l, Value> {
    let mut body = Cow::Borrowed(&live.body);
    for (path, at) in wanted(desired) {
        let keeper = keeper(live, at).and_then(|id| snapshot.get(&id));
        if let Some(value) = keeper.and_then(|keeper| keeper.body.at(&names(at.path))) {
            set(body.to_mut(), &members::path(path), value.clone());
        }
    }
    body
}
