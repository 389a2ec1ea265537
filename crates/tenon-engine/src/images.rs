//! Reads image definitions and versions in the publisher's gallery, with the
//! publisher's own token.

use tenon_model::transport::{Read, Refusal, Transport};
use tenon_model::{ResourceId, TenantId, Value};

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
    let mut versions = Vec::new();
    let mut page = |items: Vec<Value>| versions.extend(items);
    transport.list(&read, &mut page).await?;
    Ok(versions)
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
