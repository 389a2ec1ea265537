//! `docs/errors.md`: a section for each code, with its example and what that
//! prints.

use std::path::PathBuf;

use tenon_model::Code;

/// The words before what is printed.
const PRINTS: &str = "It prints:\n\n```text\n";
const END: &str = "```\n\n";

/// The page, as it stands.
pub(crate) struct Page(String);

fn path() -> PathBuf {
    crate::folder().join("../../docs/errors.md")
}

impl Page {
    pub(crate) fn read() -> Self {
        Self(std::fs::read_to_string(path()).expect("the page of errors"))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Codes and their sections, without the heads.
    pub(crate) fn sections(&self) -> impl Iterator<Item = (Code, &str)> {
        self.0.split("\n## ").filter_map(|section| {
            let code = section.split_whitespace().next()?;
            Some((Code::parse(code)?, section.split_once('\n')?.1))
        })
    }

    /// The section of a code.
    pub(crate) fn section(&self, code: Code) -> &str {
        let mut sections = self.sections();
        sections
            .find(|(of, _)| *of == code)
            .map_or("", |(_, section)| section)
    }

    /// The examples that are parts of specs.
    pub(crate) fn examples(&self) -> impl Iterator<Item = (Code, &str)> {
        self.sections().filter_map(|(code, section)| {
            let (_, example) = section.split_once("Example:")?;
            let (_, yaml) = example.split_once("```yaml\n")?;
            Some((code, yaml.split("```").next()?))
        })
    }

    /// The page with what a code prints, in front of its way out.
    pub(crate) fn with_printed(&mut self, code: Code, printed: Option<&str>) {
        let section = self.section(code);
        let start = section.as_ptr() as usize - self.0.as_ptr() as usize;
        let range = start..start + section.len();
        let mut text = section.to_owned();
        if let Some(from) = text.find(PRINTS) {
            let rest = &text[from + PRINTS.len()..];
            let to = rest.find(END).expect("a block ends");
            text.replace_range(from..from + PRINTS.len() + to + END.len(), "");
        }
        if let Some(printed) = printed {
            let at = text.find("Way out:").expect("a section has a way out");
            text.insert_str(at, &format!("{PRINTS}{printed}{END}"));
        }
        self.0.replace_range(range, &text);
    }

    /// Writes the page.
    pub(crate) fn write(&self) {
        std::fs::write(path(), &self.0).expect("the page can be written");
    }
}
