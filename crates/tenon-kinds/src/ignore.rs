//! `ignore`: properties that count only when a resource is made.
//!
//! Their names are those of plans. What belongs to a part of an entry begins
//! with the name of the part: `disks.data.sku`, `subnets.app.nsg`. A name that
//! fits nothing is a mistake: it would hide nothing, and nobody would notice.

use tenon_model::desired::{Declaration, Desired};
use tenon_model::kind::Surroundings;
use tenon_model::rules::{Row, View};
use tenon_model::spec::{Entry, Item, Made};
use tenon_model::suggest::nearest;
use tenon_model::{Code, Diagnostic, Help, Value};

/// Takes `ignore` of all entries in.
pub(crate) fn declare(around: &Surroundings<'_>, out: &mut Declaration) {
    for (section, entry) in around.spec.all_entries() {
        // There the names are paths in the body, which is the author's own.
        if section == "resources" {
            continue;
        }
        let written = entry.item.get("ignore").map_or(&[][..], Item::elements);
        for item in written {
            let Some(name) = item.scalar().and_then(Value::as_text) else {
                continue;
            };
            if !take(entry, name, &mut out.resources) {
                let problem = unknown(entry, name, item, &out.resources);
                out.diagnostics.push(problem);
            }
        }
    }
}

fn is_of(desired: &Desired, entry: &Entry) -> bool {
    desired.entry == entry.address && desired.made == Made::Here
}

/// The name of a part in its entry; empty for what the entry itself is.
fn part<'d>(desired: &'d Desired, entry: &Entry) -> &'d str {
    let own = desired.address.as_str();
    own.strip_prefix(entry.address.as_str())
        .map_or("", |rest| rest.trim_start_matches('.'))
}

/// What is left of `name` behind the name of a part.
fn within<'n>(name: &'n str, part: &str) -> Option<&'n str> {
    match part {
        "" => Some(name),
        part => name.strip_prefix(part)?.strip_prefix('.'),
    }
}

fn rows(desired: &Desired) -> impl Iterator<Item = &'static Row> {
    let rows = desired.rules.rows.iter();
    rows.filter(|row| row.view != View::Plumbing)
}

/// Whether a name is that of a property, or of something that it is a part of.
fn fits(row: &Row, name: &str) -> bool {
    let mut own = row.property.split('.');
    let mut last = "";
    for word in name.split('.') {
        match own.next() {
            Some(part) if part == "*" || part == word => last = part,
            // A name of the author's own may have dots.
            None if last == "*" => {}
            _ => return false,
        }
    }
    true
}

fn take(entry: &Entry, name: &str, resources: &mut [Desired]) -> bool {
    let mut taken = false;
    for desired in resources.iter_mut().filter(|one| is_of(one, entry)) {
        let Some(property) = within(name, part(desired, entry)).map(str::to_owned) else {
            continue;
        };
        if rows(desired).any(|row| fits(row, &property)) {
            desired.ignored.push(property);
            taken = true;
        }
    }
    taken
}

/// A property as the author may have meant it: the stars are what stands there
/// in the name.
fn meant(row: &Row, part: &str, name: &str) -> String {
    let rest = within(name, part).unwrap_or_default();
    let mut words = rest.split('.');
    let property = row.property.split('.').map(|own| {
        let word = words.next().unwrap_or("*");
        if own == "*" { word } else { own }
    });
    let property = property.collect::<Vec<_>>().join(".");
    match part {
        "" => property,
        part => format!("{part}.{property}"),
    }
}

fn unknown(entry: &Entry, name: &str, item: &Item, resources: &[Desired]) -> Diagnostic {
    let own = resources.iter().filter(|one| is_of(one, entry));
    let known: Vec<String> = own
        .flat_map(|desired| {
            let part = part(desired, entry);
            rows(desired).map(move |row| meant(row, part, name))
        })
        .collect();
    let help = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => Help::meant(&item.place, name, near),
        None => Help::text(
            "take a name as plans have it, e.g. tags.owner; the page on kinds lists them",
        ),
    };
    Diagnostic::error(
        Code::UnknownReference,
        format!("`{}` has no property `{name}`", entry.address),
    )
    .at(&item.place, "nothing to ignore")
    .help(help)
    .about(&entry.address)
}
