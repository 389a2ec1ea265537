//! Puts what was gathered for a world into a world file, with an application
//! that may sign in everywhere and the roles that it needs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tenon_model::image::{ImageVersion, Sharing};
use tenon_sim::world::{
    Application, Gallery, GalleryImage, ImageVersion as GalleryVersion, RawResource, ResourceGroup,
    RoleAssignment, Secret, ServicePrincipal, Settings, SharedWith, Span, Subscription,
    TargetRegion, Tenant, WorldFile,
};

use super::{CONSUMER, GalleryKey, Making};
use crate::world::{APPLICATION, SECRET};

/// How long a version takes to a region: two seconds of the wall.
const REPLICA_LAG: Span = Span::seconds(60);

impl Making {
    pub(super) fn finish(self) -> WorldFile {
        let principals: Vec<ServicePrincipal> = self
            .tenants
            .keys()
            .map(|id| ServicePrincipal {
                tenant: id.clone(),
                graph_roles: vec!["Application.ReadWrite.All".to_owned()],
                ..ServicePrincipal::default()
            })
            .collect();
        let home = self
            .tenants
            .keys()
            .next()
            .cloned()
            .unwrap_or_else(|| CONSUMER.to_owned());
        WorldFile {
            // Who rehearses does not wait as long as Azure takes to copy an image.
            settings: Settings {
                replica_lag: REPLICA_LAG,
                ..Settings::default()
            },
            tenants: self
                .tenants
                .iter()
                .map(|(id, name)| Tenant {
                    id: id.clone(),
                    name: name.clone(),
                    ..Tenant::default()
                })
                .collect(),
            applications: vec![Application {
                name: "tenon".to_owned(),
                id: APPLICATION.to_owned(),
                tenant: home,
                multi_tenant: true,
                secrets: vec![Secret {
                    value: SECRET.to_owned(),
                    ..Secret::default()
                }],
                service_principals: Some(principals),
                ..Application::default()
            }],
            subscriptions: self.subscriptions.iter().map(subscription).collect(),
            role_assignments: self.roles(),
            resources: self.storage().into_iter().chain(self.sources()).collect(),
            resource_groups: self
                .groups
                .iter()
                .map(|(subscription, name, location)| ResourceGroup {
                    subscription: subscription.clone(),
                    name: name.clone(),
                    location: location.clone(),
                    ..ResourceGroup::default()
                })
                .collect(),
            galleries: self
                .galleries
                .iter()
                .map(|(key, images)| self.gallery(key, images))
                .collect(),
            ..WorldFile::default()
        }
    }

    /// Contributor where machines are made, and no more than reading where
    /// only images come from.
    fn roles(&self) -> Vec<RoleAssignment> {
        let publishing = |open: bool| -> BTreeSet<&String> {
            let keys = self.galleries.keys();
            keys.filter(|key| key.open.is_some() == open)
                .map(|key| &key.subscription)
                .collect()
        };
        let (read, open) = (publishing(false), publishing(true));
        let used: BTreeSet<&String> = self
            .groups
            .iter()
            .map(|(subscription, _, _)| subscription)
            .collect();
        let assignment = |id: &String, role: &str| RoleAssignment {
            scope: format!("/subscriptions/{id}"),
            principal: "tenon".to_owned(),
            role: role.to_owned(),
        };
        let may_give = self
            .subscriptions
            .keys()
            .filter(|_| self.gives_roles)
            .map(|id| assignment(id, "Role Based Access Control Administrator"));
        let may_share = self.sharing.iter();
        let may_share = may_share.map(|id| assignment(id, "Compute Gallery Sharing Admin"));
        let leases = self
            .container
            .iter()
            .map(|(id, ..)| assignment(id, "Storage Blob Data Contributor"));
        self.subscriptions
            .keys()
            .filter_map(|id| {
                let used = used.contains(id) || self.publishing.contains(id);
                let role = match (used, read.contains(id), open.contains(id)) {
                    (false, true, _) => "Compute Gallery Image Reader",
                    // What is open to others needs no role.
                    (false, false, true) => return None,
                    _ => "Contributor",
                };
                Some(assignment(id, role))
            })
            .chain(may_give)
            .chain(may_share)
            .chain(leases)
            .collect()
    }

    /// What image versions are made from.
    fn sources(&self) -> Vec<RawResource> {
        let sources = self.sources.iter();
        let raw = sources.map(|(id, body)| RawResource {
            id: id.clone(),
            body: body.clone(),
        });
        raw.collect()
    }

    /// The storage account of a lease with its container.
    fn storage(&self) -> Vec<RawResource> {
        let Some((subscription, account, container)) = &self.container else {
            return Vec::new();
        };
        let account = format!(
            "/subscriptions/{subscription}/resourceGroups/tenon-leases/providers/Microsoft.Storage/storageAccounts/{account}"
        );
        let container = format!("{account}/blobServices/default/containers/{container}");
        vec![
            RawResource {
                id: account,
                body: json!({"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}),
            },
            RawResource {
                id: container,
                body: json!({"properties": {"publicAccess": "None"}}),
            },
        ]
    }
}

fn subscription((id, tenant): (&String, &String)) -> Subscription {
    Subscription {
        id: id.clone(),
        name: id.clone(),
        tenant: tenant.clone(),
        ..Subscription::default()
    }
}

impl Making {
    fn gallery(
        &self,
        key: &GalleryKey,
        images: &BTreeMap<String, BTreeSet<ImageVersion>>,
    ) -> Gallery {
        let home = self.regions.first().cloned();
        let gallery = Gallery {
            subscription: key.subscription.clone(),
            resource_group: key.group.clone(),
            name: key.name.clone(),
            location: home.unwrap_or_else(|| "westeurope".to_owned()),
            images: images
                .iter()
                .map(|(name, versions)| image(name, versions, &self.regions))
                .collect(),
            ..Gallery::default()
        };
        match &key.open {
            None => gallery,
            Some((Sharing::Direct, _)) => Gallery {
                sharing: "Groups".to_owned(),
                shared_with: SharedWith {
                    subscriptions: self.subscriptions.keys().cloned().collect(),
                    tenants: Vec::new(),
                },
                ..gallery
            },
            Some((Sharing::Community, name)) => Gallery {
                sharing: "Community".to_owned(),
                public_name: name.clone(),
                ..gallery
            },
        }
    }
}

fn image(
    name: &str,
    versions: &BTreeSet<ImageVersion>,
    regions: &BTreeSet<String>,
) -> GalleryImage {
    let trusted = ("SecurityType", "TrustedLaunchSupported");
    let versions = versions.iter();
    GalleryImage {
        name: name.to_owned(),
        features: BTreeMap::from([(trusted.0.to_owned(), trusted.1.to_owned())]),
        versions: versions
            .map(|version| gallery_version(*version, regions))
            .collect(),
        ..GalleryImage::default()
    }
}

fn gallery_version(version: ImageVersion, regions: &BTreeSet<String>) -> GalleryVersion {
    GalleryVersion {
        name: version.to_string(),
        regions: regions
            .iter()
            .map(|region| TargetRegion {
                name: region.clone(),
                ..TargetRegion::default()
            })
            .collect(),
        ..GalleryVersion::default()
    }
}
