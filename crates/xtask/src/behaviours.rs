//! The page of behaviours names tests that exist.
//!
//! Each row of the table in `docs/behaviours.md` ends with the tests that show
//! the behaviour: a file in backticks, then functions in it. Paths that are no
//! Rust files are cases of a test. `not yet` stands where there is none, or
//! where one that is ignored waits.

use std::path::Path;

use crate::{Outcome, metadata};

const PAGE: &str = "docs/behaviours.md";
const BEHAVIOURS: usize = 68;

/// Says which row names what is not there.
pub(crate) fn check() -> Outcome {
    let root = metadata::root();
    let page = std::fs::read_to_string(root.join(PAGE))
        .map_err(|error| vec![format!("{PAGE}: {error}")])?;
    let problems = problems(&page, &root);
    if problems.is_empty() {
        Ok(format!("every test that {PAGE} names is there"))
    } else {
        Err(problems)
    }
}

fn problems(page: &str, root: &Path) -> Vec<String> {
    let rows: Vec<Row<'_>> = page.lines().filter_map(Row::read).collect();
    let mut problems = Vec::new();
    let numbers: Vec<usize> = rows.iter().map(|row| row.number).collect();
    if numbers != (1..=BEHAVIOURS).collect::<Vec<_>>() {
        problems.push(format!("{PAGE}: the rows are {numbers:?}"));
    }
    for row in &rows {
        let number = row.number;
        let said = row.problems(root);
        problems.extend(
            said.into_iter()
                .map(|one| format!("{PAGE}, {number}: {one}")),
        );
    }
    problems
}

/// A behaviour and what shows it.
struct Row<'a> {
    number: usize,
    shown_by: &'a str,
}

impl<'a> Row<'a> {
    /// Reads a line of the table that begins with a number.
    fn read(line: &'a str) -> Option<Self> {
        let cells: Vec<&str> = line.strip_prefix('|')?.split('|').map(str::trim).collect();
        Some(Self {
            number: cells.first()?.parse().ok()?,
            shown_by: cells.get(2)?,
        })
    }

    fn problems(&self, root: &Path) -> Vec<String> {
        let is_open = self.shown_by.contains("not yet: ");
        let mut problems = Vec::new();
        let mut file = None;
        let mut tests = 0;
        for name in self.shown_by.split('`').skip(1).step_by(2) {
            if name.contains('/') {
                if !root.join(name).exists() {
                    problems.push(format!("there is no {name}"));
                } else if name.ends_with(".rs") {
                    file = std::fs::read_to_string(root.join(name)).ok();
                }
                continue;
            }
            tests += 1;
            match file.as_deref().and_then(|text| state(text, name)) {
                None => problems.push(format!("no test is called {name} there")),
                Some(State::Ignored) if !is_open => problems.push(format!("{name} is ignored")),
                Some(State::Ignored | State::Runs) => {}
            }
        }
        if tests == 0 && !is_open {
            problems.push("neither a test nor `not yet`".to_owned());
        }
        problems
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Runs,
    Ignored,
}

/// How a test stands in a file: its attributes lie between the last blank
/// line, or end of a function, and its name.
fn state(text: &str, name: &str) -> Option<State> {
    let at = text.find(&format!("fn {name}("))?;
    let head: Vec<&str> = text[..at]
        .trim_end()
        .lines()
        .rev()
        .take_while(|line| !line.trim().is_empty() && line.trim() != "}")
        .collect();
    let has = |word: &str| head.iter().any(|line| line.trim().starts_with(word));
    if !has("#[test]") && !has("#[tokio::test") {
        return None;
    }
    Some(if has("#[ignore") {
        State::Ignored
    } else {
        State::Runs
    })
}

#[cfg(test)]
mod tests {
    use super::{State, check, problems, state};

    #[test]
    fn every_test_that_the_page_names_is_there() {
        assert_eq!(check().err().unwrap_or_default(), Vec::<String>::new());
    }

    #[test]
    fn a_test_is_a_function_with_the_attribute() {
        let text = "#[test]\nfn one() {\n}\n\nfn two() {\n}\n\n#[test]\n#[ignore = \"why\"]\nfn three() {\n}\n";
        assert_eq!(state(text, "one"), Some(State::Runs));
        assert_eq!(state(text, "two"), None);
        assert_eq!(state(text, "three"), Some(State::Ignored));
        assert_eq!(state(text, "four"), None);
    }

    #[test]
    fn rows_that_say_nothing_are_seen() {
        let page = "| 1 | it works | |\n| 2 | it too | `src/nowhere.rs`: `it_works` |\n";
        let found = problems(page, &crate::metadata::root());
        assert_eq!(found.len(), 4, "{found:#?}");
    }
}
