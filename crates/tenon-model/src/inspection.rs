//! Live resources next to what the spec says about them.

use serde::Serialize;

use crate::marker::Recorded;
use crate::plan::{Action, Cause};
use crate::{Address, Place, ResourceId, Value};

/// The name and version of the form that [`Inspection`]s have as JSON.
pub const FORMAT: &str = "tenon.resources/1";

/// A resource of the spec, and what is live of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// Its name: `vms.web-1.nic`.
    pub address: Address,
    /// What it is, one word.
    pub kind: String,
    /// Its Azure type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// Its id.
    pub id: ResourceId,
    /// Whether it is there.
    pub exists: bool,
    /// `properties.provisioningState`, if Azure says it.
    pub state: Option<String>,
    /// Whose it is.
    pub owner: Owner,
    /// What an apply would do to it.
    pub action: Action,
    /// The properties that the spec names, in the order of the body, and those
    /// that it no longer names and an apply would change.
    pub properties: Vec<Inspected>,
    /// Where the spec asks for it.
    #[serde(rename = "source")]
    pub place: Place,
}

/// Whose a live resource is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Owner {
    /// Nobody's: it is not there.
    Absent,
    /// Nobody's that we know of: it has no marker.
    Unmarked,
    /// Nobody's that we know of: its marker was copied from another resource.
    Copied,
    /// That of a deployment, by its marker.
    Marked {
        /// The deployment.
        deployment: String,
        /// Its address there.
        address: Address,
        /// Whether it outlives its entry in the spec.
        protected: bool,
    },
    /// The type has no tags: the marker of what it lies in speaks for it.
    Parent,
}

/// One property.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspected {
    /// Its name in the words of the spec.
    pub path: String,
    /// What the spec says; none if it no longer says anything.
    pub spec: Option<Value>,
    /// What is live; none if Azure shows nothing.
    pub live: Option<Value>,
    /// Whether the spec still says what was last applied, as the marker
    /// remembers it.
    pub applied: Applied,
    /// Who moved, if an apply would change it.
    pub differs: Option<Cause>,
    /// Whether the value must not be shown; then there is none.
    pub sensitive: bool,
}

/// Whether the spec still says what was last applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Applied {
    /// It does.
    Same,
    /// It says something else.
    Other,
    /// Nothing is remembered.
    Unknown,
    /// Nothing is compared: the spec says that it is nobody's business.
    Ignored,
}

impl From<Recorded> for Applied {
    fn from(recorded: Recorded) -> Self {
        match recorded {
            Recorded::Same => Self::Same,
            Recorded::Other => Self::Other,
            Recorded::Absent => Self::Unknown,
        }
    }
}
