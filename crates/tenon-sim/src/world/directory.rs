//! Directories as a world file has them: tenants, applications, and whom they trust.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A directory.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Tenant {
    /// The name other entries use.
    pub name: String,
    /// The tenant id; derived when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Verified domains, any of which may stand for the id in sign-in addresses.
    pub domains: Vec<String>,
    /// Which cloud it belongs to.
    pub cloud: Cloud,
    /// What its administrators say when an application asks to be let in.
    #[serde(skip_serializing_if = "is_default")]
    pub consent: Consent,
}

/// What the administrators of a tenant answer at its consent page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Consent {
    /// Nobody is there: somebody has to make the service principal.
    #[default]
    Manual,
    /// They agree at once.
    Automatic,
    /// They say no.
    Refused,
}

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The clouds a tenant, or this whole Azure, can belong to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cloud {
    /// The worldwide cloud.
    #[default]
    Public,
    /// Azure for the US government.
    UsGovernment,
    /// Azure in China.
    China,
}

impl Cloud {
    /// Its name in metadata documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "AzureCloud",
            Self::UsGovernment => "AzureUSGovernment",
            Self::China => "AzureChinaCloud",
        }
    }
}

/// An app registration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Application {
    /// The name other entries use; also the display name.
    pub name: String,
    /// The application (client) id; derived when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The object id of the registration, by which Graph knows it; derived when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub object_id: String,
    /// The home tenant's name or id.
    pub tenant: String,
    /// The name that clients may know it by, unique in its tenant.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unique_name: String,
    /// True when other tenants may consent to it.
    pub multi_tenant: bool,
    /// When it was deleted: for thirty days it can be restored, and keeps its names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Timestamp>,
    /// Object ids of the service principals that own it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<String>,
    /// Client secrets.
    pub secrets: Vec<Secret>,
    /// Certificates whose private halves sign its assertions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Certificate>,
    /// Which tokens of other issuers may stand in for a secret.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub federated_credentials: Vec<FederatedCredential>,
    /// Where it has a service principal. Absent means: in its home tenant only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_principals: Option<Vec<ServicePrincipal>>,
    /// Whatever else Graph shows of the registration.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub properties: Map<String, Value>,
}

/// A client secret.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Secret {
    /// The secret itself.
    pub value: String,
    /// When it stops working; never when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts: Option<Timestamp>,
    /// What Graph and the portal call it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// An application's presence in one tenant.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ServicePrincipal {
    /// The tenant's name or id.
    pub tenant: String,
    /// The object id in that tenant; derived when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub object_id: String,
    /// True when sign-in is switched off.
    pub disabled: bool,
    /// When it was deleted: for thirty days it can be restored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Timestamp>,
    /// What it may do in Microsoft Graph: application permissions such as
    /// `Application.ReadWrite.OwnedBy` or `Directory.Read.All`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub graph_roles: Vec<String>,
    /// Whatever else Graph shows of it.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub properties: Map<String, Value>,
}

/// A certificate of an application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Certificate {
    /// The X.509 certificate as PEM text; the private key stays with the client.
    pub pem: String,
}

/// A federated identity credential: which assertion an application trusts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FederatedCredential {
    /// The name, unique within the application.
    pub name: String,
    /// The `iss` claim that is trusted.
    pub issuer: String,
    /// The `sub` claim that is trusted; case counts.
    pub subject: String,
    /// The `aud` claims that are trusted. Default: `api://AzureADTokenExchange`.
    #[serde(default = "token_exchange")]
    pub audiences: Vec<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// The audience that assertions for Entra carry everywhere but in the sovereign clouds.
pub(crate) const TOKEN_EXCHANGE: &str = "api://AzureADTokenExchange";

fn token_exchange() -> Vec<String> {
    vec![TOKEN_EXCHANGE.to_owned()]
}

/// A managed identity of the host that clients run on.
///
/// User-assigned identities that are resources are known without an entry here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ManagedIdentity {
    /// The name other entries use; also the display name.
    pub name: String,
    /// Its tenant's name or id; it can sign in to no other.
    pub tenant: String,
    /// The client id; derived when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub client_id: String,
    /// The object id of its service principal; derived when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub object_id: String,
    /// The resource it belongs to, or is: a machine's id makes it system-assigned.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource_id: String,
}

/// Everybody besides the tenants themselves whose tokens can be verified.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Issuers {
    /// GitHub Actions, at `/_github`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub github: Option<GithubIssuer>,
    /// Azure DevOps, at `/_devops`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_dev_ops: Option<AzureDevOpsIssuer>,
    /// App Service and its relatives, at `/msi/token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_service: Option<AppService>,
    /// Issuers that are somewhere else and known by their public keys only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Issuer>,
}

/// The workflow that asks GitHub for a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GithubIssuer {
    /// What `ACTIONS_ID_TOKEN_REQUEST_TOKEN` holds.
    pub request_token: String,
    /// The `sub` claim, such as `repo:acme/infra:ref:refs/heads/main`.
    pub subject: String,
    /// The `iss` claim. Default: GitHub's own, `https://token.actions.githubusercontent.com`.
    #[serde(default = "github")]
    pub issuer: String,
}

fn github() -> String {
    "https://token.actions.githubusercontent.com".to_owned()
}

/// The pipeline that asks Azure DevOps for a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AzureDevOpsIssuer {
    /// What `SYSTEM_ACCESSTOKEN` holds.
    pub access_token: String,
    /// The `sub` claim, such as `sc://acme/infra/azure`.
    pub subject: String,
    /// The id of the service connection; any when empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub service_connection: String,
    /// The `iss` claim. Default: `https://vstoken.dev.azure.com/` and a derived id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub issuer: String,
}

/// The host of an App Service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AppService {
    /// What `IDENTITY_HEADER` holds.
    pub identity_header: String,
}

/// An issuer whose keys the world knows; nothing is fetched from it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Issuer {
    /// The `iss` claim of its tokens.
    pub issuer: String,
    /// Public keys or certificates as PEM text, any number of blocks.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pem: String,
    /// Public keys as JSON Web Keys (`RSA`, or `EC` on P-256).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Value>,
}
