//! Reads image definitions and versions: in the publisher's gallery with the
//! publisher's own token, and in what a consumer is shown of galleries that are
//! open to it, with the consumer's.

use tenon_model::image::{OpenImage, Sharing};
use tenon_model::transport::{Read, Refusal, Transport};
use tenon_model::{ResourceId, SubscriptionId, TenantId, Value};

fn read(tenant: &TenantId, path: String, api_version: &str) -> Read {
    Read {
        tenant: tenant.clone(),
        path,
        api_version: api_version.to_owned(),
        query: Vec::new(),
    }
}

/// Reads an image definition.
///
/// # Errors
///
/// What Azure refuses with.
pub async fn read_definition(
    transport: &dyn Transport,
    tenant: &TenantId,
    definition: &ResourceId,
    api_version: &str,
) -> Result<Value, Refusal> {
    let read = read(tenant, definition.to_string(), api_version);
    transport.get(&read).await.map(|answer| answer.body)
}

/// Reads all versions of an image definition. A list does not tell the state
/// of replicas.
///
/// # Errors
///
/// What Azure refuses with.
pub async fn read_versions(
    transport: &dyn Transport,
    tenant: &TenantId,
    definition: &ResourceId,
    api_version: &str,
) -> Result<Vec<Value>, Refusal> {
    let read = read(tenant, format!("{definition}/versions"), api_version);
    all_pages(transport, &read).await
}

/// Reads one version with the state of its replicas.
///
/// # Errors
///
/// What Azure refuses with.
pub async fn read_replicas(
    transport: &dyn Transport,
    tenant: &TenantId,
    version: &ResourceId,
    api_version: &str,
) -> Result<Value, Refusal> {
    let mut read = read(tenant, version.to_string(), api_version);
    read.query
        .push(("$expand".into(), "ReplicationStatus".into()));
    transport.get(&read).await.map(|answer| answer.body)
}

/// From where a consumer looks at galleries that are open to it.
#[derive(Clone, Copy, Debug)]
pub struct Outlook<'a> {
    /// The consumer's tenant.
    pub tenant: &'a TenantId,
    /// The consumer's subscription: what is shared directly, is shared with it.
    pub subscription: &'a SubscriptionId,
    /// The region; what is listed there, can be used there.
    pub region: &'a str,
}

impl Outlook<'_> {
    fn read(&self, image: &OpenImage, tail: &str, api_version: &str) -> Read {
        let path = format!(
            "/subscriptions/{}/providers/Microsoft.Compute/locations/{}{image}{tail}",
            self.subscription, self.region
        );
        read(self.tenant, path, api_version)
    }
}

/// Reads an image definition of a gallery that is open to the consumer.
///
/// # Errors
///
/// What Azure refuses with.
pub async fn read_open_definition(
    transport: &dyn Transport,
    from: &Outlook<'_>,
    image: &OpenImage,
    api_version: &str,
) -> Result<Value, Refusal> {
    let read = from.read(image, "", api_version);
    transport.get(&read).await.map(|answer| answer.body)
}

/// Reads all versions of an image definition that can be used in a region. A
/// list shows what is shared with the subscription; what is shared with its
/// whole tenant is asked for when that is nothing (`sharedTo`, Galleries
/// 2024-03-03).
///
/// # Errors
///
/// What Azure refuses with.
pub async fn read_open_versions(
    transport: &dyn Transport,
    from: &Outlook<'_>,
    image: &OpenImage,
    api_version: &str,
) -> Result<Vec<Value>, Refusal> {
    let mut read = from.read(image, "/versions", api_version);
    let own = all_pages(transport, &read).await;
    let nothing = match &own {
        Ok(versions) => versions.is_empty(),
        Err(refusal) => refusal.is_absent(),
    };
    if !nothing || image.sharing == Sharing::Community {
        return own;
    }
    read.query.push(("sharedTo".into(), "tenant".into()));
    match all_pages(transport, &read).await {
        Err(refusal) if refusal.is_absent() => own,
        other => other,
    }
}

async fn all_pages(transport: &dyn Transport, read: &Read) -> Result<Vec<Value>, Refusal> {
    let mut items = Vec::new();
    let mut page = |more: Vec<Value>| items.extend(more);
    transport.list(read, &mut page).await?;
    Ok(items)
}
