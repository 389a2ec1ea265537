//! Which resource a token is asked for.

use super::directory::Tenant;
use super::error::EntraError;
use crate::call::Call;
use crate::json::same;
use crate::world::Cloud;

/// The resources that tokens can be had for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    Arm,
    Graph,
    Storage,
}

impl Resource {
    /// The resource behind an identifier, under the names the tenant's cloud has for it.
    pub(crate) fn named(call: &Call, cloud: Cloud, name: &str) -> Option<Self> {
        if is_graph(call, cloud, name) {
            Some(Self::Graph)
        } else if names_storage(name) {
            Some(Self::Storage)
        } else {
            is_resource_manager(call, cloud, name).then_some(Self::Arm)
        }
    }
}

/// What a request asks a token for: the audience as it was written, and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) audience: String,
    pub(crate) resource: Resource,
}

/// Reads the `scope` of the v2 endpoint.
///
/// What stands before `/.default` is the audience to the letter: clients that
/// append it to a resource with a slash at its end get that slash back.
pub(super) fn of_scope(call: &Call, tenant: &Tenant, scope: &str) -> Result<Wanted, EntraError> {
    let mut scopes = scope.split_whitespace();
    let (Some(first), None) = (scopes.next(), scopes.next()) else {
        let text = format!(
            "The provided request must include a 'scope' input parameter with one resource. The scope {scope} is not valid."
        );
        return Err(EntraError::new(400, "invalid_scope", 70011, text));
    };
    let Some(resource) = first.strip_suffix("/.default") else {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        return Err(EntraError::new(400, "invalid_scope", 1_002_012, text));
    };
    of_resource(call, tenant, resource)
}

/// Reads the `resource` of the v1 endpoint.
pub(super) fn of_resource(
    call: &Call,
    tenant: &Tenant,
    resource: &str,
) -> Result<Wanted, EntraError> {
    let named = Resource::named(call, tenant.cloud, resource);
    let wanted = named.map(|named| Wanted {
        audience: resource.to_owned(),
        resource: named,
    });
    wanted.ok_or_else(|| {
        let text = format!(
            "The resource principal named {resource} was not found in the tenant named {}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
            tenant.name
        );
        EntraError::new(400, "invalid_resource", 500_011, text)
    })
}

/// True when a resource names the Microsoft Graph that is served here.
pub(crate) fn is_graph(call: &Call, cloud: Cloud, resource: &str) -> bool {
    let bare = resource.trim_end_matches('/');
    let known = match cloud {
        Cloud::Public => "https://graph.microsoft.com",
        Cloud::UsGovernment => "https://graph.microsoft.us",
        Cloud::China => "https://microsoftgraph.chinacloudapi.cn",
    };
    // The application id of Microsoft Graph is the same in every tenant.
    let here = |bare: &str| {
        let path = bare.split('/').skip(3).collect::<Vec<_>>();
        call.is_here(bare) && path == ["graph"]
    };
    same(known, bare) || same("00000003-0000-0000-c000-000000000000", bare) || here(bare)
}

/// True when a resource names storage: all of it, or one account. All clouds
/// have the same name for it. Source: "Authorize access to blobs using
/// Microsoft Entra ID".
fn names_storage(resource: &str) -> bool {
    let bare = resource.trim_end_matches('/');
    same(bare, "https://storage.azure.com")
        // The application id of Azure Storage is the same in every tenant.
        || same(bare, "e406a681-f3d4-42a8-90b6-c2b029497af1")
        || (bare.starts_with("https://") && bare.contains(".blob.core."))
}

/// True when a token for this audience counts at an account.
pub(crate) fn is_storage(audience: &str, account: &str) -> bool {
    let own = format!("https://{account}.blob.");
    names_storage(audience)
        && (!audience.contains(".blob.") || audience.to_ascii_lowercase().starts_with(&own))
}

/// True when a resource names the Resource Manager that is served here.
pub(crate) fn is_resource_manager(call: &Call, cloud: Cloud, resource: &str) -> bool {
    let bare = resource.trim_end_matches('/');
    let known: [&str; 2] = match cloud {
        Cloud::Public => [
            "https://management.azure.com",
            "https://management.core.windows.net",
        ],
        Cloud::UsGovernment => [
            "https://management.usgovcloudapi.net",
            "https://management.core.usgovcloudapi.net",
        ],
        Cloud::China => [
            "https://management.chinacloudapi.cn",
            "https://management.core.chinacloudapi.cn",
        ],
    };
    known.iter().any(|name| same(name, bare)) || is_root_here(call, bare)
}

/// True for this host, but for no address below it.
fn is_root_here(call: &Call, bare: &str) -> bool {
    call.is_here(bare) && bare.split('/').count() == 3
}
