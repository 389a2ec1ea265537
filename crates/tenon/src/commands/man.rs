//! `tenon man`: a manual page for the program and for each of its commands.

use std::path::Path;

use clap::{Command, CommandFactory as _};
use tenon_model::Diagnostic;
use tenon_model::place::Sources;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::files;
use crate::output::Output;

/// Runs the command.
pub(crate) fn run(folder: &Path, output: &Output) -> Exit {
    for (name, text) in pages() {
        if let Err(problem) = put(&folder.join(&name), &text) {
            output.diagnostics(&[*problem], &Sources::default());
            return Exit::Error;
        }
        output.say(&format!("wrote {}", files::shown(&folder.join(&name))));
    }
    Exit::Ok
}

fn put(path: &Path, text: &str) -> Result<(), Box<Diagnostic>> {
    files::replace(path, text).map_err(|error| Box::new(files::unwritable(path, &error)))
}

/// File names and texts: `tenon.1`, `tenon-plan.1`, …
fn pages() -> Vec<(String, String)> {
    let mut program = Arguments::command();
    program.build();
    let mut pages = vec![page(&program, "tenon".to_owned())];
    for command in program.get_subcommands() {
        if command.get_name() != "help" && !command.is_hide_set() {
            pages.push(page(command, format!("tenon-{}", command.get_name())));
        }
    }
    pages
}

fn page(command: &Command, name: String) -> (String, String) {
    let mut text = Vec::new();
    let file = format!("{name}.1");
    let title = name.to_uppercase();
    let man = clap_mangen::Man::new(command.clone().display_name(name)).title(title);
    // Writing to memory does not fail.
    let _ = man.render(&mut text);
    (file, String::from_utf8_lossy(&text).into_owned())
}
