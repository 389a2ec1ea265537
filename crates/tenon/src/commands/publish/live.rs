//! What there is of an image: its definition and its versions.

use std::collections::BTreeMap;

use tenon_engine::{read_definition, read_versions};
use tenon_kinds::images::version_facts;
use tenon_kinds::versions::GALLERIES;
use tenon_model::image::{ImageVersion, VersionFacts};
use tenon_model::marker::{DEPLOYMENT_TAG, Ownership, Protection};
use tenon_model::transport::{Read, Refusal, Transport as _};
use tenon_model::{ResourceId, TenantId, Value};

use super::problems;
use crate::arguments::PublishArguments;
use crate::cloud::Connection;
use crate::prepare::{Loaded, Trouble};
use crate::refusals::Scene;

/// An image as its gallery shows it.
pub(super) struct Looked {
    pub(super) tenant: TenantId,
    /// Where it lies, and where its versions lie.
    pub(super) location: String,
    /// The gallery; nothing where it may not be read.
    pub(super) gallery: Value,
    pub(super) versions: BTreeMap<ImageVersion, Live>,
}

/// A version as the gallery shows it.
pub(super) struct Live {
    pub(super) facts: VersionFacts,
    pub(super) body: Value,
    ownership: Ownership,
}

impl Live {
    /// The deployment that its marker names.
    pub(super) fn deployment(&self) -> Option<&str> {
        match &self.ownership {
            Ownership::Marked(marker) => Some(&marker.deployment),
            _ => None,
        }
    }

    pub(super) fn is_protected(&self) -> bool {
        matches!(&self.ownership, Ownership::Marked(marker) if marker.protection == Protection::Protected)
    }

    /// What it was made from, as far as one id tells.
    pub(super) fn source(&self) -> Option<&str> {
        let of = |names: &[&str]| {
            let profile = self.body.at(&["properties", "storageProfile"])?;
            profile.at(names)?.as_text()
        };
        of(&["source", "id"])
            .or_else(|| of(&["source", "virtualMachineId"]))
            .or_else(|| of(&["source", "communityGalleryImageId"]))
            .or_else(|| of(&["osDiskImage", "source", "id"]))
    }

    /// A member of the publishing profile.
    pub(super) fn published(&self, name: &str) -> Option<&Value> {
        self.body.at(&["properties", "publishingProfile", name])
    }

    /// Its regions, in the form of requests, with their replicas.
    pub(super) fn replicas(&self) -> BTreeMap<String, i64> {
        let regions = self.published("targetRegions").and_then(Value::as_list);
        let of = |region: &Value| {
            let name = region.member("name")?.as_text()?;
            let count = region.member("regionalReplicaCount")?.as_int()?;
            Some((tenon_model::rules::region(name), count))
        };
        regions.unwrap_or_default().iter().filter_map(of).collect()
    }
}

impl Looked {
    /// Adds a version that is about to be made.
    pub(super) fn expect(
        &mut self,
        version: ImageVersion,
        deployment: &str,
        options: &PublishArguments,
    ) {
        self.versions.entry(version).or_insert_with(|| {
            let tags = tenon_model::Map::from([(DEPLOYMENT_TAG, Value::text(deployment))]);
            Live {
                facts: VersionFacts {
                    version,
                    excluded: options.exclude_from_latest,
                    excluded_in: Vec::new(),
                    targets: Vec::new(),
                    replicas: None,
                    progress: BTreeMap::new(),
                    provisioning_state: "Succeeded".to_owned(),
                    published: None,
                    end_of_life: None,
                    soft_deleted: false,
                    disks: tenon_model::image::ImageDisks::default(),
                },
                body: Value::Map(tenon_model::Map::from([("tags", Value::Map(tags))])),
                ownership: Ownership::Foreign,
            }
        });
    }
}

/// Reads the definition and its versions.
pub(super) async fn look(
    definition: &ResourceId,
    base: Option<&Loaded>,
    connection: &Connection,
) -> Result<Looked, Trouble> {
    let scene = scene(base, connection);
    let refused = |refusal: &Refusal| Trouble::from(vec![scene.explain(refusal, None, None)]);
    let client = &connection.client;
    let tenant = client.tenant_of(&definition.subscription()).await;
    let tenant = tenant.map_err(|refusal| refused(&refusal))?;
    let tenant = tenant.ok_or_else(|| vec![problems::unknown_subscription(definition)])?;
    let body = read_definition(client, &tenant, definition, GALLERIES).await;
    let body = match body {
        Err(refusal) if refusal.is_absent() => {
            return Err(vec![problems::no_definition(definition)].into());
        }
        other => other.map_err(|refusal| refused(&refusal))?,
    };
    let versions = read_versions(client, &tenant, definition, GALLERIES).await;
    let versions = versions.map_err(|refusal| refused(&refusal))?;
    let live = |body: Value| {
        let facts = version_facts(&body)?;
        let id = definition.child("versions", &facts.version.to_string());
        let live = Live {
            ownership: Ownership::read(&id, &body),
            facts,
            body,
        };
        Some((live.facts.version, live))
    };
    let location = body.member("location").map(Value::to_plain_text);
    Ok(Looked {
        gallery: gallery(definition, &tenant, connection).await,
        tenant,
        location: tenon_model::rules::region(&location.unwrap_or_default()),
        versions: versions.into_iter().filter_map(live).collect(),
    })
}

pub(super) fn scene(base: Option<&Loaded>, connection: &Connection) -> Scene {
    match base {
        Some(base) => Scene::of_spec(&base.spec, &connection.login),
        None => Scene::of_environment(&connection.login),
    }
}

/// How the gallery is shared is worth a look, and no reason to fail.
async fn gallery(definition: &ResourceId, tenant: &TenantId, connection: &Connection) -> Value {
    let Some(gallery) = definition.parent() else {
        return Value::Null;
    };
    let read = Read {
        tenant: tenant.clone(),
        path: gallery.to_string(),
        api_version: GALLERIES.to_owned(),
        query: vec![("$expand".to_owned(), "SharingProfile/Groups".to_owned())],
    };
    let answer = connection.client.get(&read).await;
    answer.map_or(Value::Null, |answer| answer.body)
}
