//! `AZURE_TOKEN_CREDENTIALS`: which ways to sign in may be taken at all.
//! Source: azure-identity 1.27, `DefaultAzureCredential`.

use tenon_model::{Code, Diagnostic, Help};

use super::Variables;

const NAME: &str = "AZURE_TOKEN_CREDENTIALS";

/// Sorts of credentials, as the Azure SDKs divide them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Environment,
    WorkloadIdentity,
    ManagedIdentity,
    AzureCli,
}

/// The sorts that may be taken.
#[derive(Clone, Debug)]
pub(super) struct Allowed {
    sorts: &'static [Sort],
    /// What was written, if anything was.
    pub(super) written: Option<String>,
}

impl Allowed {
    /// Reads the variable.
    pub(super) fn read(variables: &Variables) -> Result<Self, Box<Diagnostic>> {
        use Sort::{AzureCli, Environment, ManagedIdentity, WorkloadIdentity};
        let written = variables.get(NAME).map(|text| text.trim().to_owned());
        let lower = written.as_deref().unwrap_or("all").to_ascii_lowercase();
        let sorts: &[Sort] = match lower.as_str() {
            "all" => &[Environment, WorkloadIdentity, ManagedIdentity, AzureCli],
            "prod" => &[Environment, WorkloadIdentity, ManagedIdentity],
            "dev" | "azureclicredential" => &[AzureCli],
            "environmentcredential" => &[Environment],
            "workloadidentitycredential" => &[WorkloadIdentity],
            "managedidentitycredential" => &[ManagedIdentity],
            _ => return Err(unknown(&lower)),
        };
        Ok(Self { sorts, written })
    }

    pub(super) fn has(&self, sort: Sort) -> bool {
        self.sorts.contains(&sort)
    }

    /// Whether this is the one sort that may be taken.
    pub(super) fn is_only(&self, sort: Sort) -> bool {
        self.sorts == [sort]
    }
}

fn unknown(name: &str) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::error(
            Code::NoCredential,
            format!("{NAME} asks for `{name}`, which tenon does not have"),
        )
        .help(Help::text(
            "write prod, dev, EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential or AzureCliCredential, or unset it",
        )),
    )
}
