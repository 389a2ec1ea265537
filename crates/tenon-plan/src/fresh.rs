//! A machine of a specialized image gets another version where it stands.
//!
//! Such a machine has no account or name that Azure would have to give it when
//! it is made: all it is is on its OS disk. So a disk is made of the new
//! version, and the machine takes it in place of the old one while it is
//! deallocated. Everything else of the machine stays, its identity included.
//!
//! Source: Azure documentation, "Change the OS disk used by an Azure VM"; the
//! disks have to be of one generation and security type.

use tenon_model::desired::Relation;
use tenon_model::marker::{self, ADDRESS_TAG, BASE_TAG, DEPLOYMENT_TAG, MARK_TAG, Ownership};
use tenon_model::plan::{Action, Does, Precondition, Reason, Request, Step};
use tenon_model::rules::{Disruption, Rules};
use tenon_model::snapshot::Live;
use tenon_model::transport::Verb;
use tenon_model::{Map, ResourceId, Value, canonical};

use crate::Inputs;
use crate::decide::{Decision, Decisions};
use crate::keep::{self, Keeping};
use crate::members::{self, names, set};
use crate::rollback;

const IMAGE: &str = "properties.storageProfile.imageReference";
const OF_VERSION: &str = "properties.storageProfile.imageReference.id";
const ACCOUNT: &str = "properties.osProfile";
const KIND: &str = "properties.storageProfile.osDisk.managedDisk.storageAccountType";
const SIZE: &str = "properties.storageProfile.osDisk.diskSizeGB";
/// As many letters make a name that no other disk has.
const LETTERS: usize = 12;

/// The OS disk that is made for a machine.
pub(crate) struct Fresh {
    pub(crate) disk: ResourceId,
    rules: &'static Rules,
    body: Value,
}

/// Decides for machines that would be replaced for the version of a specialized
/// image and nothing else.
pub(crate) fn add(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    for index in 0..decisions.len() {
        let Some(fresh) = fresh(inputs, decisions.at(index)) else {
            continue;
        };
        take(decisions.at_mut(index), fresh);
    }
}

fn fresh(inputs: &Inputs<'_>, decision: &Decision<'_>) -> Option<Fresh> {
    let (desired, live) = (decision.desired.as_deref()?, decision.live?);
    let version = version(decision)?;
    let keeping = keep::of_machine(inputs.snapshot, decision, live)?;
    let image = desired
        .needs
        .iter()
        .any(|need| need.relation == Relation::BuiltFrom);
    if !image || live.body.at(&names(ACCOUNT)).is_some() {
        return None;
    }
    // What the disk is like is known in the last round of looks.
    if let Some(present) = keeping.live {
        let made_of = keep::image_of(present)?;
        if made_of.parent() != version.parent() {
            return None;
        }
    }
    let id = new_one(inputs, &keeping.id, &version);
    let mut fresh = Fresh {
        disk: id,
        rules: keeping.at.rules,
        body: body(&desired.body, &version, keeping.live),
    };
    let tags = tags(inputs, decision, &keeping, &fresh.disk);
    set(&mut fresh.body, &members::path("tags"), Value::Map(tags));
    Some(fresh)
}

/// The version that a machine is to have, where nothing but that makes it anew
/// and Azure has nothing to give it when it is made.
fn version(decision: &Decision<'_>) -> Option<ResourceId> {
    let Reason::ImmutableChanged { properties } = &decision.reason else {
        return None;
    };
    let of_image = |path: &String| path == "image" || path.starts_with("image.");
    let body = &decision.desired.as_deref()?.body;
    let only_image = decision.action == Action::Replace && properties.iter().all(of_image);
    if !only_image || decision.rules.noun != "vm" || body.at(&names(ACCOUNT)).is_some() {
        return None;
    }
    let id = ResourceId::parse(body.at(&names(OF_VERSION))?.as_text()?).ok()?;
    id.name_of("versions").is_some().then_some(id)
}

/// The disk that follows another one. It always has the same name until it is
/// taken, and never that of a disk on which something has run.
fn new_one(inputs: &Inputs<'_>, present: &ResourceId, version: &ResourceId) -> ResourceId {
    let of = present.name().split("_OsDisk_").next().unwrap_or_default();
    let is_free = |id: &ResourceId| match inputs.snapshot.get(id).map(|live| &live.ownership) {
        None => true,
        Some(Ownership::Marked(marker)) => {
            let kept = marker.keepsake.as_ref();
            kept.is_some_and(|kept| kept.until == Some(0))
        }
        Some(_) => false,
    };
    let name = |number: usize| {
        let text = format!("{}\n{}\n{number}", present.key(), version.key());
        let letters = canonical::fingerprint(&text, LETTERS).replace(['-', '_'], "0");
        present.with_name(&format!("{of}_OsDisk_{letters}"))
    };
    let mut names = (0..).map(name);
    names.find(is_free).unwrap_or_else(|| present.clone())
}

fn body(machine: &Value, version: &ResourceId, present: Option<&Live>) -> Value {
    let mut body = Value::Map(Map::new());
    let live = |path: &str| present.and_then(|disk| disk.body.at(&names(path))).cloned();
    for path in [
        "location",
        "zones",
        "properties.osType",
        "properties.hyperVGeneration",
        "properties.securityProfile.securityType",
        "properties.encryption.diskEncryptionSetId",
        "properties.encryption.type",
    ] {
        if let Some(value) = live(path) {
            set(&mut body, &members::path(path), value);
        }
    }
    let kind = machine.at(&names(KIND)).cloned();
    if let Some(kind) = kind.or_else(|| live("sku.name")) {
        set(&mut body, &members::path("sku.name"), kind);
    }
    if let Some(size) = machine.at(&names(SIZE)).cloned() {
        set(&mut body, &members::path("properties.diskSizeGB"), size);
    }
    for (path, value) in [
        ("properties.creationData.createOption", "FromImage"),
        (
            "properties.creationData.galleryImageReference.id",
            version.as_str(),
        ),
    ] {
        set(&mut body, &members::path(path), Value::text(value));
    }
    body
}

/// The sign of something that is only kept, and not for any time: one that is
/// never taken goes with the next plan.
fn tags(
    inputs: &Inputs<'_>,
    decision: &Decision<'_>,
    keeping: &Keeping<'_>,
    disk: &ResourceId,
) -> Map {
    let (mark, until) = marker::unused(disk);
    let address = keeping.address(&decision.address);
    Map::from([
        (DEPLOYMENT_TAG, Value::text(&inputs.deployment.name)),
        (ADDRESS_TAG, Value::text(address.as_str())),
        (MARK_TAG, Value::Text(mark)),
        (BASE_TAG, Value::Text(until)),
    ])
}

fn take(decision: &mut Decision<'_>, fresh: Fresh) {
    let Some(live) = decision.live else { return };
    let image = members::path(IMAGE);
    let difference = &mut decision.difference;
    for change in &mut difference.changes {
        if change.disruption == Disruption::Replace {
            change.disruption = Disruption::Deallocate;
        }
    }
    difference
        .expected
        .retain(|one| !one.path.is_within(&image));
    difference.paths.retain(|path| !path.is_within(&image));
    difference.remove.retain(|path| !path.is_within(&image));
    rollback::point_to(difference, live, &fresh.disk);
    decision.action = Action::Update;
    decision.reason = Reason::NewDisk {
        disk: fresh.disk.clone(),
    };
    decision.fresh = Some(fresh);
}

/// The step that makes the disk.
pub(crate) fn step(decision: &Decision<'_>, fresh: &Fresh) -> Step {
    Step {
        address: decision.address.clone(),
        id: fresh.disk.clone(),
        does: Does::Create,
        request: Request {
            verb: Verb::Put,
            path: fresh.disk.to_string(),
            api_version: fresh.rules.api_version.to_owned(),
            body: Some(fresh.body.clone()),
            remove: Vec::new(),
        },
        after: Vec::new(),
        precondition: Precondition::Absent,
        usually_seconds: fresh.rules.usual.write,
    }
}
