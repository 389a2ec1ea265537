//! Who a resource acts as: `identity`, which has one form for all types.
//!
//! The identity that Azure makes for it is a word in `type`, those that exist
//! by themselves are names in a map. Policies assign identities of their own,
//! so what nobody asked for here stays, and is named again with ours: `type`
//! is written as a whole. In the map a `PATCH` takes one out by `null`.

use tenon_model::desired::Desired;
use tenon_model::marker::{Base, Recorded};
use tenon_model::plan::{Cause, Expected, Op, PropertyChange};
use tenon_model::rules::{Disruption, Same};
use tenon_model::{Path, Value};

use super::{Difference, Kept, Leaf, cause, remembers};

const TYPE: &str = "identity.type";
const SYSTEM: &str = "identity.system";

/// Whether this file compares the property.
pub(super) fn is_part(leaf: &Leaf<'_>) -> bool {
    leaf.row
        .is_some_and(|row| matches!(row.same, Same::SystemAssigned | Same::Presence))
}

/// What acts as a resource.
struct Identity<'a> {
    /// `type` as it stands there.
    words: Option<&'a Value>,
    system: bool,
    /// Ids of those that exist by themselves.
    users: Vec<&'a str>,
}

impl<'a> Identity<'a> {
    fn of(body: &'a Value) -> Self {
        let words = body.at(&["identity", "type"]).filter(|it| !it.is_null());
        let users = body.at(&["identity", "userAssignedIdentities"]);
        Self {
            words,
            system: words.is_some_and(is_system),
            users: users
                .and_then(Value::as_map)
                .map_or_else(Vec::new, |map| map.names().collect()),
        }
    }

    fn has(&self, id: &str) -> bool {
        self.users.iter().any(|own| own.eq_ignore_ascii_case(id))
    }
}

fn is_system(words: &Value) -> bool {
    Same::SystemAssigned.normal(words) == Value::Bool(true)
}

/// Compares what acts as a resource with what shall.
pub(super) fn compare(
    desired: &Desired,
    live: &Value,
    base: &Base,
    recorded: &Kept<'_>,
    out: &mut Difference,
) {
    if desired.rules.row(TYPE).is_none() {
        return;
    }
    let (wanted, there) = (Identity::of(&desired.body), Identity::of(live));
    let goes = |id: &str| !wanted.has(id) && remembers(base, &name_of(id));
    let system = wanted.system || (there.system && !was_system(base));
    let stay = there.users.iter().filter(|id| !goes(id));
    let count = stay.count() + wanted.users.iter().filter(|id| !there.has(id)).count();
    let next = words(system, count > 0);
    let mut one = Comparing {
        desired,
        base,
        recorded,
        out,
        before: 0,
    };
    one.before = one.out.changes.len();
    if wanted.system || (there.system && !system) {
        one.system(&there, system);
    }
    for id in &wanted.users {
        one.user(id, Some(id).filter(|id| there.has(id)), Some(id));
    }
    for id in there.users.iter().filter(|id| goes(id)) {
        one.user(id, Some(id), None);
        if count > 0 {
            // Where none stays, `type` says it all.
            one.out.defaults.push((path_of(id), Value::Null));
        }
    }
    one.finish(&there, next, wanted.system);
}

/// Whether the marker says that the system's identity was asked for here.
fn was_system(base: &Base) -> bool {
    let asked = [(SYSTEM.to_owned(), Value::Bool(true))].into();
    base.compare(SYSTEM, &asked) == Recorded::Same
}

/// `type` in Azure's words; none where nothing is left.
fn words(system: bool, users: bool) -> Option<&'static str> {
    match (system, users) {
        (true, true) => Some("SystemAssigned, UserAssigned"),
        (true, false) => Some("SystemAssigned"),
        (false, true) => Some("UserAssigned"),
        (false, false) => None,
    }
}

fn type_path() -> Path {
    Path::root().member("identity").member("type")
}

fn path_of(id: &str) -> Path {
    Path::root()
        .member("identity")
        .member("userAssignedIdentities")
        .member(id)
}

/// The name of an identity in the words of the spec.
pub(super) fn name_of(id: &str) -> String {
    let name = id.rsplit('/').next().unwrap_or(id);
    format!("identity.user.{}", name.to_ascii_lowercase())
}

struct Comparing<'c> {
    desired: &'c Desired,
    base: &'c Base,
    recorded: &'c Kept<'c>,
    out: &'c mut Difference,
    /// How many changes there were of other properties.
    before: usize,
}

impl Comparing<'_> {
    fn system(&mut self, there: &Identity<'_>, wanted: bool) {
        if there.system != wanted {
            let says = |is: bool| is.then_some(Value::Bool(true));
            self.push(SYSTEM, type_path(), says(there.system), says(wanted));
        }
    }

    fn user(&mut self, id: &str, before: Option<&&str>, after: Option<&&str>) {
        let text = |id: Option<&&str>| id.map(|id| Value::text(*id));
        let (name, path) = (name_of(id), path_of(id));
        self.out.expected.push(Expected {
            property: name.clone(),
            path: path.clone(),
            twin: None,
            same: Same::Presence,
            value: text(before),
            after: text(after),
            fixed: false,
        });
        if before.is_some() != after.is_some() {
            self.push(&name, path, text(before), text(after));
        }
    }

    fn push(&mut self, property: &str, path: Path, before: Option<Value>, after: Option<Value>) {
        self.out.paths.push(path);
        self.out.changes.push(PropertyChange {
            path: property.to_owned(),
            op: if after.is_some() { Op::Add } else { Op::Remove },
            cause: match after {
                Some(_) => cause(property, self.base, self.recorded),
                None => Cause::Spec,
            },
            before,
            after,
            disruption: Disruption::Hot,
            sensitive: false,
            place: self.desired.places.get(property).cloned(),
        });
    }

    /// Writes `type` with every change, and expects to find it as it was.
    fn finish(self, there: &Identity<'_>, next: Option<&str>, system: bool) {
        let changes = self.out.changes.len() > self.before;
        if !changes && !system {
            return;
        }
        self.out.expected.push(Expected {
            property: SYSTEM.to_owned(),
            path: type_path(),
            twin: None,
            same: if changes {
                Same::Caseless
            } else {
                Same::SystemAssigned
            },
            value: there.words.cloned(),
            after: next.map(Value::text),
            fixed: false,
        });
        if changes {
            let next = Value::text(next.unwrap_or("None"));
            self.out.defaults.push((type_path(), next));
        }
    }
}
