//! Resource Manager did not accept the token that came along.

use tenon_model::{Code, Diagnostic, Help, TenantId};

use super::case::Case;

/// Explains what is about tokens.
pub(super) fn of(case: &Case<'_>) -> Option<Diagnostic> {
    Some(match case.code {
        "InvalidAuthenticationTokenTenant" => wrong_tenant(case),
        "InvalidAuthenticationToken" if is_about_auxiliary(case) => auxiliary_refused(case),
        "AuthenticationFailed"
        | "InvalidAuthenticationToken"
        | "InvalidAuthenticationTokenAudience"
        | "ExpiredAuthenticationToken" => rejected(case),
        _ => return None,
    })
}

fn wrong_tenant(case: &Case<'_>) -> Diagnostic {
    let used = case.refusal.tenant.as_ref();
    let wanted = case
        .message
        .split("sts.windows.net/")
        .nth(2)
        .and_then(|rest| rest.split('/').next())
        .filter(|id| tenon_model::id::is_guid(id))
        .map(TenantId::new);
    let used_name = used.map_or("another tenant".to_owned(), |tenant| {
        case.around.tenant(tenant)
    });
    let problem = Diagnostic::error(
        Code::WrongTenant,
        format!("the subscription does not belong to {used_name}"),
    );
    let problem = match used {
        Some(tenant) => case.around.at_tenant(problem, tenant),
        None => case.around.at(problem),
    };
    match wanted {
        Some(wanted) => problem
            .note(format!("it belongs to {}", case.around.tenant(&wanted)))
            .help(Help::text(format!("write  tenant: {wanted}"))),
        None => problem.help(Help::text(
            "compare `tenant` and `subscription`; they may be swapped with those of the image",
        )),
    }
}

fn is_about_auxiliary(case: &Case<'_>) -> bool {
    !case.refusal.auxiliary.is_empty() && case.says("auxiliary")
}

fn auxiliary_refused(case: &Case<'_>) -> Diagnostic {
    let sent: Vec<String> = case
        .refusal
        .auxiliary
        .iter()
        .map(|tenant| case.around.tenant(tenant))
        .collect();
    case.problem(
        Code::AuxiliaryTokenMissing,
        format!("Azure did not accept the token of {}", sent.join(", ")),
    )
    .help(Help::command(
        "see whether it signs in there, and what its token says",
        "tenon doctor",
    ))
    .help(Help::text(
        "run it again; if it stays, look at the clock of this machine",
    ))
}

/// The token itself, whoever it belongs to.
fn rejected(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::TokenRejected,
        format!("Azure did not accept the token of {}", case.tenant()),
    );
    let problem = match case.code {
        "AuthenticationFailed" => {
            problem.note("something between this machine and Azure took the token out of the request, such as a proxy that opens TLS")
        }
        "ExpiredAuthenticationToken" => {
            problem.note("a token that ends is renewed before that; the clock of this machine may be behind")
        }
        _ if case.says("audience") => problem.note(
            "the token is for another Resource Manager: the cloud does not fit, or the address of its metadata",
        ),
        _ => problem,
    };
    problem
        .help(Help::command(
            "compare the clocks, and whom the token is for",
            "tenon doctor",
        ))
        .help(Help::text(
            "run it again: every run fetches new tokens, and what is done is not done twice",
        ))
}
