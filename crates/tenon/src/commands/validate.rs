//! `tenon validate`: all problems of a spec, without Azure.

use tenon_model::place::Sources;
use tenon_model::{Diagnostic, diagnostic};

use crate::arguments::{Global, ValidateArguments};
use crate::exit::Exit;
use crate::output::Output;
use crate::prepare::{self, Loaded};
use crate::{files, sarif};

/// Runs the command.
pub(crate) fn run(global: &Global, options: &ValidateArguments, output: &Output) -> Exit {
    let tell = |problems: &[Diagnostic], sources: &Sources| {
        output.diagnostics(problems, sources);
        sarif::write(&options.log, problems, sources, output)
    };
    let loaded = match prepare::load(global, &options.spec) {
        Ok(loaded) => loaded,
        Err(trouble) => {
            return match tell(&trouble.diagnostics, &trouble.sources) {
                Ok(()) => Exit::of(&trouble.diagnostics),
                Err(_) => Exit::Error,
            };
        }
    };
    let (resources, problems) = problems(&loaded);
    if tell(&problems, &loaded.sources).is_err() || diagnostic::has_errors(&problems) {
        return Exit::Error;
    }
    let files: Vec<String> = loaded.paths.iter().map(|path| files::shown(path)).collect();
    output.say(&format!(
        "{}: {} is valid, {} asked for",
        loaded.spec.name,
        files.join(" with "),
        match resources {
            1 => "1 resource".to_owned(),
            count => format!("{count} resources"),
        }
    ));
    Exit::Ok
}

/// How many resources are asked for, and what is wrong with them.
fn problems(loaded: &Loaded) -> (usize, Vec<Diagnostic>) {
    let (declaration, _, mut problems) = loaded.offline();
    let asked_for = declaration.resources.len();
    let built = tenon_plan::build(
        declaration,
        &loaded.spec.tenants,
        &std::collections::BTreeMap::new(),
    );
    if let Err(cycles) = built {
        problems.extend(cycles);
    }
    loaded.spec.defaults.checks.weigh(&mut problems);
    (asked_for, problems)
}
