//! Messages in the snapshots of `tests/e2e`, for codes that take a whole run.

use std::collections::BTreeMap;
use std::path::Path;

use tenon_model::Code;

/// The first message of each code, as the program printed it.
pub(crate) fn printed() -> BTreeMap<Code, String> {
    let mut found = BTreeMap::new();
    for file in files() {
        let text = std::fs::read_to_string(file).expect("a test");
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            if let Some(code) = begins(line.trim_start()) {
                let message = || message(&lines[at..]);
                found.entry(code).or_insert_with(message);
            }
        }
    }
    found
}

fn files() -> Vec<std::path::PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/e2e");
    let mut files: Vec<_> = std::fs::read_dir(root)
        .expect("the tests of the program")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect();
    files.sort();
    files
}

/// `error[TN4010]: somebody …` at the beginning of a line.
fn begins(line: &str) -> Option<Code> {
    let rest = line
        .strip_prefix("error[")
        .or_else(|| line.strip_prefix("warning["))?;
    let (code, rest) = rest.split_once("]: ")?;
    (!rest.is_empty()).then(|| Code::parse(code))?
}

/// The lines up to an empty one, or to the end of the snapshot.
fn message(lines: &[&str]) -> String {
    let indent = lines[0].len() - lines[0].trim_start().len();
    let inside = lines.iter().take_while(|line| {
        let is_end = line.trim_start().starts_with('"');
        !line.trim().is_empty() && !is_end
    });
    inside
        .map(|line| format!("{}\n", line.get(indent..).unwrap_or_default()))
        .collect()
}
