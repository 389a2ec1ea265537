//! Two versions of one image differ in their version only.

use tenon_model::desired::Desired;
use tenon_model::image::{Channel, ImageVersion};
use tenon_model::plan::PropertyChange;
use tenon_model::rules::View;
use tenon_model::{ResourceId, Value};

use super::Leaf;

/// Whether a machine keeps its version: nothing pins the channel, and what it
/// runs belongs to it. A newer version is news, not a reason to replace.
pub(super) fn stays(leaf: &Leaf<'_>, desired: &Desired, before: Option<&Value>) -> bool {
    let (Some(channel), Some(row)) = (desired.follows, leaf.row) else {
        return false;
    };
    if row.view != View::Image {
        return false;
    }
    let id = |value: &Value| ResourceId::parse(value.as_text()?).ok();
    let parts = |value: &Value| {
        let id = id(value)?;
        let version = ImageVersion::parse(id.name()).ok()?;
        Some((id.parent()?, version))
    };
    // Built from the definition itself: the newest version of that day.
    let definition = parts(leaf.value).map(|(definition, _)| definition);
    if channel == Channel::Latest && definition.is_some() && before.and_then(id) == definition {
        return true;
    }
    let (Some((wanted, _)), Some((live, version))) = (parts(leaf.value), before.and_then(parts))
    else {
        return false;
    };
    wanted == live && channel.accepts(version)
}

/// Shows `image` as `image.version` where only the version differs.
pub(super) fn shorten(changes: &mut [PropertyChange]) {
    for change in changes.iter_mut().filter(|change| change.path == "image") {
        let version = |value: &Option<Value>| {
            let id = ResourceId::parse(value.as_ref()?.as_text()?).ok()?;
            Some((id.parent()?, id.name().to_owned()))
        };
        let (Some((from, before)), Some((to, after))) =
            (version(&change.before), version(&change.after))
        else {
            continue;
        };
        if from == to {
            change.path = "image.version".to_owned();
            change.before = Some(Value::Text(before));
            change.after = Some(Value::Text(after));
        }
    }
}
