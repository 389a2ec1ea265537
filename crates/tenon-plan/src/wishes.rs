//! What the author asked for beside the spec.

use std::collections::BTreeSet;

use tenon_model::Address;
use tenon_model::desired::Desired;

/// What the author asked for beside the spec. An address stands for an entry,
/// a fleet or a resource.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// What may be taken over although it carries no marker of ours.
    pub adopt: BTreeSet<Address>,
    /// What the plan is about, with all that it needs; none stands for
    /// everything.
    pub targets: BTreeSet<Address>,
    /// What is left alone, with all that depends on it.
    pub exclude: BTreeSet<Address>,
    /// What is deleted and made anew although nothing forces that. An entry
    /// stands for its main resource only, not for disks and interfaces.
    pub replace: BTreeSet<Address>,
    /// What goes back to what was kept of it; then the plan is about nothing
    /// else.
    pub rollback: Option<Rollback>,
    /// What is let go of; then the plan is about nothing else.
    pub let_go: Option<LetGo>,
}

/// Machines that take the OS disk again that a replace has kept of them.
#[derive(Clone, Debug, Default)]
pub struct Rollback {
    /// Entries or fleets. Of a fleet, those go back that can.
    pub addresses: BTreeSet<Address>,
    /// The version of the image that the disk was made of; none for the disk
    /// that was kept last.
    pub to: Option<String>,
}

/// What is no longer ours after a plan, and stays in Azure.
#[derive(Clone, Debug, Default)]
pub struct LetGo {
    /// Entries, fleets or resources, in the spec or no longer.
    pub addresses: BTreeSet<Address>,
    /// The deployment that they belong to afterwards; none for nobody's.
    pub to: Option<String>,
}

impl Wishes {
    /// Whether the plan is about a part of the deployment.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        !self.targets.is_empty() || !self.exclude.is_empty()
    }

    pub(crate) fn replaces(&self, desired: &Desired) -> bool {
        let instance = desired
            .fleet
            .as_ref()
            .filter(|_| desired.address == desired.entry);
        self.replace.contains(&desired.address)
            || instance.is_some_and(|fleet| self.replace.contains(fleet))
    }
}

/// Whether one of `asked` stands for `address`.
pub(crate) fn names(asked: &BTreeSet<Address>, address: &Address, fleet: Option<&Address>) -> bool {
    asked
        .iter()
        .any(|asked| address.is_within(asked) || fleet == Some(asked))
}
