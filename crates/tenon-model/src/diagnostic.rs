//! Messages for people, as data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Address, Code, Place};

/// How bad it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing can go on from here.
    Error,
    /// Worth a second look.
    Warning,
}

/// Whether a label points at the problem or at something that explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabelRole {
    /// The problem itself.
    Primary,
    /// Context.
    Secondary,
}

/// A place and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What; may be empty.
    pub message: String,
    /// Problem or context.
    pub role: LabelRole,
}

/// A replacement of text that mends the problem without thinking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Edit {
    /// What to replace.
    pub place: Place,
    /// With what.
    pub replacement: String,
}

/// A way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Help {
    /// What it does, a lower-case phrase without a full stop.
    pub text: String,
    /// A command that can be pasted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// A mechanical edit of the spec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Edit>,
}

impl Help {
    /// Returns help that is only words.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            command: None,
            edit: None,
        }
    }

    /// Returns help that is a command.
    pub fn command(text: impl Into<String>, command: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            command: Some(command.into()),
            edit: None,
        }
    }

    /// Returns help that writes `name`, as an edit if that is one.
    #[must_use]
    pub fn meant(place: &Place, written: &str, name: &str) -> Self {
        Self::rename(place, written, name)
            .unwrap_or_else(|| Self::text(format!("did you mean `{name}`?")))
    }

    /// Returns help that writes `name` in place of what stands at `place`; none
    /// unless `written` stands there itself: what an expression yields cannot
    /// be mended where it is used.
    #[must_use]
    pub fn rename(place: &Place, written: &str, name: &str) -> Option<Self> {
        let wide = place.end.checked_sub(place.start)?;
        // As it is, or in quotes.
        let stands_there = wide == written.len() || wide == written.len() + 2;
        stands_there.then(|| Self {
            text: format!("write `{name}`"),
            command: None,
            edit: Some(Edit {
                place: place.clone(),
                replacement: name.to_owned(),
            }),
        })
    }
}

/// A message for a person: what, where, why, and the way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// What it is about.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One lower-case phrase without a full stop; literals in backticks.
    pub message: String,
    /// Where, the primary one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// Facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Ways out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub helps: Vec<Help>,
    /// The resources it concerns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
}

impl Diagnostic {
    /// Returns an error.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message.into())
    }

    /// Returns a warning.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message.into())
    }

    fn new(code: Code, severity: Severity, message: String) -> Self {
        Self {
            code,
            severity,
            message,
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            addresses: Vec::new(),
        }
    }

    /// Adds the place of the problem.
    #[must_use]
    pub fn at(self, place: &Place, message: impl Into<String>) -> Self {
        self.label(place, message, LabelRole::Primary)
    }

    /// Adds a place that explains.
    #[must_use]
    pub fn context(self, place: &Place, message: impl Into<String>) -> Self {
        self.label(place, message, LabelRole::Secondary)
    }

    fn label(mut self, place: &Place, message: impl Into<String>, role: LabelRole) -> Self {
        self.labels.push(Label {
            place: place.clone(),
            message: message.into(),
            role,
        });
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: Help) -> Self {
        self.helps.push(help);
        self
    }

    /// Adds a way out, if there is one.
    #[must_use]
    pub fn help_if(mut self, help: Option<Help>) -> Self {
        self.helps.extend(help);
        self
    }

    /// Adds a resource it concerns.
    #[must_use]
    pub fn about(mut self, address: &Address) -> Self {
        self.addresses.push(address.clone());
        self
    }

    /// Whether this is an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The place of the problem, if it has one.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.labels
            .iter()
            .find(|label| label.role == LabelRole::Primary)
            .map(|label| &label.place)
    }
}

/// Whether any of `diagnostics` is an error.
#[must_use]
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}
