//! Certificates and federated tokens that the sign-in host does not take.

use tenon_model::{Code, Diagnostic, Help};

use super::Attempt;

/// No federated credential of the application fits the token.
pub(super) fn not_federated(of: &Attempt<'_>) -> Diagnostic {
    let application = of.application;
    let problem = of.problem(
        Code::NotFederated,
        format!(
            "application {application} does not trust this token{}",
            of.source()
        ),
    );
    let problem = problem
        .note("issuer, subject and audience must all be as in a federated credential of the application, letter by letter")
        .note("in GitHub an environment takes the place of the branch: repo:o/r:environment:prod; a pull request has repo:o/r:pull_request");
    let subject = presented_subject(&of.refusal.message).unwrap_or("<subject>");
    problem
        .help(Help::command(
            "compare with what it has",
            format!("az ad app federated-credential list --id {application}"),
        ))
        .help(Help::command(
            "or add this one",
            format!(
                "az ad app federated-credential create --id {application} --parameters '{{\"name\": \"tenon\", \"issuer\": \"<issuer>\", \"subject\": \"{subject}\", \"audiences\": [\"api://AzureADTokenExchange\"]}}'"
            ),
        ))
}

/// The subject that the message quotes: `… subject 'repo:o/r:pull_request'.`
fn presented_subject(message: &str) -> Option<&str> {
    let at = message.to_ascii_lowercase().find("subject")?;
    let mut quoted = message.get(at..)?.split('\'');
    quoted.next()?;
    quoted.next().filter(|subject| !subject.is_empty())
}

/// A managed identity vouches only for applications of its own tenant.
pub(super) fn identity_of_another_tenant(of: &Attempt<'_>) -> Diagnostic {
    let application = of.application;
    let problem = of.problem(
        Code::NotFederated,
        format!(
            "application {application} is at home in another tenant than the managed identity that vouches for it"
        ),
    );
    problem
        .note("an application takes tokens of managed identities of its own home tenant only")
        .help(Help::text(
            "register the application in the tenant of the managed identity, and let it into the other one",
        ))
}

/// The certificate is not one of the application's, or the key is not its.
pub(super) fn certificate_rejected(of: &Attempt<'_>) -> Diagnostic {
    let application = of.application;
    of.problem(
        Code::CertificateRejected,
        format!(
            "application {application} does not know this certificate{}",
            of.source()
        ),
    )
    .help(Help::command(
        "compare the thumbprints of those that it has",
        format!("az ad app credential list --id {application} --cert"),
    ))
    .help(Help::command(
        "or add this one (the certificate only, not the key)",
        format!("az ad app credential reset --id {application} --cert @certificate.pem --append"),
    ))
}

/// The assertion was made too long ago, or its time has not come.
pub(super) fn out_of_time(of: &Attempt<'_>) -> Diagnostic {
    let application = of.application;
    of.problem(
        Code::AssertionOutOfTime,
        format!(
            "what signs application {application} in is not valid now{}",
            of.source()
        ),
    )
    .note("this machine's clock is wrong, or the file with the token was not renewed in time")
    .help(Help::command("compare the clocks", "tenon doctor"))
}

#[cfg(test)]
mod tests {
    use super::presented_subject;

    #[test]
    fn the_subject_is_found_in_both_wordings() {
        let newer = "No matching federated identity record found for presented assertion subject 'repo:o/r:pull_request'. Check it.";
        let older = "No matching record. Assertion Issuer: 'https://i'. Assertion Subject: 'repo:o/r:ref:refs/heads/main'. Assertion Audience: 'a'.";
        assert_eq!(presented_subject(newer), Some("repo:o/r:pull_request"));
        assert_eq!(
            presented_subject(older),
            Some("repo:o/r:ref:refs/heads/main")
        );
        assert_eq!(presented_subject("No matching record."), None);
        assert_eq!(presented_subject("The subject is missing"), None);
    }
}
