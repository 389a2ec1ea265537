//! What a kind of entry stands for.

use std::collections::BTreeMap;

use crate::desired::Declaration;
use crate::found::{Drawing, Found};
use crate::image::ResolvedImage;
use crate::rules::Rules;
use crate::shape::Section;
use crate::spec::{Entry, GroupSpec, Placed, Spec};
use crate::{Address, ResourceId, SubscriptionId, TenantId};

/// What an entry takes from its surroundings: the rest of the spec, what the
/// images resolved to, the files it names.
#[derive(Clone, Debug)]
pub struct Surroundings<'a> {
    /// The spec.
    pub spec: &'a Spec,
    /// Tenant, subscription, group and region that entries take by default.
    pub defaults: Settled,
    /// Ids of everything that has a name in the spec.
    pub ids: BTreeMap<Address, ResourceId>,
    /// Images by their address; empty before they were resolved.
    pub images: BTreeMap<Address, ResolvedImage>,
    /// Texts of files by the path that the spec writes; a file that is not
    /// there is missing here.
    pub files: BTreeMap<String, String>,
    /// What to do where a machine needs an SSH key and none is named or there.
    pub missing_key: MissingKey,
}

/// What to do about an SSH key that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingKey {
    /// Refuse, and say how to make one.
    Refuse,
    /// Make one when it is needed, as `--generate-ssh-keys` asks.
    Generate,
}

/// The defaults of a spec after environment and live state were asked.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The tenant of the default subscription.
    pub tenant: TenantId,
    /// The tenants of further subscriptions that entries name.
    pub tenants: BTreeMap<SubscriptionId, TenantId>,
    /// The subscription.
    pub subscription: SubscriptionId,
    /// The resource group.
    pub group: Placed<GroupSpec>,
    /// The region.
    pub location: String,
    /// Where people sign in to this cloud; none where nobody was asked.
    pub login: Option<String>,
    /// The administrator's name where an entry gives none.
    pub admin_username: Option<String>,
    /// GUIDs of roles that were looked up by their name, in lower case, where
    /// that name is used; none where nobody was asked, as when a spec is only
    /// checked.
    pub roles: Option<BTreeMap<(SubscriptionId, String), String>>,
}

/// A kind of entry: `vms`, `networks`, `images`.
pub trait Kind: Sync {
    /// Its collection in a spec.
    fn section(&self) -> &'static Section;

    /// The resource types it may make, with what is known about them.
    fn types(&self) -> &'static [&'static Rules];

    /// The ids of everything in `entry` that other entries can name, by
    /// address.
    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)>;

    /// Adds what `entry` stands for, and what is wrong with it.
    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration);

    /// Writes entries for what lies in a group and is of this kind: those that
    /// a plan would find as they should be. What is no entry of this kind stays
    /// for the kinds after it.
    fn draw(&self, _found: &Found, _drawing: &mut Drawing) {}
}
