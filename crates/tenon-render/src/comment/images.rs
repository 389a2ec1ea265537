//! The images that move: from which version to which, and whose word it was.

use super::Page;
use super::markdown::{code, words};
use crate::names::short;
use crate::plan::images::{Movements, origin};
use crate::plan::takes::takes;

/// Returns a line for each image that moves, and how long it all takes.
pub(super) fn images(page: &Page<'_>) -> Option<String> {
    let moved = Movements::of(page.plan);
    let mut said: Vec<String> = Vec::new();
    for image in &page.plan.images {
        let versions = moved.of_image(image);
        let Some((before, after)) = versions.split_once(" → ") else {
            continue;
        };
        said.push(format!(
            "**Image** {} {} → **{}**, {}",
            code(short(image.address.as_str())),
            code(before),
            // A version is three numbers.
            after,
            words(&origin(page.plan, image)),
        ));
    }
    if let Some(forecast) = &page.plan.takes
        && !page.plan.is_empty()
    {
        said.push(format!("**Takes** {}", words(&takes(forecast))));
    }
    (!said.is_empty()).then(|| said.join("  \n"))
}
