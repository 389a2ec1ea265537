//! What differs between what is asked for and what is live.
//!
//! Only what the author wrote, or what `tenon` chose, is compared, and by what
//! it means: the rows of a type say how. There is no code per kind.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use tenon_model::desired::Desired;
use tenon_model::image::ImageVersion;
use tenon_model::marker::{Base, Recorded};
use tenon_model::path::{Segment, is_keyed, key_of};
use tenon_model::plan::{Cause, Expected, PropertyChange};
use tenon_model::rules::{Disruption, Echo, Extra, KeptOn, KeyedList, Row, Same, View};
use tenon_model::{Later, Path, Value, marker};

mod identity;
mod image;
mod leaf;
mod released;

pub(crate) use released::removal;

/// What came of comparing one resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct Difference {
    /// What differs, in the order of the body.
    pub(crate) changes: Vec<PropertyChange>,
    /// What a step that trusts this comparison expects to find.
    pub(crate) expected: Vec<Expected>,
    /// What an update has to take out of the body.
    pub(crate) remove: Vec<Path>,
    /// Where in the desired body stands what an update of it writes.
    pub(crate) paths: Vec<Path>,
    /// What is fixed, and known only when the plan runs.
    pub(crate) undecided: Vec<String>,
    /// What changes on another resource, which the live body names.
    pub(crate) elsewhere: Vec<Elsewhere>,
    /// What an update has to write besides the desired body.
    pub(crate) defaults: Vec<(Path, Value)>,
    /// What is gone for good although the resource stays.
    pub(crate) gone: Vec<String>,
    /// The version of its image that it keeps although another one is asked
    /// for.
    pub(crate) stays: Option<ImageVersion>,
}

/// A change of another resource than the one that is compared.
#[derive(Clone, Debug)]
pub(crate) struct Elsewhere {
    pub(crate) at: &'static KeptOn,
    pub(crate) before: Option<Value>,
    pub(crate) row: &'static Row,
    pub(crate) value: Value,
}

/// One property of a desired body.
#[derive(Clone, Debug)]
pub(crate) struct Leaf<'a> {
    /// Its name in the words of the spec.
    pub(crate) property: String,
    pub(crate) path: Path,
    /// Where Azure may show it instead.
    pub(crate) twin: Option<Path>,
    pub(crate) value: &'a Value,
    pub(crate) row: Option<&'static Row>,
}

impl Leaf<'_> {
    fn same(&self) -> Same {
        match (self.row, self.value) {
            (Some(row), _) => row.same,
            (None, Value::Text(text)) if text.starts_with("/subscriptions/") => Same::Id,
            (None, _) => Same::Exact,
        }
    }

    /// Whether it is of no interest to people.
    pub(crate) fn is_plumbing(&self) -> bool {
        self.row.is_some_and(|row| row.view == View::Plumbing)
    }

    fn is_tag(&self) -> bool {
        self.row.is_some_and(|row| row.path == "tags.*")
    }

    fn is_write_only(&self) -> bool {
        self.row.is_some_and(|row| row.echo == Echo::WriteOnly)
    }

    /// Whether its value must not be shown.
    pub(crate) fn is_sensitive(&self) -> bool {
        self.is_write_only() || is_secret(self.value)
    }

    /// A value of it as people see it.
    pub(crate) fn shown(&self, value: Value) -> Value {
        match self.row.map(|row| row.view) {
            Some(View::Image) => image::shown(value),
            _ => value,
        }
    }

    /// What is live of it, in whichever form Azure shows it.
    pub(crate) fn live<'l>(&self, live: &'l Value) -> Option<&'l Value> {
        leaf::live_value(&leaf::spelled(self, live), live)
    }
}

/// The properties of a desired body, in the order of the body, ignored ones
/// too.
pub(crate) fn all_leaves(desired: &Desired) -> Vec<Leaf<'_>> {
    let mut walk = Walk {
        desired,
        leaves: Vec::new(),
        path: Path::root(),
        pattern: String::new(),
        names: Vec::new(),
        lists: 0,
    };
    walk.value(&desired.body);
    walk.leaves
}

/// The properties that are compared: without those that the author said are
/// nobody's business once the resource is made.
pub(crate) fn leaves(desired: &Desired) -> Vec<Leaf<'_>> {
    let mut leaves = all_leaves(desired);
    leaves.retain(|leaf| !is_ignored(leaf, desired));
    leaves
}

/// Properties that only count when the resource is made, as far as they are
/// there: an update leaves them as they are.
pub(crate) fn left_alone<'a>(desired: &'a Desired, live: &Value) -> Vec<Leaf<'a>> {
    let mut leaves = all_leaves(desired);
    leaves.retain(|leaf| is_ignored(leaf, desired) && leaf.live(live).is_some());
    leaves
}

/// Live elements that the spec does not name and that are nobody's business,
/// of lists that are the spec's as a whole: their keys, by list.
pub(crate) fn elements_left_alone(
    desired: &Desired,
    live: &Value,
) -> Vec<(&'static KeyedList, String)> {
    let mut found = Vec::new();
    let lists = desired.rules.lists.iter();
    for list in lists.filter(|list| list.extra == Extra::Remove) {
        let items = |body| Path::parse(list.path).ok()?.get(body)?.as_list();
        let wanted = items(&desired.body).unwrap_or(&[]);
        for item in items(live).unwrap_or(&[]) {
            let Some(key) = key_of(item, list.key) else {
                continue;
            };
            let named = wanted.iter().any(|one| is_keyed(one, list.key, &key));
            if !named && desired.ignores(&list.property.replace('*', &key)) {
                found.push((list, key));
            }
        }
    }
    found
}

pub(crate) fn is_ignored(leaf: &Leaf<'_>, desired: &Desired) -> bool {
    let inside = |path: &Path| leaf.path.is_within(path);
    desired.ignore.iter().any(inside) || desired.ignores(&leaf.property)
}

/// The properties in the form in which a marker keeps their fingerprints.
/// `children` are those whose parent's marker speaks for them.
pub(crate) fn recorded(
    leaves: &[Leaf<'_>],
    children: &BTreeMap<String, Value>,
) -> BTreeMap<String, Value> {
    let mut properties = children.clone();
    for leaf in leaves {
        if leaf.is_plumbing() || leaf.property == "location" {
            continue;
        }
        // Secrets never get a fingerprint; what is not known has none.
        if let Some(value) = leaf::known(leaf) {
            properties.insert(leaf.property.clone(), leaf.same().normal(&value));
        }
    }
    properties
}

/// A walk through a desired body, and where it is.
struct Walk<'a> {
    desired: &'a Desired,
    leaves: Vec<Leaf<'a>>,
    path: Path,
    /// The path as rows spell it.
    pattern: String,
    /// What the stars of a property stand for.
    names: Vec<String>,
    /// Keyed lists around it.
    lists: usize,
}

impl<'a> Walk<'a> {
    fn value(&mut self, value: &'a Value) {
        let row = self.desired.rules.row(&self.pattern);
        match value {
            Value::Map(map) if row.is_none() && !map.is_empty() => {
                for (name, member) in map.iter() {
                    self.member(name, member);
                }
            }
            Value::List(items) if row.is_none() => match self.desired.rules.list(&self.pattern) {
                Some(list) => self.elements(items, list),
                None => self.leaf(value, row),
            },
            _ => self.leaf(value, row),
        }
    }

    fn member(&mut self, name: &str, member: &'a Value) {
        let here = self.pattern.len();
        if here > 0 {
            self.pattern.push('.');
        }
        self.pattern.push_str(name);
        self.path.push(Segment::Member(Arc::from(name)));
        self.value(member);
        self.path.pop();
        self.pattern.truncate(here);
    }

    fn elements(&mut self, items: &'a [Value], list: &'static KeyedList) {
        let here = self.pattern.len();
        self.pattern.push('[');
        self.pattern.push_str(list.key);
        self.pattern.push(']');
        self.lists += 1;
        for item in items {
            if let Some(key) = key_of(item, list.key) {
                let name = key.rsplit('/').next().unwrap_or(&key);
                self.names.push(name.to_owned());
                self.path.push(Segment::Keyed {
                    key: Arc::from(list.key),
                    value: Arc::from(key),
                });
                self.value(item);
                self.path.pop();
                self.names.pop();
            }
        }
        self.lists -= 1;
        self.pattern.truncate(here);
    }

    fn leaf(&mut self, value: &'a Value, row: Option<&'static Row>) {
        // A member of a keyed element without a row is how Azure wants it.
        if row.is_none() && self.lists > 0 {
            return;
        }
        let property = match row {
            Some(row) => self.property_name(row),
            None => self.path.to_string(),
        };
        let twin = row.and_then(|row| self.twin_path(row));
        self.leaves.push(Leaf {
            property,
            path: self.path.clone(),
            twin,
            value,
            row,
        });
    }

    /// The name of a property with its stars filled in.
    fn property_name(&self, row: &Row) -> String {
        let open = row
            .property
            .strip_suffix(".*")
            .filter(|_| row.path.ends_with(".*"));
        if let (Some(open), Some(Segment::Member(name))) = (open, self.path.segments().last()) {
            if row.same == Same::Presence {
                return identity::name_of(name);
            }
            return format!("{open}.{name}");
        }
        if !row.property.contains('*') {
            return row.property.to_owned();
        }
        let mut names = self.names.iter();
        let parts: Vec<&str> = row
            .property
            .split('.')
            .map(|part| {
                if part == "*" {
                    names.next().map_or("*", String::as_str)
                } else {
                    part
                }
            })
            .collect();
        parts.join(".")
    }

    /// The path of the other form: same parents, another last member.
    fn twin_path(&self, row: &Row) -> Option<Path> {
        let twin = row.twin?;
        let other = if self.pattern == row.path {
            twin
        } else {
            row.path
        };
        let last = other.rsplit('.').next()?;
        let mut path = self.path.clone();
        path.pop()?;
        Some(path.member(last))
    }
}

/// What a marker would keep of a resource, worked out when somebody asks: of
/// most resources of most plans nobody does.
pub(super) struct Kept<'l> {
    leaves: &'l [Leaf<'l>],
    children: &'l BTreeMap<String, Value>,
    all: OnceCell<BTreeMap<String, Value>>,
}

impl Deref for Kept<'_> {
    type Target = BTreeMap<String, Value>;

    fn deref(&self) -> &Self::Target {
        self.all
            .get_or_init(|| recorded(self.leaves, self.children))
    }
}

/// Compares one resource with what is live.
pub(crate) fn compare(
    desired: &Desired,
    live: &Value,
    base: &Base,
    children: &BTreeMap<String, Value>,
) -> Difference {
    let leaves = leaves(desired);
    let recorded = Kept {
        leaves: &leaves,
        children,
        all: OnceCell::new(),
    };
    let mut out = Difference::default();
    for leaf in leaves.iter().filter(|leaf| !identity::is_part(leaf)) {
        let leaf = leaf::spelled(leaf, live);
        leaf::compare(&leaf, desired, live, base, &recorded, &mut out);
    }
    identity::compare(desired, live, base, &recorded, &mut out);
    let named: BTreeSet<&str> = leaves.iter().map(|leaf| leaf.property.as_str()).collect();
    released::rows(desired, live, base, &named, &mut out);
    released::tags(desired, live, base, &recorded, &mut out);
    released::maps(desired, live, base, &mut out);
    released::elements(desired, live, base, &recorded, &mut out);
    image::shorten(&mut out.changes);
    out
}

/// Who moved a property.
fn cause(property: &str, base: &Base, recorded: &Kept<'_>) -> Cause {
    match base.compare(property, recorded) {
        Recorded::Same => Cause::Drift,
        Recorded::Other | Recorded::Absent => Cause::Spec,
    }
}

/// What changing a property does.
fn disruption(leaf: &Leaf<'_>, desired: &Desired, before: Option<&Value>) -> Disruption {
    if desired
        .replace_on
        .iter()
        .any(|path| leaf.path.is_within(path))
    {
        return Disruption::Replace;
    }
    let Some(row) = leaf.row else {
        return Disruption::Hot;
    };
    let crosses = row.is_apart(before) || row.is_apart(Some(leaf.value));
    if !crosses && row.direction.leads(before, leaf.value) {
        row.change
    } else {
        Disruption::Replace
    }
}

/// Whether a value is a secret, of which only the name is known here.
pub(crate) fn is_secret(value: &Value) -> bool {
    matches!(value, Value::Later(later) if later.is_secret())
}

fn is_generated_key(value: &Value) -> bool {
    let mut found = false;
    value.each_later(&mut |later| found |= matches!(later, Later::SshPublicKey { .. }));
    found
}

/// Whether `base` remembers `property` itself, not only a group that it
/// belongs to. A base with much in it tells properties apart by the beginning
/// of their names; then a name that nobody ever had is remembered as well.
pub(crate) fn remembers(base: &Base, property: &str) -> bool {
    let in_a_group = || {
        let parent = property.rsplit_once('.').map(|(parent, _)| parent);
        parent.is_some_and(|parent| base.has(&format!("{parent}.\0")))
    };
    base.has(property) && !in_a_group()
}

/// Whether a marker can tell at all that `property` changed. Names have short
/// fingerprints, and two of one resource may have the same: then a marker would
/// not know again what it has just recorded.
pub(crate) fn recalls(recorded: &BTreeMap<String, Value>, property: &str) -> bool {
    Base::of(recorded).compare(property, recorded) == Recorded::Same
}

/// Whether a tag is of no interest to a comparison.
fn is_bookkeeping(name: &str) -> bool {
    marker::is_marker_tag(name)
}

#[cfg(test)]
mod tests;
