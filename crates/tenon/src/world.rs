//! Worlds for the simulator: from a file, or made so that a spec works in it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tenon_client::{Credential, SecretString};
use tenon_model::image::{Channel, ImageVersion};
use tenon_model::spec::{Entry, Made, Spec};
use tenon_model::{Code, Diagnostic, Help, ResourceId};
use tenon_sim::world::{
    Application, Gallery, GalleryImage, ImageVersion as GalleryVersion, RawResource, ResourceGroup,
    RoleAssignment, Secret, ServicePrincipal, Subscription, TargetRegion, Tenant, WorldFile,
};
use tenon_sim::{Authority, ClockMode, Options, Running};

use crate::cloud::Purpose;
use crate::files;

/// The application that signs in to a made world, and its secret.
const APPLICATION: &str = "7d5f0c1e-0000-4000-8000-000000000001";
const SECRET: &str = "simulated-secret";

/// The credential of a made world.
pub(crate) fn credential() -> Credential {
    Credential::client_secret(
        APPLICATION,
        SecretString::from(SECRET),
        "the simulated world",
    )
}

/// How a simulator is started.
pub(crate) struct Start {
    /// What exists before the first request, if nothing was kept.
    pub(crate) world: WorldFile,
    /// Where it is kept.
    pub(crate) state: Option<PathBuf>,
    /// The port on loopback; 0 takes a free one.
    pub(crate) port: u16,
    /// Seconds that pass in a second.
    pub(crate) speed: u32,
    /// What is added to every answer.
    pub(crate) latency: Duration,
    /// Who signs its certificate; plain HTTP when absent.
    pub(crate) tls: Option<Arc<Authority>>,
}

/// Starts a simulator.
pub(crate) async fn start(start: &Start) -> Result<Running, Vec<Diagnostic>> {
    if let Some(folder) = start.state.as_ref().and_then(|path| path.parent()) {
        std::fs::create_dir_all(folder).map_err(|error| vec![files::unwritable(folder, &error)])?;
    }
    let options = Options {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, start.port)),
        state: start.state.clone(),
        world: Some(start.world.clone()),
        clock: ClockMode::RealTime { speed: start.speed },
        latency: start.latency,
        tls: start.tls.clone(),
    };
    tenon_sim::start(options).await.map_err(|error| {
        vec![
            Diagnostic::error(Code::SimulatorFailed, "the simulator cannot be started")
                .note(error.to_string())
                .help(Help::text(
                    "take another port, or remove the file its world is kept in",
                )),
        ]
    })
}

/// Reads a world file.
pub(crate) fn read(path: &Path) -> Result<WorldFile, Vec<Diagnostic>> {
    let name = files::shown(path);
    let text = std::fs::read_to_string(path).map_err(|error| {
        vec![
            Diagnostic::error(
                Code::UnreadableFile,
                format!("cannot read the world file `{name}`"),
            )
            .note(error.to_string()),
        ]
    })?;
    WorldFile::from_yaml(&text).map_err(|error| {
        vec![
            Diagnostic::error(Code::SimulatorFailed, format!("`{name}` is no world"))
                .note(error.to_string())
                .help(Help::text("docs/simulator.md describes world files")),
        ]
    })
}

/// A world with nothing in it.
pub(crate) fn empty() -> WorldFile {
    WorldFile::default()
}

/// A world in which the tenants, subscriptions and images of a spec exist.
pub(crate) fn of(purpose: &Purpose<'_>) -> WorldFile {
    let mut making = Making::default();
    if let Some(spec) = purpose.spec {
        making.spec(spec);
    }
    if let Some(plan) = purpose.plan {
        making.gives_roles |= plan
            .steps
            .iter()
            .any(|step| step.id.resource_type().eq_ignore_ascii_case(ROLE));
        for scope in &plan.deployment.scopes {
            making.subscription(scope.subscription.as_str(), scope.tenant.as_str());
        }
    }
    making.finish()
}

/// Tenants that a spec leaves open.
const CONSUMER: &str = "22222222-2222-2222-2222-222222222222";
const PUBLISHER: &str = "11111111-1111-1111-1111-111111111111";

#[derive(Default)]
struct Making {
    tenants: BTreeMap<String, String>,
    subscriptions: BTreeMap<String, String>,
    groups: BTreeSet<(String, String, String)>,
    galleries: BTreeMap<(String, String, String), BTreeMap<String, BTreeSet<ImageVersion>>>,
    regions: BTreeSet<String>,
    /// Whether it gives roles, which a Contributor may not.
    gives_roles: bool,
    /// The container of a lease: subscription, account, name.
    container: Option<(String, String, String)>,
}

impl Making {
    fn tenant(&mut self, id: &str, name: &str) {
        self.tenants
            .entry(id.to_ascii_lowercase())
            .or_insert_with(|| name.to_owned());
    }

    fn subscription(&mut self, id: &str, tenant: &str) {
        self.tenant(tenant, tenant);
        self.subscriptions
            .entry(id.to_ascii_lowercase())
            .or_insert_with(|| tenant.to_ascii_lowercase());
    }

    fn spec(&mut self, spec: &Spec) {
        self.gives_roles |= spec
            .all_entries()
            .any(|(section, entry)| section == "access" || is_role(entry));
        for tenant in &spec.tenants {
            self.tenant(tenant.id.as_str(), &tenant.name);
        }
        let tenant = spec
            .defaults
            .tenant
            .as_ref()
            .map_or(CONSUMER, |tenant| tenant.value.as_str());
        let from_environment = crate::credentials::variable("AZURE_SUBSCRIPTION_ID")
            .or_else(|| crate::credentials::variable("ARM_SUBSCRIPTION_ID"));
        let subscription = spec
            .defaults
            .subscription
            .as_ref()
            .map(|subscription| subscription.value.to_string())
            .or(from_environment)
            .unwrap_or_default();
        self.subscription(&subscription, tenant);
        let location = spec
            .defaults
            .location
            .as_ref()
            .map_or("westeurope", |location| location.value.as_str());
        self.regions.insert(tenon_model::rules::region(location));
        if let Some(group) = &spec.defaults.resource_group
            && group.value.made == Made::Elsewhere
        {
            let group = (
                subscription.clone(),
                group.value.name.clone(),
                location.to_owned(),
            );
            self.groups.insert(group);
        }
        for (_, entry) in spec.all_entries() {
            self.entry(entry, spec, &subscription, tenant, location);
        }
        if let Some(lock) = &spec.defaults.lock {
            let (account, container) = crate::lease::names(&lock.value.blob);
            self.container = Some((
                subscription.clone(),
                account.to_owned(),
                container.to_owned(),
            ));
        }
        for entry in spec.entries("images") {
            self.image(entry, spec, tenant);
        }
    }

    fn entry(
        &mut self,
        entry: &Entry,
        spec: &Spec,
        subscription: &str,
        tenant: &str,
        location: &str,
    ) {
        let own = entry
            .item
            .text("subscription")
            .unwrap_or(subscription)
            .to_owned();
        self.subscription(&own, tenant);
        let place = entry.item.text("location").unwrap_or(location);
        self.regions.insert(tenon_model::rules::region(place));
        let default = spec
            .defaults
            .resource_group
            .as_ref()
            .map(|group| group.value.name.as_str());
        let group = entry.item.text("resource_group");
        if let Some(group) = group.filter(|group| Some(*group) != default) {
            self.groups
                .insert((own, group.to_owned(), place.to_owned()));
        }
        // A machine may name its image by id.
        let image = entry
            .item
            .text("image")
            .filter(|text| text.starts_with('/'));
        if let Some(id) = image.and_then(|text| ResourceId::parse(text).ok()) {
            self.gallery_image(&id, PUBLISHER, None);
        }
    }

    fn image(&mut self, entry: &Entry, spec: &Spec, consumer: &str) {
        let Some(id) = entry
            .item
            .text("id")
            .and_then(|text| ResourceId::parse(text).ok())
        else {
            return;
        };
        let known = self.subscriptions.get(id.subscription().as_str()).cloned();
        let written = entry.item.text("tenant").map(|name| {
            spec.tenant(name)
                .map_or_else(|| name.to_owned(), |tenant| tenant.id.to_string())
        });
        let tenant = written.or(known).unwrap_or_else(|| {
            if consumer == PUBLISHER {
                consumer.to_owned()
            } else {
                PUBLISHER.to_owned()
            }
        });
        let asked = entry
            .item
            .get("version")
            .map(|item| item.to_value().to_plain_text());
        let channel = asked.and_then(|text| Channel::parse(&text).ok());
        self.gallery_image(&id, &tenant, channel);
    }

    fn gallery_image(&mut self, id: &ResourceId, tenant: &str, channel: Option<Channel>) {
        self.subscription(id.subscription().as_str(), tenant);
        let (Some(group), Some(gallery), Some(image)) = (
            id.resource_group(),
            id.name_of("galleries"),
            id.name_of("images"),
        ) else {
            return;
        };
        let key = (
            id.subscription().to_string(),
            group.to_owned(),
            gallery.to_owned(),
        );
        let versions = self
            .galleries
            .entry(key)
            .or_default()
            .entry(image.to_owned())
            .or_default();
        let named = id
            .name_of("versions")
            .and_then(|text| Channel::parse(text).ok());
        versions.extend(versions_of(channel.or(named)));
    }

    fn finish(self) -> WorldFile {
        let principals: Vec<ServicePrincipal> = self
            .tenants
            .keys()
            .map(|id| ServicePrincipal {
                tenant: id.clone(),
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
            resources: self.storage(),
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
                .map(|(key, images)| gallery(key, images, &self.regions))
                .collect(),
            ..WorldFile::default()
        }
    }

    /// Contributor where machines are made, and no more than reading where
    /// only images come from.
    fn roles(&self) -> Vec<RoleAssignment> {
        let publishing: BTreeSet<&String> = self
            .galleries
            .keys()
            .map(|(subscription, _, _)| subscription)
            .collect();
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
        let leases = self
            .container
            .iter()
            .map(|(id, ..)| assignment(id, "Storage Blob Data Contributor"));
        self.subscriptions
            .keys()
            .map(|id| {
                let only_images = publishing.contains(id) && !used.contains(id);
                let role = if only_images {
                    "Compute Gallery Image Reader"
                } else {
                    "Contributor"
                };
                assignment(id, role)
            })
            .chain(may_give)
            .chain(leases)
            .collect()
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

/// The type of role assignments.
const ROLE: &str = "Microsoft.Authorization/roleAssignments";

fn is_role(entry: &Entry) -> bool {
    let kind = entry.item.text("type").unwrap_or_default();
    kind.split('@')
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case(ROLE))
}

fn subscription((id, tenant): (&String, &String)) -> Subscription {
    Subscription {
        id: id.clone(),
        name: id.clone(),
        tenant: tenant.clone(),
        ..Subscription::default()
    }
}

/// Versions that an image of a made world has: what the spec asks for, and for
/// a channel one below it, so that there is something to move from.
fn versions_of(channel: Option<Channel>) -> Vec<ImageVersion> {
    match channel {
        Some(Channel::Exact(version)) => vec![version],
        Some(Channel::Minor(major, minor)) => {
            vec![ImageVersion(major, minor, 1), ImageVersion(major, minor, 2)]
        }
        Some(Channel::Major(major)) => vec![ImageVersion(major, 0, 0), ImageVersion(major, 1, 0)],
        Some(Channel::Latest) | None => vec![ImageVersion(1, 0, 0)],
    }
}

fn gallery(
    (subscription, group, name): &(String, String, String),
    images: &BTreeMap<String, BTreeSet<ImageVersion>>,
    regions: &BTreeSet<String>,
) -> Gallery {
    let home = regions
        .iter()
        .next()
        .cloned()
        .unwrap_or_else(|| "westeurope".to_owned());
    Gallery {
        subscription: subscription.clone(),
        resource_group: group.clone(),
        name: name.clone(),
        location: home,
        images: images
            .iter()
            .map(|(name, versions)| GalleryImage {
                name: name.clone(),
                features: BTreeMap::from([(
                    "SecurityType".to_owned(),
                    "TrustedLaunchSupported".to_owned(),
                )]),
                versions: versions
                    .iter()
                    .map(|version| gallery_version(*version, regions))
                    .collect(),
                ..GalleryImage::default()
            })
            .collect(),
        ..Gallery::default()
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
