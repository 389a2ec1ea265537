//! Machines whose OS disk was not made with them: swapped in, or attached when
//! they were made.
//!
//! Azure shows of such a machine the image that it was made of, or none, and
//! no account if it never had one. What it runs is what its disk was made of,
//! so that counts; the account is the one on the disk, and nobody's business.
//!
//! The disk is known where a list was read that has it. A disk that `tenon`
//! has kept carries our marker, so that such a list is always read.

use std::borrow::Cow;

use tenon_model::desired::Desired;
use tenon_model::plan::{Cause, Expected};
use tenon_model::snapshot::{Live, Snapshot};
use tenon_model::{Map, Path, ResourceId, Value};

use crate::diff::Difference;
use crate::keep;
use crate::members::{self, set};

const IMAGE: &str = "properties.storageProfile.imageReference";
const ACCOUNT: &str = "properties.osProfile";
const OPTION: &str = "properties.storageProfile.osDisk.createOption";
const DISK: &str = "properties.storageProfile.osDisk.managedDisk.id";

fn value<'v>(body: &'v Value, path: &str) -> Option<&'v Value> {
    body.at(&members::names(path))
}

/// The OS disk of a machine, as far as it was read.
fn disk<'s>(live: &Live, snapshot: &'s Snapshot) -> Option<&'s Live> {
    let id = value(&live.body, DISK)?.as_text()?;
    snapshot.get(&ResourceId::parse(id).ok()?)
}

/// The image that the disk says, where the machine says another one or none.
fn image(live: &Live, snapshot: &Snapshot) -> Option<ResourceId> {
    let made_of = keep::image_of(disk(live, snapshot)?)?;
    let says = value(&live.body, IMAGE).and_then(|image| image.member("id")?.as_text());
    let says = says.and_then(|id| ResourceId::parse(id).ok());
    // Made of a definition is made of one of its versions.
    let is_said = says.is_some_and(|says| says == made_of || made_of.parent() == Some(says));
    (!is_said).then_some(made_of)
}

fn is_attached(live: &Live) -> bool {
    let option = value(&live.body, OPTION).and_then(Value::as_text);
    option.is_some_and(|option| option.eq_ignore_ascii_case("Attach"))
}

/// Where a machine is not what it says, in paths of its body.
fn paths(desired: &Desired, live: &Live, snapshot: &Snapshot) -> Vec<Path> {
    let mut paths = Vec::new();
    if desired.rules.noun != "vm" {
        return paths;
    }
    if image(live, snapshot).is_some() {
        paths.push(members::path(IMAGE));
    }
    if is_attached(live) {
        paths.push(members::path(OPTION));
        if value(&live.body, ACCOUNT).is_none() {
            paths.push(members::path(ACCOUNT));
        }
    }
    paths
}

/// The live body as it is, not as it says.
pub(crate) fn body<'b>(
    desired: &Desired,
    live: &Live,
    body: Cow<'b, Value>,
    snapshot: &Snapshot,
) -> Cow<'b, Value> {
    let mut body = body;
    for path in paths(desired, live, snapshot) {
        let value = match image(live, snapshot) {
            Some(image) if path == members::path(IMAGE) => {
                let id = Value::text(image.as_str());
                Some(Value::Map(Map::from([("id", id)])))
            }
            _ => path.get(&desired.body).cloned(),
        };
        if let Some(value) = value {
            set(body.to_mut(), &path, value);
        }
    }
    body
}

/// Steps look at what the machine says, and expect nothing where it is not so.
/// That a machine went back was our doing: the spec is what has to move.
pub(crate) fn settle(
    desired: &Desired,
    live: &Live,
    snapshot: &Snapshot,
    difference: &mut Difference,
) {
    let paths = paths(desired, live, snapshot);
    let said = |expected: &Expected| !paths.iter().any(|path| expected.path.is_within(path));
    difference.expected.retain(said);
    let ours = disk(live, snapshot).is_some_and(|disk| keep::is_keepsake(Some(disk)));
    if !ours || image(live, snapshot).is_none() {
        return;
    }
    let of_image = |path: &str| path == "image" || path.starts_with("image.");
    for change in &mut difference.changes {
        if of_image(&change.path) && change.cause == Cause::Drift {
            change.cause = Cause::Spec;
        }
    }
}
