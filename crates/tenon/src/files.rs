//! The files of a deployment: spec, overlays, variables, lock, and the texts
//! that entries name.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tenon_model::spec::FileReference;
use tenon_model::{Code, Diagnostic, Help, Place};
use tenon_spec::{GivenVariable, Origin, SourceFile};

use crate::arguments::{Global, SpecArgument};
use crate::revision::Tree;

/// The spec that is read when nobody names one.
const DEFAULT: &str = "tenon.yaml";

/// The files of a spec, in the order of merging.
pub(crate) fn spec_paths(global: &Global, argument: &SpecArgument) -> Vec<PathBuf> {
    let mut paths = global.files.clone();
    paths.extend(argument.spec.clone());
    if paths.is_empty() {
        paths.push(PathBuf::from(DEFAULT));
    }
    if let Some(name) = &global.environment {
        paths.push(overlay(&paths[0], name));
    }
    paths
}

/// `tenon.prod.yaml` beside `tenon.yaml`.
fn overlay(base: &Path, name: &str) -> PathBuf {
    let stem = base.file_stem().unwrap_or_default().to_string_lossy();
    let extension = base.extension().unwrap_or_default().to_string_lossy();
    base.with_file_name(format!("{stem}.{name}.{extension}"))
}

/// Reads the files of a spec.
pub(crate) fn read_spec(
    tree: &Tree,
    paths: &[PathBuf],
) -> Result<Vec<SourceFile>, Vec<Diagnostic>> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        match tree.read(path) {
            Ok(text) => files.push(SourceFile {
                name: shown(path),
                text,
            }),
            Err(error) => problems.push(unreadable(path, &error)),
        }
    }
    if problems.is_empty() {
        Ok(files)
    } else {
        Err(problems)
    }
}

/// What a spec that cannot be read is called, as far as a line of it or of its
/// overlays tells; else what it would be called without a name.
pub(crate) fn deployment_name(paths: &[PathBuf]) -> String {
    let texts = paths.iter().map(std::fs::read_to_string);
    let text = texts.map(Result::unwrap_or_default).collect::<Vec<_>>();
    // The last file that says it counts, as it does in a merge.
    let written = text
        .iter()
        .rev()
        .flat_map(|text| text.lines())
        .find_map(|line| {
            let value = line.strip_prefix("name:")?.split(" #").next()?.trim();
            let value = value.trim_matches(['"', '\'']);
            let is_name = !value.is_empty()
                && value
                    .chars()
                    .all(|sign| sign.is_ascii_alphanumeric() || "-_.".contains(sign));
            is_name.then(|| value.to_owned())
        });
    let stem = paths[0].file_stem().unwrap_or_default();
    written.unwrap_or_else(|| stem.to_string_lossy().into_owned())
}

/// A path as the user may type it.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::UnreadableFile,
        format!("cannot read `{}`", shown(path)),
    )
    .note(error.to_string());
    if error.kind() == std::io::ErrorKind::NotFound {
        return problem.help(Help::text(
            "name the spec with -f FILE, or go where it is with -C DIR",
        ));
    }
    problem.help(Help::text("a spec is a text file in UTF-8"))
}

/// Values for variables: from the environment, then from files, then from the
/// command line; the last one counts.
pub(crate) fn variables(global: &Global) -> Result<Vec<GivenVariable>, Vec<Diagnostic>> {
    let mut given: Vec<GivenVariable> = std::env::vars()
        .filter_map(|(name, text)| {
            let name = name.strip_prefix("TENON_VAR_")?.to_owned();
            Some(GivenVariable {
                name,
                text,
                origin: Origin::Environment,
            })
        })
        .collect();
    given.sort_by(|one, two| one.name.cmp(&two.name));
    let mut problems = Vec::new();
    for path in &global.variable_files {
        match std::fs::read_to_string(path) {
            Ok(text) => given.extend(lines(path, &text)),
            Err(error) => problems.push(unreadable(path, &error)),
        }
    }
    for word in &global.variables {
        match word.split_once('=') {
            Some((name, text)) => given.push(GivenVariable {
                name: name.trim().to_owned(),
                text: text.to_owned(),
                origin: Origin::Option,
            }),
            None => problems.push(
                Diagnostic::error(Code::Usage, format!("`--var {word}` has no value"))
                    .help(Help::text(format!("write --var {word}=VALUE"))),
            ),
        }
    }
    if problems.is_empty() {
        Ok(given)
    } else {
        Err(problems)
    }
}

/// `name: value` or `name = value`, one per line.
fn lines(path: &Path, text: &str) -> Vec<GivenVariable> {
    let file: std::sync::Arc<str> = shown(path).into();
    let mut start = 0;
    let mut given = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        let end = start + line.len();
        let content = line.trim();
        let pair = content
            .split_once([':', '='])
            .filter(|_| !content.starts_with('#'));
        if let Some((name, value)) = pair {
            let value = value.trim().trim_matches(['"', '\'']);
            let place = Place {
                file: file.clone(),
                line: u32::try_from(index + 1).unwrap_or(u32::MAX),
                column: 1,
                start,
                end,
            };
            given.push(GivenVariable {
                name: name.trim().to_owned(),
                text: value.to_owned(),
                origin: Origin::File(place),
            });
        }
        start = end + 1;
    }
    given
}

/// The texts that entries name, and the keys of this user, by the path that
/// names them. What is missing and was named is a problem; a key of the user
/// that is missing is just not there.
pub(crate) fn texts(
    tree: &Tree,
    references: &[FileReference],
) -> (BTreeMap<String, String>, Vec<Diagnostic>) {
    let mut texts = BTreeMap::new();
    let mut problems = Vec::new();
    for key in tenon_kinds::KEY_FILES {
        if let Ok(text) = std::fs::read_to_string(expand(key)) {
            texts.insert((*key).to_owned(), text);
        }
    }
    for reference in references {
        if texts.contains_key(&reference.path) {
            continue;
        }
        let beside = Path::new(&reference.relative_to)
            .parent()
            .unwrap_or(Path::new(""));
        let path = beside.join(expand(&reference.path));
        match tree.read(&path) {
            Ok(text) => {
                texts.insert(reference.path.clone(), text);
            }
            Err(error) => problems.push(
                Diagnostic::error(
                    Code::UnreadableFile,
                    format!("cannot read `{}`", reference.path),
                )
                .at(&reference.place, error.to_string())
                .note(format!("looked for {}", shown(&path)))
                .help(Help::text(
                    "paths are relative to the spec file they stand in",
                )),
            ),
        }
    }
    (texts, problems)
}

/// `~` is the home directory.
pub(crate) fn expand(path: &str) -> PathBuf {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(path),
    }
}

/// Replaces a file in one step: whoever reads it sees the old one or the new
/// one, whole.
pub(crate) fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    // A temporary file is for its owner only; a plan is a file like others.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map_or(0o644, |old| old.permissions().mode() & 0o777);
        file.as_file()
            .set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The problem that a file cannot be written.
pub(crate) fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        Code::UnwritableFile,
        format!("cannot write `{}`", shown(path)),
    )
    .note(error.to_string())
    .note("what was there before is unchanged")
    .help(Help::text("name a file in a folder that can be written to"))
}

/// Images of other specs and overlays in the folder of a spec: they share its
/// lock file. A file that cannot be read has none.
pub(crate) fn images_beside(paths: &[PathBuf]) -> BTreeSet<String> {
    let folder = paths[0]
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let Ok(entries) = std::fs::read_dir(folder.unwrap_or(Path::new("."))) else {
        return BTreeSet::new();
    };
    let is_yaml = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| matches!(extension, "yaml" | "yml"))
    };
    let read = |path: &PathBuf| {
        paths
            .iter()
            .any(|read| read.file_name() == path.file_name())
    };
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_yaml(path) && !read(path))
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            let name = shown(&path);
            Some(tenon_spec::lock::names_in(&SourceFile { name, text }))
        })
        .flatten()
        .collect()
}

/// The lock file beside the spec.
pub(crate) fn lock_path(spec: &Path) -> PathBuf {
    spec.with_file_name("tenon.lock")
}
