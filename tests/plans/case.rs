//! One folder: what stood before, what happened since, what is planned.

use std::path::Path;

use tenon_model::place::Sources;
use tenon_model::plan::{Mode, Plan};
use tenon_model::snapshot::Power;
use tenon_model::{Address, Diagnostic, ResourceId, Value};
use tenon_plan::{LetGo, Rollback, Wishes};
use tenon_render::{Around, Links, Mark, Options};

use crate::reduced;
use crate::support::cloud::Cloud;
use crate::support::{self, Asked, Stopped};

/// Checks a folder, and what `also` says of its plan; what is wrong with it.
pub(crate) fn check(folder: &Path, also: impl Fn(&Plan) -> Vec<String>) -> Vec<String> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let story = Story::read(folder);
    let cloud = story.before();
    let mut problems = Vec::new();
    let (text, json) = match story.ask("spec.yaml", "tenon.lock") {
        Ok(mut asked) => {
            asked.wishes = story.wishes();
            asked.now += story.hours() * 3600;
            let plan = asked.plan(&cloud, story.mode);
            // Nobody asks for that twice.
            asked.wishes.replace.clear();
            let goes_back = asked.wishes.rollback.take().is_some();
            if goes_back {
                // The spec still wants what it wanted; with what it said before,
                // everything is as it should be.
                let before = story.ask("before.yaml", "before.lock");
                asked = before.unwrap_or_else(|stopped| panic!("{}", refused(&stopped)));
            }
            problems.extend(carried_out(&asked, &plan, &cloud, story.mode));
            if plan.applyable && plan.partial.is_some() {
                // The rest of it: nothing was forgotten, nothing taken for done.
                asked.wishes = Wishes::default();
                let rest = asked.plan(&cloud, story.mode);
                problems.extend(carried_out(&asked, &rest, &cloud, story.mode));
            }
            let options = Options::default();
            // The digest moves with every letter of the document's form.
            let shown = Plan {
                digest: format!("sha256:{}", "0".repeat(64)),
                ..plan.clone()
            };
            let text = tenon_render::plan(&shown, &asked.sources, &options).plain();
            if folder.join("plan.md").exists() {
                let comment = tenon_render::comment(&shown, &asked.sources, &around(&shown));
                problems.extend(golden(&folder.join("plan.md"), &comment));
            }
            problems.extend(also(&plan));
            (text, Some(reduced::plan(&plan)))
        }
        Err(stopped) => (refused(&stopped), None),
    };
    problems.extend(golden(&folder.join("plan.txt"), &text));
    problems.extend(json.and_then(|json| golden(&folder.join("plan.json"), &json)));
    problems
        .iter()
        .map(|problem| format!("{name}: {problem}"))
        .collect()
}

/// A pull request on GitHub.
fn around(plan: &Plan) -> Around {
    let head = "9b1d7c2f0c4e8a6b5d3f1e2a7c9b8d6e5f4a3b2c";
    let links = Links {
        repository: "https://github.com/contoso/machines".to_owned(),
        commit: head.to_owned(),
        folder: "specs".to_owned(),
    };
    Around {
        mark: Mark {
            deployment: plan.deployment.name.clone(),
            digest: plan.applyable.then(|| plan.digest.clone()),
            head: head.to_owned(),
            ..Mark::default()
        },
        links: Some(links),
        run: Some("https://github.com/contoso/machines/actions/runs/1".to_owned()),
        budget: Some(60_000),
        ..Around::default()
    }
}

/// What is said about a folder, and the texts that it points into.
#[allow(dead_code, reason = "another test reads these plans for what they say")]
pub(crate) fn diagnostics(folder: &Path) -> (Vec<Diagnostic>, Sources) {
    let story = Story::read(folder);
    let cloud = story.before();
    match story.ask("spec.yaml", "tenon.lock") {
        Ok(mut asked) => {
            asked.wishes = story.wishes();
            asked.now += story.hours() * 3600;
            let plan = asked.plan(&cloud, story.mode);
            (plan.diagnostics, asked.sources.clone())
        }
        Err(stopped) => (stopped.diagnostics, stopped.sources),
    }
}

fn refused(stopped: &Stopped) -> String {
    tenon_render::diagnostics(&stopped.diagnostics, &stopped.sources, &Options::default()).plain()
}

/// Carries a plan out and plans again.
fn carried_out(asked: &Asked, plan: &Plan, cloud: &Cloud, mode: Mode) -> Vec<String> {
    if !plan.applyable {
        return Vec::new();
    }
    let mut problems: Vec<String> = support::apply(plan, cloud)
        .into_iter()
        .map(|problem| format!("apply: {problem}"))
        .collect();
    let again = asked.plan(cloud, mode);
    for change in &again.changes {
        problems.push(format!(
            "planned again: {} {:?} {:?} {:?}",
            change.address, change.action, change.reason, change.properties
        ));
    }
    problems
}

fn golden(path: &Path, found: &str) -> Option<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if std::env::var_os("TENON_BLESS").is_some() {
        std::fs::write(path, found).expect("the golden can be written");
        return None;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    (expected != found)
        .then(|| format!("{name} differs\n--- found\n{found}\n--- expected\n{expected}"))
}

struct Story<'a> {
    folder: &'a Path,
    live: Value,
    mode: Mode,
}

impl<'a> Story<'a> {
    fn read(folder: &'a Path) -> Self {
        let live = std::fs::read_to_string(folder.join("live.yaml")).unwrap_or_default();
        let live: Value = serde_yaml::from_str(&live).expect("live.yaml is YAML");
        let destroys = live.member("mode").and_then(Value::as_text) == Some("destroy");
        let mode = if destroys { Mode::Destroy } else { Mode::Live };
        Self { folder, live, mode }
    }

    fn ask(&self, spec: &str, lock: &str) -> Result<Asked, Box<Stopped>> {
        let text = std::fs::read_to_string(self.folder.join(spec)).expect("the spec can be read");
        let lock = std::fs::read_to_string(self.folder.join(lock)).ok();
        support::ask(&text, lock.as_deref(), &support::files())
    }

    /// The cloud as the plan finds it.
    fn before(&self) -> Cloud {
        let cloud = Cloud::default();
        for group in self.items("groups") {
            let group = group.to_plain_text();
            let body = serde_json::from_str(r#"{"location":"westeurope"}"#).expect("JSON");
            cloud.put(&id(&group), &body);
        }
        for foreign in self.items("foreign") {
            cloud.put(
                &id(&text(foreign, "id")),
                foreign.member("body").expect("a body"),
            );
        }
        for stood in ["before", "between"] {
            if !self.folder.join(format!("{stood}.yaml")).exists() {
                continue;
            }
            let asked = self.ask(&format!("{stood}.yaml"), &format!("{stood}.lock"));
            let asked = asked.unwrap_or_else(|stopped| panic!("{}", refused(&stopped)));
            let plan = asked.plan(&cloud, Mode::Live);
            let problems = support::apply(&plan, &cloud);
            assert!(problems.is_empty(), "{:?}: {problems:?}", self.folder);
        }
        for item in self.items("then") {
            happen(&cloud, item);
        }
        cloud
    }

    fn wishes(&self) -> Wishes {
        let named = |name| {
            let items = self.items(name).iter();
            items
                .map(|one| Address::new(&one.to_plain_text()))
                .collect()
        };
        Wishes {
            adopt: named("adopt"),
            targets: named("target"),
            exclude: named("exclude"),
            replace: named("replace"),
            rollback: self.live.member("rollback").map(|_| Rollback {
                addresses: named("rollback"),
                to: self.live.member("version").map(Value::to_plain_text),
            }),
            let_go: self.live.member("forget").map(|_| LetGo {
                addresses: named("forget"),
                to: self.live.member("to").map(Value::to_plain_text),
            }),
        }
    }

    /// How much later the plan is made.
    fn hours(&self) -> u64 {
        let hours = self.live.member("hours");
        hours.map_or(0, |hours| hours.to_plain_text().parse().expect("a number"))
    }

    fn items(&self, name: &str) -> &[Value] {
        self.live
            .member(name)
            .and_then(Value::as_list)
            .unwrap_or(&[])
    }
}

/// `rg/x` and `rg/Microsoft.Network/virtualNetworks/v` are short for full ids.
fn id(short: &str) -> String {
    let (group, rest) = short.split_once('/').unwrap_or((short, ""));
    let group = format!(
        "/subscriptions/{}/resourceGroups/{group}",
        support::SUBSCRIPTION
    );
    if rest.is_empty() {
        group
    } else {
        format!("{group}/providers/{rest}")
    }
}

fn text(item: &Value, name: &str) -> String {
    item.member(name)
        .map(Value::to_plain_text)
        .unwrap_or_default()
}

/// Something that happened to Azure besides us.
fn happen(cloud: &Cloud, item: &Value) {
    let of = ResourceId::parse(&id(&text(item, "at"))).expect("an id");
    if let Some(body) = item.member("put") {
        cloud.put(of.as_str(), body);
    }
    cloud.with(|state| {
        if item.member("gone").is_some() {
            state.resources.remove(&of);
            return;
        }
        if text(item, "power") == "stopped" {
            state.power.insert(of.clone(), Power::Stopped);
        }
        let body = state
            .resources
            .get_mut(&of)
            .unwrap_or_else(|| panic!("{of} is not there"));
        for (path, value) in item
            .member("set")
            .and_then(Value::as_map)
            .iter()
            .flat_map(|map| map.iter())
        {
            set(body, path, value.clone());
        }
        for path in item
            .member("remove")
            .and_then(Value::as_list)
            .unwrap_or(&[])
        {
            let path = tenon_model::Path::parse(&path.to_plain_text()).expect("a path");
            path.remove(body);
        }
        if let Some(Value::Map(add)) = item.member("add") {
            for (path, value) in add.iter() {
                let path = tenon_model::Path::parse(path).expect("a path");
                let Some(Value::List(items)) = path.get_mut(body) else {
                    panic!("no list at {path}")
                };
                items.push(value.clone());
            }
        }
    });
}

fn set(body: &mut Value, path: &str, value: Value) {
    let parsed = tenon_model::Path::parse(path).expect("a path");
    if let Some(there) = parsed.get_mut(body) {
        *there = value;
        return;
    }
    let (parents, last) = parsed.segments().split_at(parsed.segments().len() - 1);
    let parent = parents
        .iter()
        .fold(tenon_model::Path::root(), |path, segment| {
            path.then(segment.clone())
        });
    match (parent.get_mut(body), last) {
        (Some(Value::Map(map)), [tenon_model::path::Segment::Member(name)]) => {
            drop(map.insert(name, value));
        }
        _ => crate::support::echo::set(body, path, value),
    }
}
