//! The pages that are made from the program's own tables.
//!
//! What a person has to say stands in `parts/*.md`; a line
//! `<!-- insert: name -->` in it is replaced by what the tables say. JSON
//! Schemas are made of the types that they describe. All are committed, so that
//! they can be read where the source is, and a test refuses those that are out
//! of date.

use crate::{Outcome, metadata};

mod kinds;
mod requests;
mod schemas;
mod spec;
mod table;

/// A page: where it goes, and its text.
struct Page {
    path: &'static str,
    part: &'static str,
    inserts: Vec<(&'static str, String)>,
}

fn pages() -> Vec<Page> {
    vec![
        Page {
            path: "docs/spec.md",
            part: include_str!("../parts/spec.md"),
            inserts: spec::inserts(),
        },
        Page {
            path: "docs/kinds.md",
            part: include_str!("../parts/kinds.md"),
            inserts: kinds::inserts(),
        },
        Page {
            path: "docs/requests.md",
            part: include_str!("../parts/requests.md"),
            inserts: requests::inserts(),
        },
    ]
}

const HEAD: &str = "<!-- Made by `cargo xtask docs`: change crates/xtask/parts or the tables in the code, not this file. -->\n\n";

impl Page {
    /// The text of the page; what cannot be inserted is a problem.
    fn text(&self) -> Result<String, String> {
        let mut text = String::from(HEAD);
        for line in self.part.lines() {
            let name = line
                .strip_prefix("<!-- insert: ")
                .and_then(|rest| rest.strip_suffix(" -->"));
            match name {
                None => text.push_str(line),
                Some(name) => {
                    let insert = self.inserts.iter().find(|(known, _)| *known == name);
                    let (_, insert) = insert
                        .ok_or_else(|| format!("{}: nothing is called `{name}`", self.path))?;
                    text.push_str(insert.trim_end());
                }
            }
            text.push('\n');
        }
        Ok(text)
    }
}

/// A file: where it goes, and what it holds, or why that cannot be made.
type Made = (&'static str, Result<String, String>);

fn files() -> Vec<Made> {
    let pages = pages();
    let pages = pages.iter().map(|page| (page.path, page.text()));
    pages.chain(schemas::files()).collect()
}

/// Writes the pages.
pub(crate) fn write() -> Outcome {
    let mut problems = Vec::new();
    let mut written = Vec::new();
    for (path, text) in files() {
        let put = |text| {
            let file = metadata::root().join(path);
            std::fs::write(file, text).map_err(|error| error.to_string())
        };
        match text.and_then(put) {
            Ok(()) => written.push(path),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(format!("wrote {}", written.join(", ")))
    } else {
        Err(problems)
    }
}

/// Says whether the pages are up to date.
pub(crate) fn check() -> Outcome {
    let problems: Vec<String> = files().into_iter().filter_map(stale).collect();
    if problems.is_empty() {
        Ok("the generated pages are up to date".to_owned())
    } else {
        Err(problems)
    }
}

/// What is wrong with a page that is not what it would be made now.
fn stale((path, text): Made) -> Option<String> {
    let wanted = match text {
        Ok(wanted) => wanted,
        Err(problem) => return Some(problem),
    };
    let found = std::fs::read_to_string(metadata::root().join(path)).unwrap_or_default();
    if found == wanted {
        return None;
    }
    let line = wanted
        .lines()
        .zip(found.lines())
        .position(|(one, two)| one != two)
        .unwrap_or_else(|| wanted.lines().count().min(found.lines().count()));
    Some(format!(
        "{path} is out of date from line {}: run `cargo xtask docs`",
        line + 1
    ))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn the_generated_pages_are_up_to_date() {
        assert_eq!(check().err().unwrap_or_default(), Vec::<String>::new());
    }
}
