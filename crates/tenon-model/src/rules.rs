//! What is known about the properties of a resource type, as a table.
//!
//! A kind brings rows, never code that compares: which member of the body a
//! property is, when two values mean the same, what changing it costs. The
//! official descriptions mark almost nothing as create-only, so these tables
//! are the only place where replace is told from update
//! (`azure-rest-api-specs`, Compute 2026-04-01: three marked properties).

use serde::{Deserialize, Serialize};

use crate::Value;

mod same;

pub use same::{Same, region};

/// What a change does to a running machine, mildest first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
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

/// What it means that the spec does not mention a property that it could.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Nobody's business.
    Unmanaged,
    /// It has this value, written as JSON. A property that left the spec goes
    /// back to it.
    Default(&'static str),
    /// A property that left the spec is taken out of the body.
    Removed,
}

impl Absent {
    /// The value that holds when the spec says nothing.
    #[must_use]
    pub fn value(self) -> Option<Value> {
        match self {
            Self::Default(json) => serde_json::from_str(json).ok(),
            Self::Unmanaged | Self::Removed => None,
        }
    }
}

/// One property of a resource type.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The property in the words of the spec; `*` stands for a name:
    /// `rules.*.priority`.
    pub property: &'static str,
    /// Where it is in the body. A keyed list element is written with its key
    /// member only: `properties.securityRules[name].properties.priority`.
    pub path: &'static str,
    /// When two values mean the same.
    pub same: Same,
    /// What changing it does.
    pub change: Disruption,
    /// What its absence from the spec means.
    pub absent: Absent,
    /// The other form in which Azure may answer: `…Prefixes` for `…Prefix`.
    pub twin: Option<&'static str>,
    /// Whether Azure ever shows it.
    pub echo: Echo,
    /// How people see it.
    pub view: View,
    /// In which direction it changes.
    pub direction: Direction,
    /// When a `PATCH` carries it.
    pub carried: Carried,
    /// The other resource that it is kept on; none for the resource itself.
    pub kept_on: Option<&'static KeptOn>,
    /// Values that are a world of their own: a change to one of them or from
    /// one of them takes a replace. Compared without regard to case.
    pub apart: &'static [&'static str],
    /// What is gone when it changes in place.
    pub gone: Gone,
}

/// Where a property is kept that Azure shows on one resource and changes on
/// another, which comes and goes with the first: the disk that a machine made
/// for itself.
#[derive(Clone, Copy, Debug)]
pub struct KeptOn {
    /// Where the body names the other resource.
    pub id: &'static str,
    /// Where the property is in the body of the other one.
    pub path: &'static str,
    /// What is known about the type of the other one.
    pub rules: &'static Rules,
}

/// When a `PATCH` carries a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// When it changed.
    Changed,
    /// Also when something beside it changed: the description wants the two
    /// together.
    Beside,
}

/// How people see a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// As it is.
    Plain,
    /// An image id: two versions of one definition differ in their version
    /// only.
    Image,
    /// Not at all: what `tenon` itself needs, such as how a disk is made.
    Plumbing,
}

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

/// Whether Azure answers with what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// It does.
    Shown,
    /// It never does; only the fingerprint in the marker tells a change.
    WriteOnly,
}

impl Row {
    /// Returns a property that changes in place.
    #[must_use]
    pub const fn new(property: &'static str, path: &'static str, same: Same) -> Self {
        Self {
            property,
            path,
            same,
            change: Disruption::Hot,
            absent: Absent::Unmanaged,
            twin: None,
            echo: Echo::Shown,
            view: View::Plain,
            direction: Direction::Both,
            carried: Carried::Changed,
            kept_on: None,
            apart: &[],
            gone: Gone::Nothing,
        }
    }

    /// The same with another cost of change.
    #[must_use]
    pub const fn costs(mut self, change: Disruption) -> Self {
        self.change = change;
        self
    }

    /// The same, fixed when the resource is made.
    #[must_use]
    pub const fn fixed(self) -> Self {
        self.costs(Disruption::Replace)
    }

    /// The same with a meaning for its absence.
    #[must_use]
    pub const fn absent(mut self, absent: Absent) -> Self {
        self.absent = absent;
        self
    }

    /// The same with a second form.
    #[must_use]
    pub const fn twin(mut self, twin: &'static str) -> Self {
        self.twin = Some(twin);
        self
    }

    /// The same, seen otherwise.
    #[must_use]
    pub const fn seen(mut self, view: View) -> Self {
        self.view = view;
        self
    }

    /// The same, and it only grows.
    #[must_use]
    pub const fn grows(self) -> Self {
        self.towards(Direction::Up)
    }

    /// The same, changing in place in this direction only.
    #[must_use]
    pub const fn towards(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// The same, at the price of something.
    #[must_use]
    pub const fn gone(mut self, gone: Gone) -> Self {
        self.gone = gone;
        self
    }

    /// The same, sent along when something beside it changes.
    #[must_use]
    pub const fn beside(mut self) -> Self {
        self.carried = Carried::Beside;
        self
    }

    /// The same, read from and changed on another resource.
    #[must_use]
    pub const fn kept_on(mut self, other: &'static KeptOn) -> Self {
        self.kept_on = Some(other);
        self
    }

    /// The same, with values that take a replace.
    #[must_use]
    pub const fn apart(mut self, values: &'static [&'static str]) -> Self {
        self.apart = values;
        self
    }

    /// Whether the value is one that takes a replace.
    #[must_use]
    pub fn is_apart(&self, value: Option<&Value>) -> bool {
        let text = value.and_then(Value::as_text);
        text.is_some_and(|text| self.apart.iter().any(|one| one.eq_ignore_ascii_case(text)))
    }

    /// The map that is the author's as a whole, if the row is about its members:
    /// what the spec does not name goes. Tags have many authors, and so has a
    /// map whose keys alone count.
    #[must_use]
    pub fn map_of_the_author(&self) -> Option<&'static str> {
        let map = self.path.strip_suffix(".*")?;
        (map != "tags" && self.same != Same::Presence).then_some(map)
    }

    /// The same, never shown by Azure.
    #[must_use]
    pub const fn write_only(mut self) -> Self {
        self.echo = Echo::WriteOnly;
        self
    }
}

/// What happens to elements of a list that the spec does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extra {
    /// They are taken out: the spec's list is the whole list.
    Remove,
    /// They are somebody else's and stay.
    Keep,
}

/// A list whose elements are told apart by a member.
#[derive(Clone, Copy, Debug)]
pub struct KeyedList {
    /// Where it is in the body.
    pub path: &'static str,
    /// The identifying member, possibly dotted.
    pub key: &'static str,
    /// The element in the words of the spec: `rules.*`.
    pub property: &'static str,
    /// What happens to elements that the spec does not name.
    pub extra: Extra,
}

/// How a resource type takes changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// `PATCH` with the changed members.
    Patch,
    /// `PUT` of the live body with our members laid over it.
    Put,
}

/// Whether the type carries tags, and so a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tags {
    /// It does.
    Own,
    /// It does not; its parent's marker speaks for it.
    Parent,
    /// It does not; the marker stands at the end of its description.
    Described,
}

/// Something that is gone for good when a resource is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// These words.
    Words(&'static str),
    /// These words and the live value at this path.
    Value(&'static str, &'static str),
}

/// How long Azure usually needs, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// To make one, or to change it.
    pub write: u32,
    /// To delete one.
    pub delete: u32,
}

/// Children whose bodies lie inside of their parent's.
#[derive(Clone, Copy, Debug)]
pub struct Child {
    /// The list of them.
    pub path: &'static str,
    /// What is known about them.
    pub rules: &'static Rules,
    /// What becomes of them when their parent goes.
    pub fate: Fate,
}

/// What becomes of a child when its parent is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is deleted by itself, before its parent.
    Own,
    /// It goes with its parent, whoever made it: nobody deletes it first, and
    /// nobody keeps the parent for it.
    WithParent,
}

/// Everything that is known about a resource type.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The type in Azure's spelling.
    pub resource_type: &'static str,
    /// The api-version that requests name.
    pub api_version: &'static str,
    /// What one of it is called: `vm`, `public IP`.
    pub noun: &'static str,
    /// What is gone when one of it is deleted.
    pub lost: &'static [Loss],
    /// How long Azure usually needs.
    pub usual: Usual,
    /// Children whose bodies lie inside of its own.
    pub children: &'static [Child],
    /// How it takes changes.
    pub update: Update,
    /// Whether it carries tags.
    pub tags: Tags,
    /// Its properties.
    pub rows: &'static [Row],
    /// Its keyed lists.
    pub lists: &'static [KeyedList],
    /// Members of an answer that nobody ever needs; dropped when read. Paths
    /// as in rows, `[]` for each element of a list.
    pub noise: &'static [&'static str],
    /// Members of an answer that must not be sent back.
    pub read_only: &'static [&'static str],
}

impl Rules {
    /// The row for a body path written as a pattern.
    #[must_use]
    pub fn row(&self, pattern: &str) -> Option<&'static Row> {
        self.rows.iter().find(|row| {
            pattern_matches(row.path, pattern)
                || row.twin.is_some_and(|twin| pattern_matches(twin, pattern))
        })
    }

    /// What is known about children of the type `kind` whose bodies lie inside
    /// of this type's.
    #[must_use]
    pub fn child(&self, kind: &str) -> Option<&'static Child> {
        let same = |child: &&Child| child.rules.resource_type.eq_ignore_ascii_case(kind);
        self.children.iter().find(same)
    }

    /// The keyed list at a body path written as a pattern.
    #[must_use]
    pub fn list(&self, pattern: &str) -> Option<&'static KeyedList> {
        self.lists.iter().find(|list| list.path == pattern)
    }

    /// Takes out of a live body what nobody ever needs.
    pub fn drop_noise(&self, body: &mut Value) {
        for path in self.noise {
            drop_at(body, path);
        }
    }
}

/// `tags.*` matches `tags.app`; everything else matches itself.
fn pattern_matches(row: &str, pattern: &str) -> bool {
    match row.strip_suffix(".*") {
        Some(open) => pattern
            .strip_prefix(open)
            .is_some_and(|rest| rest.starts_with('.')),
        None => row == pattern,
    }
}

/// Removes the member at `path` from `body`, in every element where the path
/// goes through `[]`.
pub fn drop_at(body: &mut Value, path: &str) {
    let (head, rest) = match path.split_once('.') {
        Some((head, rest)) => (head, Some(rest)),
        None => (path, None),
    };
    let (name, through) = match head.strip_suffix("[]") {
        Some(name) => (name, true),
        None => (head, false),
    };
    let Some(map) = body.as_map_mut() else { return };
    let Some(rest) = rest else {
        map.remove(name);
        return;
    };
    match (map.get_mut(name), through) {
        (Some(Value::List(items)), true) => {
            items.iter_mut().for_each(|item| drop_at(item, rest));
        }
        (Some(child), false) => drop_at(child, rest),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
