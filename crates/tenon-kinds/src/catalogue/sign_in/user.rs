//! Users of the Azure CLI, and the policies that can stop anybody.

use tenon_model::{Code, Diagnostic, Help};

use super::Attempt;

/// Whether the Azure CLI asked, for its user.
fn is_cli(of: &Attempt<'_>) -> bool {
    of.refusal.target.as_deref() == Some("az")
}

/// The user is neither a member nor a guest of the tenant.
pub(super) fn unknown(of: &Attempt<'_>) -> Diagnostic {
    let tenant = &of.tenant;
    of.problem(
        Code::UserUnknown,
        format!(
            "{} does not know the user who is signed in",
            of.tenant_name()
        ),
    )
    .help(Help::command(
        "sign in as somebody whom it knows",
        format!("az login --tenant {tenant}"),
    ))
    .help(Help::command(
        "or an administrator of that tenant invites the user as a guest",
        "az rest --method post --url https://graph.microsoft.com/v1.0/invitations --body '{\"invitedUserEmailAddress\": \"<user>\", \"inviteRedirectUrl\": \"https://portal.azure.com\"}'",
    ))
    .help(Help::text(
        "or sign in as an application, which goes into both tenants: `tenon explain TN3001`",
    ))
}

/// A Conditional Access policy, which asks users for a second factor and can
/// stop applications as well.
pub(super) fn blocked(of: &Attempt<'_>) -> Diagnostic {
    let name = of.tenant_name();
    let whom = if is_cli(of) {
        "the user of the Azure CLI".to_owned()
    } else {
        format!("application {}", of.application)
    };
    let problem = of.problem(
        Code::SignInBlocked,
        format!("a Conditional Access policy of {name} stops {whom}"),
    );
    let problem = if is_cli(of) {
        problem.help(Help::command(
            "give the second factor that it asks for",
            format!("az login --tenant {}", of.tenant),
        ))
    } else {
        problem
    };
    problem
        .note("the sign-in log of that tenant names the policy, under the correlation id below")
        .help(Help::text(format!(
            "an administrator there excludes it, under Protection > Conditional Access, or allows where it signs in from; {}/error?code={}",
            of.around.login,
            super::digits(&of.refusal.code)
        )))
}
