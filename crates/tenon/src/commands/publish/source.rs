//! What a version is made from: an id, or a name beside the gallery.

use tenon_kinds::versions::{COMPUTE, DISKS};
use tenon_model::transport::{Read, Transport as _};
use tenon_model::{ResourceId, Value};

use super::live::Looked;
use super::problems;
use crate::cloud::Connection;
use crate::prepare::Trouble;

/// Types that a name may stand for.
const NAMED: [(&str, &str); 4] = [
    ("Microsoft.Compute/images", COMPUTE),
    ("Microsoft.Compute/snapshots", DISKS),
    ("Microsoft.Compute/disks", DISKS),
    ("Microsoft.Compute/virtualMachines", COMPUTE),
];

const VERSION: &str = "Microsoft.Compute/galleries/images/versions";

/// The id of the source; whether it fits is for the plan to find out.
pub(super) async fn find(
    text: &str,
    definition: &ResourceId,
    looked: &Looked,
    connection: &Connection,
) -> Result<String, Trouble> {
    if text
        .to_ascii_lowercase()
        .starts_with("/communitygalleries/")
    {
        return Ok(text.to_owned());
    }
    if text.starts_with('/') {
        let id = ResourceId::parse(text).map_err(|_| vec![problems::no_source_id(text)])?;
        let kind = id.resource_type();
        let named = NAMED.iter().map(|(kind, _)| *kind);
        let fits = named
            .chain([VERSION])
            .any(|one| one.eq_ignore_ascii_case(&kind));
        return match fits {
            true => Ok(id.to_string()),
            false => Err(vec![problems::no_source(&id)].into()),
        };
    }
    let group = definition.resource_group().unwrap_or_default();
    let subscription = definition.subscription();
    let mut found = Vec::new();
    for (kind, api_version) in NAMED {
        let id = ResourceId::in_group(&subscription, group, kind, &[text]);
        if is_there(&id, api_version, looked, connection).await {
            found.push(id);
        }
    }
    match found.as_slice() {
        [one] => Ok(one.to_string()),
        [] => Err(vec![problems::no_such_source(text, group)].into()),
        many => Err(vec![problems::many_sources(text, many)].into()),
    }
}

/// What may not be read is not there for us.
async fn is_there(
    id: &ResourceId,
    api_version: &str,
    looked: &Looked,
    connection: &Connection,
) -> bool {
    let read = Read {
        tenant: looked.tenant.clone(),
        path: id.to_string(),
        api_version: api_version.to_owned(),
        query: Vec::new(),
    };
    let answer = connection.client.get(&read).await;
    answer.is_ok_and(|answer| answer.body != Value::Null)
}
