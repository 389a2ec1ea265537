//! Generic lists of resources: what there is, without properties.

use serde_json::{Map, Value, json};

use crate::arm::authentication::Identity;
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::arm::{Context, paging, rbac, reading};
use crate::call::Call;
use crate::clock::stamp;
use crate::json::{self, plain_location};
use crate::providers::{self, Place};
use crate::state::State;
use crate::store::Resource;

/// The members a generic list shows.
const SHOWN: [&str; 8] = [
    "location",
    "tags",
    "sku",
    "kind",
    "managedBy",
    "identity",
    "plan",
    "zones",
];

/// Answers `GET {scope}/resources`.
pub(crate) fn answer(context: &mut Context<'_>, scope: &ResourceId) -> Result<Reply, ArmError> {
    let who = context.caller.primary.clone();
    let state = &*context.state;
    let action = "Microsoft.Resources/subscriptions/resources/read";
    if !rbac::knows(state, &who, &scope.key()) {
        return Err(rbac::refusal(&who, action, &scope.to_string()));
    }
    if scope.group.is_some() {
        reading::existing(state, scope)?;
    }
    let filter = Filter::read(context.call)?;
    let expand = context.call.query("$expand").unwrap_or_default();
    let readable = readable(state, &who, &scope.key());
    let key = scope.key();
    // Pages before this one are not looked at again.
    let after = paging::after(context.call);
    let found = state
        .store
        .below(&key)
        .skip_while(|resource| after.as_ref().is_some_and(|last| resource.key() <= *last))
        .filter(|resource| is_top_level(resource) && filter.takes(resource))
        .filter(|resource| readable(resource))
        .map(|resource| (resource.key(), resource));
    let size = paging::size(state, context.call, "Microsoft.Resources/resources", 1000);
    let show = |resource: &Resource| shown(resource, expand, filter.by_tag());
    Ok(paging::page(context.call, size, found, show))
}

/// Who may read what at a scope and below it.
pub(crate) fn readable<'s>(
    state: &'s State,
    who: &'s Identity,
    scope: &str,
) -> impl Fn(&Resource) -> bool + use<'s> {
    let everywhere = rbac::allows(state, who, "*/read", scope);
    move |resource| {
        everywhere || {
            let action = format!("{}/read", resource.type_name);
            rbac::allows(state, who, &action, &resource.key())
        }
    }
}

/// Groups, nested resources and extensions have no place in these lists; tracked children do.
pub(crate) fn is_top_level(resource: &Resource) -> bool {
    let id = resource.parsed();
    let kind = providers::find(&resource.type_name);
    let nested = id.parent().is_some() && kind.place != Place::Tracked;
    !id.parts.is_empty()
        && !id.is_extension()
        && !nested
        && !resource.type_name.starts_with("Microsoft.Authorization/")
        && !resource.is(super::deployment::KIND.type_name)
}

fn shown(resource: &Resource, expand: &str, by_tag: bool) -> Value {
    let mut body = Map::new();
    body.insert("id".to_owned(), json!(resource.id));
    body.insert("name".to_owned(), json!(names(resource)));
    body.insert("type".to_owned(), json!(resource.type_name));
    for member in SHOWN {
        let value = resource.body.get(member).filter(|value| !value.is_null());
        let empty = value.is_some_and(|value| value.as_object().is_some_and(Map::is_empty));
        let left_out = empty || (by_tag && member == "tags");
        if let Some(value) = value.filter(|_| !left_out) {
            body.insert(member.to_owned(), value.clone());
        }
    }
    for word in expand.split(',').map(str::trim) {
        match word.to_ascii_lowercase().as_str() {
            "createdtime" => body.insert("createdTime".to_owned(), json!(stamp(resource.created))),
            "changedtime" => body.insert("changedTime".to_owned(), json!(stamp(resource.changed))),
            "provisioningstate" => {
                body.insert("provisioningState".to_owned(), json!(resource.state()))
            }
            _ => None,
        };
    }
    Value::Object(body)
}

/// `vm/extension`: children are named with their parents.
fn names(resource: &Resource) -> String {
    let id = resource.parsed();
    let pairs = id
        .parts
        .last()
        .map(|part| part.pairs.as_slice())
        .unwrap_or_default();
    pairs
        .iter()
        .map(|(_, name)| name.as_str())
        .collect::<Vec<_>>()
        .join("/")
}

/// A `$filter` of the resource lists.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    terms: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    Equal { member: String, value: String },
    Unequal { member: String, value: String },
    Contains { member: String, value: String },
    StartsWith { member: String, value: String },
}

impl Filter {
    pub(crate) fn read(call: &Call) -> Result<Self, ArmError> {
        let text = call.query("$filter").unwrap_or_default();
        let mut filter = Self::default();
        for term in text
            .split(" and ")
            .map(str::trim)
            .filter(|term| !term.is_empty())
        {
            let read = Term::read(term).ok_or_else(|| {
                let message = format!("Invalid $filter '{text}' specified in the query string.");
                ArmError::bad_request("InvalidFilterInQueryString", message)
            })?;
            filter.terms.push(read);
        }
        let others = filter
            .terms
            .iter()
            .any(|term| !term.member().starts_with("tag"));
        if filter.by_tag() && others {
            let message = format!(
                "Invalid $filter '{text}' specified in the query string: tag filters do not combine with others."
            );
            return Err(ArmError::bad_request("InvalidFilterInQueryString", message));
        }
        Ok(filter)
    }

    /// True when the filter names a tag's name and value: then no tags come back.
    pub(crate) fn by_tag(&self) -> bool {
        let has = |wanted: &str| self.terms.iter().any(|term| term.member() == wanted);
        has("tagname") && has("tagvalue")
    }

    pub(crate) fn takes(&self, resource: &Resource) -> bool {
        let tag = self.terms.iter().find(|term| term.member() == "tagname");
        self.terms.iter().all(|term| match term.member() {
            "tagname" => tags(resource).any(|(name, _)| term.fits(name)),
            "tagvalue" => tags(resource).any(|(name, value)| {
                tag.is_none_or(|tag| tag.fits(name)) && term.fits_exactly(value)
            }),
            "resourcetype" => term.fits(&resource.type_name),
            "name" => term.fits(&names(resource)),
            "location" => term.fits(&plain_location(resource.location())),
            "resourcegroup" => term.fits(resource.parsed().group.as_deref().unwrap_or_default()),
            "identity/principalid" => {
                term.fits(json::text(&resource.body, "identity.principalId").unwrap_or_default())
            }
            _ => true,
        })
    }
}

fn tags(resource: &Resource) -> impl Iterator<Item = (&str, &str)> {
    json::members(&resource.body, "tags")
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
}

impl Term {
    fn read(term: &str) -> Option<Self> {
        let value = term.split('\'').nth(1)?.replace("''", "'");
        let lower = term.to_ascii_lowercase();
        if let Some(rest) = lower.strip_prefix("substringof(") {
            let member = rest
                .rsplit(',')
                .next()?
                .trim()
                .trim_end_matches(')')
                .trim()
                .to_owned();
            return Some(Self::Contains { member, value });
        }
        if let Some(rest) = lower.strip_prefix("startswith(") {
            let member = rest.split(',').next()?.trim().to_owned();
            return Some(Self::StartsWith { member, value });
        }
        let mut words = lower.split_whitespace();
        let member = words.next()?.to_owned();
        match words.next()? {
            "eq" => Some(Self::Equal { member, value }),
            "ne" => Some(Self::Unequal { member, value }),
            _ => None,
        }
    }

    fn member(&self) -> &str {
        match self {
            Self::Equal { member, .. }
            | Self::Unequal { member, .. }
            | Self::Contains { member, .. }
            | Self::StartsWith { member, .. } => member,
        }
    }

    fn fits(&self, text: &str) -> bool {
        let lower = text.to_ascii_lowercase();
        match self {
            Self::Equal { value, .. } => json::same(value, text),
            Self::Unequal { value, .. } => !json::same(value, text),
            Self::Contains { value, .. } => lower.contains(&value.to_ascii_lowercase()),
            Self::StartsWith { value, .. } => lower.starts_with(&value.to_ascii_lowercase()),
        }
    }

    /// Tag values keep their case.
    fn fits_exactly(&self, text: &str) -> bool {
        match self {
            Self::Equal { value, .. } => value == text,
            _ => self.fits(text),
        }
    }
}
