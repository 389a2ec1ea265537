//! What stops a plan, in words.

use tenon_model::desired::Desired;
use tenon_model::plan::PropertyChange;
use tenon_model::snapshot::Live;
use tenon_model::{Address, Code, Diagnostic, Help, Place, Value};

use super::{Decision, outer_of};
use crate::Rollback;
use crate::looks::is_group;

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

/// A live resource that stands where one of ours should, and is not.
pub(crate) struct Foreign<'a> {
    pub(super) entry: Address,
    pub(super) address: Address,
    pub(super) kind: &'static str,
    pub(super) place: Place,
    pub(super) live: &'a Live,
    /// Why it is nobody's although it has a marker.
    pub(super) why: Option<&'static str>,
}

impl Foreign<'_> {
    fn words(&self) -> String {
        format!("{} `{}`", self.kind.replace('_', " "), self.live.id.name())
    }
}

/// Resources that are there and carry no marker of their own: one problem for
/// each entry, because they are taken over, or made way for, together.
pub(super) fn not_ours(foreign: &[Foreign<'_>]) -> Vec<Diagnostic> {
    let mut entries: Vec<&Address> = Vec::new();
    for one in foreign {
        if !entries.contains(&&one.entry) {
            entries.push(&one.entry);
        }
    }
    entries
        .into_iter()
        .map(|entry| {
            let own: Vec<&Foreign<'_>> = foreign.iter().filter(|one| one.entry == *entry).collect();
            not_ours_of(entry, &own)
        })
        .collect()
}

fn not_ours_of(entry: &Address, foreign: &[&Foreign<'_>]) -> Diagnostic {
    let (address, message) = match foreign {
        [one] => (
            &one.address,
            format!(
                "`{}` exists already, and tenon did not make it",
                one.address
            ),
        ),
        many => (
            entry,
            format!(
                "{} resources of `{entry}` exist already, and tenon did not make them",
                many.len()
            ),
        ),
    };
    let words: Vec<String> = foreign.iter().map(|one| one.words()).collect();
    let mut problem = Diagnostic::error(Code::NotOurs, message)
        .at(
            &foreign[0].place,
            format!("stands for {}", words.join(", ")),
        )
        .about(address);
    for one in foreign {
        problem = problem.note(one.live.id.as_str());
        problem = one.why.into_iter().fold(problem, Diagnostic::note);
    }
    problem = problem
        .note("what tenon did not make it never changes or deletes, unless it is told to take it over")
        .help(Help::command(
            "see what taking it over would change",
            format!("tenon plan --adopt {address}"),
        ))
        .help(Help::text("or give yours another name:  name: …"));
    match foreign {
        [one] => problem.help(refer_to(one)),
        _ => problem,
    }
}

fn refer_to(foreign: &Foreign<'_>) -> Help {
    let id = &foreign.live.id;
    if foreign.kind == "resource_group" {
        return Help::text(format!(
            "or use it as it is:  resource_group: {}",
            id.name()
        ));
    }
    Help::text(format!(
        "or refer to it:  resources: {{{}: {{existing: {id}}}}}",
        foreign.address.last()
    ))
}

/// A resource that would have to be deleted to become what the spec says.
pub(super) fn cannot_adopt(desired: &Desired, changes: &[PropertyChange]) -> Diagnostic {
    let fixed: Vec<&PropertyChange> = changes
        .iter()
        .filter(|change| change.forces_replace())
        .collect();
    let place = fixed
        .iter()
        .find_map(|change| change.place.as_ref())
        .unwrap_or(&desired.place);
    let mut problem = Diagnostic::error(
        Code::CannotAdopt,
        format!(
            "`{}` cannot be taken over as it is: Azure fixes what the spec wants to be different",
            desired.address
        ),
    )
    .at(place, "differs from what is there")
    .about(&desired.address);
    for change in fixed {
        let said = |value: &Option<Value>| match value {
            _ if change.sensitive => "(sensitive)".to_owned(),
            Some(Value::List(one)) if one.len() == 1 => one[0].to_plain_text(),
            Some(value) => value.to_plain_text(),
            None => "not set".to_owned(),
        };
        problem = problem.note(format!(
            "{} is {}, the spec says {}",
            change.path,
            said(&change.before),
            said(&change.after)
        ));
    }
    problem
        .note(desired.id.as_str())
        .help(Help::text(
            "write into the spec what is there, and plan again",
        ))
        .help(Help::text(
            "or delete the resource by hand, and let this spec make it anew",
        ))
}

/// A resource that is to be taken over and uses something that is replaced.
pub(super) fn uses_replaced(desired: &Desired, replaced: &Address) -> Diagnostic {
    Diagnostic::error(
        Code::CannotAdopt,
        format!(
            "`{}` cannot be taken over in this plan: it uses `{replaced}`, which is replaced",
            desired.address
        ),
    )
    .at(&desired.place, "")
    .note(desired.id.as_str())
    .help(Help::text(
        "take it over first, and change the other afterwards",
    ))
    .about(&desired.address)
}

/// A resource without tags in something that this spec does not make.
pub(super) fn nobody_speaks(desired: &Desired) -> Diagnostic {
    let key = desired.entry.segments().last().unwrap_or_default();
    let problem = Diagnostic::error(
        Code::NotOurs,
        format!(
            "`{}` takes no tags, and lies in something that this spec does not make",
            desired.address
        ),
    )
    .at(&desired.place, "nothing would say whose it is")
    .note(desired.id.as_str())
    .note(
        "what takes no tags is told by the marker of what it lies in; a name alone is no ownership",
    );
    let problem = match outer_of(&desired.id) {
        Some(group) if is_group(&group) => problem.help(Help::command(
            format!(
                "let this spec have the group,  resource_group: {{name: {}, create: true}}  and take that over",
                group.name()
            ),
            "tenon adopt resource_group",
        )),
        Some(outer) => problem.help(Help::text(format!(
            "describe the {} `{}` in this spec as well, take that over with  tenon adopt <its address>  and let `parent` name it",
            outer.resource_type(),
            outer.name()
        ))),
        None => problem,
    };
    problem
        .help(Help::text(format!(
            "or only refer to it:  {key}: {{existing: {}}}",
            desired.id
        )))
        .help(Help::text(
            "or, where the type does take tags, let it have some:  tags: {}",
        ))
        .about(&desired.address)
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

/// Something that is let go of although the spec still makes it.
pub(crate) fn still_named(desired: &Desired, to: Option<&str>) -> Diagnostic {
    let address = &desired.address;
    let (code, next) = match to {
        Some(to) => (
            Code::OwnedByAnother,
            format!("the next plan says that it belongs to `{to}`, and stops"),
        ),
        None => (
            Code::NotOurs,
            "the next plan says that tenon did not make it, and stops".to_owned(),
        ),
    };
    Diagnostic::warning(code, format!("`{address}` is still in the spec"))
        .at(&desired.place, "makes it")
        .note(next)
        .help(Help::text("take it out of the spec"))
        .help(Help::text(format!(
            "or refer to it:  resources: {{{}: {{existing: {}}}}}",
            address.last(),
            desired.id
        )))
        .about(address)
}

/// A new entry that says what one said that the spec no longer has.
pub(crate) fn renamed(new: &Decision<'_>, old: &Decision<'_>) -> Diagnostic {
    let (key, was) = (new.entry.last(), old.id.name());
    Diagnostic::warning(
        Code::Renamed,
        format!(
            "`{}` looks like `{}` renamed: this plan deletes the one and makes the other",
            new.entry, old.entry
        ),
    )
    .at(&new.place, "new")
    .note(format!(
        "what is called {was} in Azure would be called {}, and Azure renames nothing",
        new.id.name()
    ))
    .help(Help::text(format!(
        "to keep what is there:  {key}: {{name: {was}, …}}"
    )))
    .about(&new.entry)
}

/// A child that is to belong to another deployment than what it lies in.
pub(crate) fn child_alone(address: &Address, parent: &Address, spec: &Place) -> Diagnostic {
    Diagnostic::error(
        Code::Usage,
        format!("`{address}` takes no tags: it belongs to whom `{parent}` belongs to"),
    )
    .at(spec, "")
    .help(Help::text(format!(
        "hand over `{parent}`, with all that lies in it"
    )))
    .help(Help::command(
        "or let go of it, and let the other spec name it",
        format!("tenon forget {address}"),
    ))
    .about(address)
}

/// Nothing was kept that could be taken again.
pub(crate) fn nothing_to_go_back_to(
    asked: &Rollback,
    machines: &[&Desired],
    spec: &Place,
) -> Diagnostic {
    let names: Vec<String> = asked
        .addresses
        .iter()
        .map(|one| format!("`{one}`"))
        .collect();
    let made_of = asked.to.as_ref();
    let made_of = made_of.map_or(String::new(), |version| format!(" made of image {version}"));
    let place = machines.first().map_or(spec, |machine| &machine.place);
    let problem = Diagnostic::error(
        Code::NothingKept,
        format!("no old OS disk{made_of} is kept of {}", names.join(", ")),
    )
    .at(place, "")
    .note("a replace keeps the old OS disk for `rollout.keep_os_disk`, and a disk that is attached is none")
    .help(Help::text(
        "take the old version of the image again, in the spec or with  tenon update IMAGE --to VERSION, and apply: that replaces the machine",
    ));
    match machines.first() {
        Some(machine) => problem.about(&machine.address),
        None => problem,
    }
}

/// A kept disk that does not fit the machine as it is now.
pub(crate) fn unlike(decision: &Decision<'_>, disk: &Live, what: &str) -> Diagnostic {
    Diagnostic::error(
        Code::NothingKept,
        format!(
            "`{}` cannot swap its OS disk: the old one has another {what}",
            decision.address
        ),
    )
    .at(&decision.place, "")
    .note(disk.id.as_str())
    .help(Help::text(
        "take the old version of the image again, in the spec or with  tenon update IMAGE --to VERSION, and apply: that replaces the machine",
    ))
    .about(&decision.address)
}

/// A machine that is to be made, and what it needs is not there.
pub(crate) fn needs_first(decision: &Decision<'_>, needed: &Address) -> Diagnostic {
    Diagnostic::error(
        Code::NothingKept,
        format!(
            "`{}` cannot go back to its old OS disk: `{needed}` is not there",
            decision.address
        ),
    )
    .at(&decision.place, "")
    .help(Help::command(
        "make that first, and try again",
        format!("tenon apply --target {needed}"),
    ))
    .about(&decision.address)
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
