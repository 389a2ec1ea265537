//! What a plan could not see.
//!
//! Some lists only find what the spec no longer names. That one may not be
//! read stops nothing, but nobody should take "no changes" for "all is gone".

use tenon_model::snapshot::Form;
use tenon_model::{Code, Diagnostic, Help};

use crate::Inputs;

/// A warning for every kind of list that could not be read.
pub(crate) fn warnings(inputs: &Inputs<'_>) -> Vec<Diagnostic> {
    let hidden = [
        (
            Form::Marked,
            "resources of this deployment that left the spec",
            "what carries the marker of this deployment cannot be listed",
        ),
        (
            Form::Described,
            "roles of this deployment that left the spec",
            "role assignments cannot be listed",
        ),
        (
            Form::Children,
            "children without tags that left the spec",
            "children of a resource cannot be listed",
        ),
    ];
    let hidden = hidden.into_iter();
    let warned = hidden.filter_map(|(form, what, why)| {
        let paths: Vec<&str> = inputs.snapshot.unread(form).collect();
        let first = paths.first()?;
        let problem = Diagnostic::warning(Code::Unseen, why).at(inputs.spec, "");
        let problem = problem.note(format!("{what} would not be seen, and stay"));
        let problem = paths.iter().fold(problem, |problem, path| {
            problem.note(format!("GET {path} was refused"))
        });
        Some(problem.help(remedy(form, first)))
    });
    warned.collect()
}

/// How to make a list readable, or to look by hand.
fn remedy(form: Form, path: &str) -> Help {
    match form {
        Form::Children => Help::command(
            "look for what is left over, and delete it by hand",
            format!("az rest --method get --url \"{path}?api-version=<version>\""),
        ),
        _ => Help::command(
            "give the application Reader on the subscription",
            format!(
                "az role assignment create --assignee <application id> --role Reader --scope {}",
                path.split("/providers/")
                    .next()
                    .unwrap_or(path)
                    .trim_end_matches("/resources")
            ),
        ),
    }
}
