//! How changes that take machines down go through a fleet.
//!
//! The words of the spec become values here; the planner makes waves of them,
//! and the engine looks whether machines are well before the next wave begins.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Address, Map};

/// A number of machines, or a share of their fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// So many.
    Number(usize),
    /// So many of a hundred; rounded down, and at least one.
    Percent(usize),
}

impl Share {
    /// How many that is of a fleet of `all`; never none.
    #[must_use]
    pub fn of(self, all: usize) -> usize {
        match self {
            Self::Number(number) => number.max(1),
            Self::Percent(percent) => (all * percent / 100).max(1),
        }
    }
}

/// Which machines go first, by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Canary {
    /// None in particular.
    #[default]
    None,
    /// The first of the fleet.
    First(Share),
    /// These.
    Named(Vec<Address>),
}

/// Which of a machine's forms comes first when it is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The old one goes, then the new one is made under its name.
    #[default]
    DeleteFirst,
    /// The new one is made beside the old one.
    CreateFirst,
}

/// What the second of the two names of a machine ends with where the new one
/// is made beside the old one.
pub const BESIDE: &str = "-b";

/// What happens when a machine does not get well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// No further wave begins.
    #[default]
    Stop,
    /// Further waves begin as long as no more machines are down than may be.
    Continue,
    /// No further wave begins, and the machines that this run has replaced go
    /// back to their old OS disks.
    RollBack,
}

/// How a fleet, or a single machine, takes changes that take machines down.
#[derive(Clone, Debug, PartialEq)]
pub struct Rollout {
    /// How many may be down at the same time.
    pub most_down: Share,
    /// Who goes first.
    pub canary: Canary,
    /// Which form comes first.
    pub order: Order,
    /// When a machine counts as well; none where the author wrote nothing.
    pub health: Option<Health>,
    /// Seconds between two waves.
    pub pause: u32,
    /// What happens when a machine does not get well.
    pub on_failure: OnFailure,
    /// Whether new machines of the fleet come before those that go down.
    pub grows: Grows,
    /// What a look has to know of the machine: `private_ip`, `public_ip`.
    pub reach: Map,
}

/// When new machines of a fleet are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grows {
    /// Before others go down.
    #[default]
    First,
    /// When all waves are through.
    Last,
}

impl Default for Rollout {
    fn default() -> Self {
        Self {
            most_down: Share::Number(1),
            canary: Canary::None,
            order: Order::default(),
            health: None,
            pause: 0,
            on_failure: OnFailure::default(),
            grows: Grows::default(),
            reach: Map::new(),
        }
    }
}

/// How long a machine may take to get well, in seconds, unless the author says
/// something else.
pub const WITHIN: u32 = 600;

/// When a machine counts as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// What is looked at.
    #[serde(flatten)]
    pub check: Check,
    /// Seconds after which it counts as not well.
    pub within: u32,
    /// Seconds for which it must be well without a break.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub min_healthy: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Default for Health {
    fn default() -> Self {
        Self {
            check: Check::Running,
            within: WITHIN,
            min_healthy: 0,
        }
    }
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "check")]
pub enum Check {
    /// Azure has made it and says that it runs, and its agent does not say
    /// that it is not ready. A machine without an agent is well.
    Running,
    /// The same, and its agent says that it is ready.
    Agent,
    /// It takes connections.
    Tcp {
        /// The address; the machine's own when none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host: Option<String>,
        /// The port.
        port: u16,
    },
    /// It answers a `GET`.
    Http {
        /// Where.
        url: Url,
        /// The statuses that count as well; from, to, both included.
        status: (u16, u16),
    },
    /// A program on the machine that runs the apply ends with 0.
    Command {
        /// The program and its arguments.
        words: Vec<String>,
    },
}

/// Where an answer is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Url {
    /// There, whatever the machine's address is.
    Whole(String),
    /// At the machine's own address.
    At {
        /// `http` or `https`.
        scheme: String,
        /// The port.
        port: u16,
        /// The path, with its slash.
        path: String,
    },
}

impl Check {
    /// Whether Azure can answer it: then a plan knows already who is not well.
    #[must_use]
    pub fn is_azures(&self) -> bool {
        matches!(self, Self::Running | Self::Agent)
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running => write!(f, "it runs"),
            Self::Agent => write!(f, "its agent is ready"),
            Self::Tcp { host: None, port } => write!(f, "tcp:{port} answers"),
            Self::Tcp {
                host: Some(host),
                port,
            } => write!(f, "tcp {host}:{port} answers"),
            Self::Http { url, status } => {
                write!(f, "{url} answers ")?;
                match status {
                    (from, to) if from == to => write!(f, "{from}"),
                    (from, to) => write!(f, "{from} to {to}"),
                }
            }
            Self::Command { words } => write!(f, "`{}` ends with 0", words.join(" ")),
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(url) => write!(f, "{url}"),
            Self::At { scheme, port, path } => write!(f, "{scheme}:{port}{path}"),
        }
    }
}

/// The waves of one fleet in a plan. The steps are ordered by them; this says
/// so to people, and which machines count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waves {
    /// The fleet, or the machine if it has none.
    pub fleet: Address,
    /// How many may be down at the same time.
    pub most_down: usize,
    /// How many machines it has after the plan.
    pub machines: usize,
    /// The machines of each wave.
    pub waves: Vec<Vec<Address>>,
    /// Those that go first by themselves, as canaries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canaries: Vec<Address>,
    /// Machines that are down or not well before anything begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unwell: Vec<Address>,
    /// Machines that are made beside their old form, which goes when they are
    /// well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Address>,
    /// Machines that stay as they are and must be well first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looked_at: Vec<Address>,
    /// When a machine counts as well.
    pub health: Health,
    /// Seconds between two waves.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pause: u32,
    /// What happens when one does not get well.
    pub on_failure: OnFailure,
}

/// What is asked to find out whether a machine is well, beside Azure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// A connection.
    Tcp {
        /// Name or address.
        host: String,
        /// The port.
        port: u16,
    },
    /// A `GET` without credentials, whose redirects are not followed.
    Http {
        /// The whole address.
        url: String,
        /// The statuses that count as well; from, to, both included.
        status: (u16, u16),
    },
    /// A program on this machine.
    Command {
        /// The program and its arguments.
        words: Vec<String>,
        /// What its environment says of the machine.
        environment: Vec<(String, String)>,
    },
}

/// Who looks.
pub trait Prober: fmt::Debug + Send + Sync {
    /// Asks once. An attempt that takes longer than a few seconds has failed.
    ///
    /// # Errors
    ///
    /// What is wrong, in a few words: `connection refused`, `503`.
    fn ask<'a>(&'a self, probe: &'a Probe) -> crate::transport::Boxed<'a, Result<(), String>>;
}
