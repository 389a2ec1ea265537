//! Going back: a machine takes the OS disk that a replace has kept of it.
//!
//! A machine that is there swaps its disk where it stands: Azure takes that
//! while it is deallocated, and everything that belongs to the machine itself
//! stays, such as the identity that Azure made for it. One that is not there,
//! because its replace failed half-way, is made with the old disk attached.
//! The plan is about nothing else: what the spec wants beyond that is the
//! business of the next one.

use std::collections::BTreeSet;

use tenon_model::desired::{Desired, Relation};
use tenon_model::marker::{Marker, Ownership, Start};
use tenon_model::plan::{Action, Cause, Expected, Op, PropertyChange, Reason};
use tenon_model::rules::{Disruption, Same};
use tenon_model::snapshot::{Live, Look};
use tenon_model::{Address, Path, ResourceId, Value};

use crate::decide::{self, Decision, Decisions, Marking, Wanted, problems};
use crate::diff::Difference;
use crate::keep::{self, Keeping};
use crate::members::{self, names};
use crate::select::LeftOut;
use crate::{Inputs, Rollback, starts, waves, wishes};

/// The disk that a machine goes back to.
pub(crate) struct Taken<'a> {
    pub(crate) disk: &'a Live,
}

impl Taken<'_> {
    /// The version of the image that it was made of.
    pub(crate) fn version(&self) -> Option<String> {
        keep::image_of(self.disk).map(|image| image.name().to_owned())
    }

    fn text(&self, path: &[&str]) -> Option<&str> {
        self.disk.body.at(path)?.as_text()
    }

    /// The OS disk of a machine that is made with it: Azure refuses an image
    /// and an account beside it.
    pub(crate) fn attach(&self, body: &mut Value) {
        for gone in [
            "properties.osProfile",
            "properties.storageProfile.imageReference",
            "properties.storageProfile.osDisk.diskSizeGB",
            "properties.storageProfile.osDisk.managedDisk",
        ] {
            members::path(gone).remove(body);
        }
        let id = self.disk.id.as_str();
        let of_disk = [
            ("createOption", "Attach"),
            ("managedDisk.id", id),
            ("osType", self.text(&["properties", "osType"]).unwrap_or("")),
        ];
        for (member, value) in of_disk.into_iter().filter(|(_, value)| !value.is_empty()) {
            members::set(body, &os_disk(member), Value::text(value));
        }
    }
}

fn os_disk(member: &str) -> Path {
    members::path(&format!("properties.storageProfile.osDisk.{member}"))
}

/// Decides for the machines that go back.
pub(crate) fn decide<'a>(inputs: &Inputs<'a>, asked: &Rollback) -> Decisions<'a> {
    let machines: Vec<&Desired> = inputs
        .graph
        .written()
        .filter(|one| one.rules.rows.iter().any(|row| row.remains.is_some()))
        .filter(|one| wishes::names(&asked.addresses, &one.address, one.fleet.as_ref()))
        .collect();
    let going: Vec<(&Desired, Option<Taken<'a>>)> = machines
        .iter()
        .map(|one| (*one, newest(inputs, &one.address, asked)))
        .collect();
    let ids: BTreeSet<&ResourceId> = going
        .iter()
        .filter(|(_, taken)| taken.is_some())
        .map(|(one, _)| &one.id)
        .collect();
    let left_out = LeftOut::all_but(inputs, &ids);
    let mut decisions = decide::decide(inputs, &left_out);
    if ids.is_empty() {
        let problem = problems::nothing_to_go_back_to(asked, &machines, inputs.spec);
        decisions.diagnostics.push(problem);
    }
    for (desired, taken) in going {
        if let (Some(taken), Some(index)) = (taken, decisions.position(&desired.address)) {
            go_back(inputs, &mut decisions, index, taken);
        }
    }
    starts::add(inputs, &mut decisions);
    waves::add(inputs, &mut decisions);
    decide::mark(inputs, &mut decisions);
    keep_markers(&mut decisions);
    decisions
}

/// The old disks of a machine that nobody uses; of several the newest.
fn newest<'a>(inputs: &Inputs<'a>, machine: &Address, asked: &Rollback) -> Option<Taken<'a>> {
    let free = inputs.snapshot.iter().filter_map(|live| {
        let Ownership::Marked(marker) = &live.ownership else {
            return None;
        };
        let keepsake = marker.keepsake.as_ref()?;
        let ours = marker.deployment == inputs.deployment.name;
        let own = keep::owner(&marker.address) == *machine;
        let taken = Taken { disk: live };
        let fits = asked.to.is_none() || taken.version() == asked.to;
        // One that was made for a machine that never took it has nothing to go
        // back to.
        let was_used = keepsake.until != Some(0);
        (ours && was_used && own && fits && !keep::is_used(live)).then_some((keepsake.until, taken))
    });
    free.max_by_key(|(until, _)| *until).map(|(_, taken)| taken)
}

fn go_back<'a>(inputs: &Inputs<'a>, decisions: &mut Decisions<'a>, index: usize, taken: Taken<'a>) {
    let decision = decisions.at(index);
    if !decision.ours {
        // Somebody else's, which was said.
        return;
    }
    let problem = match decision.live {
        Some(live) => unlike(inputs, decision, live, &taken),
        None => missing(decisions, decision),
    };
    if let Some(problem) = problem {
        decisions.diagnostics.push(problem);
        let decision = decisions.at_mut(index);
        decision.action = Action::NoOp;
        return;
    }
    let decision = decisions.at_mut(index);
    decision.reason = Reason::GoesBack {
        disk: taken.disk.id.clone(),
        version: taken.version(),
    };
    if let Some(live) = decision.live {
        swap(inputs, decision, live, &taken);
    } else {
        made_of(decision, &taken);
    }
    decision.taken = Some(taken);
}

/// Its marker will say what image it really has.
fn made_of(decision: &mut Decision<'_>, taken: &Taken<'_>) {
    let Some(desired) = decision.desired.as_mut().map(Wanted::to_mut) else {
        return;
    };
    if let Some(image) = keep::image_of(taken.disk) {
        let path = members::path("properties.storageProfile.imageReference.id");
        members::set(&mut desired.body, &path, Value::text(image.as_str()));
    }
    desired.facts.retain(|fact| !fact.starts_with("image "));
    let image = taken.version();
    let image = image.map_or(String::new(), |version| format!(" with image {version}"));
    desired.facts.insert(0, format!("old OS disk{image}"));
}

/// Nothing but the disk is another one afterwards.
fn swap(inputs: &Inputs<'_>, decision: &mut Decision<'_>, live: &Live, taken: &Taken<'_>) {
    let present = |member: &str| os_disk(member).get(&live.body).cloned();
    let present_disk =
        present("managedDisk.id").and_then(|id| ResourceId::parse(id.as_text()?).ok());
    let version = |disk: Option<&Live>| {
        let image = keep::image_of(disk?)?;
        Some(Value::text(image.name()))
    };
    let of_present = present_disk.as_ref().and_then(|id| inputs.snapshot.get(id));
    let name = Value::text(taken.disk.id.name());
    decision.action = Action::Update;
    let difference = &mut decision.difference;
    *difference = Difference::default();
    let change = |path: &str, before: Option<Value>, after: Option<Value>| PropertyChange {
        path: path.to_owned(),
        op: Op::Change,
        before,
        after,
        cause: Cause::Asked,
        disruption: Disruption::Deallocate,
        sensitive: false,
        place: None,
    };
    let (before, after) = (version(of_present), version(Some(taken.disk)));
    difference.changes.push(if before == after {
        let present = present_disk.as_ref().map(|id| Value::text(id.name()));
        change("os_disk", present, Some(name))
    } else {
        change("image.version", before, after)
    });
    point_to(difference, live, &taken.disk.id);
    if let Some(desired) = decision.desired.as_mut().map(Wanted::to_mut) {
        members::path("tags").remove(&mut desired.body);
    }
}

/// Lets a machine have another disk than the one that is live.
pub(crate) fn point_to(difference: &mut Difference, live: &Live, disk: &ResourceId) {
    let present = |member: &str| os_disk(member).get(&live.body).cloned();
    let (name, id) = (Value::text(disk.name()), Value::text(disk.as_str()));
    for (member, after) in [("managedDisk.id", &id), ("name", &name)] {
        difference.expected.push(Expected {
            property: format!("os_disk.{member}"),
            path: os_disk(member),
            twin: None,
            same: if member == "name" {
                Same::Caseless
            } else {
                Same::Id
            },
            value: present(member),
            after: Some(after.clone()),
            fixed: false,
        });
        difference.defaults.push((os_disk(member), after.clone()));
    }
    // The description wants it beside every change of the disk; it stays what
    // it was.
    if let Some(option) = present("createOption") {
        difference.defaults.push((os_disk("createOption"), option));
    }
}

/// A machine that only swaps its disk keeps the marker that it has: what the
/// spec wants beyond that was not applied.
fn keep_markers(decisions: &mut Decisions<'_>) {
    for index in 0..decisions.len() {
        let decision = decisions.at_mut(index);
        let Some(Ownership::Marked(old)) = decision.live.map(|live| &live.ownership) else {
            continue;
        };
        if decision.taken.is_none() {
            continue;
        }
        let marker = |start| Marker {
            start,
            ..old.clone()
        };
        decision.marking = match decision.start {
            Start::Owed => Marking::Twice(marker(Start::Owed)),
            Start::NotOwed => Marking::AtOnce,
        };
        decision.marker = Some(marker(Start::NotOwed));
    }
}

/// Azure swaps disks of one kind only.
fn unlike(
    inputs: &Inputs<'_>,
    decision: &Decision<'_>,
    machine: &Live,
    taken: &Taken<'_>,
) -> Option<tenon_model::Diagnostic> {
    let id = os_disk("managedDisk.id");
    let present = id.get(&machine.body)?.as_text()?;
    let present = inputs.snapshot.get(&ResourceId::parse(present).ok()?)?;
    let differs = |path: &str| {
        let (old, new) = (
            taken.disk.body.at(&names(path)),
            present.body.at(&names(path)),
        );
        let both = old
            .and_then(Value::as_text)
            .zip(new.and_then(Value::as_text));
        both.is_some_and(|(old, new)| !old.eq_ignore_ascii_case(new))
    };
    let path = [
        ("properties.osType", "operating system"),
        ("properties.hyperVGeneration", "generation"),
        ("properties.securityProfile.securityType", "security type"),
    ]
    .into_iter()
    .find(|(path, _)| differs(path));
    path.map(|(_, what)| problems::unlike(decision, taken.disk, what))
}

/// What a machine needs that is to be made with its old disk.
fn missing(decisions: &Decisions<'_>, decision: &Decision<'_>) -> Option<tenon_model::Diagnostic> {
    let needs = decision.desired.iter().flat_map(|desired| &desired.needs);
    let absent = needs
        .filter(|need| matches!(need.relation, Relation::Inside | Relation::Uses))
        .filter_map(|need| decisions.get(&need.on))
        .find(|needed| needed.live.is_none());
    absent.map(|needed| problems::needs_first(decision, &needed.address))
}

/// What is kept of a machine that swaps its disk: the one that it has now.
pub(crate) fn keeping<'a>(
    snapshot: &'a tenon_model::snapshot::Snapshot,
    decision: &Decision<'_>,
) -> Option<Keeping<'a>> {
    decision.swaps_disk().then_some(())?;
    keep::of_machine(snapshot, decision, decision.live?)
}

/// What has to be known of the disks that are given up.
pub(crate) fn looks(inputs: &Inputs<'_>, asked: &Rollback) -> Vec<Look> {
    let written = inputs.graph.written();
    let asked =
        written.filter(|one| wishes::names(&asked.addresses, &one.address, one.fleet.as_ref()));
    let kept = asked.filter_map(|desired| {
        let live = inputs.snapshot.get(&desired.id)?;
        keep::look_at(inputs.snapshot, desired, live)
    });
    let mut looks = Vec::new();
    keep::once(kept, &mut looks);
    looks
}
