//! Azure's own names: tenants, subscriptions and resource ids.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Returns the id spelled by `text`, lower-cased.
            #[must_use]
            pub fn new(text: &str) -> Self {
                Self(Arc::from(text.to_ascii_lowercase()))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The first eight characters, for people.
            #[must_use]
            pub fn short(&self) -> String {
                if is_guid(&self.0) { format!("{}…", &self.0[..8]) } else { self.0.to_string() }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A Microsoft Entra tenant: a GUID, or a verified domain until the sign-in
    /// host has been asked.
    TenantId
}
text_id! {
    /// An Azure subscription, a GUID.
    SubscriptionId
}

/// Whether `text` has the form of a GUID (8-4-4-4-12 hexadecimal digits).
#[must_use]
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The full id of an Azure resource, as its author or Azure spelled it.
///
/// What Microsoft Graph has in a tenant's directory is named in the same way,
/// below `/tenants/{tenant}`, so that everything that knows ids knows it, too.
/// Only the client knows what Graph itself calls it.
///
/// Azure compares ids without regard to case and echoes them in several
/// spellings (upper-cased resource groups, `resourcegroups`), so equality,
/// order and hash do the same.
/// Source: azure-rest-api-specs issue 19424.
#[derive(Clone)]
pub struct ResourceId(Arc<str>);

/// Why a text is no resource id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IdError {
    /// It begins neither with `/subscriptions/` nor with `/tenants/`.
    #[error("expected an id that begins with `/subscriptions/`")]
    NotAnId,
    /// A segment is empty, or a name is missing after its type.
    #[error("an id has pairs of type and name; this one ends early or has an empty segment")]
    Incomplete,
}

impl ResourceId {
    /// Reads a full id: of a subscription, a resource group, a resource, or
    /// something in the directory of a tenant.
    ///
    /// # Errors
    ///
    /// When `text` begins with neither `/subscriptions/` nor `/tenants/`, or
    /// has a type without a name.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let rest = text.strip_prefix('/').ok_or(IdError::NotAnId)?;
        let segments: Vec<&str> = rest.split('/').collect();
        let roots = ["subscriptions", "tenants"];
        if !roots
            .iter()
            .any(|root| segments[0].eq_ignore_ascii_case(root))
        {
            return Err(IdError::NotAnId);
        }
        if segments.iter().any(|segment| segment.is_empty()) || !segments.len().is_multiple_of(2) {
            return Err(IdError::Incomplete);
        }
        Ok(Self(Arc::from(text)))
    }

    /// Returns the id of a resource group.
    #[must_use]
    pub fn group(subscription: &SubscriptionId, group: &str) -> Self {
        Self(Arc::from(format!(
            "/subscriptions/{subscription}/resourceGroups/{group}"
        )))
    }

    /// Returns the id of a collection's object in the directory of a tenant:
    /// `applications` and the name that it has there.
    #[must_use]
    pub fn in_directory(tenant: &TenantId, collection: &str, name: &str) -> Self {
        Self(Arc::from(format!("/tenants/{tenant}/{collection}/{name}")))
    }

    /// Returns the id of a resource of `resource_type` (`Namespace/type`, or
    /// `Namespace/type/childType` with one name per type) in a group.
    #[must_use]
    pub fn in_group(
        subscription: &SubscriptionId,
        group: &str,
        resource_type: &str,
        names: &[&str],
    ) -> Self {
        let (namespace, types) = resource_type.split_once('/').unwrap_or((resource_type, ""));
        let mut id =
            format!("/subscriptions/{subscription}/resourceGroups/{group}/providers/{namespace}");
        for (kind, name) in types.split('/').zip(names) {
            id.push('/');
            id.push_str(kind);
            id.push('/');
            id.push_str(name);
        }
        Self(Arc::from(id))
    }

    /// Returns the id of a child: `subnets` and `app` below a network.
    #[must_use]
    pub fn child(&self, kind: &str, name: &str) -> Self {
        Self(Arc::from(format!("{}/{kind}/{name}", self.0)))
    }

    /// Returns the id of an extension: `Microsoft.Authorization/locks` on a
    /// network, with one name per type.
    /// Source: learn.microsoft.com, "Set scope for extension resources".
    #[must_use]
    pub fn extension(&self, resource_type: &str, names: &[&str]) -> Self {
        let (namespace, types) = resource_type.split_once('/').unwrap_or((resource_type, ""));
        let mut id = format!("{}/providers/{namespace}", self.0);
        for (kind, name) in types.split('/').zip(names) {
            id.push('/');
            id.push_str(kind);
            id.push('/');
            id.push_str(name);
        }
        Self(Arc::from(id))
    }

    /// The id as it was spelled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id in the form in which ids are compared.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.trim_start_matches('/').split('/')
    }

    fn after(&self, keyword: &str) -> Option<&str> {
        let mut segments = self.segments();
        while let (Some(key), Some(name)) = (segments.next(), segments.next()) {
            if key.eq_ignore_ascii_case(keyword) {
                return Some(name);
            }
        }
        None
    }

    /// The subscription. What lies in a directory counts as one of its own,
    /// called as the tenant: so do the Azure CLI's tenants without
    /// subscriptions.
    #[must_use]
    pub fn subscription(&self) -> SubscriptionId {
        let own = self.after("subscriptions").or(self.tenant_segment());
        SubscriptionId::new(own.unwrap_or(""))
    }

    /// The tenant in whose directory it lies, if it lies in one.
    #[must_use]
    pub fn directory(&self) -> Option<TenantId> {
        self.tenant_segment().map(TenantId::new)
    }

    fn tenant_segment(&self) -> Option<&str> {
        let mut segments = self.segments();
        let root = segments.next()?;
        root.eq_ignore_ascii_case("tenants")
            .then(|| segments.next())?
    }

    /// The resource group's name, if the id lies in one.
    #[must_use]
    pub fn resource_group(&self) -> Option<&str> {
        self.after("resourceGroups")
    }

    /// The last name of the id.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or("")
    }

    /// The id beside this one that ends with another name.
    #[must_use]
    pub fn with_name(&self, name: &str) -> Self {
        let above = self.0.len() - self.name().len();
        Self(Arc::from(format!("{}{name}", &self.0[..above])))
    }

    /// The name that follows the type segment `kind`, e.g. `galleries`.
    #[must_use]
    pub fn name_of(&self, kind: &str) -> Option<&str> {
        self.after(kind)
    }

    /// The resource type with its namespace, e.g.
    /// `Microsoft.Network/virtualNetworks/subnets`; of what lies in a directory
    /// `Microsoft.Graph/applications`, as Bicep calls it.
    #[must_use]
    pub fn resource_type(&self) -> String {
        if self.tenant_segment().is_some() {
            let kinds: Vec<&str> = self.segments().skip(2).step_by(2).collect();
            return format!("Microsoft.Graph/{}", kinds.join("/"));
        }
        let Some(provider) = self.providers().next() else {
            let kind = if self.segments().nth(2).is_some() {
                "resourceGroups"
            } else {
                "subscriptions"
            };
            return format!("Microsoft.Resources/{kind}");
        };
        let mut after = self.0[provider + PROVIDERS.len()..].split('/');
        let mut text = String::with_capacity(64);
        text.push_str(after.next().unwrap_or_default());
        for part in after.step_by(2) {
            text.push('/');
            text.push_str(part);
        }
        text
    }

    /// The id of what this resource is a child of: the network of a subnet,
    /// the machine that a lock is on. Top-level resources have none, and an
    /// extension of a group or a subscription looks like one.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let mut providers = self.providers();
        let last = providers.next();
        let is_child = match last {
            Some(last) => self.0[last + PROVIDERS.len()..].matches('/').count() > 2,
            None => self.tenant_segment().is_some() && self.segments().nth(4).is_some(),
        };
        let cut = if is_child {
            self.0.rmatch_indices('/').nth(1)?.0
        } else {
            providers.next()?;
            last?
        };
        Some(Self(Arc::from(&self.0[..cut])))
    }

    /// Where `/providers/` stands, from the last to the first.
    fn providers(&self) -> impl Iterator<Item = usize> {
        let is_provider = |at: &usize| {
            let here = self.0.as_bytes()[*at..].get(..PROVIDERS.len());
            here.is_some_and(|here| here.eq_ignore_ascii_case(PROVIDERS.as_bytes()))
        };
        let slashes = self.0.rmatch_indices('/').map(|(at, _)| at);
        slashes.filter(is_provider)
    }

    /// Whether this lies somewhere inside of `outer`.
    #[must_use]
    pub fn is_inside(&self, outer: &Self) -> bool {
        let (inner, outer) = (self.0.as_bytes(), outer.0.as_bytes());
        inner.len() > outer.len()
            && inner[outer.len()] == b'/'
            && inner[..outer.len()].eq_ignore_ascii_case(outer)
    }
}

/// What stands in front of a resource type.
const PROVIDERS: &str = "/providers/";

/// Bytes that are looked at together.
const CHUNK: usize = 32;

/// How many bytes are the same in front, cases told apart: ids in one group
/// differ only at their ends.
fn same_start(one: &[u8], two: &[u8]) -> usize {
    // Arrays of a known length compare without a call.
    let chunks = one.as_chunks::<CHUNK>().0.iter();
    let chunks = chunks.zip(two.as_chunks::<CHUNK>().0);
    let whole = chunks.take_while(|(one, two)| one == two).count() * CHUNK;
    let rest = one[whole..].iter().zip(&two[whole..]);
    whole + rest.take_while(|(one, two)| one == two).count()
}

impl PartialEq for ResourceId {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for ResourceId {}

impl PartialOrd for ResourceId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ResourceId {
    fn cmp(&self, other: &Self) -> Ordering {
        let lower = |byte: &u8| byte.to_ascii_lowercase();
        let (one, two) = (self.0.as_bytes(), other.0.as_bytes());
        let same = same_start(one, two);
        one[same..]
            .iter()
            .map(lower)
            .cmp(two[same..].iter().map(lower))
    }
}

impl Hash for ResourceId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // A call for each byte is most of what a look-up costs.
        let mut lower = [0; CHUNK];
        for chunk in self.0.as_bytes().chunks(CHUNK) {
            let lower = &mut lower[..chunk.len()];
            lower.copy_from_slice(chunk);
            lower.make_ascii_lowercase();
            state.write(lower);
        }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ResourceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ResourceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
