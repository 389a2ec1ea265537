//! What a plan could not see.
//!
//! Some lists only find what the spec no longer names. That one may not be
//! read stops nothing, but nobody should take "no changes" for "all is gone".
//! Who works in one group need not be able to list the roles of a
//! subscription, and is told only where roles are given or all is to go.

use std::collections::BTreeSet;

use tenon_model::plan::Mode;
use tenon_model::rules::Tags;
use tenon_model::snapshot::Form;
use tenon_model::{Code, Diagnostic, Help, TenantId};

use crate::Inputs;

/// A warning for every kind of list that could not be read.
pub(crate) fn warnings(inputs: &Inputs<'_>) -> Vec<Diagnostic> {
    let roles = Form::Described;
    let gives_roles = || {
        let mut written = inputs.graph.written();
        written.any(|desired| desired.rules.tags == Tags::Described)
    };
    let matters = |form: Form| form != roles || inputs.mode == Mode::Destroy || gives_roles();
    // Of subscriptions the index by tags is not all that is known.
    let forms = [roles, Form::Children, Form::Marked].into_iter();
    forms
        .filter(|form| matters(*form))
        .filter_map(|form| warning(inputs, form))
        .collect()
}

fn warning(inputs: &Inputs<'_>, form: Form) -> Option<Diagnostic> {
    let written: Vec<_> = inputs.graph.written().collect();
    let directories = written.iter().filter_map(|desired| desired.id.directory());
    let directories: BTreeSet<_> = directories.collect();
    // Where the spec has nothing, what it had may lie in any.
    let in_directory = |path: &&str| {
        let tenant = path.strip_prefix("/tenants/");
        let tenant = tenant.and_then(|rest| rest.split('/').next());
        let tenant = tenant.map(TenantId::new);
        tenant.is_some_and(|one| directories.is_empty() || directories.contains(&one))
    };
    let paths: Vec<&str> = inputs
        .snapshot
        .unread(form)
        .filter(|path| form != Form::Marked || in_directory(path))
        .collect();
    let first = paths.first()?;
    let (why, what, help) = match form {
        Form::Children => (
            "children of a resource cannot be listed",
            "children without tags that left the spec",
            Help::command(
                "look for what is left over, and delete it by hand",
                format!("az rest --method get --url \"{first}?api-version=<version>\""),
            ),
        ),
        Form::Marked => (
            "applications cannot be listed",
            "applications of this deployment that left the spec",
            Help::text(
                "give the application Application.Read.All of Microsoft Graph there, or look for them in the portal",
            ),
        ),
        _ => (
            "role assignments cannot be listed",
            "roles of this deployment that left the spec",
            Help::command(
                "give the application Reader on the subscription",
                format!(
                    "az role assignment create --assignee <application id> --role Reader --scope {}",
                    first.split("/providers/").next().unwrap_or(first)
                ),
            ),
        ),
    };
    let problem = Diagnostic::warning(Code::Unseen, why).at(inputs.spec, "");
    let problem = problem.note(format!("{what} would not be seen, and stay"));
    let problem = paths.iter().fold(problem, |problem, path| {
        problem.note(format!("GET {path} was refused"))
    });
    Some(problem.help(help))
}
