//! What the environment signs in with.
//!
//! The first that is complete: the variables of the Azure SDKs (`AZURE_…`),
//! those of azurerm (`ARM_…`), a workload identity, a managed identity, the
//! session of the Azure CLI. Families that are half there are told about only
//! when nothing else answers.

use std::path::PathBuf;

use tenon_client::Chain;
use tenon_model::spec::IdentityName;
use tenon_model::{Code, Diagnostic, Help};

use super::allowed::{Allowed, Sort};
use super::choice::{Choice, Endpoint, IssuedBy, Managed, Way};
use super::issuers::{self, Missing};
use super::{Variables, alike};

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In order; all but the last may turn out to be nothing. Empty if there
    /// is nothing to try.
    pub(crate) choices: Vec<Choice>,
    /// Lines that a person should see.
    pub(crate) notices: Vec<String>,
}

type Maybe = Result<Option<Choice>, Box<Diagnostic>>;

/// Looks for something to sign in with.
///
/// # Errors
///
/// When something is asked for by name that cannot be had.
pub(crate) fn find(variables: &Variables) -> Result<Found, Box<Diagnostic>> {
    let allowed = Allowed::read(variables)?;
    let searching = Searching { variables, allowed };
    let mut found = Found::default();
    if let Some(choice) = searching.families(&mut found.notices)? {
        found.choices.push(choice);
        return Ok(found);
    }
    let certain = searching.workload().or_else(|| searching.named_identity());
    found.choices = match certain {
        Some(choice) => vec![choice],
        None => searching.last_resorts(),
    };
    Ok(found)
}

struct Searching<'a> {
    variables: &'a Variables,
    allowed: Allowed,
}

impl Searching<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(str::to_owned)
    }

    /// `AZURE_…`, then `ARM_…`.
    fn families(&self, notices: &mut Vec<String>) -> Maybe {
        let azure = self.azure();
        let arm = self.arm();
        match (azure, arm) {
            (Some(first), Ok(Some(second))) if !alike::same(&first.way, &second.way) => {
                notices.push(format!(
                    "{} and {} name different credentials; {} is used",
                    first.source, second.source, first.source
                ));
                Ok(Some(first))
            }
            (Some(first), _) => Ok(Some(first)),
            (None, second) => second,
        }
    }

    /// `EnvironmentCredential` of the Azure SDKs.
    fn azure(&self) -> Option<Choice> {
        if !self.allowed.has(Sort::Environment) {
            return None;
        }
        let client_id = self.text("AZURE_CLIENT_ID")?;
        self.secret("AZURE_CLIENT_SECRET", &client_id)
            .or_else(|| self.certificate("AZURE", &client_id))
    }

    /// azurerm's own, in its order: certificate, secret, then what a switch
    /// asks for.
    fn arm(&self) -> Maybe {
        if self.allowed.has(Sort::Environment) {
            if let Some(client_id) = self.text("ARM_CLIENT_ID") {
                let own = self.certificate("ARM", &client_id);
                let own = own.or_else(|| self.secret("ARM_CLIENT_SECRET", &client_id));
                if own.is_some() {
                    return Ok(own);
                }
            }
            if self.variables.is_on("ARM_USE_OIDC") {
                return self.oidc().map(Some).map_err(not_to_be_had);
            }
        }
        if self.variables.is_on("ARM_USE_MSI") && self.allowed.has(Sort::ManagedIdentity) {
            let which = self.text("ARM_CLIENT_ID").map(IdentityName::ClientId);
            let managed = issuers::managed(self.variables, which);
            return Ok(Some(Choice::new("ARM_USE_MSI", Way::Managed(managed))));
        }
        if self.variables.is_on("ARM_USE_CLI") && self.allowed.has(Sort::AzureCli) {
            return Ok(Some(Choice::new("Azure CLI (ARM_USE_CLI)", Way::Cli)));
        }
        Ok(None)
    }

    fn secret(&self, name: &str, client_id: &str) -> Option<Choice> {
        let secret = self.variables.secret(name)?;
        let client_id = client_id.to_owned();
        Some(Choice::new(name, Way::Secret { client_id, secret }))
    }

    fn certificate(&self, family: &str, client_id: &str) -> Option<Choice> {
        let name = format!("{family}_CLIENT_CERTIFICATE_PATH");
        let file = self.text(&name)?;
        let password = format!("{family}_CLIENT_CERTIFICATE_PASSWORD");
        let chain = if self.variables.is_on("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN") {
            Chain::Sent
        } else {
            Chain::Left
        };
        let way = Way::Certificate {
            client_id: client_id.to_owned(),
            file: PathBuf::from(file),
            password: self.variables.secret(&password),
            chain,
        };
        Some(Choice::new(name, way))
    }

    /// `ARM_USE_OIDC`: a token that was given, a file, a runner.
    fn oidc(&self) -> Result<Choice, Missing> {
        let client_id = self.application().ok_or_else(|| Missing {
            what: "ARM_CLIENT_ID is not set".to_owned(),
            help: "set it to the application that trusts the token",
        })?;
        let (source, issuer) = if let Some(token) = self.variables.secret("ARM_OIDC_TOKEN") {
            ("ARM_OIDC_TOKEN", IssuedBy::Given(token))
        } else if let Some(file) = self.text("ARM_OIDC_TOKEN_FILE_PATH") {
            ("ARM_OIDC_TOKEN_FILE_PATH", IssuedBy::File(file.into()))
        } else if issuers::is_azure_devops(self.variables) {
            ("Azure Pipelines", issuers::azure_devops(self.variables)?)
        } else {
            self.runner()?
        };
        Ok(Choice::new(source, Way::Federated { client_id, issuer }))
    }

    fn runner(&self) -> Result<(&'static str, IssuedBy), Missing> {
        let issuer = issuers::github(self.variables)?;
        let source = match self.variables.get("ARM_OIDC_REQUEST_URL") {
            Some(_) => "ARM_OIDC_REQUEST_URL",
            None => "GitHub Actions",
        };
        Ok((source, issuer))
    }

    fn application(&self) -> Option<String> {
        let names = ["ARM_CLIENT_ID", "AZURE_CLIENT_ID"];
        self.variables.first(&names).map(|(_, id)| id.to_owned())
    }

    /// A cluster's file, or a pipeline's runner that may be asked.
    fn workload(&self) -> Option<Choice> {
        if !self.allowed.has(Sort::WorkloadIdentity) {
            return None;
        }
        let names = ["AZURE_CLIENT_ID", "ARM_CLIENT_ID"];
        let (_, client_id) = self.variables.first(&names)?;
        let (source, issuer) = if let Some(file) = self.text("AZURE_FEDERATED_TOKEN_FILE") {
            ("AZURE_FEDERATED_TOKEN_FILE", IssuedBy::File(file.into()))
        } else if issuers::is_azure_devops(self.variables) {
            let issuer = issuers::azure_devops(self.variables).ok()?;
            ("Azure Pipelines", issuer)
        } else {
            self.runner().ok()?
        };
        let client_id = client_id.to_owned();
        Some(Choice::new(source, Way::Federated { client_id, issuer }))
    }

    /// A managed identity that a variable points at, or that is asked for.
    fn named_identity(&self) -> Option<Choice> {
        if !self.allowed.has(Sort::ManagedIdentity) {
            return None;
        }
        let (source, endpoint) = match issuers::endpoint(self.variables) {
            Some((name, endpoint)) => (format!("managed identity ({name})"), endpoint),
            None if self.allowed.is_only(Sort::ManagedIdentity) => {
                ("managed identity".to_owned(), Endpoint::Machine)
            }
            None => return None,
        };
        let which = self.text("AZURE_CLIENT_ID").map(IdentityName::ClientId);
        Some(Choice::new(
            source,
            Way::Managed(Managed { endpoint, which }),
        ))
    }

    /// What may be there without anybody saying so; before it, why nothing
    /// else was taken.
    fn last_resorts(&self) -> Vec<Choice> {
        let mut choices = self.half();
        if self.allowed.has(Sort::ManagedIdentity) {
            let managed = Managed {
                endpoint: Endpoint::Guess,
                which: self.text("AZURE_CLIENT_ID").map(IdentityName::ClientId),
            };
            choices.push(Choice::new("managed identity", Way::Managed(managed)));
        }
        let cli_off = self.variables.switch("ARM_USE_CLI") == Some(false);
        if self.allowed.has(Sort::AzureCli) && !cli_off {
            choices.push(Choice::new("Azure CLI", Way::Cli));
        }
        choices
    }

    /// Variables that would sign in if others were there too, and what else
    /// narrows the search.
    fn half(&self) -> Vec<Choice> {
        let mut choices = Vec::new();
        let mut without = |name: &str, missing: &str| {
            let why = Way::Nothing(format!("{missing} is not set"));
            choices.push(Choice::new(name, why));
        };
        for family in ["AZURE", "ARM"] {
            let id = format!("{family}_CLIENT_ID");
            let secret = format!("{family}_CLIENT_SECRET");
            let certificate = format!("{family}_CLIENT_CERTIFICATE_PATH");
            let proofs = [secret.as_str(), certificate.as_str(), FILE];
            let proofs = if family == "AZURE" {
                &proofs[..]
            } else {
                &proofs[..2]
            };
            let proof = self.variables.first(proofs);
            match (self.variables.get(&id), proof) {
                (Some(_), None) => without(&id, &secret),
                (None, Some((proof, _))) => without(proof, &id),
                _ => {}
            }
        }
        if let Some(written) = &self.allowed.written {
            let why = format!("it allows `{written}` only");
            choices.push(Choice::new("AZURE_TOKEN_CREDENTIALS", Way::Nothing(why)));
        }
        choices
    }
}

const FILE: &str = "AZURE_FEDERATED_TOKEN_FILE";

/// `ARM_USE_OIDC` asks for what is not there.
fn not_to_be_had(missing: Missing) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::error(
            Code::NoToken,
            "ARM_USE_OIDC asks for a federated token, and there is nobody to ask",
        )
        .note(missing.what)
        .help(Help::text(missing.help)),
    )
}
