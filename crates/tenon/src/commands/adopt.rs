//! `tenon adopt`: takes over what exists, or writes the spec for it.
//!
//! A spec is written of what one look at a resource group finds. Before it is
//! kept it is planned: what a plan would change although it was written as it
//! is stays with whoever made it. Nothing is changed in Azure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tenon_model::found::{Drawing, Found};
use tenon_model::outline::Outline;
use tenon_model::place::Sources;
use tenon_model::plan::{Action, Mode, Plan};
use tenon_model::{Address, Code, Diagnostic, Help, ResourceId, SubscriptionId};
use tenon_plan::{Applies, Wishes};
use tenon_spec::{SourceFile, compose, tidy};

use crate::arguments::{AdoptArguments, Global};
use crate::cloud::{self, Connection, Purpose};
use crate::commands::apply;
use crate::credentials::variable;
use crate::exit::Exit;
use crate::files;
use crate::output::{self, Output};
use crate::prepare::{self, Intent, Taking, Trouble, Validation};

mod look;

/// The name and version of the form that the result has as JSON.
const FORMAT: &str = "tenon.adoption/1";
/// How often a spec is planned and written again with less in it.
const LOOKS: usize = 4;

/// Runs the command.
pub(crate) async fn run(global: &Global, options: &AdoptArguments, output: &Output) -> Exit {
    let Some(group) = &options.group else {
        return apply::adopt(global, options, output).await;
    };
    match write(global, group, options, output).await {
        Ok(()) => Exit::Ok,
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            Exit::of(&trouble.diagnostics)
        }
    }
}

async fn write(
    global: &Global,
    group: &str,
    options: &AdoptArguments,
    output: &Output,
) -> Result<(), Trouble> {
    let path = options.out.clone().unwrap_or("tenon.yaml".into());
    let to_stdout = path == Path::new("-");
    if !to_stdout && path.exists() {
        return Err(vec![in_the_way(&path)].into());
    }
    let subscription = subscription(options).ok_or_else(|| vec![no_subscription()])?;
    let name = options.name.clone().unwrap_or_else(|| group.to_owned());
    let purpose = Purpose {
        deployment: &name,
        spec: None,
        plan: None,
    };
    let connection = cloud::connect(global, &purpose, output).await?;
    let adopting = Adopting {
        global,
        connection: &connection,
        name: &name,
        path: &path,
        group: ResourceId::group(&subscription, group),
    };
    let made = adopting.make().await;
    connection.close().await;
    let made = made?;
    if to_stdout {
        output::print(&made.text);
    } else {
        files::replace(&path, &made.text)
            .map_err(|error| vec![files::unwritable(&path, &error)])?;
    }
    tell(&made, &path, to_stdout, output);
    Ok(())
}

fn subscription(options: &AdoptArguments) -> Option<SubscriptionId> {
    let written = options.subscription.clone();
    let named = written
        .or_else(|| variable("AZURE_SUBSCRIPTION_ID"))
        .or_else(|| variable("ARM_SUBSCRIPTION_ID"))?;
    Some(SubscriptionId::new(&named))
}

fn no_subscription() -> Diagnostic {
    Diagnostic::error(
        Code::Usage,
        "nothing says in which subscription the group is",
    )
    .help(Help::text(
        "add  --subscription ID, or set AZURE_SUBSCRIPTION_ID",
    ))
}

fn in_the_way(path: &Path) -> Diagnostic {
    let name = files::shown(path);
    Diagnostic::error(
        Code::UnwritableFile,
        format!("`{name}` is there already, and is not overwritten"),
    )
    .note("nothing was read and nothing was written")
    .help(Help::command(
        "write another file",
        "tenon adopt --group … --out adopted.yaml",
    ))
}

/// A spec that was written, and what to know of it.
struct Made {
    text: String,
    drawing: Drawing,
    /// What taking over would change besides markers.
    changes: Vec<String>,
    /// Why the spec cannot be planned, if it cannot.
    problems: Vec<Diagnostic>,
    sources: Sources,
}

struct Adopting<'a> {
    global: &'a Global,
    connection: &'a Connection,
    name: &'a str,
    path: &'a Path,
    group: ResourceId,
}

impl Adopting<'_> {
    async fn make(&self) -> Result<Made, Trouble> {
        let looked = look::look(&self.group, self.name, self.connection).await?;
        let mut found = looked.found;
        let mut made = self.draw(&found, &looked.tenant)?;
        for _ in 0..LOOKS {
            let unsure = self.check(&mut made).await;
            if unsure.is_empty() {
                break;
            }
            found.unsure.extend(unsure);
            made = self.draw(&found, &looked.tenant)?;
        }
        Ok(made)
    }

    fn draw(&self, found: &Found, tenant: &tenon_model::TenantId) -> Result<Made, Trouble> {
        let drawing = tenon_kinds::from_live(found);
        let mut spec = Outline::default();
        spec.set("tenon", 1);
        spec.set("name", self.name);
        spec.set("tenant", tenant.as_str());
        spec.set("subscription", self.group.subscription().as_str());
        spec.set("resource_group", self.group.name());
        spec.set("location", found.location.as_str());
        for line in drawing.sections.lines() {
            spec.set(&line.key, line.value.clone());
        }
        let mut text = format!("# What lay in the resource group {}.\n", self.group.name());
        text.push_str("# Azure never shows passwords and custom data, and they are not here.\n");
        text.push_str(&compose(&spec));
        let file = self.file(text);
        let text = tidy(&file, &tenon_kinds::sections())?;
        Ok(Made {
            text,
            drawing,
            changes: Vec::new(),
            problems: Vec::new(),
            sources: Sources::default(),
        })
    }

    fn file(&self, text: String) -> SourceFile {
        SourceFile {
            name: files::shown(self.path),
            text,
        }
    }

    /// Plans what was written, and returns what it would change although it
    /// was written as it is.
    async fn check(&self, made: &mut Made) -> BTreeMap<ResourceId, String> {
        let paths = vec![PathBuf::from(self.path)];
        let file = self.file(made.text.clone());
        let loaded = prepare::load_texts(self.global, paths, vec![file]);
        let prepared = match loaded {
            Ok(loaded) => {
                let (client, login) = (&self.connection.client, &self.connection.login);
                prepare::prepare(loaded, client, login, &everything()).await
            }
            Err(trouble) => Err(trouble),
        };
        match prepared {
            Ok(prepared) => {
                made.changes = changes(&prepared.plan);
                made.problems.clone_from(&prepared.plan.diagnostics);
                made.problems.retain(Diagnostic::is_error);
                made.sources = prepared.sources;
                unsure(&prepared.plan, &made.drawing)
            }
            Err(trouble) => {
                made.problems = trouble.diagnostics;
                made.sources = trouble.sources;
                BTreeMap::new()
            }
        }
    }
}

fn everything() -> Intent {
    Intent {
        patience: None,
        mode: Mode::Live,
        wishes: Wishes::default(),
        limit: None,
        taking: Taking::Everything,
        applies: Applies::Never,
        validation: Validation::No,
    }
}

/// What was written with its body and would change nevertheless, and what
/// cannot be taken over at all.
fn unsure(plan: &Plan, drawing: &Drawing) -> BTreeMap<ResourceId, String> {
    let mut unsure = BTreeMap::new();
    let id_of = |entry: &Address| {
        let mut parts = entry.segments();
        let (section, key) = (parts.next()?, parts.next()?);
        let mut known = drawing.keys.iter();
        let (id, _) = known.find(|(_, (own, name))| own == section && name == key)?;
        Some(id.clone())
    };
    for change in &plan.changes {
        let verbatim = change.entry.collection() == "resources";
        let made = change.action == Action::Create;
        if (verbatim && !change.properties.is_empty() || made)
            && let Some(id) = id_of(&change.entry)
        {
            let names: Vec<&str> = change
                .properties
                .iter()
                .map(|one| one.path.as_str())
                .collect();
            let reason = if made {
                format!("`{}` of it is called otherwise", change.address.last())
            } else {
                format!("a plan would change {}", names.join(", "))
            };
            unsure.insert(id, reason);
        }
    }
    for problem in plan.diagnostics.iter().filter(|one| one.is_error()) {
        for id in problem.addresses.iter().filter_map(id_of) {
            let why = problem.labels.first().map_or("", |label| &label.message);
            let why = if why.is_empty() {
                problem.message.as_str()
            } else {
                why
            };
            unsure.insert(id, why.to_owned());
        }
    }
    unsure
}

fn changes(plan: &Plan) -> Vec<String> {
    let mut changes = Vec::new();
    for change in &plan.changes {
        if change.action == Action::Delete {
            changes.push(format!(
                "{} is deleted: it has the marker of `{}`, and no entry stands for it",
                change.address, plan.deployment.name
            ));
        }
        let paths = change.properties.iter().map(|one| one.path.as_str());
        let paths: Vec<&str> = paths.collect();
        if !paths.is_empty() {
            changes.push(format!("{} {}", change.address, paths.join(", ")));
        }
    }
    changes
}

#[derive(Serialize)]
struct Told<'a> {
    format: &'static str,
    file: String,
    entries: usize,
    left_out: Vec<ToldLeftOut<'a>>,
    changes: &'a [String],
}

#[derive(Serialize)]
struct ToldLeftOut<'a> {
    id: &'a ResourceId,
    reason: &'a str,
}

fn tell(made: &Made, path: &Path, to_stdout: bool, output: &Output) {
    let file = files::shown(path);
    if output.is_json() && !to_stdout {
        let left_out = made.drawing.left_out.iter();
        output::print_json(&Told {
            format: FORMAT,
            file,
            entries: made.drawing.keys.len(),
            left_out: left_out
                .map(|left| ToldLeftOut {
                    id: &left.id,
                    reason: &left.reason,
                })
                .collect(),
            changes: &made.changes,
        });
        return;
    }
    if !to_stdout {
        output.say(&format!("wrote {file}: {}", counts(&made.drawing)));
    }
    if !made.drawing.left_out.is_empty() {
        output.say("Not taken over:");
    }
    for left in &made.drawing.left_out {
        output.say(&format!("  {}: {}", short(&left.id), left.reason));
    }
    if !made.changes.is_empty() {
        output.say("Taking over changes besides markers:");
    }
    for change in &made.changes {
        output.say(&format!("  {change}"));
    }
    if !made.problems.is_empty() {
        output.diagnostics(&made.problems, &made.sources);
        output.say("The spec was written; it cannot be planned before that is mended.");
    } else if !to_stdout {
        let named = if file == "tenon.yaml" {
            String::new()
        } else {
            format!(" -f {file}")
        };
        output.say(&format!(
            "Next: tenon plan --adopt{named}, then tenon adopt{named}"
        ));
    }
}

/// `2 networks, 1 vm`.
fn counts(drawing: &Drawing) -> String {
    let lines = drawing.sections.lines().iter();
    let sections = lines.filter(|line| !["tags", "secrets"].contains(&&*line.key));
    let counts = sections.filter_map(|line| {
        let tenon_model::outline::Written::Map(entries) = &line.value else {
            return None;
        };
        let count = entries.lines().len();
        let name = match count {
            1 => line.key.trim_end_matches('s'),
            _ => &line.key,
        };
        Some(format!("{count} {name}"))
    });
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() {
        return "nothing that can be an entry".to_owned();
    }
    counts.join(", ")
}

/// Type and name of a resource of the group.
fn short(id: &ResourceId) -> String {
    let kind = id.resource_type();
    format!(
        "{} {}",
        kind.split_once('/').map_or(&*kind, |(_, kind)| kind),
        id.name()
    )
}
