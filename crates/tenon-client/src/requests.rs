//! Every request that the client makes by itself, in one table.
//!
//! What it is asked to send is in the table of whoever asks. `docs/requests.md`
//! is made of both, and tests hold them together with what is really sent.

use crate::{lease, regions};

/// A request that nobody asks for by its path.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The method.
    pub method: &'static str,
    /// The address: `{login}`, `{arm}`, `{graph}` and `{metadata}` are those of the cloud,
    /// `{blob}` is that of `lock`,
    /// other words in braces change with the request.
    pub address: &'static str,
    /// The api-version, if it names one.
    pub version: Option<&'static str>,
    /// What it is for.
    pub purpose: &'static str,
    /// Whose token it carries.
    pub token: Token,
    /// The page that describes it; none where there is none.
    pub page: Option<&'static str>,
}

/// Whose token a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// Nobody's.
    None,
    /// That of the tenant; one that follows a write also those of further
    /// tenants.
    Azure,
    /// That of a tenant, for storage alone.
    Storage,
    /// That of a tenant, for Microsoft Graph alone.
    Graph,
    /// A text that the runner or the host gave to this process, for itself.
    OfTheHost,
}

/// An address that Azure gave, followed as it was written.
pub const OPAQUE: &str = "{arm}/{as given}";

/// The requests.
pub const ALL: &[Row] = &[
    Row {
        method: "GET",
        address: "{metadata}/metadata/endpoints",
        version: Some("2022-09-01"),
        purpose: "finds out where a cloud is that is not built in",
        token: Token::None,
        // The Azure CLI and azurerm ask it too.
        page: None,
    },
    Row {
        method: "GET",
        address: "{arm}/subscriptions/{subscriptionId}",
        version: Some("2022-12-01"),
        purpose: "finds the tenant of a subscription: the refusal names it",
        token: Token::None,
        page: Some("Azure REST API reference, \"Subscriptions - Get\""),
    },
    Row {
        method: "GET",
        address: "{arm}/subscriptions/{subscriptionId}/locations",
        version: Some(regions::VERSION),
        purpose: "finds out whether a region is there that is none of the usual",
        token: Token::Azure,
        page: Some("Azure REST API reference, \"Subscriptions - List Locations\""),
    },
    Row {
        method: "POST",
        address: "{login}/{tenant}/oauth2/v2.0/token",
        version: None,
        purpose: "gets a token of a tenant: one for Resource Manager, and one for storage where there is a `lock`",
        token: Token::None,
        page: Some(
            "Microsoft Learn, \"Microsoft identity platform and the OAuth 2.0 client credentials flow\"",
        ),
    },
    Row {
        method: "GET",
        address: "{ACTIONS_ID_TOKEN_REQUEST_URL}",
        version: None,
        purpose: "lets GitHub vouch for a job",
        token: Token::OfTheHost,
        page: Some("GitHub Docs, \"OpenID Connect reference\""),
    },
    Row {
        method: "POST",
        address: "{SYSTEM_OIDCREQUESTURI}",
        version: Some("7.1"),
        purpose: "lets Azure DevOps vouch for a job",
        token: Token::OfTheHost,
        page: Some("Azure DevOps REST API reference, \"Oidctoken - Create\""),
    },
    Row {
        method: "GET",
        address: "{graph}/v1.0/applications",
        version: None,
        purpose: "finds applications of this deployment by their tags",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"List applications\""),
    },
    Row {
        method: "GET",
        address: "{graph}/v1.0/servicePrincipals",
        version: None,
        purpose: "finds service principals of this deployment by their tags",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"List servicePrincipals\""),
    },
    Row {
        method: "GET",
        address: "{graph}/v1.0/applications(uniqueName='{name}')",
        version: None,
        purpose: "reads an application, its federated credentials along with it",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"Get application\""),
    },
    Row {
        method: "PATCH",
        address: "{graph}/v1.0/applications(uniqueName='{name}')",
        version: None,
        purpose: "makes an application (`Prefer: create-if-missing`), or changes it",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"Upsert application\""),
    },
    Row {
        method: "DELETE",
        address: "{graph}/v1.0/applications/{id}",
        version: None,
        purpose: "deletes an application",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"Delete application\""),
    },
    Row {
        method: "GET",
        address: "{graph}/v1.0/applications(uniqueName='{name}')/federatedIdentityCredentials(name='{credential}')",
        version: None,
        purpose: "reads a federated credential",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"Get federatedIdentityCredential\""),
    },
    Row {
        method: "PATCH",
        address: "{graph}/v1.0/applications(uniqueName='{name}')/federatedIdentityCredentials(name='{credential}')",
        version: None,
        purpose: "makes a federated credential (`Prefer: create-if-missing`), or changes it",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"Upsert federatedIdentityCredential\""),
    },
    Row {
        method: "DELETE",
        address: "{graph}/v1.0/applications(uniqueName='{name}')/federatedIdentityCredentials(name='{credential}')",
        version: None,
        purpose: "deletes a federated credential",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"Delete federatedIdentityCredential\""),
    },
    Row {
        method: "GET",
        address: "{graph}/v1.0/servicePrincipals(appId='{clientId}')",
        version: None,
        purpose: "reads a service principal",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"Get servicePrincipal\""),
    },
    Row {
        method: "PATCH",
        address: "{graph}/v1.0/servicePrincipals(appId='{clientId}')",
        version: None,
        purpose: "lets an application in (`Prefer: create-if-missing`), or changes its service principal",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"Upsert servicePrincipal\""),
    },
    Row {
        method: "DELETE",
        address: "{graph}/v1.0/servicePrincipals(appId='{clientId}')",
        version: None,
        purpose: "deletes a service principal",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"Delete servicePrincipal\""),
    },
    Row {
        method: "GET",
        address: "{graph}/v1.0/directory/deletedItems/microsoft.graph.application",
        version: None,
        purpose: "finds an application of this deployment whose name is taken by its deleted self",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"List deletedItems\""),
    },
    Row {
        method: "POST",
        address: "{graph}/v1.0/directory/deletedItems/{id}/restore",
        version: None,
        purpose: "restores it",
        token: Token::Graph,
        page: Some("Microsoft Graph REST API v1.0, \"Restore deleted item\""),
    },
    Row {
        method: "GET",
        address: "http://169.254.169.254/metadata/identity/oauth2/token",
        version: Some("2018-02-01"),
        purpose: "gets a token of the identity of this machine",
        token: Token::None,
        page: Some(
            "Microsoft Learn, \"How to use managed identities for Azure resources on an Azure VM to acquire an access token\"",
        ),
    },
    Row {
        method: "GET",
        address: "{IDENTITY_ENDPOINT}",
        version: Some("2019-08-01"),
        purpose: "gets a token of the identity of this app or container",
        token: Token::OfTheHost,
        page: Some(
            "Microsoft Learn, \"How to use managed identities for App Service and Azure Functions\"",
        ),
    },
    Row {
        method: "PUT",
        address: "{blob}?comp=lease",
        version: Some(lease::VERSION),
        purpose: "takes, renews, gives back or breaks the lease of `lock`",
        token: Token::Storage,
        page: Some("Azure Blob Storage REST API reference, \"Lease Blob\""),
    },
    Row {
        method: "PUT",
        address: "{blob}",
        version: Some(lease::VERSION),
        purpose: "makes the empty blob of a lease, if it is missing",
        token: Token::Storage,
        page: Some("Azure Blob Storage REST API reference, \"Put Blob\""),
    },
    Row {
        method: "PUT",
        address: "{blob}?comp=metadata",
        version: Some(lease::VERSION),
        purpose: "says who has the lease",
        token: Token::Storage,
        page: Some("Azure Blob Storage REST API reference, \"Set Blob Metadata\""),
    },
    Row {
        method: "HEAD",
        address: "{blob}",
        version: Some(lease::VERSION),
        purpose: "reads who has the lease",
        token: Token::Storage,
        page: Some("Azure Blob Storage REST API reference, \"Get Blob Properties\""),
    },
    Row {
        method: "GET",
        address: OPAQUE,
        version: None,
        purpose: "asks how an operation stands: the address from `Azure-AsyncOperation`, else from `Location`, else the resource itself",
        token: Token::Azure,
        page: Some("Microsoft Learn, \"Track asynchronous Azure operations\""),
    },
];

/// The row of a request to the sign-in host, to Resource Manager or to Graph,
/// by its path.
#[must_use]
pub fn find(method: &str, path: &str) -> Option<&'static Row> {
    ALL.iter()
        .find(|row| row.method == method && fits(row.address, path))
}

fn fits(address: &str, path: &str) -> bool {
    if let Some(template) = address.strip_prefix("{graph}") {
        // Its address has a path of its own in some clouds.
        let own = path.find("/v1.0/").map(|at| &path[at..]);
        return own.is_some_and(|own| same(template, own));
    }
    let bases = ["{metadata}", "{arm}", "{login}"];
    let template = bases.iter().find_map(|base| address.strip_prefix(base));
    template.is_some_and(|template| same(template, path))
}

fn same(template: &str, path: &str) -> bool {
    let mut own = path.split('/');
    let mut same = template
        .split('/')
        .map(|word| own.next().is_some_and(|own| is(word, own)));
    same.all(|same| same) && own.next().is_none()
}

/// Whether a segment is what a word says, in which braces stand for anything.
fn is(word: &str, own: &str) -> bool {
    let braces = word.split_once('{').and_then(|(before, rest)| {
        let (_, after) = rest.split_once('}')?;
        Some((before, after))
    });
    match braces {
        Some((before, after)) => {
            own.len() >= before.len() + after.len()
                && own.starts_with(before)
                && own.ends_with(after)
        }
        None => word == own,
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_request_is_found_by_its_path() {
        let purpose = |method, path| find(method, path).map(|row| row.address);
        assert_eq!(
            purpose(
                "POST",
                "/22222222-2222-2222-2222-222222222222/oauth2/v2.0/token"
            ),
            Some("{login}/{tenant}/oauth2/v2.0/token")
        );
        assert_eq!(
            purpose("GET", "/subscriptions/s"),
            Some("{arm}/subscriptions/{subscriptionId}")
        );
        assert_eq!(purpose("GET", "/subscriptions/s/resources"), None);
        assert_eq!(purpose("PUT", "/subscriptions/s"), None);
    }
}
