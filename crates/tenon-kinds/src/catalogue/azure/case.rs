//! One error of an answer, and what is known around it.

use tenon_model::transport::Refusal;
use tenon_model::{Code, Diagnostic, ResourceId};

use super::super::Around;

/// One error of an answer: the answer itself, or one that it holds.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    /// The answer.
    pub(super) refusal: &'a Refusal,
    /// What is known around it.
    pub(super) around: &'a Around<'a>,
    /// Azure's code.
    pub(super) code: &'a str,
    /// Azure's message.
    pub(super) message: &'a str,
}

impl<'a> Case<'a> {
    /// The answer itself.
    pub(super) fn outer(refusal: &'a Refusal, around: &'a Around<'a>) -> Self {
        Self {
            refusal,
            around,
            code: &refusal.code,
            message: &refusal.message,
        }
    }

    /// An error that it holds.
    pub(super) fn inner(&self, (code, message): &'a (String, String)) -> Self {
        Self {
            code,
            message,
            ..*self
        }
    }

    /// A problem at the place where the spec asks for it.
    pub(super) fn problem(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        self.around.at(Diagnostic::error(code, message))
    }

    /// What it is about, in the spec's words.
    pub(super) fn subject(&self) -> String {
        self.around
            .address
            .map_or_else(|| "this".to_owned(), |address| format!("`{address}`"))
    }

    /// Whether the message has `words`, whatever their case.
    pub(super) fn says(&self, words: &str) -> bool {
        let message = self.message.to_ascii_lowercase();
        message.contains(&words.to_ascii_lowercase())
    }

    /// Whether the message has any of `phrases`.
    pub(super) fn says_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|words| self.says(words))
    }

    /// The application, for commands.
    pub(super) fn application(&self) -> &'a str {
        let known = self.refusal.application.as_deref();
        known.unwrap_or("<application id>")
    }

    /// The tenant that was asked, as people know it.
    pub(super) fn tenant(&self) -> String {
        let tenant = self.refusal.tenant.as_ref();
        tenant.map_or_else(|| "this tenant".to_owned(), |id| self.around.tenant(id))
    }

    /// What stands in single quotes, in order.
    pub(super) fn quoted(&self) -> impl Iterator<Item = &'a str> {
        self.message.split('\'').skip(1).step_by(2)
    }

    /// The quoted text behind `words`.
    pub(super) fn quoted_after(&self, words: &str) -> Option<&'a str> {
        let at = self.message.find(words)? + words.len();
        let rest = self.message[at..].trim_start();
        rest.strip_prefix('\'')?.split('\'').next()
    }

    /// The first id in the message.
    pub(super) fn named(&self) -> Option<ResourceId> {
        self.all_named().next()
    }

    /// The ids in the message, in order.
    pub(super) fn all_named(&self) -> impl Iterator<Item = ResourceId> {
        let ends = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | ',' | '[' | ']' | ';');
        let words = self.message.split(ends);
        let ids = words.filter(|word| {
            let lower = word.get(..15).unwrap_or_default();
            lower.eq_ignore_ascii_case("/subscriptions/")
        });
        ids.filter_map(|word| ResourceId::parse(word.trim_end_matches('.')).ok())
    }

    /// The resource that was asked for or written.
    pub(super) fn resource(&self) -> Option<ResourceId> {
        let path = self.refusal.request.split_whitespace().last()?;
        ResourceId::parse(path.split('?').next()?).ok()
    }

    /// The id of what was asked for or written, for commands.
    pub(super) fn id(&self, otherwise: &str) -> String {
        let id = self.resource();
        id.map_or_else(|| otherwise.to_owned(), |id| id.to_string())
    }

    /// Whether it is about this part of an image gallery.
    pub(super) fn is_of(&self, part: &str) -> bool {
        self.refusal.request.to_ascii_lowercase().contains(part)
    }

    /// Whether the user wrote the body, member by member.
    pub(super) fn is_raw(&self) -> bool {
        let address = self.around.address;
        address.is_some_and(|address| address.as_str().starts_with("resources."))
    }

    /// Whether it was asked to be written.
    pub(super) fn is_write(&self) -> bool {
        let request = self.refusal.request.as_str();
        !request.is_empty() && !request.starts_with("GET ")
    }
}

/// `name` as one word of a command.
pub(super) fn word(name: &str) -> String {
    if name.contains(' ') {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    }
}
