//! Image definitions.

use std::collections::BTreeSet;

use tenon_model::desired::{Declaration, Relation};
use tenon_model::spec::{Entry, Item, Made, Member};
use tenon_model::{Address, Code, Diagnostic, Help, Map, ResourceId, Value};

use super::rules::DEFINITION;
use super::shape::SECURITY_TYPE;
use super::{Gallery, is_existing, names};
use crate::draft::Draft;
use crate::networks::attributes;
use crate::{single, vms};

/// One definition of an entry.
#[derive(Clone, Copy)]
pub(super) struct Definition<'a> {
    pub(super) entry: &'a Entry,
    pub(super) member: &'a Member,
}

/// The definitions of an entry.
pub(super) fn all(entry: &Entry) -> impl Iterator<Item = Definition<'_>> {
    let images = entry.item.get("images");
    let members = images.map_or(&[][..], Item::members);
    members
        .iter()
        .map(move |member| Definition { entry, member })
}

impl<'a> Definition<'a> {
    pub(super) fn item(self) -> &'a Item {
        &self.member.item
    }

    pub(super) fn name(self) -> &'a str {
        self.item().text("name").unwrap_or(&self.member.name)
    }

    pub(super) fn address(self) -> Address {
        let images = self.entry.address.join("images");
        images.join(&self.member.name)
    }

    pub(super) fn id(self, gallery: &ResourceId) -> ResourceId {
        gallery.child("images", self.name())
    }

    /// Its versions, in the order of the spec.
    pub(super) fn versions(self) -> &'a [Member] {
        self.item().get("versions").map_or(&[], Item::members)
    }

    /// Adds the definition, and what is wrong with it.
    pub(super) fn declare(self, gallery: &Gallery<'_>, out: &mut Declaration) {
        let (item, address) = (self.item(), self.address());
        let id = self.id(&gallery.id);
        let mut draft = Draft::new(
            &DEFINITION,
            address.clone(),
            id.clone(),
            self.entry,
            gallery.place,
        );
        draft.desired().place = self.member.place.clone();
        draft.need(&self.entry.address, Relation::Inside, &self.member.place);
        if is_existing(item) {
            draft.desired().made = Made::Elsewhere;
            let problem = names::definition(self.name(), &self.member.place);
            let problem = problem.map(|problem| problem.about(&address));
            out.diagnostics.extend(problem);
            single::add(draft, out);
            return;
        }
        let mut draft = draft.tracked_part(gallery.place, item);
        write(&mut draft, item);
        for fact in ["os_type", "hyper_v_generation", "architecture"] {
            let said = item.text(fact).map(str::to_owned);
            let path = ["properties", path_of(fact)];
            let body = draft.desired().body.at(&path).map(Value::to_plain_text);
            draft.fact(said.or(body).unwrap_or_default());
        }
        vms::protect(item, draft.desired());
        let problems = problems(self, item);
        let problems = problems.into_iter().map(|problem| problem.about(&address));
        out.diagnostics.extend(problems);
        out.resources.push(draft.finish());
        out.attributes
            .insert(address.clone(), attributes(&id, &address));
    }
}

fn path_of(key: &str) -> &'static str {
    match key {
        "os_type" => "osType",
        "hyper_v_generation" => "hyperVGeneration",
        _ => "architecture",
    }
}

/// Keys that become one member each, and what holds where they are absent.
const PLAIN: [(&str, &str, Option<&str>); 17] = [
    ("os_type", "osType", None),
    ("os_state", "osState", Some("Generalized")),
    ("hyper_v_generation", "hyperVGeneration", Some("V2")),
    ("architecture", "architecture", Some("x64")),
    ("description", "description", None),
    ("eula", "eula", None),
    ("privacy_uri", "privacyStatementUri", None),
    ("release_notes_uri", "releaseNoteUri", None),
    ("end_of_life", "endOfLifeDate", None),
    ("disallowed_disks", "disallowed.diskTypes", None),
    ("identifier.publisher", "identifier.publisher", None),
    ("identifier.offer", "identifier.offer", None),
    ("identifier.sku", "identifier.sku", None),
    ("purchase_plan.name", "purchasePlan.name", None),
    ("purchase_plan.publisher", "purchasePlan.publisher", None),
    ("purchase_plan.product", "purchasePlan.product", None),
    ("recommended.cpus.min", "recommended.vCPUs.min", None),
];

/// The rest of what is recommended.
const RECOMMENDED: [(&str, &str); 3] = [
    ("recommended.cpus.max", "recommended.vCPUs.max"),
    ("recommended.memory_gb.min", "recommended.memory.min"),
    ("recommended.memory_gb.max", "recommended.memory.max"),
];

fn write(draft: &mut Draft, item: &Item) {
    let more = RECOMMENDED.map(|(key, member)| (key, member, None));
    for (key, member, otherwise) in PLAIN.into_iter().chain(more) {
        let path = format!("properties.{member}");
        match (at(item, key), otherwise) {
            (Some(value), _) => {
                draft.put(key, &path, value);
            }
            (None, Some(value)) => {
                draft.set(&path, value);
            }
            (None, None) => {}
        }
    }
    features(draft, item);
}

fn at<'i>(item: &'i Item, key: &str) -> Option<&'i Item> {
    key.split('.').try_fold(item, |item, name| item.get(name))
}

fn features(draft: &mut Draft, item: &Item) {
    let security = item.member("security");
    let security = security.map(|member| (SECURITY_TYPE, member));
    let further = item.get("features").map_or(&[][..], Item::members);
    let further = further.iter().map(|member| (member.name.as_str(), member));
    let mut list = Vec::new();
    for (name, member) in security.into_iter().chain(further) {
        draft.at(&format!("features.{name}"), &member.place);
        list.push(Value::Map(Map::from([
            ("name", Value::text(name)),
            ("value", Value::Text(member.item.to_value().to_plain_text())),
        ])));
    }
    if !list.is_empty() {
        draft.set("properties.features", list);
    }
}

fn problems(definition: Definition<'_>, item: &Item) -> Vec<Diagnostic> {
    let place = match item.get("name") {
        Some(name) => &name.place,
        None => &definition.member.place,
    };
    let mut found = Vec::new();
    found.extend(names::definition(definition.name(), place));
    for key in ["os_type", "identifier"] {
        if item.get(key).is_none() {
            let words = format!("`{key}` is missing");
            let problem = Diagnostic::error(Code::MissingKey, words);
            found.push(problem.at(&definition.member.place, "what is it?"));
        }
    }
    for key in ["publisher", "offer", "sku"] {
        let identifier = item.get("identifier");
        let Some(word) = identifier.and_then(|item| item.get(key)) else {
            continue;
        };
        let text = word.to_value().to_plain_text();
        found.extend(names::identifier(key, &text, &word.place));
    }
    found.extend(security_twice(item));
    found.extend(generation(item));
    for key in ["cpus", "memory_gb"] {
        found.extend(reversed(item, key));
    }
    found
}

fn security_twice(item: &Item) -> Option<Diagnostic> {
    let short = item.member("security")?;
    let long = item.get("features")?;
    let long = long.members().iter();
    let mut long = long.filter(|member| member.name.eq_ignore_ascii_case(SECURITY_TYPE));
    let long = long.next()?;
    let problem = Diagnostic::error(
        Code::ConflictingKeys,
        "`security` is the feature `SecurityType`, which stands here twice",
    );
    Some(
        problem
            .at(&long.place, "here as well")
            .context(&short.place, "said here")
            .help(Help::text("leave one of them out")),
    )
}

/// Trusted launch, confidential machines and Arm64 are there for generation 2
/// only (learn.microsoft.com, "Support for Generation 2 VMs").
fn generation(item: &Item) -> Option<Diagnostic> {
    let first = item.get("hyper_v_generation")?;
    let is_first = first.scalar().and_then(Value::as_text) == Some("V1");
    let arm = item.text("architecture") == Some("Arm64");
    let arm = arm.then_some(("architecture", "Arm64"));
    let needs = item.text("security").map(|word| ("security", word));
    let (key, word) = needs.or(arm).filter(|_| is_first)?;
    let words = format!("{word} takes machines of generation 2");
    let problem = Diagnostic::error(Code::ConflictingKeys, words);
    Some(
        problem
            .at(&first.place, "generation 1")
            .context(item.place_of(key), "takes generation 2")
            .help(Help::text(
                "write hyper_v_generation: V2, if the source is of that generation",
            )),
    )
}

fn reversed(item: &Item, key: &str) -> Option<Diagnostic> {
    let range = item.get("recommended")?.get(key)?;
    let (min, max) = (range.int("min")?, range.int("max")?);
    (min > max).then(|| {
        let words = format!("the least, {min}, is more than the most, {max}");
        let problem = Diagnostic::error(Code::InvalidValue, words);
        problem
            .at(range.place_of("min"), "")
            .help(Help::text("swap them"))
    })
}

/// Definitions of one gallery that Azure could not tell apart.
pub(super) fn same_identifier(entry: &Entry) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for definition in all(entry) {
        let Some(item) = definition.item().get("identifier") else {
            continue;
        };
        let word = |key: &str| item.text(key).unwrap_or_default().to_ascii_lowercase();
        if seen.insert([word("publisher"), word("offer"), word("sku")]) {
            continue;
        }
        let words = "another image of this gallery has the same `identifier`";
        let problem = Diagnostic::error(Code::InvalidValue, words);
        found.push(
            problem
                .at(&item.place, "publisher, offer and sku together must differ")
                .help(Help::text("give it another sku"))
                .about(&definition.address()),
        );
    }
    found
}
