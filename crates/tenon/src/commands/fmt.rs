//! `tenon fmt`: the usual form of spec files.
//!
//! A file that cannot be read as YAML is left alone. Each file is by itself:
//! an overlay need not be a whole spec.

use std::path::{Path, PathBuf};

use tenon_model::Diagnostic;
use tenon_model::place::Sources;
use tenon_spec::{SourceFile, tidy};

use crate::arguments::{FmtArguments, Global};
use crate::exit::Exit;
use crate::files;
use crate::output::{self, Output};

/// The name and version of the form that the result has as JSON.
const FORMAT: &str = "tenon.fmt/1";

/// Runs the command.
pub(crate) fn run(global: &Global, options: &FmtArguments, output: &Output) -> Exit {
    let paths = files::spec_paths(global, &options.spec);
    let texts = match files::read_spec(&crate::revision::Tree::Here, &paths) {
        Ok(texts) => texts,
        Err(problems) => {
            output.diagnostics(&problems, &Sources::default());
            return Exit::Error;
        }
    };
    let mut sources = Sources::default();
    let (mut changed, mut problems) = (Vec::new(), Vec::new());
    for (path, file) in paths.iter().zip(&texts) {
        sources.insert(&file.name, &file.text);
        match one(path, file, options) {
            Ok(Some(path)) => changed.push(path),
            Ok(None) => {}
            Err(found) => problems.extend(found),
        }
    }
    tell(&changed, options, output);
    if !problems.is_empty() {
        output.diagnostics(&problems, &sources);
        return Exit::of(&problems);
    }
    if options.check && !changed.is_empty() {
        Exit::Error
    } else {
        Exit::Ok
    }
}

/// Returns the path of a file that was not in its usual form.
fn one(
    path: &Path,
    file: &SourceFile,
    options: &FmtArguments,
) -> Result<Option<PathBuf>, Vec<Diagnostic>> {
    let text = tidy(file, &tenon_kinds::sections())?;
    if text == file.text {
        return Ok(None);
    }
    if !options.check {
        files::replace(path, &text).map_err(|error| vec![files::unwritable(path, &error)])?;
    }
    Ok(Some(path.to_owned()))
}

fn tell(changed: &[PathBuf], options: &FmtArguments, output: &Output) {
    let names: Vec<String> = changed.iter().map(|path| files::shown(path)).collect();
    if output.is_json() {
        output::print_json(&serde_json::json!({
            "format": FORMAT,
            "changed": names,
            "written": !options.check,
        }));
        return;
    }
    for name in &names {
        output::print(&format!("{name}\n"));
    }
    if options.check && !names.is_empty() {
        output.say("Next: tenon fmt");
    }
}
