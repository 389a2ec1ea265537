//! Image versions.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::{Declaration, Relation};
use tenon_model::kind::Surroundings;
use tenon_model::rules::region;
use tenon_model::spec::{Item, Member};
use tenon_model::{Address, Code, Diagnostic, Help, Map, Place, ResourceId, Value};

use super::definition::Definition;
use super::rules::VERSION;
use super::{Gallery, names, source};
use crate::draft::Draft;
use crate::networks::attributes;
use crate::vms;

/// One version of a definition.
#[derive(Clone, Copy)]
pub(super) struct Version<'a> {
    pub(super) definition: Definition<'a>,
    pub(super) member: &'a Member,
}

/// The address of a version of a definition.
pub(crate) fn address(definition: &Address, version: &str) -> Address {
    definition.join("versions").join(version)
}

impl Version<'_> {
    fn item(&self) -> &Item {
        &self.member.item
    }

    pub(super) fn address(&self) -> Address {
        address(&self.definition.address(), &self.member.name)
    }

    pub(super) fn id(&self, gallery: &ResourceId) -> ResourceId {
        let definition = self.definition.id(gallery);
        definition.child("versions", &self.member.name)
    }

    /// Adds the version, and what is wrong with it.
    pub(super) fn declare(
        &self,
        gallery: &Gallery<'_>,
        around: &Surroundings<'_>,
        out: &mut Declaration,
    ) {
        let (item, address) = (self.item(), self.address());
        if let Err(problem) = names::version(&self.member.name, &self.member.place) {
            out.diagnostics.push(problem.about(&address));
            return;
        }
        let id = self.id(&gallery.id);
        let entry = self.definition.entry;
        let mut draft = Draft::new(&VERSION, address.clone(), id.clone(), entry, gallery.place)
            .tracked_part(gallery.place, item);
        draft.desired().place = self.member.place.clone();
        let definition = self.definition.address();
        draft.need(&definition, Relation::Inside, &self.member.place);
        let mut found = sources(&mut draft, self.member, around, out);
        publishing(&mut draft, item);
        found.extend(regions(&mut draft, item, gallery));
        found.extend(shallow(item, gallery));
        if item.bool("exclude_from_latest") == Some(true) {
            draft.fact("excluded from latest");
        }
        vms::protect(item, draft.desired());
        let problems = found.into_iter().map(|problem| problem.about(&address));
        out.diagnostics.extend(problems);
        out.resources.push(draft.finish());
        out.attributes
            .insert(address.clone(), attributes(&id, &address));
    }
}

fn publishing(draft: &mut Draft, item: &Item) {
    let keys = [
        ("storage", "publishingProfile.storageAccountType"),
        ("mode", "publishingProfile.replicationMode"),
        ("exclude_from_latest", "publishingProfile.excludeFromLatest"),
        ("end_of_life", "publishingProfile.endOfLifeDate"),
        (
            "block_deletion_before_end_of_life",
            "safetyProfile.blockDeletionBeforeEndOfLife",
        ),
        (
            "allow_deletion_of_replicated_locations",
            "safetyProfile.allowDeletionOfReplicatedLocations",
        ),
    ];
    for (key, member) in keys {
        draft.put_key(item, key, key, &format!("properties.{member}"));
    }
}

type Found = Result<Option<ResourceId>, Box<Diagnostic>>;

fn sources(
    draft: &mut Draft,
    member: &Member,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) -> Vec<Diagnostic> {
    let item = &member.item;
    let mut results = Vec::new();
    match (item.get("source"), item.get("os_disk")) {
        (Some(from), None) => results.push(source::put(draft, from, around)),
        (None, Some(disk)) => results.push(os_disk(draft, disk, around)),
        (Some(from), Some(disk)) => results.push(Err(Box::new(both(&from.place, &disk.place)))),
        (None, None) => results.push(Err(Box::new(neither(&member.place)))),
    }
    results.extend(data_disks(draft, item, around));
    let mut problems = Vec::new();
    for result in results {
        match result {
            Ok(source) => out.sources.extend(source),
            Err(problem) => problems.push(*problem),
        }
    }
    problems.extend(one_source_twice(item));
    problems
}

fn os_disk(draft: &mut Draft, disk: &Item, around: &Surroundings<'_>) -> Found {
    let at = "properties.storageProfile.osDiskImage";
    draft.put_key(
        disk,
        "caching",
        "os_disk.caching",
        &format!("{at}.hostCaching"),
    );
    let Some(item) = disk.get("source") else {
        return Ok(None);
    };
    let from = source::disk(item, around)?;
    draft.set(&format!("{at}.source.id"), Value::text(from.id.as_str()));
    Ok(source::take(draft, item, "os_disk.source", from))
}

fn data_disks(draft: &mut Draft, item: &Item, around: &Surroundings<'_>) -> Vec<Found> {
    let members = item.get("data_disks").map_or(&[][..], Item::members);
    let mut results = Vec::new();
    let mut list = Vec::new();
    for member in members {
        let lun = member.name.parse::<i64>().ok();
        let Some(lun) = lun.filter(|lun| (0..64).contains(lun)) else {
            results.push(Err(Box::new(no_lun(member))));
            continue;
        };
        let mut disk = Map::from([("lun", Value::Int(lun))]);
        if let Some(caching) = member.item.get("caching") {
            draft.at(&format!("data_disks.{lun}.caching"), &caching.place);
            disk.insert("hostCaching", caching.to_value());
        }
        if let Some(item) = member.item.get("source") {
            results.push(source::disk(item, around).map(|from| {
                let id = Value::text(from.id.as_str());
                disk.insert("source", Value::Map(Map::from([("id", id)])));
                source::take(draft, item, &format!("data_disks.{lun}.source"), from)
            }));
        }
        list.push(Value::Map(disk));
    }
    if !list.is_empty() {
        draft.set("properties.storageProfile.dataDiskImages", list);
    }
    results
}

fn no_lun(member: &Member) -> Diagnostic {
    let words = format!("`{}` is no number of a data disk", member.name);
    let problem = Diagnostic::error(Code::InvalidValue, words);
    let problem = problem.at(&member.place, "");
    problem.help(Help::text("the LUN, from 0 to 63"))
}

fn both(source: &Place, disk: &Place) -> Diagnostic {
    let words = "a version is made from one thing, or disk by disk, not both";
    Diagnostic::error(Code::ConflictingKeys, words)
        .at(disk, "disk by disk")
        .context(source, "from one thing")
        .help(Help::text("leave one of them out"))
}

fn neither(place: &Place) -> Diagnostic {
    Diagnostic::error(Code::MissingKey, "`source` is missing")
        .at(place, "what is it made from?")
        .help(Help::text(
            "source: the id of a managed image, a machine, a disk, a snapshot or another version",
        ))
}

/// Azure refuses two disks of one image that are made from one source.
fn one_source_twice(item: &Item) -> Option<Diagnostic> {
    let data = item.get("data_disks").map_or(&[][..], Item::members);
    let data = data.iter().map(|member| &member.item);
    let os = item.get("os_disk").or(item.get("source").map(|_| item));
    let mut seen: BTreeMap<String, &Place> = BTreeMap::new();
    for source in os
        .into_iter()
        .chain(data)
        .filter_map(|disk| disk.get("source"))
    {
        let id = source.to_value().to_plain_text().to_ascii_lowercase();
        if let Some(other) = seen.insert(id, &source.place) {
            let words = "two disks of one image are made from one source";
            let problem = Diagnostic::error(Code::InvalidValue, words);
            return Some(
                problem
                    .at(&source.place, "the same again")
                    .context(other, "already here")
                    .help(Help::text("name another disk or snapshot")),
            );
        }
    }
    None
}

/// Writes the regions; returns what is wrong with them.
fn regions(draft: &mut Draft, item: &Item, gallery: &Gallery<'_>) -> Vec<Diagnostic> {
    let home = region(&gallery.place.location);
    let Some(written) = item.get("replicate_to") else {
        let one = Map::from([
            ("name", Value::text(home.as_str())),
            ("regionalReplicaCount", Value::Int(1)),
        ]);
        draft.set(TARGETS, vec![Value::Map(one)]);
        draft.fact(home);
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut list = Vec::new();
    let mut seen = BTreeSet::new();
    let mut words = Vec::new();
    for member in written.members() {
        let name = region(&member.name);
        if !seen.insert(name.clone()) {
            found.push(twice(member));
            continue;
        }
        let count = replicas(&member.item);
        words.push(format!("{name} {count}"));
        list.push(target(draft, &name, member, count));
    }
    if !seen.contains(&home) {
        found.push(not_at_home(written, &home));
    }
    found.extend(encryption(written, gallery));
    draft.set(TARGETS, list);
    draft.fact(words.join(", "));
    found
}

const TARGETS: &str = "properties.publishingProfile.targetRegions";

fn replicas(item: &Item) -> i64 {
    let short = item.scalar().and_then(Value::as_int);
    short.or(item.int("replicas")).unwrap_or(1)
}

fn target(draft: &mut Draft, name: &str, member: &Member, count: i64) -> Value {
    let item = &member.item;
    let at = |key: &str| format!("replicate_to.{name}.{key}");
    draft.at(&format!("replicate_to.{name}"), &member.place);
    draft.at(&at("replicas"), item.place_of("replicas"));
    let mut target = Map::from([
        ("name", Value::text(name)),
        ("regionalReplicaCount", Value::Int(count)),
    ]);
    for (key, name) in [
        ("storage", "storageAccountType"),
        ("exclude_from_latest", "excludeFromLatest"),
    ] {
        if let Some(value) = item.get(key) {
            draft.at(&at(key), &value.place);
            target.insert(name, value.to_value());
        }
    }
    let mut encryption = Map::new();
    if let Some(set) = item.get("disk_encryption_set") {
        draft.at(&at("disk_encryption_set"), &set.place);
        let set = Map::from([("diskEncryptionSetId", set.to_value())]);
        encryption.insert("osDiskImage", Value::Map(set));
    }
    if let Some(sets) = item.get("data_disk_encryption_sets") {
        draft.at(&at("data_disk_encryption_sets"), &sets.place);
        encryption.insert("dataDiskImages", by_lun(sets));
    }
    if !encryption.is_empty() {
        target.insert("encryption", Value::Map(encryption));
    }
    Value::Map(target)
}

fn by_lun(sets: &Item) -> Value {
    let mut list: Vec<(i64, Value)> = sets
        .members()
        .iter()
        .filter_map(|member| Some((member.name.parse().ok()?, member.item.to_value())))
        .collect();
    list.sort_by_key(|(lun, _)| *lun);
    let list = list.into_iter().map(|(lun, set)| {
        Value::Map(Map::from([
            ("lun", Value::Int(lun)),
            ("diskEncryptionSetId", set),
        ]))
    });
    Value::List(list.collect())
}

fn twice(member: &Member) -> Diagnostic {
    let words = format!("`{}` stands here twice", member.name);
    let problem = Diagnostic::error(Code::InvalidValue, words);
    let problem = problem.at(&member.place, "the same region in other letters");
    problem.help(Help::text("leave one of them out"))
}

fn not_at_home(written: &Item, home: &str) -> Diagnostic {
    let words = format!("`replicate_to` leaves out {home}, where the gallery is");
    Diagnostic::error(Code::InvalidValue, words)
        .at(
            &written.place,
            "the version's own region has to be among them",
        )
        .help(Help::text(format!("add {home}: 1")))
}

/// What encrypts a disk in one region encrypts it in all, and lies in the
/// gallery's subscription.
fn encryption(written: &Item, gallery: &Gallery<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let key = "disk_encryption_set";
    let members = written.members();
    let without = members.iter().find(|one| one.item.get(key).is_none());
    let with = members.iter().find_map(|one| one.item.get(key));
    if let (Some(without), Some(with)) = (without, with) {
        let words = format!(
            "the OS disk is encrypted in one region and not in {}",
            without.name
        );
        let problem = Diagnostic::error(Code::InvalidValue, words);
        let problem = problem.at(&without.place, "no disk_encryption_set");
        let problem = problem.context(&with.place, "encrypted here");
        found.push(problem.help(Help::text("name one in every region, or in none")));
    }
    for set in members.iter().filter_map(|one| one.item.get(key)) {
        let text = set.to_value().to_plain_text();
        let other = ResourceId::parse(&text)
            .is_ok_and(|id| id.subscription() != gallery.place.subscription);
        if other {
            let words = "a disk encryption set lies in the subscription of the gallery";
            let problem = Diagnostic::error(Code::InvalidValue, words);
            let problem = problem.at(&set.place, "of another subscription");
            found.push(problem.help(Help::text("name one of this subscription and region")));
        }
    }
    found
}

/// `Shallow` is there for tests: one region, one replica.
fn shallow(item: &Item, gallery: &Gallery<'_>) -> Option<Diagnostic> {
    if item.text("mode") != Some("Shallow") {
        return None;
    }
    let written = item.get("replicate_to")?;
    let members = written.members();
    let many = members.len() > 1 || members.iter().any(|one| replicas(&one.item) > 1);
    many.then(|| {
        let words = "a shallow version has one region and one replica";
        Diagnostic::error(Code::ConflictingKeys, words)
            .at(&written.place, "more than that")
            .context(item.place_of("mode"), "shallow")
            .help(Help::text(format!(
                "replicate_to: {{{}: 1}}, or leave `mode` out",
                region(&gallery.place.location)
            )))
    })
}
