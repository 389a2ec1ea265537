//! Fault rules as worlds and the admin API write them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Sight;
use crate::world::Span;

/// One thing that shall go wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FaultRule {
    /// A name; a new rule takes the place of an old one of the same name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Which requests it is about; all when empty.
    #[serde(default, rename = "match")]
    pub matching: FaultMatch,
    /// How many matching requests pass unharmed first.
    #[serde(default)]
    pub skip: u32,
    /// How many requests it strikes after that; 0 means every one. Default 1.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens.
    pub action: FaultAction,
}

fn once() -> u32 {
    1
}

/// Which requests a fault is about. What is empty matches everything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct FaultMatch {
    /// An HTTP method.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub method: String,
    /// A resource type, such as `Microsoft.Compute/virtualMachines`.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub type_name: String,
    /// The path of the request, case ignored, `*` for anything: `*/virtualMachines/web-*`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, tag = "do", rename_all = "camelCase")]
pub enum FaultAction {
    /// Answers in the request's place; nothing else happens.
    Respond {
        /// The status.
        status: u16,
        /// The error's code.
        #[serde(default)]
        code: String,
        /// The error's message.
        #[serde(default)]
        message: String,
        /// Headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// Closes the connection without an answer.
    Drop {
        /// Before anything happened, or after the write took effect.
        moment: Moment,
    },
    /// Answers later, on tokio's clock.
    Delay {
        /// How much later.
        by: Span,
    },
    /// Lets every token handed out so far expire.
    ExpireTokens,
    /// Lets the operation that the request starts end as `Failed`.
    FailOperation {
        /// The error's code.
        code: String,
        /// The error's message.
        #[serde(default)]
        message: String,
    },
}

/// When a connection is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Moment {
    /// Before the request was worked on.
    Before,
    /// After it took effect: the answer is lost.
    After,
}

/// A fault that struck.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedFault {
    /// The rule.
    pub name: String,
    /// The request's method.
    pub method: String,
    /// The request's path.
    pub path: String,
    /// When, in simulated time.
    pub time: Timestamp,
}

impl FaultRule {
    pub(crate) fn applies_to(&self, sight: Sight<'_>) -> bool {
        let matching = &self.matching;
        let empty_or_same =
            |wanted: &str, seen: &str| wanted.is_empty() || wanted.eq_ignore_ascii_case(seen);
        empty_or_same(&matching.method, sight.method)
            && empty_or_same(&matching.type_name, sight.type_name)
            && (matching.id.is_empty() || glob(&matching.id, sight.path))
    }
}

/// True when `text` fits `pattern`, in which `*` stands for anything.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut open = false;
    let mut last = "";
    for piece in pieces {
        open = true;
        last = piece;
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    if open {
        text.ends_with(last)
    } else {
        rest.is_empty()
    }
}
