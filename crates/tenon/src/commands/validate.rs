//! `tenon validate`: all problems of a spec, without Azure.

use tenon_model::diagnostic;

use crate::arguments::{Global, SpecArgument};
use crate::exit::Exit;
use crate::files;
use crate::output::Output;
use crate::prepare;

/// Runs the command.
pub(crate) fn run(global: &Global, spec: &SpecArgument, output: &Output) -> Exit {
    let loaded = match prepare::load(global, spec) {
        Ok(loaded) => loaded,
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            return Exit::of(&trouble.diagnostics);
        }
    };
    let (declaration, _, mut problems) = loaded.offline();
    let asked_for = declaration.resources.len();
    if let Err(cycles) = tenon_plan::build(
        declaration.clone(),
        &loaded.spec.tenants,
        &std::collections::BTreeMap::new(),
    ) {
        problems.extend(cycles);
    }
    loaded.spec.defaults.checks.weigh(&mut problems);
    output.diagnostics(&problems, &loaded.sources);
    if diagnostic::has_errors(&problems) {
        return Exit::Error;
    }
    let files: Vec<String> = loaded.paths.iter().map(|path| files::shown(path)).collect();
    output.say(&format!(
        "{}: {} is valid, {} asked for",
        loaded.spec.name,
        files.join(" with "),
        match asked_for {
            1 => "1 resource".to_owned(),
            count => format!("{count} resources"),
        }
    ));
    Exit::Ok
}
