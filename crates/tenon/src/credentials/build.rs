//! From a way to sign in to a credential: files are read, addresses checked.

use std::path::Path;

use secrecy::ExposeSecret;
use tenon_client::{
    Assertion, AzureCli, Certificate, CertificateError, Chain, Credential, EndpointError,
    IdentityEndpoint, ManagedIdentity, Runner, SecretString, UserAssigned,
};
use tenon_model::spec::IdentityName;
use tenon_model::{Code, Diagnostic, Help, TenantId};

use super::choice::{Choice, Endpoint, IssuedBy, Managed, Way};
use crate::files;

/// Returns the credential. `home` is the tenant of a managed identity, if
/// somebody said it.
///
/// # Errors
///
/// When a certificate cannot be used, or an address must not be spoken to.
pub(super) fn credential(
    choice: Choice,
    home: Option<&TenantId>,
) -> Result<Credential, Box<Diagnostic>> {
    let Choice { source, way } = choice;
    Ok(match way {
        Way::Secret { client_id, secret } => Credential::client_secret(client_id, secret, source),
        Way::Certificate {
            client_id,
            file,
            password,
            chain,
        } => {
            let certificate = certificate(&file, password.as_ref())?;
            Credential::certificate(client_id, certificate, chain, source)
        }
        Way::Federated { client_id, issuer } => {
            let assertion = assertion(issuer).map_err(|error| bad_address(&source, &error))?;
            Credential::federated(client_id, assertion, source)
        }
        Way::Managed(managed) => {
            let identity = identity(managed).map_err(|error| bad_address(&source, &error))?;
            let identity = match home {
                Some(home) => identity.at_home_in(home.clone()),
                None => identity,
            };
            Credential::managed_identity(identity, source)
        }
        Way::Cli => Credential::azure_cli(AzureCli::installed(), source),
        Way::Nothing(why) => Credential::absent(source, why),
    })
}

fn assertion(issuer: IssuedBy) -> Result<Assertion, EndpointError> {
    Ok(match issuer {
        IssuedBy::Given(token) => Assertion::Token(token),
        IssuedBy::File(file) => Assertion::File(file),
        IssuedBy::GitHub { url, token } => Assertion::Runner(Runner::github(&url, token)?),
        IssuedBy::AzureDevOps {
            url,
            token,
            connection,
        } => Assertion::Runner(Runner::azure_devops(&url, token, connection)?),
        IssuedBy::Managed(managed) => Assertion::ManagedIdentity(identity(managed)?),
    })
}

fn identity(managed: Managed) -> Result<ManagedIdentity, EndpointError> {
    let which = managed.which.map(|name| match name {
        IdentityName::ClientId(id) => UserAssigned::ClientId(id),
        IdentityName::ObjectId(id) => UserAssigned::ObjectId(id),
        IdentityName::ResourceId(id) => UserAssigned::ResourceId(id),
    });
    Ok(match managed.endpoint {
        Endpoint::Machine => ManagedIdentity::new(IdentityEndpoint::machine(), which),
        Endpoint::Guess => ManagedIdentity::new(IdentityEndpoint::machine(), which).guessed(),
        Endpoint::MachineAt(url) => {
            ManagedIdentity::new(IdentityEndpoint::machine_at(&url)?, which)
        }
        Endpoint::App { url, header } => {
            ManagedIdentity::new(IdentityEndpoint::app(&url, header)?, which)
        }
    })
}

fn bad_address(source: &str, error: &EndpointError) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::error(
            Code::NoToken,
            format!("{source} names an address that must not be spoken to"),
        )
        .note(error.to_string())
        .help(Help::text(
            "look at the variables that the platform sets: ACTIONS_ID_TOKEN_REQUEST_URL, SYSTEM_OIDCREQUESTURI, IDENTITY_ENDPOINT, IMDS_ENDPOINT",
        )),
    )
}

/// Reads the file of a certificate.
fn certificate(
    file: &Path,
    password: Option<&SecretString>,
) -> Result<Certificate, Box<Diagnostic>> {
    let shown = files::shown(file);
    let unusable = |why: String| {
        Diagnostic::error(
            Code::CertificateUnusable,
            format!("the certificate in `{shown}` cannot be used"),
        )
        .note(why)
    };
    let bytes = std::fs::read(file).map_err(|error| {
        Box::new(unusable(error.to_string()).help(Help::text(
            "correct the path; in a spec it is relative to the file it stands in",
        )))
    })?;
    let bytes = secrecy::zeroize::Zeroizing::new(bytes);
    let password = password.map(ExposeSecret::expose_secret);
    Certificate::read(&bytes, password)
        .map_err(|error| Box::new(unusable(error.to_string()).help(way_out(&error, &shown))))
}

fn way_out(error: &CertificateError, file: &str) -> Help {
    match error {
        CertificateError::UnknownForm => Help::text(
            "name a file with the certificate and its private key, as PEM or PKCS#12 (.pfx)",
        ),
        CertificateError::Malformed | CertificateError::Unsupported(_) => Help::command(
            "write it as PEM; this asks for its password",
            format!("openssl pkcs12 -in {file} -nodes -out certificate.pem"),
        ),
        CertificateError::PasswordNeeded | CertificateError::WrongPassword => Help::text(
            "its password goes into AZURE_CLIENT_CERTIFICATE_PASSWORD (or ARM_…), or into the spec: certificate: {file: …, password: \"${secrets.x}\"}",
        ),
        CertificateError::NoKey | CertificateError::NoCertificate | CertificateError::Mismatch => {
            Help::command(
                "put the certificate and its own key into one file",
                "cat certificate.pem key.pem > both.pem",
            )
        }
        CertificateError::NotRsa => Help::command(
            "make one with an RSA key",
            "openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=tenon -keyout key.pem -out certificate.pem",
        ),
    }
}

/// The wish of a spec that the chain is sent, or not.
pub(super) fn chain(send: bool) -> Chain {
    if send { Chain::Sent } else { Chain::Left }
}
