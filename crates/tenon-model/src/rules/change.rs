//! What changing a property costs: what it does to a machine, which way it goes
//! in place, and what is gone for good.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Same;
use crate::Value;

/// What a change does to a running machine, mildest first.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Disruption {
    /// Nothing that anybody notices.
    #[default]
    None,
    /// Takes effect at once on what runs.
    Hot,
    /// The machine restarts.
    Restart,
    /// The machine is stopped, loses its host, and starts again.
    Deallocate,
    /// The resource is deleted and made anew.
    Replace,
}

impl Disruption {
    /// All of them, mildest first.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Hot,
        Self::Restart,
        Self::Deallocate,
        Self::Replace,
    ];

    /// The word that specs, plans and options use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Hot => "hot",
            Self::Restart => "restart",
            Self::Deallocate => "deallocate",
            Self::Replace => "replace",
        }
    }

    /// Reads such a word, without regard to case.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|one| one.word().eq_ignore_ascii_case(word))
    }
}

/// The words of [`Disruption`] as choices of a spec, worst first: the first is
/// the one that forbids nothing.
pub const LIMITS: crate::shape::Shape =
    crate::shape::Shape::OneOf(&["replace", "deallocate", "restart", "hot", "none"]);

/// In which direction a property changes as its row says; any other way takes
/// a replace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Any.
    Both,
    /// Upwards.
    Up,
    /// From a list to one with more in it.
    More,
    /// From true to false.
    Off,
    /// From an id to another one below the same resource: between the subnets
    /// of a network.
    Sibling,
}

impl Direction {
    /// Whether it leads from one value to the other; `before` is none where
    /// nothing was.
    #[must_use]
    pub fn leads(self, before: Option<&Value>, after: &Value) -> bool {
        match self {
            Self::Both => true,
            Self::Up => {
                let before = before.and_then(Value::as_int);
                let both = before.zip(after.as_int());
                both.is_none_or(|(before, after)| after >= before)
            }
            Self::More => {
                let items = |value: &Value| match Same::Set.normal(value) {
                    Value::List(items) => items,
                    _ => Vec::new(),
                };
                let (before, after) = (before.map(items).unwrap_or_default(), items(after));
                !before.is_empty() && before.iter().all(|item| after.contains(item))
            }
            Self::Off => *after == Value::Bool(false) || before.is_none(),
            Self::Sibling => {
                let parent =
                    |value: &Value| crate::ResourceId::parse(value.as_text()?).ok()?.parent();
                before
                    .and_then(parent)
                    .is_some_and(|before| parent(after) == Some(before))
            }
        }
    }
}

/// What is gone for good when a property changes in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// Nothing.
    Nothing,
    /// So many of these as its number falls.
    Each(&'static str),
    /// These words, whatever it becomes.
    Words(&'static str),
}

impl Gone {
    /// What is gone, as plans name it: `machines 2`, `os_disks`.
    #[must_use]
    pub fn with(self, before: Option<&Value>, after: &Value) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Words(words) => Some(words.to_owned()),
            Self::Each(word) => {
                let fewer = before.and_then(Value::as_int)? - after.as_int()?;
                (fewer > 0).then(|| format!("{word} {fewer}"))
            }
        }
    }
}
