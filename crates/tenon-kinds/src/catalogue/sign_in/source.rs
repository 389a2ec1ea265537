//! Sources of tokens that have nothing to give, or not for this tenant.

use tenon_model::{Code, Diagnostic, Help, TenantId};

use super::Attempt;

/// There is nothing to sign in with.
pub(super) fn no_credential(of: &Attempt<'_>) -> Diagnostic {
    let tenant = &of.tenant;
    let mut problem = of.problem(
        Code::NoCredential,
        format!("nothing to sign in to {} with", of.tenant_name()),
    );
    if of.refusal.details.is_empty() {
        problem = problem.note(of.refusal.message.clone());
    }
    for (source, why) in &of.refusal.details {
        problem = problem.note(format!("{source}: {why}"));
    }
    problem
        .help(Help::text(
            "set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or ARM_CLIENT_ID and ARM_CLIENT_SECRET); `tenon explain TN3001` has the other ways",
        ))
        .help(Help::command(
            "or sign in as yourself",
            format!("az login --tenant {tenant}"),
        ))
        .help(Help::text(
            "or give the tenant its own: tenants: {name: {id: …, credential: {client_id: …, client_secret: \"${secrets.x}\"}}}",
        ))
        .help(Help::text("or try it without Azure: --simulate"))
}

/// A managed identity is asked to sign in elsewhere.
pub(super) fn own_tenant_only(of: &Attempt<'_>) -> Diagnostic {
    let problem = of.problem(
        Code::OwnTenantOnly,
        format!("a managed identity cannot sign in to {}", of.tenant_name()),
    );
    problem
        .note(of.refusal.message.clone())
        .help(Help::text(
            "let an application that admits other tenants trust the identity, in the identity's own tenant, and sign in as the application everywhere: credential: {client_id: <application id>, federated: {managed_identity: true}}",
        ))
        .help(Help::command(
            "this makes it trust the identity",
            format!(
                "az ad app federated-credential create --id <application id> --parameters '{{\"name\": \"tenon\", \"issuer\": \"{}/<tenant of the identity>/v2.0\", \"subject\": \"<object id of the identity>\", \"audiences\": [\"api://AzureADTokenExchange\"]}}'",
                of.around.login
            ),
        ))
}

/// A certificate past its end, or before its beginning.
pub(super) fn certificate_unusable(of: &Attempt<'_>) -> Diagnostic {
    let problem = of.problem(
        Code::CertificateUnusable,
        format!("the certificate{} cannot be used", of.source()),
    );
    let application = of
        .refusal
        .application
        .as_deref()
        .unwrap_or("<application id>");
    problem.note(of.refusal.message.clone()).help(Help::command(
        "make a new one, and use the file that this prints",
        format!("az ad app credential reset --id {application} --create-cert --append"),
    ))
}

/// The source of a token has none.
pub(super) fn no_token(of: &Attempt<'_>) -> Diagnostic {
    let tenant = &of.tenant;
    let source = of
        .refusal
        .credential_source
        .as_deref()
        .unwrap_or("a source");
    let problem = of.problem(
        Code::NoToken,
        format!(
            "{source} gives nothing to sign in to {} with",
            of.tenant_name()
        ),
    );
    let problem = problem.note(of.refusal.message.clone());
    match of.refusal.target.as_deref() {
        Some("az-absent") => problem
            .help(Help::text("install it: https://aka.ms/azure-cli"))
            .help(login(tenant)),
        Some("az-signed-out") => problem.help(login(tenant)),
        Some("managed-identity") => problem
            .help(Help::command(
                "give this machine an identity, if it is one of Azure's",
                "az vm identity assign --resource-group <group> --name <machine>",
            ))
            .help(Help::text(
                "where it has several, say which: AZURE_CLIENT_ID, or managed_identity: {client_id: …}",
            )),
        _ => problem.help(Help::text(
            "mend what the note says, or sign in another way: `tenon explain TN3001`",
        )),
    }
}

/// Entra refused the user of the Azure CLI.
pub(super) fn no_session(of: &Attempt<'_>) -> Diagnostic {
    let tenant = &of.tenant;
    of.problem(
        Code::SignInFailed,
        format!(
            "the session of the Azure CLI does not reach {}",
            of.tenant_name()
        ),
    )
    .help(login(tenant))
}

fn login(tenant: &TenantId) -> Help {
    Help::command(
        "sign in to that tenant",
        format!("az login --tenant {tenant}"),
    )
}
