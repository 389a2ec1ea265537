//! Notices an entry that got another key.
//!
//! A resource is known by its name in Azure. Where the spec gives none, it is
//! made of the key, and another key means another resource. Who only wanted to
//! tidy up should hear of that before the old one is gone.

use tenon_model::marker::{Ownership, Recorded};
use tenon_model::plan::{Action, Reason};

use crate::decide::{Decision, Decisions, problems};
use crate::diff;

/// Warns about every new entry that says what one said that goes. Where several
/// look alike nobody knows which was meant, and nothing is said.
pub(crate) fn warn(decisions: &mut Decisions<'_>) {
    let leads = |wanted: Action| {
        decisions.iter().filter(move |one| {
            one.action == wanted && one.address == one.entry && one.fleet.is_none()
        })
    };
    let gone: Vec<&Decision<'_>> = leads(Action::Delete)
        .filter(|one| one.reason == Reason::Unnamed)
        .collect();
    let mut pairs: Vec<(&Decision<'_>, &Decision<'_>)> = Vec::new();
    if !gone.is_empty() {
        for new in leads(Action::Create) {
            let alike = gone.iter().filter(|old| looks_like(new, old));
            pairs.extend(alike.map(|old| (new, *old)));
        }
    }
    let once = |one: &Decision<'_>, other: &Decision<'_>| {
        let of_one = pairs.iter().filter(|(new, _)| new.id == one.id);
        let of_other = pairs.iter().filter(|(_, old)| old.id == other.id);
        of_one.count() == 1 && of_other.count() == 1
    };
    let found: Vec<_> = pairs
        .iter()
        .filter(|(new, old)| once(new, old))
        .map(|(new, old)| problems::renamed(new, old))
        .collect();
    decisions.diagnostics.extend(found);
}

/// Whether most of what the new one says is what was last applied to the old.
fn looks_like(new: &Decision<'_>, old: &Decision<'_>) -> bool {
    let same_kind = new.address.collection() == old.address.collection()
        && new.resource_type.eq_ignore_ascii_case(&old.resource_type)
        && !new.id.name().eq_ignore_ascii_case(old.id.name());
    let marker = old.live.map(|live| &live.ownership);
    let (true, Some(Ownership::Marked(marker)), Some(desired)) =
        (same_kind, marker, new.desired.as_deref())
    else {
        return false;
    };
    let says = diff::recorded(&diff::leaves(desired), &std::collections::BTreeMap::new());
    let same = says
        .keys()
        .filter(|name| marker.base.compare(name, &says) == Recorded::Same);
    same.count() * 2 > says.len()
}
