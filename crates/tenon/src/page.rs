//! `docs/errors.md`, of which the program has a copy: a section for every code.
//!
//! The page, `tenon explain` and the rules of a SARIF log are one source. Tests
//! hold it together with the list of codes, and its examples with what is
//! printed (`tests/catalogue`).

use tenon_model::Code;

const PAGE: &str = include_str!("../../../docs/errors.md");

/// What is written about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    /// The code.
    pub(crate) code: Code,
    /// What it is called: `UnknownKey`.
    pub(crate) name: &'static str,
    /// What it is, in a phrase.
    pub(crate) title: &'static str,
    /// The whole section, Markdown.
    pub(crate) text: &'static str,
}

/// All sections, in the order of their codes.
pub(crate) fn sections() -> impl Iterator<Item = Section> {
    let starts = PAGE.match_indices("\n## TN").map(|(at, _)| at + 1);
    starts.filter_map(|start| {
        let rest = &PAGE[start..];
        let end = rest.find("\n## ").unwrap_or(rest.len());
        let text = rest[..end].trim();
        let (code, rest) = text.lines().next()?[3..].split_once(' ')?;
        let (name, title) = rest.split_once(": ")?;
        Some(Section {
            code: Code::parse(code)?,
            name,
            title,
            text,
        })
    })
}

/// The section of a code.
pub(crate) fn section(code: Code) -> Option<Section> {
    sections().find(|section| section.code == code)
}

impl Section {
    /// The paragraph of the section that begins with `head`, without it.
    pub(crate) fn part(&self, head: &str) -> Option<String> {
        let mut paragraphs = self.text.split("\n\n");
        let part = paragraphs.find_map(|part| part.strip_prefix(head)?.strip_prefix(": "))?;
        Some(part.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Where the section stands on the page, as renderers of Markdown name it.
    pub(crate) fn anchor(&self) -> String {
        let head = self.text.lines().next().unwrap_or_default();
        let head = head.trim_start_matches("## ").to_lowercase();
        head.chars()
            .filter_map(|letter| match letter {
                ' ' => Some('-'),
                '-' | '_' => Some(letter),
                letter if letter.is_alphanumeric() => Some(letter),
                _ => None,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{section, sections};
    use tenon_model::Code;

    #[test]
    fn every_code_has_a_section_and_every_section_a_code() {
        let written: Vec<Code> = sections().map(|section| section.code).collect();
        let mut all = Code::ALL.to_vec();
        all.sort_by_key(|code| code.number());
        assert_eq!(written, all);
        for section in sections() {
            assert_eq!(section.name, format!("{:?}", section.code));
            assert!(section.part("What happened").is_some(), "{}", section.code);
        }
    }

    #[test]
    fn anchors_are_those_of_the_page() {
        let section = section(Code::UnknownKey).expect("a section");
        assert_eq!(
            section.anchor(),
            "tn1004-unknownkey-a-key-that-the-language-does-not-know"
        );
    }
}
