//! Makes a world in which a spec works, so that nobody has to write one to try
//! it.
//!
//! What the spec or the plan takes for granted is gathered here: tenants,
//! subscriptions, groups, galleries, the container of a lease. `finish` puts
//! the world file together.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tenon_model::id::is_guid;
use tenon_model::image::{Channel, ImageDefinition, ImageId, ImageVersion, Sharing};
use tenon_model::spec::{Entry, Made, Spec};
use tenon_sim::world::WorldFile;
use tenon_spec::lock::Lock;

use crate::cloud::Purpose;

mod finish;
mod published;

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

/// A spec and the lock beside it, which names versions that have to exist.
#[derive(Clone, Copy)]
pub(crate) struct Needs<'a> {
    /// The spec.
    pub(crate) spec: &'a Spec,
    /// Its lock.
    pub(crate) lock: &'a Lock,
}

/// A world in which several specs work, with the versions that they pin.
pub(crate) fn of_all(needs: &[Needs<'_>]) -> WorldFile {
    let mut making = Making::default();
    for one in needs {
        making.spec(one.spec);
        making.pinned(one);
    }
    making.finish()
}

/// Tenants that a spec leaves open.
const CONSUMER: &str = "22222222-2222-2222-2222-222222222222";
const PUBLISHER: &str = "11111111-1111-1111-1111-111111111111";
/// The subscription of galleries whose ids do not say theirs.
const OPEN_SUBSCRIPTION: &str = "55555555-5555-5555-5555-555555555555";

/// The region where a spec says none, or one that is not there.
const HOME: &str = "westeurope";

/// A world has no region that is not there: the plan will say so.
fn existing(location: &str) -> &str {
    let region = tenon_model::rules::region(location);
    if tenon_sim::regions().contains(&region.as_str()) {
        location
    } else {
        HOME
    }
}

#[derive(Default)]
struct Making {
    tenants: BTreeMap<String, String>,
    subscriptions: BTreeMap<String, String>,
    groups: BTreeSet<(String, String, String)>,
    galleries: BTreeMap<GalleryKey, BTreeMap<String, BTreeSet<ImageVersion>>>,
    regions: BTreeSet<String>,
    /// What image versions are made from, with a body each.
    sources: BTreeMap<String, Json>,
    /// Subscriptions with galleries that the spec makes.
    publishing: BTreeSet<String>,
    /// Those of them in which galleries are shared without roles.
    sharing: BTreeSet<String>,
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
        let location = spec.defaults.location.as_ref();
        let location = existing(location.map_or(HOME, |location| location.value.as_str()));
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
        for entry in spec.entries("galleries") {
            self.published(entry, spec, (&subscription, tenant), location);
        }
        let made = spec.entries("resource_groups");
        let made = made
            .iter()
            .map(|entry| entry.item.text("name").unwrap_or(&entry.key));
        let made: BTreeSet<&str> = made.collect();
        for (_, entry) in spec.all_entries() {
            self.entry(entry, spec, &subscription, tenant, location);
        }
        self.groups
            .retain(|(_, name, _)| !made.contains(name.as_str()));
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
        let place = existing(entry.item.text("location").unwrap_or(location));
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
        if let Some(id) = image.and_then(image_id) {
            self.gallery_image(&id, PUBLISHER, None);
        }
    }

    fn image(&mut self, entry: &Entry, spec: &Spec, consumer: &str) {
        let Some(id) = entry.item.text("id").and_then(image_id) else {
            return;
        };
        let known = id.definition.resource();
        let known = known.and_then(|id| self.subscriptions.get(id.subscription().as_str()));
        let written = entry.item.text("tenant").map(|name| {
            spec.tenant(name)
                .map_or_else(|| name.to_owned(), |tenant| tenant.id.to_string())
        });
        let tenant = written.or(known.cloned()).unwrap_or_else(|| {
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

    fn pinned(&mut self, needs: &Needs<'_>) {
        for entry in needs.spec.entries("images") {
            let locked = needs.lock.images.get(&entry.key);
            let id = entry.item.text("id").and_then(image_id);
            if let (Some(locked), Some(id)) = (locked, id) {
                let key = GalleryKey::of(&id.definition);
                let images = self.galleries.entry(key).or_default();
                let versions = images.entry(id.definition.name().to_owned()).or_default();
                versions.insert(locked.version);
            }
        }
    }

    fn gallery_image(&mut self, id: &ImageId, tenant: &str, channel: Option<Channel>) {
        let key = GalleryKey::of(&id.definition);
        self.subscription(&key.subscription, tenant);
        let versions = self
            .galleries
            .entry(key)
            .or_default()
            .entry(id.definition.name().to_owned())
            .or_default();
        let named = id.version.map(Channel::Exact);
        versions.extend(versions_of(channel.or(named)));
    }
}

/// A gallery of a made world.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct GalleryKey {
    subscription: String,
    group: String,
    name: String,
    /// How it is open to others, and its public name if it has one.
    open: Option<(Sharing, String)>,
}

impl GalleryKey {
    fn of(definition: &ImageDefinition) -> Self {
        match definition {
            ImageDefinition::Gallery(id) => Self {
                subscription: id.subscription().to_string(),
                group: id.resource_group().unwrap_or_default().to_owned(),
                name: definition.gallery().to_owned(),
                open: None,
            },
            ImageDefinition::Open(open) => Self::open(open.sharing, &open.gallery),
        }
    }

    /// A unique name says the subscription and the gallery's own name; a public
    /// one says neither.
    fn open(sharing: Sharing, gallery: &str) -> Self {
        let parts = gallery.split_at_checked(36);
        let parts = parts.filter(|(id, _)| sharing == Sharing::Direct && is_guid(id));
        let (subscription, name) = match parts {
            Some((id, name)) => (id, name.trim_start_matches('-')),
            None => (OPEN_SUBSCRIPTION, gallery),
        };
        let name = name.chars().filter(char::is_ascii_alphanumeric);
        Self {
            subscription: subscription.to_ascii_lowercase(),
            group: "images".to_owned(),
            name: name.collect(),
            open: Some((sharing, gallery.to_owned())),
        }
    }
}

/// The id of a gallery image, in whichever form.
fn image_id(text: &str) -> Option<ImageId> {
    ImageId::parse(text).ok()
}

/// The type of role assignments.
const ROLE: &str = "Microsoft.Authorization/roleAssignments";

fn is_role(entry: &Entry) -> bool {
    let kind = entry.item.text("type").unwrap_or_default();
    kind.split('@')
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case(ROLE))
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
