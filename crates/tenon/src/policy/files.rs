//! The files of folders of policies.

use std::io;
use std::path::{Path, PathBuf};

use tenon_model::{Code, Diagnostic, Help};
use tenon_policy::File;

/// Policies, and the data that they look at.
#[derive(Default)]
pub(super) struct Found {
    pub(super) policies: Vec<File>,
    pub(super) data: Vec<File>,
}

/// Data has these names, at the top of a folder.
const DATA: [&str; 3] = ["data.json", "data.yaml", "data.yml"];

/// Reads folders: `*.rego` however deep, but for tests of them, and the data at
/// their top. A single file may stand for a folder.
pub(super) fn of(folders: &[PathBuf]) -> Result<Found, Vec<Diagnostic>> {
    let mut found = Found::default();
    let mut problems = Vec::new();
    for folder in folders {
        if let Err(error) = add(&mut found, folder) {
            problems.push(unreadable(folder, &error));
        }
    }
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(problems)
    }
}

fn add(found: &mut Found, folder: &Path) -> io::Result<()> {
    if folder.is_file() {
        found.policies.push(read(folder)?);
        return Ok(());
    }
    for path in policies(folder)? {
        found.policies.push(read(&path)?);
    }
    for name in DATA {
        let path = folder.join(name);
        if path.exists() {
            found.data.push(read(&path)?);
        }
    }
    Ok(())
}

/// The policies under a folder, in the order of their names.
fn policies(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        // Not through links: they may lead in a circle.
        if entry.file_type()?.is_dir() {
            paths.extend(policies(&path)?);
        } else if name.ends_with(".rego") && !name.ends_with("_test.rego") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> io::Result<File> {
    Ok(File {
        name: crate::files::shown(path),
        text: std::fs::read_to_string(path)?,
    })
}

fn unreadable(folder: &Path, error: &io::Error) -> Diagnostic {
    let name = crate::files::shown(folder);
    Diagnostic::error(
        Code::UnreadableFile,
        format!("the policies in `{name}` cannot be read"),
    )
    .note(error.to_string())
    .help(Help::text("name a folder with *.rego in it"))
}
