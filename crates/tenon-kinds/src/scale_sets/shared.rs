//! What Microsoft's pages say of sets from images that others share, or that
//! are copies of a machine.

use tenon_model::desired::Declaration;
use tenon_model::image::{ImageDefinition, ResolvedImage, Sharing};
use tenon_model::spec::Entry;
use tenon_model::{Code, Diagnostic, Help};

use super::{capacity, is_flexible};
use crate::draft::Draft;
use crate::placement::Placement;
use crate::vms::image::Image;

/// Warns of what may go wrong with the image of a set.
pub(super) fn check(entry: &Entry, image: &Image, place: &Placement, out: &mut Declaration) {
    let Some(resolved) = &image.resolved else {
        return;
    };
    let problems = [
        foreign(entry, resolved, place),
        community(entry, resolved),
        specialized(entry, resolved),
    ];
    let problems = problems.into_iter().flatten();
    let at_image = problems.map(|(problem, label)| problem.at(&image.place, label));
    out.diagnostics
        .extend(at_image.map(|problem| problem.about(&entry.address)));
}

/// Says in the plan of a new set when it pays to copy its image.
pub(super) fn note(draft: &mut Draft, image: &Image, place: &Placement) {
    let Some(resolved) = &image.resolved else {
        return;
    };
    let read_by_role = matches!(resolved.id.definition, ImageDefinition::Gallery(_));
    if read_by_role && resolved.tenant != place.tenant {
        draft.fact("asks another tenant's gallery whenever it grows (copy_to keeps a copy)");
    }
}

/// A problem, and what to say where the image is named.
type Problem = (Diagnostic, &'static str);

/// Microsoft's documentation of shared galleries says that flexible sets cannot
/// be made from an image that another tenant shares; whether that holds for
/// images shared by role is not said. Whose a directly shared gallery is, its
/// consumer is not told.
fn foreign(entry: &Entry, image: &ResolvedImage, place: &Placement) -> Option<Problem> {
    let foreign = match &image.id.definition {
        ImageDefinition::Gallery(_) => image.tenant != place.tenant,
        ImageDefinition::Open(open) => open.sharing == Sharing::Direct,
    };
    let problem = Diagnostic::warning(
        Code::FlexibleForeignImage,
        format!(
            "`{}` is flexible, and its image belongs to another tenant",
            entry.address
        ),
    );
    let problem = problem.help(Help::text("orchestration: Uniform  takes such images"));
    (foreign && is_flexible(&entry.item)).then_some((problem, "Azure may refuse this"))
}

/// A machine has its disks once it is made; a set asks for its image again
/// whenever it grows.
/// Source: learn.microsoft.com, "Create a scale set from a generalized image",
/// community gallery; "Share images by using a community gallery".
fn community(entry: &Entry, image: &ResolvedImage) -> Option<Problem> {
    let ImageDefinition::Open(open) = &image.id.definition else {
        return None;
    };
    let problem = Diagnostic::warning(
        Code::CommunityScaleSet,
        format!(
            "`{}` cannot grow any more when its community image is taken away",
            entry.address
        ),
    );
    let problem = problem.help(Help::text(
        "keep a copy in a gallery of your own: copy_to, beside the id of the image",
    ));
    (open.sharing == Sharing::Community).then_some((problem, "its publisher can do that any time"))
}

/// Source: learn.microsoft.com, "Create a scale set using a specialized image
/// version": computer name, CMID and the like stay those of the first machine.
fn specialized(entry: &Entry, image: &ResolvedImage) -> Option<Problem> {
    let is_copy = image
        .definition
        .os_state
        .eq_ignore_ascii_case("Specialized");
    let problem = Diagnostic::warning(
        Code::SpecializedScaleSet,
        format!(
            "all machines of `{}` have the computer name of the machine that its image was made of",
            entry.address
        ),
    );
    let problem = problem.help(Help::text(
        "take a generalized image where anything looks at computer names, such as a domain or monitoring",
    ));
    (is_copy && capacity(&entry.item) > 1).then_some((problem, "is specialized"))
}
