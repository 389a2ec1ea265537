//! What stops a plan, in words.

use tenon_model::desired::Desired;
use tenon_model::snapshot::Live;
use tenon_model::{Code, Diagnostic, Help};

use super::Decision;

/// Something that the spec refers to and somebody else should have made.
pub(super) fn not_there(desired: &Desired) -> Diagnostic {
    if desired.kind == "resource_group" {
        let name = desired.id.name();
        return Diagnostic::error(
            Code::ResourceGroupNotFound,
            format!("resource group `{name}` does not exist"),
        )
        .at(&desired.place, "must exist")
        .note(format!("looked for {}", desired.id))
        .help(Help::text(format!(
            "let this spec make it:  resource_group: {{name: {name}, create: true}}"
        )))
        .help(Help::command(
            "or make it by hand",
            format!(
                "az group create --subscription {} --name {name} --location <region>",
                desired.id.subscription()
            ),
        ))
        .about(&desired.address);
    }
    Diagnostic::error(
        Code::ReferencedResourceNotFound,
        format!(
            "`{}` refers to something that does not exist",
            desired.address
        ),
    )
    .at(&desired.place, "")
    .note(format!("looked for {}", desired.id))
    .help(Help::text(
        "correct the id, or leave `existing` out and let this spec make it",
    ))
    .about(&desired.address)
}

/// A resource that is there and carries no marker of its own.
pub(super) fn not_ours(desired: &Desired, live: &Live, why: Option<&str>) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::NotOurs,
        format!(
            "`{}` exists already, and tenon did not make it",
            desired.address
        ),
    )
    .at(
        &desired.place,
        format!(
            "stands for {} `{}`",
            desired.kind.replace('_', " "),
            live.id.name()
        ),
    )
    .note(live.id.as_str())
    .note("what tenon did not make it never changes or deletes")
    .about(&desired.address);
    let problem = match why {
        Some(why) => problem.note(why),
        None => problem,
    };
    let problem = problem.help(Help::text("give yours another name:  name: …"));
    if desired.kind == "resource_group" {
        return problem.help(Help::text(format!(
            "or use it as it is:  resource_group: {}",
            live.id.name()
        )));
    }
    problem.help(Help::text(format!(
        "or refer to it:  resources: {{{}: {{existing: {}}}}}",
        desired.address.last(),
        live.id
    )))
}

/// A resource with the marker of another deployment.
pub(super) fn owned_by_another(desired: &Desired, owner: &str) -> Diagnostic {
    Diagnostic::error(
        Code::OwnedByAnother,
        format!("`{}` belongs to the deployment `{owner}`", desired.address),
    )
    .at(&desired.place, "")
    .note(desired.id.as_str())
    .help(Help::text("give yours another name:  name: …"))
    .help(Help::text(format!(
        "or change it where it is described, in the spec of `{owner}`"
    )))
    .about(&desired.address)
}

/// A protected resource that would have to be replaced.
pub(super) fn protected(desired: &Desired) -> Diagnostic {
    let place = match &desired.protect {
        tenon_model::desired::Protect::Written(place) => place,
        _ => &desired.place,
    };
    Diagnostic::error(
        Code::Protected,
        format!(
            "`{}` is protected, and this plan would have to replace it",
            desired.address
        ),
    )
    .at(place, "protected")
    .note("a replace deletes it first, with everything on it")
    .help(Help::text("take the change back that forces the replace"))
    .help(Help::text("or lift the protection:  protect: false"))
    .about(&desired.address)
}

/// A group whose region would have to change.
pub(super) fn group_cannot_move(decision: &Decision<'_>) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidValue,
        "a resource group cannot move to another region, and replacing it would delete all that is in it",
    )
    .at(&decision.place, "")
    .note(decision.id.as_str())
    .help(Help::text("give the new group another name, or keep the region"))
    .about(&decision.address)
}
