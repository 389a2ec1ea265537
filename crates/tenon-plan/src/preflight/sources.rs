//! Whether an image version can be made from what it is to be made from.
//!
//! Azure finds out when replication is under way, which may be hours later; a
//! look at the source tells at once. Only versions that a plan makes are looked
//! at: afterwards nobody needs the source any more.
//! Source of the rules: learn.microsoft.com, "Troubleshoot images in an Azure
//! Compute Gallery".

use std::collections::BTreeMap;

use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{Does, Plan, Step};
use tenon_model::probe::Answer;
use tenon_model::rules::region;
use tenon_model::snapshot::Snapshot;
use tenon_model::{Code, Diagnostic, Help, ResourceId, Value};

use super::question::is_machine;
use super::scope::{self, Made};
use super::{Question, add_check};

const VERSION: &str = "Microsoft.Compute/galleries/images/versions";
/// The largest disk of a version with full copies, in GiB.
const LARGEST: i64 = 2_048;

/// The versions that a plan makes.
fn versions(plan: &Plan) -> impl Iterator<Item = (&Step, &Value)> {
    plan.steps.iter().filter_map(|step| {
        let kind = step.id.resource_type();
        let makes = step.does == Does::Create && kind.eq_ignore_ascii_case(VERSION);
        let body = step.request.body.as_ref()?;
        makes.then_some((step, body))
    })
}

/// What a version is made from: all ids in its storage profile.
fn sources(body: &Value) -> Vec<ResourceId> {
    let profile = |path: &[&str]| {
        let whole = ["properties", "storageProfile"];
        let whole: Vec<&str> = whole.iter().chain(path).copied().collect();
        body.at(&whole).cloned()
    };
    let mut found: Vec<Value> = [
        profile(&["source", "id"]),
        profile(&["source", "virtualMachineId"]),
        profile(&["osDiskImage", "source", "id"]),
    ]
    .into_iter()
    .flatten()
    .collect();
    let data = profile(&["dataDiskImages"]);
    for disk in data.as_ref().and_then(Value::as_list).unwrap_or_default() {
        found.extend(disk.at(&["source", "id"]).cloned());
    }
    let ids = found.iter().filter_map(Value::as_text);
    ids.filter_map(|text| ResourceId::parse(text).ok())
        .collect()
}

/// One question for each source that is there before the plan.
pub(super) fn questions(plan: &Plan, made: &Made) -> Vec<Question> {
    let all = versions(plan).flat_map(|(_, body)| sources(body));
    all.filter(|id| !made.has(id))
        .map(Question::Source)
        .collect()
}

/// Judges what was answered.
pub(super) fn judge(
    plan: &mut Plan,
    snapshot: &Snapshot,
    made: &Made,
    answers: &BTreeMap<Question, Answer>,
) {
    let mut found = Vec::new();
    for (step, body) in versions(plan) {
        for id in sources(body).into_iter().filter(|id| !made.has(id)) {
            let asked = Question::Source(id.clone());
            let subject = format!("{} for {}", id.name(), step.id.name());
            let Some(answer) = answers.get(&asked) else {
                let why = "nobody knows the tenant of its subscription".to_owned();
                found.push((Check::skipped(About::Source, subject, why), None));
                continue;
            };
            let making = Making {
                plan,
                step,
                body,
                id: &id,
                definition: definition(plan, step, snapshot),
            };
            let problem = making.judge(answer);
            let check = Check::found(About::Source, subject, &problem);
            found.push((check, problem));
        }
    }
    for (check, problem) in found {
        add_check(plan, check, problem.into_iter().collect());
    }
}

/// The definition that a version belongs to, as it will be then.
fn definition<'a>(plan: &'a Plan, step: &Step, snapshot: &'a Snapshot) -> Option<&'a Value> {
    let id = step.id.parent()?;
    let written = plan
        .steps
        .iter()
        .filter(|one| one.id == id && matches!(one.does, Does::Create | Does::Update))
        .find_map(|one| one.request.body.as_ref());
    written.or_else(|| snapshot.get(&id).map(|live| &live.body))
}

struct Making<'a> {
    plan: &'a Plan,
    step: &'a Step,
    body: &'a Value,
    id: &'a ResourceId,
    definition: Option<&'a Value>,
}

impl Making<'_> {
    fn judge(&self, answer: &Answer) -> Option<Diagnostic> {
        match answer.as_deref() {
            Err(refusal) if refusal.is_absent() => Some(self.missing("is not there")),
            Err(refusal) if refusal.status == 403 => {
                Some(self.missing("may not be read").note(scope::why(refusal)))
            }
            Err(_) => None,
            Ok(found) => found.first().and_then(|source| self.fits(source)),
        }
    }

    fn problem(&self, words: String) -> Diagnostic {
        let problem = Diagnostic::error(Code::SourceDoesNotFit, words);
        scope::about(self.plan, problem, &[&self.step.address])
    }

    fn missing(&self, what: &str) -> Diagnostic {
        let words = format!("the source of image version {} {what}", self.step.id.name());
        let kind = self.id.resource_type();
        let role = if kind.to_ascii_lowercase().contains("/galleries/") {
            "Compute Gallery Image Reader"
        } else {
            "Contributor"
        };
        self.problem(words)
            .note(self.id.as_str())
            .help(Help::text(format!(
                "write the id of something that is there, or let the application have {role} on it"
            )))
    }

    fn unfit(&self, words: impl Into<String>, help: &str) -> Option<Diagnostic> {
        let problem = self.problem(words.into());
        Some(problem.note(self.id.as_str()).help(Help::text(help)))
    }

    fn fits(&self, source: &Value) -> Option<Diagnostic> {
        self.place(source)
            .or_else(|| self.machine(source))
            .or_else(|| self.state(source))
            .or_else(|| self.likeness(source))
            .or_else(|| self.size(source))
    }

    /// A source lies in the region of the version, or has a replica there.
    fn place(&self, source: &Value) -> Option<Diagnostic> {
        let text = |body: &Value, name: &str| Some(region(body.member(name)?.as_text()?));
        let home = text(self.body, "location")?;
        let targets = source.at(&["properties", "publishingProfile", "targetRegions"]);
        let places: Vec<String> = match targets.and_then(Value::as_list) {
            Some(targets) => targets.iter().filter_map(|one| text(one, "name")).collect(),
            None => text(source, "location").into_iter().collect(),
        };
        if places.is_empty() || places.contains(&home) {
            return None;
        }
        let wher = places.join(", ");
        self.unfit(
            format!("the source of image version {} is in {wher}, the gallery in {home}", self.step.id.name()),
            "a version is made in the region of its source: copy the source there, or put the gallery beside it",
        )
    }

    /// What the page rules out of machines.
    fn machine(&self, source: &Value) -> Option<Diagnostic> {
        let profile = source.at(&["properties", "storageProfile"])?;
        let disk = profile.member("osDisk")?;
        if !is_machine(self.id) {
            return None;
        }
        if disk
            .member("diffDiskSettings")
            .is_some_and(|one| *one != Value::Null)
        {
            return self.unfit(
                "an image cannot be made from a machine with an ephemeral OS disk",
                "take another machine, or a snapshot of a managed disk",
            );
        }
        if disk.member("managedDisk").is_none() {
            return self.unfit(
                "an image cannot be made from a machine with disks that are not managed",
                "convert it first: az vm convert --ids …",
            );
        }
        let data = profile.member("dataDisks").and_then(Value::as_list);
        let ultra = data.unwrap_or_default().iter().any(|disk| {
            let sku = disk.at(&["managedDisk", "storageAccountType"]);
            sku.and_then(Value::as_text) == Some("UltraSSD_LRS")
        });
        if !ultra {
            return None;
        }
        self.unfit(
            "an image cannot have a disk on ultra storage",
            "detach it, or take snapshots of the other disks",
        )
    }

    /// What the definition says, as it will be then.
    fn defined(&self, name: &str) -> Option<&str> {
        let body = self.definition?;
        body.at(&["properties", name]).and_then(Value::as_text)
    }

    /// Whether a machine was prepared to be copied, as the definition says.
    fn state(&self, source: &Value) -> Option<Diagnostic> {
        let statuses = source.at(&["properties", "instanceView", "statuses"])?;
        let mut codes = statuses
            .as_list()?
            .iter()
            .filter_map(|status| status.member("code")?.as_text());
        let generalized = codes.any(|code| code.eq_ignore_ascii_case("OSState/generalized"));
        let wants = self.defined("osState")?.eq_ignore_ascii_case("Generalized");
        let version = self.step.id.name();
        let problem = |what: &str| {
            let words = format!("the source of image version {version} is {what}");
            self.problem(words).note(self.id.as_str())
        };
        let define = |state| Help::text(format!("or write  os_state: {state}  in its definition"));
        match (generalized, wants) {
            (false, true) => Some(
                problem("a machine that was not generalized, its definition says Generalized")
                    .help(Help::command(
                        "once its accounts are gone (waagent -deprovision+user, or Sysprep)",
                        format!(
                            "az vm deallocate --ids {0} && az vm generalize --ids {0}",
                            self.id
                        ),
                    ))
                    .help(define("Specialized")),
            ),
            (true, false) => Some(
                problem("a generalized machine, its definition says Specialized")
                    .help(Help::text("take a machine that was not generalized"))
                    .help(define("Generalized")),
            ),
            _ => None,
        }
    }

    /// What it runs and how has to be what the definition says.
    fn likeness(&self, source: &Value) -> Option<Diagnostic> {
        let own = |path: &[&str]| source.at(path).and_then(Value::as_text);
        let disk = |name: &str| {
            own(&["properties", "storageProfile", "osDisk", name]).or(own(&["properties", name]))
        };
        let generation = own(&["properties", "hyperVGeneration"]).or(own(&[
            "properties",
            "instanceView",
            "hyperVGeneration",
        ]));
        let pairs = [
            ("osType", "runs", disk("osType")),
            ("osState", "is", disk("osState")),
            ("hyperVGeneration", "is of generation", generation),
        ];
        for (name, verb, found) in pairs {
            let wanted = self.defined(name);
            if let (Some(wanted), Some(found)) = (wanted, found)
                && !wanted.eq_ignore_ascii_case(found)
            {
                let version = self.step.id.name();
                let words = format!(
                    "the source of image version {version} {verb} {found}, its definition says {wanted}"
                );
                return self.unfit(
                    words,
                    "take another source, or publish it under a definition of its own",
                );
            }
        }
        None
    }

    fn size(&self, source: &Value) -> Option<Diagnostic> {
        let mode = ["properties", "publishingProfile", "replicationMode"];
        if self.body.at(&mode).and_then(Value::as_text) == Some("Shallow") {
            return None;
        }
        let own = |path: &[&str]| source.at(path).and_then(Value::as_int);
        let size = own(&["properties", "diskSizeGB"]).or(own(&[
            "properties",
            "storageProfile",
            "osDisk",
            "diskSizeGB",
        ]))?;
        if size <= LARGEST {
            return None;
        }
        self.unfit(
            format!("the source has {size} GiB; an image version takes {LARGEST} GiB at most"),
            "take a smaller disk; `mode: Shallow` takes up to 32 TiB, in one region",
        )
    }
}
