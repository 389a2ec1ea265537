//! `tenon drift`: what others changed in Azure. Writes nothing.
//!
//! It is a plan, and what of it undoes others. An error that keeps a plan from
//! being applied is shown and ends in 1: what stands behind it may be missing
//! here.

use tenon_model::diagnostic;
use tenon_model::drift::Drift;
use tenon_model::plan::Mode;
use tenon_plan::Applies;
use tenon_render::Depth;

use crate::arguments::{DriftArguments, Global};
use crate::commands::plan;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::prepare::Intent;

/// Runs the command.
pub(crate) async fn run(global: &Global, options: &DriftArguments, output: &Output) -> Exit {
    let intent = Intent {
        applies: Applies::Never,
        ..Mode::Live.into()
    };
    let prepared = match plan::make(global, &options.spec, &intent, output).await {
        Ok(prepared) => prepared,
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            return Exit::of(&trouble.diagnostics);
        }
    };
    let drift = Drift::of(&prepared.plan);
    let depth = if options.full {
        Depth::Full
    } else {
        Depth::Normal
    };
    if output.is_json() {
        output::print_json(&drift);
    } else {
        output.show(&tenon_render::drift(&drift, &output.options(depth)));
    }
    if diagnostic::has_errors(&drift.diagnostics) {
        output.tell(&tenon_render::diagnostics(
            &drift.diagnostics,
            &prepared.sources,
            &output.options(Depth::Normal),
        ));
        return Exit::of(&drift.diagnostics);
    }
    if options.detailed_exitcode && !drift.is_empty() {
        Exit::Changes
    } else {
        Exit::Ok
    }
}
