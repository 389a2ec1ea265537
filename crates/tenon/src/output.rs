//! Standard output and standard error.
//!
//! Data and plans go to standard output, talk to standard error. A closed pipe
//! is a quiet end: `tenon plan | head` must not panic.

use std::borrow::Cow;
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Arc, Once};

use tenon_model::Diagnostic;
use tenon_model::event::Line;
use tenon_model::place::Sources;
use tenon_model::plan::Tool;
use tenon_render::{Depth, Glyphs, Options, Text, Theme};

use crate::arguments::{Color, Global};

/// How and where to write.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    theme: Theme,
    error_theme: Theme,
    glyphs: Glyphs,
    /// Whether a person looks at standard output right now.
    pub(crate) interactive: bool,
    json: bool,
    quiet: bool,
    width: usize,
    /// Whether the stream of lines has begun.
    opened: Arc<Once>,
}

impl Output {
    /// Looks at terminal and environment.
    pub(crate) fn new(global: &Global) -> Self {
        let ci = in_ci();
        let terminal = std::io::stdout().is_terminal();
        let error_terminal = std::io::stderr().is_terminal();
        Self {
            theme: theme(global.color, terminal),
            error_theme: theme(global.color, error_terminal),
            glyphs: glyphs(),
            interactive: terminal
                && !ci
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
            json: global.json,
            quiet: global.quiet,
            width: if terminal && !ci {
                terminal_width()
            } else {
                100
            },
            opened: Arc::new(Once::new()),
        }
    }

    /// How text is to look.
    pub(crate) fn options(&self, depth: Depth) -> Options {
        Options {
            width: self.width,
            glyphs: self.glyphs,
            depth,
        }
    }

    /// The theme of standard output.
    pub(crate) fn theme(&self) -> Theme {
        self.theme
    }

    /// Whether programs read standard output.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Columns of the screen.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Writes a result.
    pub(crate) fn show(&self, text: &Text) {
        if self.json {
            self.tell(text);
        } else {
            print(&without_commands(&text.paint(&self.theme)));
        }
    }

    /// Writes talk.
    pub(crate) fn tell(&self, text: &Text) {
        print_error(&without_commands(&text.paint(&self.error_theme)));
    }

    /// Writes a line of talk, unless quiet was asked for.
    pub(crate) fn say(&self, line: &str) {
        if !self.quiet {
            print_error(&without_commands(&format!("{line}\n")));
        }
    }

    /// Writes a line that nobody may miss.
    #[expect(
        clippy::unused_self,
        reason = "talk goes through an output, like all the rest"
    )]
    pub(crate) fn complain(&self, line: &str) {
        print_error(&without_commands(&format!("{line}\n")));
    }

    /// Writes a line for programs, after the one that says how to read it.
    pub(crate) fn json_line<T: serde::Serialize>(&self, value: &T) {
        if self.json {
            self.opened.call_once(|| print_line(&version()));
            print_line(value);
        }
    }

    /// Writes diagnostics, for programs as well if they listen.
    pub(crate) fn diagnostics(&self, list: &[Diagnostic], sources: &Sources) {
        if list.is_empty() {
            return;
        }
        for diagnostic in list {
            let document = crate::spans::document(diagnostic, sources);
            self.json_line(&Line::Diagnostic {
                diagnostic: document,
            });
        }
        self.tell(&tenon_render::diagnostics(
            list,
            sources,
            &self.options(Depth::Normal),
        ));
    }
}

/// The first line of a stream.
fn version() -> Line<'static> {
    Line::Version {
        format: tenon_model::event::FORMAT,
        tool: Tool::this(),
    }
}

fn print_line<T: serde::Serialize>(value: &T) {
    if let Ok(text) = serde_json::to_string(value) {
        print(&format!("{text}\n"));
    }
}

/// Text for people, in which no pipeline finds a command of its own: Azure
/// Pipelines looks for `##vso[` anywhere in a line, GitHub Actions still for
/// `##[`, and names and tags may hold either. Line breaks, which other commands
/// take, are gone from every value.
fn without_commands(text: &str) -> Cow<'_, str> {
    if !text.contains("##") || !in_ci() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(calmed(text))
}

/// Text without anything that Azure Pipelines or, in its old form, GitHub
/// Actions takes for a command wherever it stands.
pub(crate) fn calmed(text: &str) -> String {
    text.replace("##vso[", "## vso[").replace("##[", "## [")
}

/// Whether this runs in a pipeline, where nobody can answer.
pub(crate) fn in_ci() -> bool {
    ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"]
        .iter()
        .any(|name| {
            std::env::var(name)
                .is_ok_and(|value| !value.is_empty() && value != "false" && value != "0")
        })
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Flag, then `NO_COLOR`, then `CLICOLOR_FORCE` and `FORCE_COLOR`, then
/// `CLICOLOR=0`, then what standard output is.
fn theme(color: Color, terminal: bool) -> Theme {
    let forced = |name: &str| is_set(name) && std::env::var(name).is_ok_and(|value| value != "0");
    let on = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if is_set("NO_COLOR") => false,
        Color::Auto if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") => true,
        Color::Auto if std::env::var("CLICOLOR").is_ok_and(|value| value == "0") => false,
        Color::Auto => terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    };
    if on { Theme::Ansi } else { Theme::None }
}

/// Signs beyond ASCII, unless the locale says that they cannot be shown.
fn glyphs() -> Glyphs {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    match locale {
        Some(locale) if locale == "C" || locale == "POSIX" => Glyphs::Ascii,
        Some(locale) => {
            let upper = locale.to_ascii_uppercase();
            let utf = upper.contains("UTF-8") || upper.contains("UTF8");
            if utf || !upper.contains('.') {
                Glyphs::Unicode
            } else {
                Glyphs::Ascii
            }
        }
        None => Glyphs::Unicode,
    }
}

fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    let asked = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns.or_else(asked).unwrap_or(100).clamp(60, 160)
}

/// Writes to standard output.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if out
        .write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .is_err()
    {
        // Nobody reads any more: `head` has seen enough.
        std::process::exit(0);
    }
}

/// Writes to standard error. If that is gone there is nobody left to tell.
pub(crate) fn print_error(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// Writes a document for programs to standard output.
pub(crate) fn print_json<T: serde::Serialize>(document: &T) {
    if let Ok(text) = serde_json::to_string_pretty(document) {
        print(&format!("{text}\n"));
    }
}
