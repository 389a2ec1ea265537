//! Azure Resource Graph: `POST /providers/Microsoft.ResourceGraph/resources`.
//!
//! The contract is `resourcegraph.json` of the published descriptions; the
//! language is a part of the one Microsoft documents for the service. What is
//! not understood is refused as the service refuses a query it cannot parse.
//!
//! Left out: joins, unions, `mv-expand`, `parse`, dates, facets, management
//! groups, every table but `Resources` and `ResourceContainers`, and the delay
//! with which the real one learns of changes.

mod answer;
mod expression;
mod functions;
mod lexer;
mod parser;
mod pipeline;
mod tables;

pub(crate) use answer::answer;

use serde_json::{Value, json};

/// Why a query cannot be answered, as the second entry of the details.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal(Value);

impl Refusal {
    /// A word that does not belong where it stands.
    fn unexpected(token: &lexer::Token) -> Self {
        Self(json!({
            "code": "ParserFailure",
            "message": "ParserFailure",
            "line": token.line,
            "characterPositionInLine": token.column,
            "token": token.shown(),
        }))
    }

    /// A part of the language that is not supported.
    fn unsupported(token: &lexer::Token) -> Self {
        Self(json!({
            "code": "InvalidQueryLanguage",
            "message": "InvalidQueryLanguage",
            "line": token.line,
            "characterPositionInLine": token.column,
            "token": token.shown(),
        }))
    }

    /// A query that can be read but means nothing.
    fn meaningless(message: impl Into<String>) -> Self {
        Self(json!({"code": "InvalidQuery", "message": message.into()}))
    }
}

#[cfg(test)]
mod tests;
