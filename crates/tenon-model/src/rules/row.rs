//! One property of a resource type: a row of its table, and the words that a
//! row is written in.

use super::{Direction, Disruption, Gone, Rules, Same};
use crate::Value;

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
    /// The other resource whose end it decides about; none where it decides
    /// about nothing.
    pub remains: Option<&'static Remains>,
    /// Whether what it names can be held by one resource only.
    pub sole: Sole,
    /// Who must be out of the way for it to change in place.
    pub only: Only,
}

/// What can remain of a resource that is deleted: the disk that a machine made
/// for itself. The row that has it says whether it does.
#[derive(Clone, Copy, Debug)]
pub struct Remains {
    /// The word for it, behind the address of the first: `os_disk`.
    pub part: &'static str,
    /// Where the body names it.
    pub id: &'static str,
    /// The value of the row with which it remains.
    pub stays: &'static str,
    /// A member of the body with which there is nothing that could remain.
    pub unless: &'static str,
    /// What is known about its type.
    pub rules: &'static Rules,
}

/// Who must be out of the way for a property to change in place. The path is
/// that of the list in which Azure shows who uses the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// Nobody.
    Always,
    /// All who use the resource.
    Unused(&'static str),
    /// Nobody, but every machine that uses it has to be deallocated.
    Deallocated(&'static str),
}

/// Whether what a property names can be held by one resource at a time, so that
/// another one cannot be made before the first lets go of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sole {
    /// It can be held by many.
    Shared,
    /// By one.
    Value,
    /// By one among those with the same value at this path, of the same element
    /// of a list: an address in a subnet.
    Within(&'static str),
    /// Ranges of addresses, which overlap with nobody's in the same parent.
    Ranges,
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
            remains: None,
            sole: Sole::Shared,
            only: Only::Always,
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

    /// The same, held by one resource at a time.
    #[must_use]
    pub const fn sole(mut self, sole: Sole) -> Self {
        self.sole = sole;
        self
    }

    /// The same, changing only while others are out of the way.
    #[must_use]
    pub const fn only(mut self, only: Only) -> Self {
        self.only = only;
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

    /// The same, deciding about what remains.
    #[must_use]
    pub const fn decides(mut self, remains: &'static Remains) -> Self {
        self.remains = Some(remains);
        self
    }

    /// The same, never shown by Azure.
    #[must_use]
    pub const fn write_only(mut self) -> Self {
        self.echo = Echo::WriteOnly;
        self
    }
}
