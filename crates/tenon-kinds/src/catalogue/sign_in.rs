//! Sign-in: credentials, consent, secrets.

use tenon_model::id::is_guid;
use tenon_model::transport::Refusal;
use tenon_model::{Code, Diagnostic, Help, TenantId};

use super::Around;

mod assertion;
mod source;

/// Nothing was sent to the sign-in host: there is nothing to send, or it is
/// known to be of no use.
pub(super) fn without(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let tenant = tenant(refusal);
    match refusal.code.as_str() {
        "OwnTenantOnly" => source::own_tenant_only(refusal, &tenant, around),
        "CertificateUnusable" => source::certificate_unusable(refusal, &tenant, around),
        "TokenSourceFailed" => source::no_token(refusal, &tenant, around),
        "BadTenant" => unknown_tenant(&tenant, around),
        _ => source::no_credential(refusal, &tenant, around),
    }
}

/// The sign-in host refused.
pub(super) fn explain(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let tenant = tenant(refusal);
    let application = refusal
        .application
        .clone()
        .unwrap_or_else(|| "the application".to_owned());
    match refusal.code.as_str() {
        "AADSTS7000229" => consent_missing(&tenant, &application, around),
        "AADSTS700016" => application_unknown(&tenant, &application, around),
        "AADSTS7000215" => secret_rejected(refusal, &application, &tenant, around),
        "AADSTS7000222" => secret_expired(refusal, &application, &tenant, around),
        "AADSTS7000112" => disabled(&tenant, &application, around),
        "AADSTS90002" | "AADSTS900023" => unknown_tenant(&tenant, around),
        "AADSTS90038" | "AADSTS900432" | "AADSTS900382" | "AADSTS500011" => {
            other_cloud(&tenant, around)
        }
        "AADSTS700211" | "AADSTS700212" | "AADSTS700213" | "AADSTS70021" => {
            assertion::not_federated(refusal, &application, &tenant, around)
        }
        "AADSTS700236" => assertion::identity_of_another_tenant(&application, &tenant, around),
        "AADSTS700027" | "AADSTS50012" | "AADSTS50013" => {
            assertion::certificate_rejected(refusal, &application, &tenant, around)
        }
        "AADSTS700024" => assertion::out_of_time(refusal, &application, &tenant, around),
        // The CLI's user, of whom nothing is known here.
        _ if refusal.target.as_deref() == Some("az") => source::no_session(&tenant, around),
        _ => unexplained(refusal, &application, &tenant, around),
    }
}

/// Codes of Conditional Access, which can block applications as well.
const POLICIES: [&str; 4] = ["AADSTS53003", "AADSTS50076", "AADSTS50079", "AADSTS530003"];

fn unexplained(
    refusal: &Refusal,
    application: &str,
    tenant: &TenantId,
    around: &Around<'_>,
) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::SignInFailed,
        format!(
            "application {application} cannot sign in to {}",
            around.tenant(tenant)
        ),
    );
    let mut problem = around.at_tenant(problem, tenant);
    if POLICIES.contains(&refusal.code.as_str()) {
        problem = problem.note("a Conditional Access policy of that tenant stands in the way; its administrators can exclude the application");
    }
    problem.help(Help::text(format!(
        "look the code up: {}/error?code={}",
        around.login,
        digits(&refusal.code)
    )))
}

fn disabled(tenant: &TenantId, application: &str, around: &Around<'_>) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::ApplicationDisabled,
        format!(
            "application {application} is disabled in {}",
            around.tenant(tenant)
        ),
    );
    around.at_tenant(problem, tenant).help(Help::command(
        "an administrator of that tenant switches it on again",
        format!("az ad sp update --id {application} --set accountEnabled=true"),
    ))
}

/// Images are not shared across clouds, so one cloud is asked for everything.
fn other_cloud(tenant: &TenantId, around: &Around<'_>) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::OtherCloud,
        format!(
            "{} belongs to another cloud than {}",
            around.tenant(tenant),
            around.login
        ),
    );
    around
        .at_tenant(problem, tenant)
        .note("all tenants of a spec live in one cloud: images cannot be shared across clouds")
        .help(Help::text(
            "if all of them are there, say which cloud it is: --cloud usgovernment",
        ))
        .help(Help::text(
            "else copy the image into a gallery of the machines' own cloud",
        ))
}

fn digits(code: &str) -> &str {
    code.trim_start_matches("AADSTS")
}

fn tenant(refusal: &Refusal) -> TenantId {
    refusal
        .tenant
        .clone()
        .unwrap_or_else(|| TenantId::new("unknown"))
}

fn consent_missing(tenant: &TenantId, application: &str, around: &Around<'_>) -> Diagnostic {
    let name = around.tenant(tenant);
    let problem = Diagnostic::error(
        Code::ConsentMissing,
        format!(
            "nobody has let application {application} into {name} yet; an administrator there must, once"
        ),
    );
    consent_help(around.at_tenant(problem, tenant), tenant, application, around)
        .note("the application exists and its secret is right; only its service principal in this tenant is missing")
}

/// An application that a directory does not know is a wrong id, a wrong
/// tenant, or one that admits no other tenants. Where the same one signs in
/// elsewhere, id and secret are right.
fn application_unknown(tenant: &TenantId, application: &str, around: &Around<'_>) -> Diagnostic {
    let name = around.tenant(tenant);
    let elsewhere: Vec<String> = around
        .signed_in
        .iter()
        .filter(|other| *other != tenant)
        .map(|other| around.tenant(other))
        .collect();
    if elsewhere.is_empty() {
        let problem = Diagnostic::error(
            Code::ApplicationUnknown,
            format!("{name} does not know application {application}"),
        );
        return around
            .at_tenant(problem, tenant)
            .note("the id is wrong, or the tenant is, or it was never let in: the code alone cannot tell")
            .help(Help::command(
                "compare the id",
                "az ad app list --display-name <name> --query \"[].appId\"",
            ))
            .help(Help::text("compare the tenant, in the spec and in AZURE_TENANT_ID"));
    }
    let problem = Diagnostic::error(
        Code::ApplicationUnknown,
        format!("{name} does not know application {application}"),
    );
    let problem = around
        .at_tenant(problem, tenant)
        .note(format!(
            "the same application signs in to {}, so its id and secret are right",
            elsewhere.join(", ")
        ))
        .note("either it admits accounts of its own tenant only, or nobody has let it in here");
    consent_help(problem, tenant, application, around).help(Help::command(
        "if it admits its own tenant only, let it admit others",
        format!("az ad app update --id {application} --sign-in-audience AzureADMultipleOrgs"),
    ))
}

fn consent_help(
    problem: Diagnostic,
    tenant: &TenantId,
    application: &str,
    around: &Around<'_>,
) -> Diagnostic {
    problem
        .help(Help::command(
            "an administrator of that tenant opens this address and accepts (the redirect must be one that is registered on the application)",
            format!(
                "{}/{tenant}/oauth2/authorize?client_id={application}&response_type=code&redirect_uri=https%3A%2F%2Fwww.microsoft.com%2F",
                around.login
            ),
        ))
        .help(Help::command(
            "or, without a browser, as an administrator of that tenant",
            format!("az login --tenant {tenant} && az ad sp create --id {application}"),
        ))
}

fn source(refusal: &Refusal) -> String {
    refusal
        .credential_source
        .as_ref()
        .map_or(String::new(), |source| format!(" (from {source})"))
}

fn secret_rejected(
    refusal: &Refusal,
    application: &str,
    tenant: &TenantId,
    around: &Around<'_>,
) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::SecretRejected,
        format!(
            "Azure rejected the secret of application {application}{}",
            source(refusal)
        ),
    );
    // The client marks a secret that has the shape of a secret's id; the
    // secret itself never gets here.
    let looks_like_id = refusal.target.as_deref() == Some("secret-is-guid");
    let problem = around.at_tenant(problem, tenant);
    let problem = if looks_like_id {
        problem.note("the value has the shape of a secret's id (a GUID); the portal shows id and value side by side, the value is needed")
    } else {
        problem.note("a `~`, `$` or `!` in it may have been eaten by a shell: quote it")
    };
    new_secret(problem, application)
}

fn secret_expired(
    refusal: &Refusal,
    application: &str,
    tenant: &TenantId,
    around: &Around<'_>,
) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::SecretExpired,
        format!(
            "the secret of application {application}{} has expired",
            source(refusal)
        ),
    );
    new_secret(around.at_tenant(problem, tenant), application)
}

fn new_secret(problem: Diagnostic, application: &str) -> Diagnostic {
    problem.help(Help::command(
        "make a new secret and use its value",
        format!("az ad app credential reset --id {application} --append"),
    ))
}

fn unknown_tenant(tenant: &TenantId, around: &Around<'_>) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::UnknownTenant,
        format!("there is no tenant {tenant} at {}", around.login),
    );
    let problem = around.at_tenant(problem, tenant);
    let problem = if is_guid(tenant.as_str()) {
        problem
    } else {
        problem.note("a tenant is a GUID, or a domain that was verified in it")
    };
    problem.help(Help::text(
        "correct the id; if it belongs to another cloud, say which: --cloud usgovernment",
    ))
}
