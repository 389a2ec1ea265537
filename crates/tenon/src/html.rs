//! Pages for a browser, as files.

use std::path::Path;

use tenon_model::Diagnostic;
use tenon_model::journal::Journal;
use tenon_model::place::Sources;
use tenon_model::plan::Plan;

use crate::files;
use crate::output::Output;

/// Writes the page of a plan, and says so.
pub(crate) fn of_plan(
    path: &Path,
    plan: &Plan,
    sources: &Sources,
    output: &Output,
) -> Result<(), Box<Diagnostic>> {
    write(path, &tenon_render::plan_page(plan, sources), output)
}

/// Writes the page of a run, and says so.
pub(crate) fn of_run(
    path: &Path,
    journal: &Journal,
    plan: Option<&Plan>,
    sources: &Sources,
    output: &Output,
) -> Result<(), Box<Diagnostic>> {
    write(
        path,
        &tenon_render::run_page(journal, plan, sources),
        output,
    )
}

fn write(path: &Path, text: &str, output: &Output) -> Result<(), Box<Diagnostic>> {
    files::replace(path, text).map_err(|error| Box::new(files::unwritable(path, &error)))?;
    output.say(&format!("Wrote {}", files::shown(path)));
    Ok(())
}
