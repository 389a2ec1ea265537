//! Makes a world in which a spec works, so that nobody has to write one to try
//! it.
//!
//! What the spec or the plan takes for granted is gathered here: tenants,
//! subscriptions, groups, galleries, the container of a lease. `finish` puts
//! the world file together.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::ResourceId;
use tenon_model::image::{Channel, ImageVersion};
use tenon_model::spec::{Entry, Made, Spec};
use tenon_sim::world::WorldFile;

use crate::cloud::Purpose;

mod finish;

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
