//! Looks up every name inside `${…}`.
//!
//! Ids and names are known before anything exists, so most references become
//! plain values; what only Azure can say stays a reference to a place in a
//! live body, and an edge.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use tenon_model::desired::{Attributes, Declaration, Desired, Need, Relation};
use tenon_model::kind::Surroundings;
use tenon_model::{Address, Code, Diagnostic, Help, Later, Path, Place, Value};

use tenon_model::suggest::nearest;

/// Replaces names by what they stand for, in bodies and needs.
pub fn link(around: &Surroundings<'_>, out: &mut Declaration) {
    let fleets = fleets(around);
    let attributes = std::mem::take(&mut out.attributes);
    let known: BTreeSet<Address> = out
        .resources
        .iter()
        .map(|desired| desired.address.clone())
        .collect();
    let names = Names {
        attributes: &attributes,
        fleets: &fleets,
    };
    for desired in &mut out.resources {
        let problems = link_one(desired, &names, &known);
        out.diagnostics.extend(problems);
    }
    out.attributes = attributes;
}

fn link_one(
    desired: &mut Desired,
    names: &Names<'_>,
    known: &BTreeSet<Address>,
) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut touched = BTreeSet::new();
    let (needs, place) = (&desired.needs, &desired.place);
    let Ok(()) = desired.body.try_resolve_here(&mut |later| {
        let Later::Attribute { of, .. } = later else {
            return Ok::<_, Infallible>(Value::later(later.clone()));
        };
        match names.look_up(later, &mut touched) {
            Ok(value) => Ok(value),
            Err(problem) => {
                let at = source_of(needs, names, of, place);
                problems.push(problem.at(&at, ""));
                Ok(Value::Null)
            }
        }
    });
    problems.extend(reads_itself(desired, names));
    for on in touched {
        let place = source_of(&desired.needs, names, &on, &desired.place);
        desired.needs.push(Need {
            on,
            relation: Relation::Reads,
            place,
        });
    }
    desired.needs = link_needs(
        &desired.address,
        &desired.needs,
        names,
        known,
        &mut problems,
    );
    problems
}

fn fleets<'a>(around: &Surroundings<'a>) -> BTreeMap<&'a Address, &'a [Address]> {
    around
        .spec
        .fleets
        .iter()
        .map(|fleet| (&fleet.address, fleet.instances.as_slice()))
        .collect()
}

/// Looks up the names in one value, e.g. an output.
///
/// # Errors
///
/// The first name that stands for nothing.
pub fn link_value(
    value: &Value,
    around: &Surroundings<'_>,
    attributes: &BTreeMap<Address, Attributes>,
) -> Result<Value, Box<Diagnostic>> {
    let fleets = fleets(around);
    let names = Names {
        attributes,
        fleets: &fleets,
    };
    value.try_resolve(&mut |later| names.look_up(later, &mut BTreeSet::new()))
}

struct Names<'a> {
    attributes: &'a BTreeMap<Address, Attributes>,
    fleets: &'a BTreeMap<&'a Address, &'a [Address]>,
}

impl Names<'_> {
    /// What a name stands for; adds what it is read from to `touched`.
    fn look_up(
        &self,
        later: &Later,
        touched: &mut BTreeSet<Address>,
    ) -> Result<Value, Box<Diagnostic>> {
        let Later::Attribute { of, name } = later else {
            return Ok(Value::later(later.clone()));
        };
        if let Some(instances) = self.fleets.get(of) {
            return instances
                .iter()
                .map(|instance| self.attribute(instance, name, touched))
                .collect::<Result<_, _>>()
                .map(Value::List);
        }
        self.attribute(of, name, touched)
    }

    fn attribute(
        &self,
        of: &Address,
        name: &str,
        touched: &mut BTreeSet<Address>,
    ) -> Result<Value, Box<Diagnostic>> {
        // `${networks.v.subnets.app.id}`: the longest address that exists.
        let full = of.join(name);
        let (address, rest) = self.split(&full).ok_or_else(|| unknown(of, name, &[]))?;
        let attributes = &self.attributes[&address];
        touched.insert(address.clone());
        if let Some(value) = attributes.named.get(&rest) {
            value.each_later(&mut |later| {
                if let Later::Live { of, .. } = later {
                    touched.insert(of.clone());
                }
            });
            return Ok(value.clone());
        }
        if let (Some(body_of), Some(path)) = (&attributes.body_of, rest.strip_prefix("body."))
            && let Ok(path) = Path::parse(path)
        {
            return Ok(Value::later(Later::Live {
                of: body_of.clone(),
                path,
            }));
        }
        let known: Vec<&str> = attributes.named.names().collect();
        Err(unknown(&address, &rest, &known))
    }

    /// The longest address at the beginning of `full` that something can be
    /// read from, and the rest.
    fn split(&self, full: &Address) -> Option<(Address, String)> {
        let text = full.as_str();
        let cuts = text.match_indices('.').map(|(index, _)| index);
        cuts.rev().find_map(|cut| {
            let address = Address::new(&text[..cut]);
            self.attributes
                .contains_key(&address)
                .then(|| (address, text[cut + 1..].to_owned()))
        })
    }
}

fn unknown(of: &Address, name: &str, known: &[&str]) -> Box<Diagnostic> {
    let problem = Diagnostic::error(
        Code::UnknownReference,
        format!("nothing called `{name}` can be read from {of}"),
    );
    let problem = match nearest(name, known.iter().copied()) {
        Some(known) => problem.help(Help::text(format!("did you mean `{known}`?"))),
        None => problem,
    };
    if known.is_empty() {
        return Box::new(problem);
    }
    Box::new(problem.note(format!("known here: {}", known.join(", "))))
}

/// Where the need for `of` stands.
fn source_of(needs: &[Need], names: &Names<'_>, of: &Address, fallback: &Place) -> Place {
    let names_it = |need: &&Need| {
        need.relation == Relation::Reads
            && (of.is_within(&need.on)
                || names
                    .fleets
                    .get(&need.on)
                    .is_some_and(|instances| instances.iter().any(|one| of.is_within(one))))
    };
    needs
        .iter()
        .find(names_it)
        .map_or_else(|| fallback.clone(), |need| need.place.clone())
}

/// Needs on entries and fleets become needs on resources.
fn link_needs(
    own: &Address,
    needs: &[Need],
    names: &Names<'_>,
    known: &BTreeSet<Address>,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Need> {
    let mut linked = Vec::with_capacity(needs.len());
    for need in needs {
        let is_name = known.contains(&need.on);
        if need.on == *own && need.relation == Relation::After {
            problems.push(needs_itself(own, &need.place));
        } else if is_name || matches!(need.relation, Relation::BuiltFrom | Relation::SignedIn) {
            linked.push(need.clone());
        } else if let Some(instances) = names.fleets.get(&need.on) {
            linked.extend(
                instances
                    .iter()
                    .filter(|instance| *instance != own)
                    .map(|instance| Need {
                        on: instance.clone(),
                        ..need.clone()
                    }),
            );
        } else if need.relation == Relation::After {
            problems.push(unknown_dependency(need, known));
        }
        // What remains are names of entries; what was read from them is touched.
    }
    let mut seen = BTreeSet::new();
    linked.retain(|need| need.on != *own && seen.insert((need.on.clone(), need.relation)));
    linked
}

/// A value that only the resource itself can show cannot be in its request.
/// What is known beforehand, such as its id, can.
fn reads_itself(desired: &Desired, names: &Names<'_>) -> Option<Diagnostic> {
    let own = &desired.address;
    let mut found = false;
    desired.body.each_later(&mut |later| {
        found |= matches!(later, Later::Live { of, .. } if of == own);
    });
    let at = source_of(&desired.needs, names, own, &desired.place);
    found.then(|| needs_itself(own, &at))
}

fn needs_itself(own: &Address, at: &Place) -> Diagnostic {
    Diagnostic::error(Code::SelfReference, format!("`{own}` needs itself"))
        .at(at, "")
        .help(Help::text(
            "name another resource here, or write the value itself",
        ))
        .about(own)
}

fn unknown_dependency(need: &Need, known: &BTreeSet<Address>) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::UnknownReference,
        format!("`{}` is no address in this spec", need.on),
    )
    .at(&need.place, "");
    match nearest(need.on.as_str(), known.iter().map(Address::as_str)) {
        Some(known) => problem.help(Help::meant(&need.place, need.on.as_str(), known)),
        None => problem.help(Help::text(
            "an address reads like vms.web-1 or resources.kv",
        )),
    }
}
