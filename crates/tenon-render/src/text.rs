//! Text whose pieces know what they are.
//!
//! Whoever writes a line says *address* or *delete*, never red; a [`Theme`]
//! turns roles into colour or into nothing. Everything that enters a line
//! passes through [`clean`], so no name from a spec and no message from Azure
//! can move a cursor, hide a letter or turn the reading direction.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::Glyphs;

mod clean;
mod fit;

pub(crate) use clean::clean;
pub(crate) use fit::{cut_end, cut_middle, width, wrap};

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Words.
    Plain,
    /// The title of a part.
    Heading,
    /// The name of a thing in the spec.
    Address,
    /// A value.
    Value,
    /// Something is made.
    Create,
    /// Something is changed where it stands.
    Update,
    /// Something is deleted and made anew.
    Replace,
    /// Something is deleted.
    Delete,
    /// Something gets our marker.
    Adopt,
    /// Something loses our marker.
    Forget,
    /// It went well.
    Good,
    /// Worth a second look.
    Warning,
    /// Wrong.
    Error,
    /// A way out.
    Help,
    /// Line numbers, arrows and bars beside a snippet.
    Gutter,
    /// Of less weight.
    Dim,
}

/// What roles look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Like everything else.
    #[default]
    None,
    /// Colours that every terminal knows.
    Ansi,
}

impl Theme {
    fn style(self, role: Role) -> Style {
        let plain = Style::new();
        if self == Self::None {
            return plain;
        }
        let colour = |colour: AnsiColor| plain.fg_color(Some(colour.into()));
        match role {
            Role::Plain | Role::Value => plain,
            Role::Heading | Role::Address => plain.bold(),
            Role::Create | Role::Good => colour(AnsiColor::Green),
            Role::Update => colour(AnsiColor::Yellow),
            Role::Warning => colour(AnsiColor::Yellow).bold(),
            Role::Replace => colour(AnsiColor::Magenta).bold(),
            Role::Delete | Role::Error => colour(AnsiColor::Red).bold(),
            Role::Adopt | Role::Help => colour(AnsiColor::Cyan),
            Role::Gutter => colour(AnsiColor::Blue).bold(),
            Role::Forget | Role::Dim => plain.dimmed(),
        }
    }
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is.
    pub role: Role,
    /// The text, clean.
    pub text: String,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    spans: Vec<Span>,
    width: usize,
    glyphs: Glyphs,
}

impl Line {
    /// Returns an empty line.
    #[must_use]
    pub fn new(glyphs: Glyphs) -> Self {
        Self {
            spans: Vec::new(),
            width: 0,
            glyphs,
        }
    }

    /// Adds text, cleaned of everything that a terminal would obey.
    pub fn push(&mut self, role: Role, text: impl AsRef<str>) -> &mut Self {
        let text = clean(text.as_ref(), self.glyphs);
        self.width += width(&text);
        match self.spans.last_mut() {
            Some(last) if last.role == role => last.text.push_str(&text),
            _ if text.is_empty() => {}
            _ => self.spans.push(Span {
                role,
                text: text.into_owned(),
            }),
        }
        self
    }

    /// Returns this line and more text.
    #[must_use]
    pub fn with(mut self, role: Role, text: impl AsRef<str>) -> Self {
        self.push(role, text);
        self
    }

    /// Adds another line's pieces.
    pub fn append(&mut self, other: &Line) -> &mut Self {
        for span in &other.spans {
            self.push(span.role, &span.text);
        }
        self
    }

    /// Adds spaces up to a column, and at least `gap` of them if there is
    /// something before.
    pub fn pad_to(&mut self, column: usize, gap: usize) -> &mut Self {
        let least = if self.width == 0 { 0 } else { gap };
        let spaces = column.saturating_sub(self.width).max(least);
        self.push(Role::Plain, " ".repeat(spaces))
    }

    /// The columns it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The pieces.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    fn trim(&mut self) {
        while let Some(last) = self.spans.last_mut() {
            let kept = last.text.trim_end().len();
            last.text.truncate(kept);
            if kept > 0 {
                return;
            }
            self.spans.pop();
        }
    }
}

/// Lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    lines: Vec<Line>,
}

impl Text {
    /// Returns no text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line, without the space at its end.
    pub fn push(&mut self, mut line: Line) {
        line.trim();
        self.lines.push(line);
    }

    /// Adds an empty line, unless the last one is empty or there is none.
    pub fn space(&mut self) {
        if self.lines.last().is_some_and(|line| !line.spans.is_empty()) {
            self.lines.push(Line::new(Glyphs::Unicode));
        }
    }

    /// Adds the lines of another text.
    pub fn append(&mut self, other: Text) {
        self.lines.extend(other.lines);
    }

    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Whether there is no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The text without any colour, each line ended.
    #[must_use]
    pub fn plain(&self) -> String {
        self.paint(&Theme::None)
    }

    /// The text as the theme shows it, each line ended.
    #[must_use]
    pub fn paint(&self, theme: &Theme) -> String {
        let mut out = String::new();
        for line in &self.lines {
            for span in &line.spans {
                let style = theme.style(span.role);
                if style.is_plain() {
                    out.push_str(&span.text);
                } else {
                    let (on, off) = (style.render(), style.render_reset());
                    // Writing to a string cannot fail.
                    let _ = write!(out, "{on}{}{off}", span.text);
                }
            }
            out.push('\n');
        }
        out
    }
}

impl From<Line> for Text {
    fn from(line: Line) -> Self {
        let mut text = Self::new();
        text.push(line);
        text
    }
}

#[cfg(test)]
mod tests;
