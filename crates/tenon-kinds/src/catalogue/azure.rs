//! Resource Manager and the resource providers.
//!
//! An answer may hold several errors: a deployment wraps that of a resource,
//! which wraps that of its provider. The outermost that says something of its
//! own is the matter; the others stay below the message.

use tenon_model::transport::{Refusal, Stage};
use tenon_model::{Code, Diagnostic, Help};

use super::Around;

mod access;
mod busy;
mod case;
mod directory;
mod images;
mod machines;
mod network;
mod places;
mod publish;
mod token;
mod values;

use case::Case;

/// Resource Manager refused, or an operation ended badly.
pub(super) fn explain(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let outer = Case::outer(refusal, around);
    let inner = refusal.details.iter().map(|detail| outer.inner(detail));
    [outer]
        .into_iter()
        .chain(inner)
        .find_map(|case| known(&case))
        .or_else(|| busy::by_status(&outer))
        .unwrap_or_else(|| other(&outer))
}

/// The first that knows the error by its code or its text; those of one
/// subject before those of values in general.
fn known(case: &Case<'_>) -> Option<Diagnostic> {
    token::of(case)
        .or_else(|| access::of(case))
        .or_else(|| directory::of(case))
        .or_else(|| busy::of(case))
        .or_else(|| publish::of(case))
        .or_else(|| images::of(case))
        .or_else(|| machines::of(case))
        .or_else(|| network::of(case))
        .or_else(|| places::of(case))
        .or_else(|| values::of(case))
}

fn other(case: &Case<'_>) -> Diagnostic {
    let (code, words) = match case.refusal.stage {
        Stage::Operation => (Code::OperationFailed, "Azure began and did not finish"),
        _ => (Code::AzureRefused, "Azure refused"),
    };
    case.problem(code, format!("{words}: {}", case.subject()))
        .help(Help::text(
            "mend what Azure names above and run it again; what is done is not done twice",
        ))
}
