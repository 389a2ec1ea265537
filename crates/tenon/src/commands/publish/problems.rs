//! Why nothing is published.

use std::path::Path;

use tenon_model::image::ImageVersion;
use tenon_model::{Code, Diagnostic, Help, ResourceId};

use crate::files;

fn usage(words: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::Usage, words)
}

pub(super) fn no_gallery() -> Diagnostic {
    usage("nothing says which gallery").help(Help::text(
        "write  --as GALLERY/IMAGE@VERSION,  or  --gallery-id ID",
    ))
}

pub(super) fn no_gallery_id(text: &str) -> Diagnostic {
    usage(format!("`{text}` is no id of a gallery")).help(Help::command(
        "the ids of your galleries",
        "az sig list --query \"[].id\" --output tsv",
    ))
}

pub(super) fn two_galleries(id: &ResourceId) -> Diagnostic {
    usage("--as and --gallery-id name two galleries").help(Help::text(format!(
        "leave the gallery out of --as: the id names {}",
        id.name()
    )))
}

pub(super) fn nowhere(name: &str) -> Diagnostic {
    usage(format!("nothing says where the gallery `{name}` lies"))
        .help(Help::text(
            "add  -f publisher.yaml,  a spec that has it, or  --gallery-id ID",
        ))
        .help(Help::text(
            "or set AZURE_SUBSCRIPTION_ID and AZURE_RESOURCE_GROUP",
        ))
}

pub(super) fn unknown_subscription(definition: &ResourceId) -> Diagnostic {
    Diagnostic::error(
        Code::SubscriptionNotFound,
        format!(
            "nothing is known of subscription {}",
            definition.subscription()
        ),
    )
    .help(Help::command(
        "the subscriptions that you see",
        "az account list --output table",
    ))
}

pub(super) fn no_definition(definition: &ResourceId) -> Diagnostic {
    let gallery = definition.parent();
    let gallery = gallery.map_or_else(String::new, |gallery| gallery.to_string());
    Diagnostic::error(
        Code::ImageNotFound,
        format!("there is no image definition {definition}"),
    )
    .note("a version is published into a definition that is there")
    .help(Help::command(
        "what the gallery has",
        format!("az rest --method get --url \"{gallery}/images?api-version=2024-03-03\" --query \"value[].name\""),
    ))
    .help(Help::text(
        "make it with a spec:  galleries: {acme: {images: {web: {os_type: Linux, identifier: …}}}}",
    ))
}

pub(super) fn no_source_id(text: &str) -> Diagnostic {
    usage(format!("`{text}` is no resource id")).help(Help::text(
        "a source is /subscriptions/…, or a name in the gallery's resource group",
    ))
}

pub(super) fn no_source(id: &ResourceId) -> Diagnostic {
    Diagnostic::error(
        Code::SourceDoesNotFit,
        format!("no image version is made from a {}", id.resource_type()),
    )
    .help(Help::text(
        "a managed image, a machine, a disk, a snapshot, or a version /…/galleries/…/images/…/versions/1.4.2",
    ))
}

pub(super) fn no_such_source(name: &str, group: &str) -> Diagnostic {
    Diagnostic::error(
        Code::SourceDoesNotFit,
        format!(
            "`{name}` is nothing in the resource group {group} that an image version is made from"
        ),
    )
    .note("looked for a managed image, a snapshot, a disk and a machine of that name")
    .help(Help::text("write the full id, /subscriptions/…"))
}

pub(super) fn many_sources(name: &str, found: &[ResourceId]) -> Diagnostic {
    let problem = usage(format!("`{name}` is more than one thing"));
    let problem = found
        .iter()
        .fold(problem, |problem, id| problem.note(id.to_string()));
    problem.help(Help::text("write the id of the one that is meant"))
}

/// A number that cannot be had.
pub(super) struct Taken<'a> {
    pub(super) name: &'a str,
    pub(super) version: ImageVersion,
    pub(super) from: Option<&'a str>,
    pub(super) soft_deleted: bool,
    pub(super) free: Option<ImageVersion>,
}

pub(super) fn taken(taken: &Taken<'_>) -> Diagnostic {
    let (name, version) = (taken.name, taken.version);
    let problem = if taken.soft_deleted {
        let words = format!("{name} {version} was deleted, and can still be brought back");
        Diagnostic::error(Code::NameTaken, words)
    } else {
        let words = format!("{name} {version} is there, made from something else");
        Diagnostic::error(Code::NameTaken, words)
    };
    let problem = match taken.from {
        Some(from) => problem.note(format!("it was made from {from}")),
        None => problem.note("what it was made from is not known"),
    };
    let problem = problem.note("what a version is made from never changes");
    match taken.free {
        Some(free) => problem.help(Help::text(format!(
            "take the next free number:  --as {name}@{free},  or let it be found:  --as {name}@{}.{}.x",
            version.0, version.1
        ))),
        None => problem.help(Help::text("take a number of another line")),
    }
}

pub(super) fn no_number_left(name: &str) -> Diagnostic {
    usage(format!("the numbers of {name} are used up"))
        .help(Help::text("name a version of another line"))
}

pub(super) fn unreadable_lock(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        Code::UnreadableFile,
        format!("cannot read `{}`", files::shown(path)),
    )
    .note(error.to_string())
    .note("nothing is deleted while it is not known what it pins")
    .help(Help::text("--used-by names the tenon.lock of a consumer"))
}
