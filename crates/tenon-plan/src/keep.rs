//! What a replace leaves behind for a while, to go back to: the OS disk of the
//! machine that goes.
//!
//! The disk is no entry and has no marker of ours. Before its machine goes it
//! gets one that says what it is and until when it is kept, and the machine
//! lets go of it instead of taking it along. That time counts from when the
//! request is sent, so that a plan stays the same whenever it is made.

use tenon_model::desired::Desired;
use tenon_model::marker::{Keepsake, Marker, Ownership};
use tenon_model::plan::{Action, KeptBecause, Mode, Reason};
use tenon_model::rules::{Remains, Row, Rules};
use tenon_model::snapshot::{Form, Live, Look, Snapshot};
use tenon_model::spec::Made;
use tenon_model::{Address, ResourceId, TenantId, Value, time};

use crate::decide::Decision;
use crate::members::names;
use crate::{Inputs, rollback};

/// What remains of a resource that a plan replaces.
pub(crate) struct Keeping<'a> {
    /// The row that decides about it.
    pub(crate) row: &'static Row,
    pub(crate) at: &'static Remains,
    /// What remains.
    pub(crate) id: ResourceId,
    /// As it was read.
    pub(crate) live: Option<&'a Live>,
    /// For how long.
    pub(crate) seconds: u64,
}

/// What remains of the resource of a decision; none where it stays as it is, or
/// takes everything along.
pub(crate) fn of<'a>(snapshot: &'a Snapshot, decision: &Decision<'_>) -> Option<Keeping<'a>> {
    if decision.swaps_disk() || decision.taken.is_some() {
        return rollback::keeping(snapshot, decision);
    }
    // Nobody can keep anything of what is going already.
    let goes = matches!(decision.reason, Reason::Unfinished { .. });
    if decision.action != Action::Replace || goes {
        return None;
    }
    of_machine(snapshot, decision, decision.live?)
}

/// What can remain of a machine.
pub(crate) fn of_machine<'a>(
    snapshot: &'a Snapshot,
    decision: &Decision<'_>,
    machine: &Live,
) -> Option<Keeping<'a>> {
    of_desired(snapshot, decision.desired.as_deref()?, machine)
}

fn of_desired<'a>(
    snapshot: &'a Snapshot,
    desired: &Desired,
    machine: &Live,
) -> Option<Keeping<'a>> {
    let seconds = desired.keeps?;
    let (row, at) = remains(desired.rules)?;
    // Who lets it stay for good wants no end of that.
    if stays_for_good(desired, row, at) || machine.body.at(&names(at.unless)).is_some() {
        return None;
    }
    let id = ResourceId::parse(machine.body.at(&names(at.id))?.as_text()?).ok()?;
    let live = snapshot.get(&id);
    Some(Keeping {
        row,
        at,
        id,
        live,
        seconds,
    })
}

/// Whether the spec says that it is to stay, whatever happens.
fn stays_for_good(desired: &Desired, row: &Row, at: &Remains) -> bool {
    let wants = desired.body.at(&names(row.path)).and_then(Value::as_text);
    wants.is_some_and(|wants| wants.eq_ignore_ascii_case(at.stays))
}

/// What is not lost by a decision, and what to say of it.
pub(crate) fn kept(snapshot: &Snapshot, decision: &Decision<'_>) -> Option<(&'static str, String)> {
    if let Some(keeping) = of(snapshot, decision) {
        return Some((keeping.at.part, keeping.words()));
    }
    let (row, at) = remains(decision.rules).filter(|_| decision.action == Action::Replace)?;
    stays_for_good(decision.desired.as_deref()?, row, at)
        .then(|| (at.part, format!("old_{}", at.part)))
}

fn remains(rules: &Rules) -> Option<(&'static Row, &'static Remains)> {
    let mut rows = rules.rows.iter();
    rows.find_map(|row| row.remains.map(|at| (row, at)))
}

impl Keeping<'_> {
    /// The address of what remains.
    pub(crate) fn address(&self, of: &Address) -> Address {
        of.join(self.at.part)
    }

    /// Whether it is another deployment's, whose sign is left alone.
    pub(crate) fn is_of_others(&self, deployment: &str) -> bool {
        match self.live.map(|live| &live.ownership) {
            Some(Ownership::Marked(marker)) => marker.deployment != deployment,
            _ => false,
        }
    }

    /// Whether the machine has to be told to let go of it.
    pub(crate) fn goes_along(&self, machine: &Live) -> bool {
        let says = machine.body.at(&names(self.row.path));
        let says = says.and_then(Value::as_text);
        !says.is_some_and(|says| says.eq_ignore_ascii_case(self.at.stays))
    }

    /// In the words of a plan: `old_os_disk 24h`.
    pub(crate) fn words(&self) -> String {
        format!("old_{} {}", self.at.part, time::span(self.seconds))
    }
}

/// The look that reads what remains of replaced resources, and what else of its
/// type is in the group: one request however many there are.
pub(crate) fn look(snapshot: &Snapshot, decision: &Decision<'_>) -> Option<Look> {
    let keeping = of(snapshot, decision)?;
    look_for(&keeping, &decision.desired.as_deref()?.tenant)
}

/// The same for a machine that may go.
pub(crate) fn look_at(snapshot: &Snapshot, desired: &Desired, machine: &Live) -> Option<Look> {
    look_for(&of_desired(snapshot, desired, machine)?, &desired.tenant)
}

/// Adds looks that are not there yet.
pub(crate) fn once(kept: impl Iterator<Item = Look>, looks: &mut Vec<Look>) {
    for look in kept {
        if !looks.iter().any(|other| other.path == look.path) {
            looks.push(look);
        }
    }
}

fn look_for(keeping: &Keeping<'_>, tenant: &TenantId) -> Option<Look> {
    if keeping.live.is_some() {
        return None;
    }
    let rules = keeping.at.rules;
    let group = keeping.id.resource_group()?;
    Some(Look {
        form: Form::List,
        tenant: tenant.clone(),
        path: format!(
            "/subscriptions/{}/resourceGroups/{group}/providers/{}",
            keeping.id.subscription(),
            rules.resource_type
        ),
        api_version: rules.api_version.to_owned(),
        query: Vec::new(),
        rules,
    })
}

/// What becomes of something that carries the sign of being kept.
pub(crate) enum Fate {
    /// Somebody uses it, and what they do with it counts.
    Used,
    /// It stays.
    Stays(KeptBecause),
    /// Its time is over, or there is nothing left to go back to it.
    Goes,
}

/// What becomes of a live resource of ours; none where it is not only kept for
/// a while.
pub(crate) fn fate(inputs: &Inputs<'_>, live: &Live, marker: &Marker) -> Option<Fate> {
    let Keepsake { until, .. } = marker.keepsake.as_ref()?;
    let user = live.body.member("managedBy").and_then(Value::as_text);
    if let Some(user) = user.filter(|user| !user.is_empty()) {
        return Some(if is_left_by(inputs, user, marker) {
            Fate::Goes
        } else {
            Fate::Used
        });
    }
    let over = until.is_some_and(|until| until <= inputs.now);
    if inputs.mode == Mode::Destroy || over || !is_wanted(inputs, &marker.address) {
        return Some(Fate::Goes);
    }
    Some(Fate::Stays(KeptBecause::ForRollback {
        of: owner(&marker.address),
        until: until.map(time::rfc3339).unwrap_or_default(),
        version: image_of(live).map(|image| image.name().to_owned()),
    }))
}

/// Whether the machine that has it goes and lets it remain: a run that was to
/// replace the machine was cut off, and now nobody wants either.
fn is_left_by(inputs: &Inputs<'_>, user: &str, marker: &Marker) -> bool {
    let Some(user) = ResourceId::parse(user)
        .ok()
        .and_then(|id| inputs.snapshot.get(&id))
    else {
        return false;
    };
    let ours = match &user.ownership {
        Ownership::Marked(other) => other.deployment == marker.deployment,
        Ownership::Foreign | Ownership::Copied => false,
    };
    let wanted = inputs.graph.resource(&owner(&marker.address));
    let wanted = wanted.filter(|desired| inputs.mode == Mode::Live && desired.id == user.id);
    let rows = (inputs.rules_of)(&user.id.resource_type()).map_or(&[][..], |rules| rules.rows);
    let stays = rows.iter().any(|row| {
        let says = user.body.at(&names(row.path)).and_then(Value::as_text);
        let word = row.remains.map(|at| at.stays);
        says.zip(word)
            .is_some_and(|(says, word)| says.eq_ignore_ascii_case(word))
    });
    ours && wanted.is_none() && stays
}

/// What something is called that is only kept for a while: `old_os_disk`; none
/// for everything else.
pub(crate) fn kind(live: Option<&Live>, address: &Address) -> Option<String> {
    is_keepsake(live).then(|| format!("old_{}", address.last()))
}

/// Whether somebody has a disk attached.
pub(crate) fn is_used(disk: &Live) -> bool {
    let user = disk.body.member("managedBy").and_then(Value::as_text);
    user.is_some_and(|user| !user.is_empty())
}

/// Whether a live resource carries the sign of being kept.
pub(crate) fn is_keepsake(live: Option<&Live>) -> bool {
    let ownership = live.map(|live| &live.ownership);
    matches!(ownership, Some(Ownership::Marked(marker)) if marker.keepsake.is_some())
}

/// Whether the spec still makes what it was kept of.
fn is_wanted(inputs: &Inputs<'_>, address: &Address) -> bool {
    let of = owner(address);
    let of = inputs.graph.resource(&of);
    of.is_some_and(|desired| desired.made == Made::Here && desired.keeps.is_some())
}

/// The address of what something remained of.
pub(crate) fn owner(address: &Address) -> Address {
    let (of, _) = address.as_str().rsplit_once('.').unwrap_or_default();
    Address::new(of)
}

/// The version of an image that a disk was made of.
pub(crate) fn image_of(disk: &Live) -> Option<ResourceId> {
    let creation = disk.body.at(&["properties", "creationData"])?;
    ["galleryImageReference", "imageReference"]
        .into_iter()
        .find_map(|member| {
            let id = creation.at(&[member, "id"])?.as_text()?;
            ResourceId::parse(id).ok()
        })
}
