//! Sign-in: credentials, consent, secrets.

use tenon_model::id::is_guid;
use tenon_model::transport::Refusal;
use tenon_model::{Code, Diagnostic, Help, TenantId};

use super::Around;

mod assertion;
mod source;
mod user;

/// An attempt to sign in that came to nothing.
struct Attempt<'a> {
    refusal: &'a Refusal,
    tenant: TenantId,
    application: &'a str,
    around: &'a Around<'a>,
}

impl<'a> Attempt<'a> {
    fn new(refusal: &'a Refusal, around: &'a Around<'a>) -> Self {
        let tenant = refusal.tenant.clone();
        Self {
            refusal,
            tenant: tenant.unwrap_or_else(|| TenantId::new("unknown")),
            application: refusal.application.as_deref().unwrap_or("the application"),
            around,
        }
    }

    /// A problem at the place where the spec names the tenant.
    fn problem(&self, code: Code, message: String) -> Diagnostic {
        let problem = Diagnostic::error(code, message);
        self.around.at_tenant(problem, &self.tenant)
    }

    fn tenant_name(&self) -> String {
        self.around.tenant(&self.tenant)
    }

    /// Where the credential came from, in brackets.
    fn source(&self) -> String {
        let source = self.refusal.credential_source.as_ref();
        source.map_or(String::new(), |source| format!(" (from {source})"))
    }
}

/// Nothing was sent to the sign-in host: there is nothing to send, or it is
/// known to be of no use.
pub(super) fn without(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let of = &Attempt::new(refusal, around);
    match refusal.code.as_str() {
        "OwnTenantOnly" => source::own_tenant_only(of),
        "CertificateUnusable" => source::certificate_unusable(of),
        "TokenSourceFailed" => source::no_token(of),
        "BadTenant" => unknown_tenant(of),
        _ => source::no_credential(of),
    }
}

/// The sign-in host refused.
pub(super) fn explain(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let of = &Attempt::new(refusal, around);
    match refusal.code.as_str() {
        "AADSTS7000229" => consent_missing(of),
        "AADSTS65001" | "AADSTS650052" | "AADSTS650057" => permission_missing(of),
        "AADSTS700016" => application_unknown(of),
        "AADSTS7000215" => secret_rejected(of),
        "AADSTS7000222" => secret_expired(of),
        "AADSTS7000112" => disabled(of),
        "AADSTS90002" | "AADSTS900023" | "AADSTS9001023" => unknown_tenant(of),
        "AADSTS90038" | "AADSTS900432" | "AADSTS900382" | "AADSTS500011" => other_cloud(of),
        "AADSTS700211" | "AADSTS700212" | "AADSTS700213" | "AADSTS70021" => {
            assertion::not_federated(of)
        }
        "AADSTS700236" => assertion::identity_of_another_tenant(of),
        "AADSTS700027" | "AADSTS50012" | "AADSTS50013" => assertion::certificate_rejected(of),
        "AADSTS700024" => assertion::out_of_time(of),
        "AADSTS50034" | "AADSTS50020" | "AADSTS16000" | "AADSTS90072" => user::unknown(of),
        "AADSTS53003" | "AADSTS530003" | "AADSTS50076" | "AADSTS50078" | "AADSTS50079"
        | "AADSTS50158" => user::blocked(of),
        "AADSTS90055" | "AADSTS50196" => throttled(of),
        "AADSTS900144" | "AADSTS70011" | "AADSTS1002012" => our_mistake(of),
        _ if refusal.status == 429 => throttled(of),
        // The CLI's user, of whom nothing is known here.
        _ if refusal.target.as_deref() == Some("az") => source::no_session(of),
        _ => unexplained(of),
    }
}

fn unexplained(of: &Attempt<'_>) -> Diagnostic {
    let application = of.application;
    let problem = of.problem(
        Code::SignInFailed,
        format!(
            "application {application} cannot sign in to {}",
            of.tenant_name()
        ),
    );
    problem.help(Help::text(format!(
        "look the code up: {}/error?code={}",
        of.around.login,
        digits(&of.refusal.code)
    )))
}

/// The form of the request; nothing that a user writes gets there unchecked.
fn our_mistake(of: &Attempt<'_>) -> Diagnostic {
    of.problem(
        Code::Bug,
        format!(
            "tenon asked {} for a token in a form that it does not take",
            of.around.login
        ),
    )
    .note("with a cloud of your own (ARM_CLOUD_METADATA_URL) the audience that its metadata says may be wrong")
    .help(Help::command("see what is asked for", "tenon doctor"))
    .help(Help::text("please report it with these lines"))
}

/// Entra slows down whoever asks for too many tokens.
fn throttled(of: &Attempt<'_>) -> Diagnostic {
    of.problem(
        Code::Throttled,
        format!(
            "{} gives application {} no more tokens for a while",
            of.tenant_name(),
            of.application
        ),
    )
    .note("a run asks once for each tenant and keeps the token: something else asks far more often")
    .help(Help::text("run it again in some minutes"))
}

fn disabled(of: &Attempt<'_>) -> Diagnostic {
    let application = of.application;
    of.problem(
        Code::ApplicationDisabled,
        format!(
            "application {application} is disabled in {}",
            of.tenant_name()
        ),
    )
    .help(Help::command(
        "an administrator of that tenant switches it on again",
        format!("az ad sp update --id {application} --set accountEnabled=true"),
    ))
}

/// Images are not shared across clouds, so one cloud is asked for everything.
fn other_cloud(of: &Attempt<'_>) -> Diagnostic {
    of.problem(
        Code::OtherCloud,
        format!(
            "{} belongs to another cloud than {}",
            of.tenant_name(),
            of.around.login
        ),
    )
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

fn consent_missing(of: &Attempt<'_>) -> Diagnostic {
    let (application, name) = (of.application, of.tenant_name());
    let problem = of.problem(
        Code::ConsentMissing,
        format!(
            "nobody has let application {application} into {name} yet; an administrator there must, once"
        ),
    );
    consent_help(of, problem)
        .note("the application exists and its secret is right; only its service principal in this tenant is missing")
}

/// The application is let in, and not for this.
fn permission_missing(of: &Attempt<'_>) -> Diagnostic {
    let (application, name) = (of.application, of.tenant_name());
    let problem = of.problem(
        Code::ConsentMissing,
        format!(
            "nobody has let application {application} use Azure's management in {name} yet; an administrator there must, once"
        ),
    );
    consent_help(of, problem).help(Help::command(
        "if the application does not ask for it yet, let it, in its own tenant",
        format!("az ad app permission add --id {application} --api {MANAGEMENT} --api-permissions {IMPERSONATION}=Scope"),
    ))
}

/// The application id of Azure's management in every tenant, and its one
/// permission (Microsoft Learn, "Azure Resource Manager" under the
/// first-party applications; the same in the Azure CLI's own requests).
const MANAGEMENT: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";
const IMPERSONATION: &str = "41094075-9dad-400e-a0bd-54e686782033";

/// An application that a directory does not know is a wrong id, a wrong
/// tenant, or one that admits no other tenants. Where the same one signs in
/// elsewhere, id and secret are right.
fn application_unknown(of: &Attempt<'_>) -> Diagnostic {
    let (application, tenant) = (of.application, &of.tenant);
    let elsewhere: Vec<String> = of
        .around
        .signed_in
        .iter()
        .filter(|other| *other != tenant)
        .map(|other| of.around.tenant(other))
        .collect();
    let problem = of.problem(
        Code::ApplicationUnknown,
        format!(
            "{} does not know application {application}",
            of.tenant_name()
        ),
    );
    if elsewhere.is_empty() {
        return problem
            .note("the id is wrong, or the tenant is, or it was never let in: the code alone cannot tell")
            .help(Help::command(
                "compare the id",
                "az ad app list --display-name <name> --query \"[].appId\"",
            ))
            .help(Help::text("compare the tenant, in the spec and in AZURE_TENANT_ID"));
    }
    let problem = problem
        .note(format!(
            "the same application signs in to {}, so its id and secret are right",
            elsewhere.join(", ")
        ))
        .note("either it admits accounts of its own tenant only, or nobody has let it in here");
    consent_help(of, problem).help(Help::command(
        "if it admits its own tenant only, let it admit others",
        format!("az ad app update --id {application} --sign-in-audience AzureADMultipleOrgs"),
    ))
}

fn consent_help(of: &Attempt<'_>, problem: Diagnostic) -> Diagnostic {
    let (application, tenant) = (of.application, &of.tenant);
    problem
        .help(Help::command(
            "an administrator of that tenant opens this address and accepts (the redirect must be one that is registered on the application)",
            format!(
                "{}/{tenant}/oauth2/authorize?client_id={application}&response_type=code&redirect_uri=https%3A%2F%2Fwww.microsoft.com%2F",
                of.around.login
            ),
        ))
        .help(Help::command(
            "or, without a browser, as an administrator of that tenant",
            format!("az login --tenant {tenant} && az ad sp create --id {application}"),
        ))
}

fn secret_rejected(of: &Attempt<'_>) -> Diagnostic {
    let application = of.application;
    let problem = of.problem(
        Code::SecretRejected,
        format!(
            "Azure rejected the secret of application {application}{}",
            of.source()
        ),
    );
    // The client marks a secret that has the shape of a secret's id; the
    // secret itself never gets here.
    let looks_like_id = of.refusal.target.as_deref() == Some("secret-is-guid");
    let problem = if looks_like_id {
        problem.note("the value has the shape of a secret's id (a GUID); the portal shows id and value side by side, the value is needed")
    } else {
        problem.note("a `~`, `$` or `!` in it may have been eaten by a shell: quote it")
    };
    new_secret(problem, application)
}

fn secret_expired(of: &Attempt<'_>) -> Diagnostic {
    let application = of.application;
    let problem = of.problem(
        Code::SecretExpired,
        format!(
            "the secret of application {application}{} has expired",
            of.source()
        ),
    );
    new_secret(problem, application)
}

fn new_secret(problem: Diagnostic, application: &str) -> Diagnostic {
    problem.help(Help::command(
        "make a new secret and use its value",
        format!("az ad app credential reset --id {application} --append"),
    ))
}

fn unknown_tenant(of: &Attempt<'_>) -> Diagnostic {
    let tenant = &of.tenant;
    let problem = of.problem(
        Code::UnknownTenant,
        format!("there is no tenant {tenant} at {}", of.around.login),
    );
    let problem = if is_guid(of.tenant.as_str()) {
        problem
    } else {
        problem.note("a tenant is a GUID, or a domain that was verified in it")
    };
    problem.help(Help::text(
        "correct the id; if it belongs to another cloud, say which: --cloud usgovernment",
    ))
}
