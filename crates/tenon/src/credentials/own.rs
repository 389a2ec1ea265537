//! The credential that a spec gives to one tenant.

use std::path::{Path, PathBuf};

use tenon_client::SecretString;
use tenon_model::spec::{Credential, CredentialSource, Issuer};
use tenon_model::value::SecretSource;
use tenon_model::{Code, Diagnostic, Help, Place};

use super::choice::{Choice, IssuedBy, Way};
use super::issuers::{self, Missing};
use super::{Variables, build, reveal};
use crate::files;

/// Returns the way to sign in that is written.
///
/// # Errors
///
/// When it needs something of the environment or a file that is not there.
pub(super) fn choice(
    written: &Credential,
    variables: &Variables,
) -> Result<Choice, Box<Diagnostic>> {
    let own = Own { written, variables };
    let (source, way) = match &written.source {
        CredentialSource::Secret(source) => {
            let secret = own.reveal(source, "the secret of the credential")?;
            let client_id = own.client_id()?;
            (describe(source), Way::Secret { client_id, secret })
        }
        CredentialSource::Certificate {
            file,
            password,
            send_chain,
        } => {
            let password = password.as_ref();
            let password =
                password.map(|source| own.reveal(source, "the password of the certificate"));
            let way = Way::Certificate {
                client_id: own.client_id()?,
                file: own.beside(file),
                password: password.transpose()?,
                chain: build::chain(*send_chain),
            };
            (format!("certificate {file}"), way)
        }
        CredentialSource::Federated(issuer) => {
            let (source, issuer) = own.issuer(issuer)?;
            let client_id = own.client_id()?;
            (source, Way::Federated { client_id, issuer })
        }
        CredentialSource::ManagedIdentity(which) => {
            let managed = issuers::managed(variables, which.clone());
            ("managed identity".to_owned(), Way::Managed(managed))
        }
        CredentialSource::Cli => ("Azure CLI".to_owned(), Way::Cli),
    };
    Ok(Choice::new(source, way))
}

struct Own<'a> {
    written: &'a Credential,
    variables: &'a Variables,
}

impl Own<'_> {
    fn place(&self) -> &Place {
        &self.written.place
    }

    fn client_id(&self) -> Result<String, Box<Diagnostic>> {
        if let Some(id) = &self.written.client_id {
            return Ok(id.clone());
        }
        let names = ["AZURE_CLIENT_ID", "ARM_CLIENT_ID"];
        match self.variables.first(&names) {
            Some((_, id)) => Ok(id.to_owned()),
            None => Err(Box::new(
                Diagnostic::error(Code::NoCredential, "the credential has no client_id")
                    .at(self.place(), "")
                    .note("AZURE_CLIENT_ID and ARM_CLIENT_ID are not set either")
                    .help(Help::text("credential: {client_id: <application id>, …}")),
            )),
        }
    }

    fn reveal(&self, source: &SecretSource, what: &str) -> Result<SecretString, Box<Diagnostic>> {
        reveal(source).map(SecretString::from).map_err(|why| {
            Box::new(
                Diagnostic::error(Code::NoCredential, format!("{what} cannot be read"))
                    .at(self.place(), "")
                    .note(why)
                    .help(Help::text(
                        "set the variable, or correct `secrets` in the spec",
                    )),
            )
        })
    }

    fn issuer(&self, issuer: &Issuer) -> Result<(String, IssuedBy), Box<Diagnostic>> {
        Ok(match issuer {
            Issuer::GitHub => (
                "GitHub Actions".to_owned(),
                issuers::github(self.variables)
                    .map_err(|missing| self.nobody("github", missing))?,
            ),
            Issuer::AzureDevOps => (
                "Azure Pipelines".to_owned(),
                issuers::azure_devops(self.variables)
                    .map_err(|missing| self.nobody("azure_devops", missing))?,
            ),
            Issuer::File(file) => {
                let path = self.beside(file);
                (format!("token file {file}"), IssuedBy::File(path))
            }
            Issuer::ManagedIdentity(which) => {
                let managed = issuers::managed(self.variables, which.clone());
                let source = "managed identity, federated".to_owned();
                (source, IssuedBy::Managed(managed))
            }
        })
    }

    /// A runner that is asked for and is not there.
    fn nobody(&self, name: &str, missing: Missing) -> Box<Diagnostic> {
        Box::new(
            Diagnostic::error(
                Code::NoToken,
                format!("`federated: {name}` has nobody to ask"),
            )
            .at(self.place(), "")
            .note(missing.what)
            .help(Help::text(missing.help)),
        )
    }

    /// A path relative to the file that it stands in.
    fn beside(&self, path: &str) -> PathBuf {
        let spec = Path::new(&*self.place().file);
        let folder = spec.parent().unwrap_or(Path::new(""));
        folder.join(files::expand(path))
    }
}

/// A source of a secret in words.
fn describe(source: &SecretSource) -> String {
    match source {
        SecretSource::Env(name) => name.clone(),
        SecretSource::File(path) => format!("file {path}"),
        SecretSource::KeyVault(id) => format!("key vault {id}"),
    }
}
