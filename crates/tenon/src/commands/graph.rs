//! `tenon graph`: who needs whom, without Azure.

use tenon_model::diagnostic;
use tenon_render::GraphForm;

use crate::arguments::{Global, GraphArguments, GraphFormat};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::prepare;

/// Runs the command.
pub(crate) fn run(global: &Global, options: &GraphArguments, output: &Output) -> Exit {
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
    let form = match options.format {
        GraphFormat::Text => GraphForm::Text,
        GraphFormat::Mermaid => GraphForm::Mermaid,
        GraphFormat::Dot => GraphForm::Dot,
    };
    output::print(&tenon_render::graph(&graph.picture(), form));
    Exit::Ok
}
