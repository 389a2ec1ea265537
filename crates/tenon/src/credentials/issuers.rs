//! Runners and services that the environment names, and what it must name for
//! each.

use tenon_model::spec::IdentityName;

use super::Variables;
use super::choice::{Endpoint, IssuedBy, Managed};

/// Why somebody cannot be asked: what is missing, and what brings it.
#[derive(Clone, Debug)]
pub(super) struct Missing {
    pub(super) what: String,
    pub(super) help: &'static str,
}

/// GitHub's runner, or another one that is asked the same way.
pub(super) fn github(variables: &Variables) -> Result<IssuedBy, Missing> {
    let url = variables.first(&["ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"]);
    let token = variables
        .secret("ARM_OIDC_REQUEST_TOKEN")
        .or_else(|| variables.secret("ACTIONS_ID_TOKEN_REQUEST_TOKEN"));
    match (url, token) {
        (Some((_, url)), Some(token)) => Ok(IssuedBy::GitHub {
            url: url.to_owned(),
            token,
        }),
        _ => Err(Missing {
            what: "ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set"
                .to_owned(),
            help: "a job of GitHub Actions gets them with `permissions: {id-token: write, contents: read}`",
        }),
    }
}

/// The service connection that Azure Pipelines is to vouch for.
fn connection(variables: &Variables) -> Option<&str> {
    let names = [
        "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
        "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
    ];
    variables.first(&names).map(|(_, value)| value)
}

/// Whether Azure Pipelines is meant.
pub(super) fn is_azure_devops(variables: &Variables) -> bool {
    connection(variables).is_some() && variables.get("SYSTEM_OIDCREQUESTURI").is_some()
}

/// The runner of Azure Pipelines.
pub(super) fn azure_devops(variables: &Variables) -> Result<IssuedBy, Missing> {
    let missing = |what: &str, help| {
        Err(Missing {
            what: what.to_owned(),
            help,
        })
    };
    let Some(url) = variables.get("SYSTEM_OIDCREQUESTURI") else {
        return missing(
            "SYSTEM_OIDCREQUESTURI is not set",
            "Azure Pipelines sets it for every job; elsewhere there is nobody to ask",
        );
    };
    let Some(token) = variables.secret("SYSTEM_ACCESSTOKEN") else {
        return missing(
            "SYSTEM_ACCESSTOKEN is not set",
            "hand it to the step: env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}",
        );
    };
    let Some(connection) = connection(variables) else {
        return missing(
            "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID is not set",
            "set it to the id of the service connection, which its address in the browser ends with",
        );
    };
    Ok(IssuedBy::AzureDevOps {
        url: url.to_owned(),
        token,
        connection: connection.to_owned(),
    })
}

/// The service that knows the managed identity, as far as variables tell.
pub(super) fn endpoint(variables: &Variables) -> Option<(&'static str, Endpoint)> {
    let app = variables
        .get("IDENTITY_ENDPOINT")
        .zip(variables.secret("IDENTITY_HEADER"));
    if let Some((url, header)) = app {
        let url = url.to_owned();
        return Some(("IDENTITY_ENDPOINT", Endpoint::App { url, header }));
    }
    let names = [
        "ARM_MSI_ENDPOINT",
        "MSI_ENDPOINT",
        "AZURE_POD_IDENTITY_AUTHORITY_HOST",
        "IMDS_ENDPOINT",
    ];
    let (name, url) = variables.first(&names)?;
    Some((name, Endpoint::MachineAt(url.to_owned())))
}

/// A managed identity that was asked for.
pub(super) fn managed(variables: &Variables, which: Option<IdentityName>) -> Managed {
    let named = endpoint(variables).map(|(_, endpoint)| endpoint);
    Managed {
        endpoint: named.unwrap_or(Endpoint::Machine),
        which,
    }
}
