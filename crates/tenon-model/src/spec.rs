//! A spec after reading: variables put in, overlays merged, fleets unfolded,
//! every value with its place.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::levels::Levels;
use crate::rules::Disruption;
use crate::value::SecretSource;
use crate::{Address, Place, SubscriptionId, TenantId, Value};

/// A value of a spec and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it is.
    pub node: Node,
    /// Where the value stands.
    pub place: Place,
}

/// The forms of an [`Item`].
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Anything that is neither list nor map.
    Scalar(Value),
    /// A list.
    List(Vec<Item>),
    /// A map in the order in which it was written.
    Map(Vec<Member>),
}

/// One key of a map and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The key.
    pub name: String,
    /// Where the key stands.
    pub place: Place,
    /// Its value.
    pub item: Item,
}

impl Item {
    /// The members, if this is a map; none otherwise.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        match &self.node {
            Node::Map(members) => members,
            _ => &[],
        }
    }

    /// The elements of a list; a single value counts as a list of one, a map
    /// as none.
    #[must_use]
    pub fn elements(&self) -> &[Item] {
        match &self.node {
            Node::List(items) => items,
            Node::Scalar(_) => std::slice::from_ref(self),
            Node::Map(_) => &[],
        }
    }

    /// The value of the key `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Item> {
        self.member(name).map(|member| &member.item)
    }

    /// The key `name` with its place.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members().iter().find(|member| member.name == name)
    }

    /// The scalar, if this is one.
    #[must_use]
    pub fn scalar(&self) -> Option<&Value> {
        match &self.node {
            Node::Scalar(value) => Some(value),
            _ => None,
        }
    }

    /// The text of the key `name`, if it is there and known.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.scalar()?.as_text()
    }

    /// The whole number of the key `name`.
    #[must_use]
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get(name)?.scalar()?.as_int()
    }

    /// The truth value of the key `name`.
    #[must_use]
    pub fn bool(&self, name: &str) -> Option<bool> {
        self.get(name)?.scalar()?.as_bool()
    }

    /// The place of the key `name`, or of this item if it is not there.
    #[must_use]
    pub fn place_of(&self, name: &str) -> &Place {
        self.member(name)
            .map_or(&self.place, |member| &member.place)
    }

    /// The item as a plain value, places left behind.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match &self.node {
            Node::Scalar(value) => value.clone(),
            Node::List(items) => Value::List(items.iter().map(Item::to_value).collect()),
            Node::Map(members) => Value::Map(
                members
                    .iter()
                    .map(|member| (member.name.as_str(), member.item.to_value()))
                    .collect(),
            ),
        }
    }
}

/// One entry of a collection, or one instance of a fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its name: `vms.web-1`.
    pub address: Address,
    /// The key it was written under, or the instance's name: `web-1`.
    pub key: String,
    /// The fleet it belongs to: `vms.web` for `vms.web-1`.
    pub fleet: Option<Address>,
    /// The position within the fleet, from 0; 0 outside of fleets.
    pub index: usize,
    /// Where the key stands, the fleet's key for an instance.
    pub place: Place,
    /// What was written, checked against the section's shape.
    pub item: Item,
}

/// One collection of a spec, in the order in which it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Collection {
    /// Its name: `vms`.
    pub name: String,
    /// Its entries, fleets unfolded.
    pub entries: Vec<Entry>,
}

/// A fleet and its instances.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetOf {
    /// The fleet: `vms.web`.
    pub address: Address,
    /// Its instances: `vms.web-1`, `vms.web-2`.
    pub instances: Vec<Address>,
}

/// A tenant by its local name.
#[derive(Clone, Debug, PartialEq)]
pub struct Tenant {
    /// The name under `tenants`, or the id where it has none.
    pub name: String,
    /// The id: a GUID, or a verified domain.
    pub id: TenantId,
    /// The credential that the spec names for it.
    pub credential: Option<Credential>,
    /// Where it stands.
    pub place: Place,
}

/// A credential as the spec names it; values are looked up by the program.
///
/// Saved plans keep it, so that whoever applies one signs in as it was
/// planned. It names secrets and holds none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Credential {
    /// The application id; none where the environment tells it, or where the
    /// token does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// What signs in.
    pub source: CredentialSource,
    /// Where it stands.
    pub place: Place,
}

/// What signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CredentialSource {
    /// A secret of the application.
    Secret(SecretSource),
    /// A certificate of the application.
    Certificate {
        /// The file, relative to the spec.
        file: String,
        /// What opens it.
        password: Option<SecretSource>,
        /// Whether the certificates of the file go along with every request.
        send_chain: bool,
    },
    /// A token of another issuer that the application trusts.
    Federated(Issuer),
    /// The identity that Azure gives the machine that this runs on.
    ManagedIdentity(Option<IdentityName>),
    /// The session of the Azure CLI.
    Cli,
}

/// Who issues a federated token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Issuer {
    /// The job of GitHub Actions that this runs in.
    #[serde(rename = "github")]
    GitHub,
    /// The job of Azure Pipelines that this runs in.
    #[serde(rename = "azure_devops")]
    AzureDevOps,
    /// Whoever keeps this file up to date, relative to the spec.
    File(String),
    /// Entra, for the managed identity of this machine.
    ManagedIdentity(Option<IdentityName>),
}

/// Which of a machine's managed identities is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityName {
    /// By its application id.
    ClientId(String),
    /// By the id of its service principal.
    ObjectId(String),
    /// By its resource id.
    ResourceId(String),
}

/// A value with its place, for the keys at the top.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// The resource group that entries lie in when they do not say otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSpec {
    /// The name.
    pub name: String,
    /// Whether the deployment makes it, or expects it.
    pub made: Made,
}

/// Who makes a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Made {
    /// This deployment.
    Here,
    /// Somebody else; it must exist.
    Elsewhere,
}

/// The lease that keeps others from applying at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockSpec {
    /// The address of the blob.
    pub blob: String,
    /// The tenant that signs in to it, if not that of the subscription.
    pub tenant: Option<TenantId>,
}

/// What entries take when they do not say otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    /// The cloud: its name, or the address of its metadata endpoint.
    pub cloud: Option<Placed<String>>,
    /// The lease that every apply takes.
    pub lock: Option<Placed<LockSpec>>,
    /// The tenant of the subscription.
    pub tenant: Option<Placed<TenantId>>,
    /// The subscription.
    pub subscription: Option<Placed<SubscriptionId>>,
    /// The resource group.
    pub resource_group: Option<Placed<GroupSpec>>,
    /// The region.
    pub location: Option<Placed<String>>,
    /// Tags for everything that takes tags.
    pub tags: Option<Item>,
    /// The most that a change may do to what runs.
    pub max_disruption: Option<Placed<Disruption>>,
    /// How much warnings weigh.
    pub checks: Levels,
}

/// A spec, ready for the kinds.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// The deployment's name.
    pub name: String,
    /// Where the name stands, or the file.
    pub place: Place,
    /// What entries take when they do not say otherwise.
    pub defaults: Defaults,
    /// The tenants, in the order in which they were written.
    pub tenants: Vec<Tenant>,
    /// The secrets by name.
    pub secrets: BTreeMap<String, SecretSource>,
    /// The collections, in the order in which they were written.
    pub collections: Vec<Collection>,
    /// The fleets.
    pub fleets: Vec<FleetOf>,
    /// The outputs, in the order in which they were written.
    pub outputs: Vec<Member>,
    /// Text files that entries name, relative to the spec.
    pub files: Vec<FileReference>,
}

/// A file that an entry names.
#[derive(Clone, Debug, PartialEq)]
pub struct FileReference {
    /// The path as written.
    pub path: String,
    /// The spec file it is relative to.
    pub relative_to: String,
    /// Where it stands.
    pub place: Place,
}

impl Spec {
    /// The entries of the collection `name`; none if it is not there.
    #[must_use]
    pub fn entries(&self, name: &str) -> &[Entry] {
        self.collections
            .iter()
            .find(|collection| collection.name == name)
            .map_or(&[], |collection| &collection.entries)
    }

    /// All entries, in the order in which they were written.
    pub fn all_entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.collections.iter().flat_map(|collection| {
            collection
                .entries
                .iter()
                .map(move |entry| (collection.name.as_str(), entry))
        })
    }

    /// The tenant whose local name or id is `name`.
    #[must_use]
    pub fn tenant(&self, name: &str) -> Option<&Tenant> {
        self.tenants
            .iter()
            .find(|tenant| tenant.name == name || tenant.id.as_str().eq_ignore_ascii_case(name))
    }
}
