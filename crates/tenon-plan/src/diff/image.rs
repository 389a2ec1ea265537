//! Two versions of one image differ in their version only.

use tenon_model::plan::PropertyChange;
use tenon_model::{ResourceId, Value};

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
