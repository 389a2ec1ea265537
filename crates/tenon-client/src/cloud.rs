//! Where Azure is: the addresses and the token audience of one cloud.
//!
//! Both tenants of a spec live in one cloud; images cannot be shared across
//! clouds. The built-in ones are the three that Microsoft runs for the public;
//! everything else is described by a metadata endpoint.

mod blob;
mod discover;
mod endpoint;

pub use blob::BlobAddressError;
pub use endpoint::{Endpoint, EndpointError, is_loopback};
pub(crate) use endpoint::{checked, checked_for_identity, is_link_local, shown};

/// One Azure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloud {
    /// Its name as the Azure CLI spells it: `AzureCloud`.
    pub name: String,
    /// Where tokens are asked for.
    pub login: Endpoint,
    /// Where Resource Manager answers.
    pub arm: Endpoint,
    /// Whom a token for Resource Manager is for, spelled as the cloud spells
    /// it, with or without a slash at its end.
    pub audience: String,
    /// Where Microsoft Graph answers, which is also whom its tokens are for;
    /// none where the cloud does not say.
    pub graph: Option<Endpoint>,
    /// What the names of storage accounts end in: `core.windows.net`.
    pub storage: String,
}

impl Cloud {
    /// Returns the public cloud.
    #[must_use]
    pub fn public() -> Self {
        Self::built_in(
            "AzureCloud",
            "https://login.microsoftonline.com",
            "https://management.azure.com",
            "https://management.azure.com",
            "https://graph.microsoft.com",
            "core.windows.net",
        )
    }

    /// Returns the cloud of the US government.
    #[must_use]
    pub fn us_government() -> Self {
        Self::built_in(
            "AzureUSGovernment",
            "https://login.microsoftonline.us",
            "https://management.usgovcloudapi.net",
            "https://management.core.usgovcloudapi.net",
            "https://graph.microsoft.us",
            "core.usgovcloudapi.net",
        )
    }

    /// Returns the cloud that 21Vianet runs in China.
    #[must_use]
    pub fn china() -> Self {
        Self::built_in(
            "AzureChinaCloud",
            "https://login.chinacloudapi.cn",
            "https://management.chinacloudapi.cn",
            "https://management.core.chinacloudapi.cn",
            "https://microsoftgraph.chinacloudapi.cn",
            "core.chinacloudapi.cn",
        )
    }

    /// Returns the cloud that is called `name` by the Azure CLI
    /// (`AzureUSGovernment`) or by azurerm (`usgovernment`).
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "azurecloud" | "azurepubliccloud" | "public" => Some(Self::public()),
            "azureusgovernment" | "azureusgovernmentcloud" | "usgovernment" => {
                Some(Self::us_government())
            }
            "azurechinacloud" | "china" => Some(Self::china()),
            _ => None,
        }
    }

    /// The scope of a token for Resource Manager.
    ///
    /// An audience that ends in a slash makes two: the token's `aud` is then
    /// the audience *with* its slash, which is what such a cloud wants to see.
    /// The Azure CLI does the same (recorded with 2.91.0).
    #[must_use]
    pub fn scope(&self) -> String {
        format!("{}/.default", self.audience)
    }

    /// The scope of a token for Microsoft Graph; none where the cloud has none.
    #[must_use]
    pub fn graph_scope(&self) -> Option<String> {
        let graph = self.graph.as_ref()?;
        Some(format!("{graph}/.default"))
    }

    fn built_in(
        name: &str,
        login: &str,
        arm: &str,
        audience: &str,
        graph: &str,
        storage: &str,
    ) -> Self {
        Self {
            name: name.to_owned(),
            graph: Endpoint::parse(graph).ok(),
            login: Endpoint::parse(login).expect("built-in addresses are well-formed"),
            arm: Endpoint::parse(arm).expect("built-in addresses are well-formed"),
            audience: audience.to_owned(),
            storage: storage.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
