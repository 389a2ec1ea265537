//! `tenon explain CODE`: the section of the errors page.

use tenon_model::Code;

use crate::exit::Exit;
use crate::output::{self, Output};

/// The page that holds a section for every code.
const PAGE: &str = include_str!("../../../../docs/errors.md");

/// Runs the command.
pub(crate) fn run(code: &str, output: &Output) -> Exit {
    let Some(known) = Code::parse(code) else {
        output.complain(&format!(
            "error: there is no code `{code}`; codes read TN1004"
        ));
        return Exit::Error;
    };
    match section(known) {
        Some(text) => {
            output::print(&format!("{}\n", text.trim()));
            Exit::Ok
        }
        None => {
            output.complain(&format!("error: nothing is written about {known} yet"));
            Exit::Error
        }
    }
}

/// The section of a code.
fn section(code: Code) -> Option<&'static str> {
    let head = format!("## {code} ");
    let start = PAGE.find(&head)?;
    let rest = &PAGE[start..];
    let end = rest[3..].find("\n## ").map_or(rest.len(), |end| end + 3);
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::{PAGE, section};
    use tenon_model::Code;

    #[test]
    fn every_code_has_a_section_and_every_section_a_code() {
        for code in Code::ALL {
            assert!(
                section(*code).is_some(),
                "docs/errors.md has no section `## {code} …`"
            );
        }
        for line in PAGE.lines().filter(|line| line.starts_with("## TN")) {
            let code = line[3..].split_whitespace().next().unwrap_or_default();
            assert!(
                Code::parse(code).is_some(),
                "docs/errors.md explains {code}, which does not exist"
            );
        }
    }
}
