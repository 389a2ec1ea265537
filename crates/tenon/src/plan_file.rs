//! Saved plans.

use std::path::Path;

use tenon_model::plan::{self, Plan, PlanError};
use tenon_model::{Code, Diagnostic, Help};

use crate::files;

/// Reads a saved plan.
pub(crate) fn read(path: &Path) -> Result<Plan, Box<Diagnostic>> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let name = files::shown(path);
        let problem = Diagnostic::error(Code::UnreadableFile, format!("cannot read `{name}`"));
        let problem = problem.note(error.to_string());
        Box::new(match error.kind() {
            std::io::ErrorKind::NotFound => problem.help(Help::command(
                "save a plan first",
                format!("tenon plan --out {name}"),
            )),
            _ => problem,
        })
    })?;
    plan::read(&text).map_err(|error| Box::new(problem(path, &error)))
}

fn problem(path: &Path, error: &PlanError) -> Diagnostic {
    let name = files::shown(path);
    let problem = Diagnostic::error(
        Code::InvalidPlan,
        format!("`{name}` cannot be used: {error}"),
    );
    match error {
        // A file of the author's is not what a plan is to be saved over.
        PlanError::Shape(_) if !is_plan(path) => problem.help(Help::command(
            "if it is a spec, make a plan of it",
            format!("tenon plan {name} --out plan.tenon"),
        )),
        PlanError::Shape(source) => problem
            .note(source.to_string())
            .help(Help::command("make a plan", "tenon plan --out plan.tenon")),
        PlanError::Format(_) => problem.help(Help::text(
            "it was made by another version of tenon; make it again with this one",
        )),
        PlanError::Tampered { .. } | PlanError::Retold => problem
            .note("it was changed after it was made")
            .help(Help::command(
                "make it again, and review it again",
                format!("tenon plan --out {name}"),
            )),
        PlanError::Order(_) => problem.help(Help::command(
            "make it again",
            format!("tenon plan --out {name}"),
        )),
    }
}

/// Whether a file looks like a saved plan rather than a spec.
pub(crate) fn is_plan(path: &Path) -> bool {
    use std::io::Read as _;
    let mut beginning = [0_u8; 64];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut beginning));
    let read = read.unwrap_or(0);
    String::from_utf8_lossy(&beginning[..read])
        .trim_start()
        .starts_with('{')
}

/// Saves a plan.
pub(crate) fn write(path: &Path, plan: &Plan) -> Result<(), Box<Diagnostic>> {
    let text = plan::write(plan).map_err(|error| {
        Box::new(Diagnostic::error(
            Code::Bug,
            format!("the plan cannot be written: {error}"),
        ))
    })?;
    files::replace(path, &text).map_err(|error| Box::new(files::unwritable(path, &error)))
}
