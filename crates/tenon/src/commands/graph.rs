//! `tenon graph`: who needs whom, without Azure; or what a saved plan changes.

use std::path::Path;

use tenon_model::diagnostic;
use tenon_model::place::Sources;
use tenon_render::GraphForm;

use crate::arguments::{Global, GraphArguments, GraphFormat};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::{plan_file, prepare};

/// Runs the command.
pub(crate) fn run(global: &Global, options: &GraphArguments, output: &Output) -> Exit {
    let form = form(options.format);
    if let Some(path) = &options.changes {
        return changes(path, form, output);
    }
    let loaded = match prepare::load(global, &options.spec) {
        Ok(loaded) => loaded,
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            return Exit::of(&trouble.diagnostics);
        }
    };
    let (declaration, _, mut problems) = loaded.offline();
    let graph = tenon_plan::build(
        declaration,
        &loaded.spec.tenants,
        &std::collections::BTreeMap::new(),
    );
    let graph = match graph {
        Ok(graph) => graph,
        Err(cycles) => {
            problems.extend(cycles);
            output.diagnostics(&problems, &loaded.sources);
            return Exit::Error;
        }
    };
    if diagnostic::has_errors(&problems) {
        output.diagnostics(&problems, &loaded.sources);
        return Exit::Error;
    }
    output::print(&tenon_render::graph(&graph.picture(), form));
    Exit::Ok
}

fn form(format: GraphFormat) -> GraphForm {
    match format {
        GraphFormat::Text => GraphForm::Text,
        GraphFormat::Mermaid => GraphForm::Mermaid,
        GraphFormat::Dot => GraphForm::Dot,
        GraphFormat::Svg => GraphForm::Svg,
    }
}

fn changes(path: &Path, form: GraphForm, output: &Output) -> Exit {
    match plan_file::read(path) {
        Ok(plan) => {
            let picture = tenon_render::changes(&plan, form);
            if picture.is_empty() {
                output.say("the plan changes nothing, so there is nothing to draw");
            }
            output::print(&picture);
            Exit::Ok
        }
        Err(problem) => {
            output.diagnostics(&[*problem], &Sources::default());
            Exit::Error
        }
    }
}
