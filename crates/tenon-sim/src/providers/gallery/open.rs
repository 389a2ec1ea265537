//! Galleries as a consumer sees them that needs no role there: shared with its
//! subscription or tenant, or with everybody.
//!
//! `…/locations/{location}/sharedGalleries` and `…/communityGalleries`, with
//! images and versions below (Galleries, `sharedGallery.json` and
//! `communityGallery.json`). What is listed in a region can be used there.

use serde_json::json;

use super::{replicas, share};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::arm::{Context, paging, rbac};
use crate::json::{self, plain_location};
use crate::state::State;
use crate::store::Resource;

mod shown;

/// How a gallery is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To subscriptions and tenants that its owner names.
    Direct,
    /// To everybody.
    Community,
}

impl Way {
    fn of(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "sharedgalleries" => Some(Self::Direct),
            "communitygalleries" => Some(Self::Community),
            _ => None,
        }
    }

    fn segment(self) -> &'static str {
        match self {
            Self::Direct => "SharedGalleries",
            Self::Community => "CommunityGalleries",
        }
    }
}

/// Finds a gallery by its unique or public name, if a subscription may use it.
pub(crate) fn gallery<'s>(
    state: &'s State,
    way: Way,
    name: &str,
    consumer: &str,
) -> Option<&'s Resource> {
    all(state).into_iter().find(|gallery| match way {
        Way::Direct => {
            json::text(&gallery.body, "properties.identifier.uniqueName")
                .is_some_and(|unique| json::same(unique, name))
                && share::shared_with(state, gallery, consumer).is_some()
        }
        Way::Community => share::is_public_as(gallery, name),
    })
}

fn all(state: &State) -> Vec<&Resource> {
    let subscriptions = state.directory.subscriptions.iter();
    let of = |id: &'_ str| {
        let found = state.store.of_type(id, None, "Microsoft.Compute/galleries");
        found.collect::<Vec<_>>()
    };
    subscriptions
        .flat_map(|subscription| of(&subscription.id))
        .collect()
}

/// Answers a GET below `…/locations/{location}/sharedGalleries` and its twin;
/// none for any other path.
pub(crate) fn answer(
    context: &mut Context<'_>,
    id: &ResourceId,
    word: Option<&str>,
) -> Option<Result<Reply, ArmError>> {
    let part = id.parts.last().filter(|_| id.group.is_none())?;
    let mut path: Vec<&str> = Vec::new();
    for (kind, name) in &part.pairs {
        path.extend([kind.as_str(), name.as_str()]);
    }
    path.extend(word);
    let [locations, location, galleries, rest @ ..] = path.as_slice() else {
        return None;
    };
    if !json::same(locations, "locations") || !json::same(&part.namespace, "Microsoft.Compute") {
        return None;
    }
    let way = Way::of(galleries)?;
    let asked = Asked {
        way,
        location: plain_location(location),
        consumer: id.subscription.clone().unwrap_or_default(),
    };
    let rest: Vec<String> = rest.iter().map(|word| (*word).to_owned()).collect();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    Some(asked.reply(context, &id.to_string(), &rest))
}

/// Who asks for what.
struct Asked {
    way: Way,
    location: String,
    consumer: String,
}

impl Asked {
    fn reply(
        &self,
        context: &mut Context<'_>,
        asked: &str,
        rest: &[&str],
    ) -> Result<Reply, ArmError> {
        let who = &context.caller.primary;
        let scope = ResourceId::of_subscription(&self.consumer);
        if !rbac::knows(context.state, who, &scope.key()) {
            let action = format!("Microsoft.Compute/locations/{}/read", self.way.segment());
            return Err(rbac::refusal(who, &action, asked));
        }
        if context.call.method != "GET" {
            return Err(crate::arm::method_not_allowed(context.call));
        }
        let state = &*context.state;
        let absent = || {
            ArmError::not_found(
                "ResourceNotFound",
                format!("The resource '{asked}' was not found."),
            )
        };
        let [name, rest @ ..] = rest else {
            return self.galleries(context).ok_or_else(absent);
        };
        let gallery = gallery(state, self.way, name, &self.consumer).ok_or_else(absent)?;
        let definition = |image: &str| {
            let id = gallery.parsed().child("images", image);
            state.store.get(&id.key()).ok_or_else(absent)
        };
        match rest {
            [] => Ok(Reply::json(200, self.shown_gallery(name, gallery))),
            [images] if json::same(images, "images") => {
                if !self.lists(state, context.call.query("sharedto"), gallery) {
                    return Ok(Reply::json(200, json!({"value": []})));
                }
                let found = state.store.children(&gallery.key(), "images");
                let found = found.filter(|image| self.has_versions(state, image));
                let size =
                    paging::size(state, context.call, "Microsoft.Compute/galleries/images", 0);
                let found = found.map(|image| (image.key(), image));
                Ok(paging::page(context.call, size, found, |image| {
                    self.shown_image(name, image)
                }))
            }
            [_, image] => Ok(Reply::json(200, self.shown_image(name, definition(image)?))),
            [_, image, versions] if json::same(versions, "versions") => {
                let image = definition(image)?;
                if !self.lists(state, context.call.query("sharedto"), gallery) {
                    return Ok(Reply::json(200, json!({"value": []})));
                }
                let found = state.store.children(&image.key(), "versions");
                let found = found.filter(|one| self.offers(state, one));
                let size = paging::size(
                    state,
                    context.call,
                    "Microsoft.Compute/galleries/images/versions",
                    0,
                );
                let found = found.map(|one| (one.key(), one));
                Ok(paging::page(context.call, size, found, |one| {
                    self.shown_version(name, image, one)
                }))
            }
            [_, image, _, version] => {
                let image = definition(image)?;
                let id = image.parsed().child("versions", version);
                let found = state.store.get(&id.key());
                let found = found.filter(|one| self.offers(state, one));
                let found = found.ok_or_else(absent)?;
                Ok(Reply::json(200, self.shown_version(name, image, found)))
            }
            _ => Err(absent()),
        }
    }

    /// The galleries that are shared with the subscription, or with its tenant
    /// where `sharedTo` says so. Those of the community are never listed.
    fn galleries(&self, context: &Context<'_>) -> Option<Reply> {
        if self.way == Way::Community {
            return None;
        }
        let state = &*context.state;
        let shared_to = context.call.query("sharedto");
        let found = all(state).into_iter();
        let found = found.filter(|gallery| self.lists(state, shared_to, gallery));
        let mut found: Vec<(String, &Resource)> = found.map(|one| (one.key(), one)).collect();
        found.sort_by(|one, two| one.0.cmp(&two.0));
        let size = paging::size(state, context.call, "Microsoft.Compute/galleries", 0);
        Some(paging::page(
            context.call,
            size,
            found.into_iter(),
            |gallery| {
                let unique = json::text(&gallery.body, "properties.identifier.uniqueName");
                self.shown_gallery(unique.unwrap_or_default(), gallery)
            },
        ))
    }

    /// Whether a list has what is in a gallery: what is shared with the whole
    /// tenant is listed only when that is asked for.
    fn lists(&self, state: &State, shared_to: Option<&str>, gallery: &Resource) -> bool {
        let of_tenant = shared_to.is_some_and(|to| json::same(to, "tenant"));
        match (self.way, share::shared_with(state, gallery, &self.consumer)) {
            (Way::Community, _) => true,
            (Way::Direct, Some(share::Owed::Subscription)) => !of_tenant,
            (Way::Direct, Some(share::Owed::Tenant)) => of_tenant,
            (Way::Direct, None) => false,
        }
    }

    fn has_versions(&self, state: &State, image: &Resource) -> bool {
        let mut versions = state.store.children(&image.key(), "versions");
        versions.any(|one| self.offers(state, one))
    }

    /// Whether a version can be used here: it is, and lies where its gallery does.
    fn offers(&self, state: &State, version: &Resource) -> bool {
        let definition = version.parsed().parent().unwrap_or_default();
        let gallery = definition.parent().unwrap_or_default();
        let gallery = state.store.get(&gallery.key());
        let home = |one: &Resource| plain_location(one.location());
        replicas::is_usable(state, version, &self.location)
            && gallery.is_some_and(|gallery| home(gallery) == home(version))
    }
}
