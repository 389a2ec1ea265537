//! `tenon init`: a spec to start from, and the language for editors.
//!
//! Writes only what is not there. The examples are the specs of this project,
//! which its tests plan and apply.

use std::path::Path;

use tenon_model::place::Sources;
use tenon_model::{Code, Diagnostic, Help};
use tenon_spec::schema::schema;
use tenon_spec::{SourceFile, tidy};

use crate::arguments::{Example, InitArguments};
use crate::exit::Exit;
use crate::files;
use crate::output::Output;

const SPEC: &str = "tenon.yaml";
const SCHEMA: &str = ".tenon/spec.schema.json";
/// What tells an editor where the language of a spec is written down.
const MODELINE: &str = "# yaml-language-server: $schema=.tenon/spec.schema.json";

const MINIMAL: &str = include_str!("../../../../specs/minimal.yaml");
const FLEET: &str = include_str!("../../../../specs/fleet.yaml");
const HOW_TO: &str = include_str!("../../../../specs/how-to.yaml");
const LOCK: &str = include_str!("../../../../specs/tenon.lock");
const KEY: &str = include_str!("../../../../specs/keys/ops.pub");
const CLOUD_INIT: &str = include_str!("../../../../specs/files/cloud-init.yaml");

/// Runs the command.
pub(crate) fn run(options: &InitArguments, output: &Output) -> Exit {
    match write(options.example, output) {
        Ok(()) => Exit::Ok,
        Err(problem) => {
            output.diagnostics(&[*problem], &Sources::default());
            Exit::Error
        }
    }
}

fn write(example: Example, output: &Output) -> Result<(), Box<Diagnostic>> {
    let files = files_of(example);
    if let Some((name, _)) = files.iter().find(|(name, _)| Path::new(name).exists()) {
        return Err(Box::new(in_the_way(name)));
    }
    let text = serde_json::to_string_pretty(&schema(&tenon_kinds::sections())).unwrap_or_default();
    put(SCHEMA, &format!("{text}\n"), output)?;
    // The spec comes last: where it is, the rest is as well.
    for (name, text) in files.iter().rev() {
        put(name, text, output)?;
    }
    output.say("Put your own tenants, subscription and image into tenon.yaml; or try it as it is:");
    output.say("Next: tenon plan --simulate");
    Ok(())
}

/// The spec and what it names.
fn files_of(example: Example) -> Vec<(&'static str, String)> {
    let spec = |text: &str| (SPEC, usual(with_modeline(text)));
    match example {
        Example::Minimal => vec![spec(MINIMAL)],
        Example::HowTo => vec![spec(HOW_TO)],
        Example::Fleet => vec![
            spec(FLEET),
            ("tenon.lock", LOCK.to_owned()),
            ("keys/ops.pub", KEY.to_owned()),
            ("files/cloud-init.yaml", CLOUD_INIT.to_owned()),
        ],
    }
}

/// The text under a line that names the schema; an example may name it where
/// the example lies.
fn with_modeline(text: &str) -> String {
    let rest = match text.split_once('\n') {
        Some((first, rest)) if first.starts_with("# yaml-language-server:") => rest,
        _ => text,
    };
    format!("{MODELINE}\n{rest}")
}

/// The form in which `tenon fmt` finds nothing to do.
fn usual(text: String) -> String {
    let file = SourceFile {
        name: SPEC.to_owned(),
        text,
    };
    tidy(&file, &tenon_kinds::sections()).unwrap_or(file.text)
}

fn put(name: &str, text: &str, output: &Output) -> Result<(), Box<Diagnostic>> {
    let path = Path::new(name);
    files::replace(path, text).map_err(|error| Box::new(files::unwritable(path, &error)))?;
    output.say(&format!("wrote {name}"));
    Ok(())
}

fn in_the_way(name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnwritableFile,
        format!("`{name}` is there already, and is not overwritten"),
    )
    .note("nothing was written")
    .help(Help::text(format!(
        "move {name} away, or start in another folder with -C DIR"
    )))
}
