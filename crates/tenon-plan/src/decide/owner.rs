//! Whose a live resource is: its own marker says so, or the one of its parent,
//! or the author who asks to take it over.

use tenon_model::desired::Desired;
use tenon_model::marker::{Base, Ownership, Recorded};
use tenon_model::rules::Tags;
use tenon_model::snapshot::Live;
use tenon_model::{Diagnostic, Value};

use super::families::{child_property, optional_rows, speaker};
use super::{Deciding, problems};
use crate::{diff, wishes};

/// What is known about the owner of a live resource.
pub(super) enum Owner {
    Us(Base),
    /// Ours through our marker on its parent, which has this fingerprint, and
    /// remembers these properties.
    Parent(Recorded, Base),
    /// Ours through a marker elsewhere, and to get its own.
    Unmarked,
    /// Nobody's, and the author asked to take it over.
    Adopted,
    /// Nobody's or somebody else's; why it is nobody's although it has a
    /// marker.
    Foreign(Option<&'static str>),
    Problem(Box<Diagnostic>),
}

impl Deciding<'_, '_> {
    pub(super) fn owner(&self, desired: &Desired, live: &Live) -> Owner {
        let us = &self.inputs.deployment.name;
        let is_ours = matches!(&live.ownership, Ownership::Marked(own) if own.deployment == *us);
        // One that had tags before keeps its marker.
        if desired.rules.tags == Tags::Parent && !is_ours {
            return self.owner_of_child(desired);
        }
        match &live.ownership {
            Ownership::Marked(marker) if marker.deployment == *us => Owner::Us(marker.base.clone()),
            Ownership::Marked(marker) => Owner::Problem(Box::new(problems::owned_by_another(
                desired,
                &marker.deployment,
            ))),
            _ if self.may_adopt(desired) => Owner::Adopted,
            // One that had no tags before gets a marker.
            Ownership::Foreign if speaker(self.inputs, &live.id, None).is_some() => Owner::Unmarked,
            Ownership::Foreign => Owner::Foreign(None),
            Ownership::Copied => Owner::Foreign(Some(
                "it carries a marker that was copied from another resource",
            )),
        }
    }

    fn owner_of_child(&self, desired: &Desired) -> Owner {
        let parent = self.families.parents.get(&desired.address);
        let Some(parent) = parent.and_then(|parent| self.decisions.get(parent)) else {
            // Refused before: nobody speaks for it.
            return Owner::Parent(Recorded::Absent, Base::default());
        };
        let Some(Ownership::Marked(marker)) = parent.live.map(|live| &live.ownership) else {
            // The parent's own marker will name it.
            if self.may_adopt(desired) {
                return Owner::Adopted;
            }
            return Owner::Parent(Recorded::Absent, Base::default());
        };
        let property = child_property(&desired.id);
        if !marker.base.has(&property) {
            if self.may_adopt(desired) {
                return Owner::Adopted;
            }
            return Owner::Foreign(None);
        }
        let now = self.children(&parent.address);
        let remembered = optional_rows(desired.rules)
            .filter(|row| diff::remembers(&marker.base, &format!("{property}.{row}")))
            .map(|row| (row.to_owned(), Value::Null))
            .collect();
        Owner::Parent(marker.base.compare(&property, &now), Base::of(&remembered))
    }

    /// Whether the author asked to take over whatever `desired` stands for.
    fn may_adopt(&self, desired: &Desired) -> bool {
        wishes::names(
            &self.inputs.wishes.adopt,
            &desired.address,
            desired.fleet.as_ref(),
        )
    }
}
