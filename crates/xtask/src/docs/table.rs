//! Tables in Markdown.

/// A table under construction.
pub(super) struct Table(String);

impl Table {
    /// Begins a table with these columns.
    pub(super) fn new(columns: &[&str]) -> Self {
        let mut table = Self(String::new());
        table.line(columns.iter().map(|column| (*column).to_owned()));
        table.line(columns.iter().map(|_| "---".to_owned()));
        table
    }

    /// Adds a row; a `|` in a cell would end it.
    pub(super) fn row(&mut self, cells: &[String]) {
        let cells = cells.iter().map(|cell| cell.replace('|', "\\|"));
        self.line(cells);
    }

    fn line(&mut self, cells: impl Iterator<Item = String>) {
        self.0.push('|');
        for cell in cells {
            self.0.push(' ');
            self.0.push_str(&cell);
            self.0.push_str(" |");
        }
        self.0.push('\n');
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// Code in a cell.
pub(super) fn code(text: &str) -> String {
    format!("`{text}`")
}
