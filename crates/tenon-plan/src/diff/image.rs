//! Two versions of one image differ in their version only.

use tenon_model::Value;
use tenon_model::desired::Desired;
use tenon_model::image::{Channel, ImageId, ImageVersion};
use tenon_model::plan::PropertyChange;
use tenon_model::rules::View;

use super::Leaf;

/// The version that a machine keeps although another one is asked for: nothing
/// pins the channel, or the author wants to hear of versions only, and what it
/// runs belongs to the channel. A newer version is news, not a reason to
/// replace.
pub(super) fn stays(
    leaf: &Leaf<'_>,
    desired: &Desired,
    before: Option<&Value>,
) -> Option<Option<ImageVersion>> {
    let channel = desired.follows?;
    leaf.row.filter(|row| row.view == View::Image)?;
    let (wanted, live) = (
        ImageId::of_reference(leaf.value)?,
        ImageId::of_reference(before?)?,
    );
    let belongs = match live.version {
        Some(version) => channel.accepts(version),
        // Built from the definition itself: the newest version of that day.
        None => channel == Channel::Latest,
    };
    (wanted.definition == live.definition && belongs).then_some(live.version)
}

/// Shows `image` as an id, or as `image.version` where only the version
/// differs.
pub(super) fn shorten(changes: &mut [PropertyChange]) {
    for change in changes.iter_mut().filter(|change| change.path == "image") {
        let id = |value: &Option<Value>| ImageId::of_reference(value.as_ref()?);
        let (before, after) = (id(&change.before), id(&change.after));
        if let (Some(before), Some(after)) = (&before, &after)
            && before.definition == after.definition
        {
            let text = |version: Option<ImageVersion>| match version {
                Some(version) => Value::Text(version.to_string()),
                None => Value::text("latest"),
            };
            change.path = "image.version".to_owned();
            change.before = Some(text(before.version));
            change.after = Some(text(after.version));
            continue;
        }
        change.before = change.before.take().map(shown);
        change.after = change.after.take().map(shown);
    }
}

/// An image reference as the id that it names.
pub(super) fn shown(reference: Value) -> Value {
    match ImageId::of_reference(&reference) {
        Some(id) => Value::Text(id.to_string()),
        None => reference,
    }
}
