//! One test's folder, environment and world.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tenon_sim::{ClockMode, Options, Running, WorldFile};
use tokio::runtime::Runtime;

use crate::process::{Output, Process};
use crate::worlds::{self, APPLICATION, SECRET};

/// Seconds that pass in a world in one of ours.
const SPEED: u32 = 2000;

/// A public key that nobody has the private half of.
pub(crate) const PUBLIC_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKJ5m7mRzC1p9WQ3k0nJq1iW2r1sT9vTq7cJm0bX4c9P tests";

/// A folder, an environment, and perhaps a world of one's own.
///
/// The environment is empty but for `PATH`, a home in the folder, and what a
/// test sets. The program is given the world's address and a credential, as it
/// would be given Azure's.
pub(crate) struct Scenario {
    folder: TempDir,
    variables: BTreeMap<String, String>,
    world: Option<World>,
}

struct World {
    running: Option<Running>,
    runtime: Runtime,
}

impl Scenario {
    /// A scenario without a world: for `--simulate`, and for what needs none.
    pub(crate) fn bare() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let scenario = Self {
            folder,
            variables: BTreeMap::new(),
            world: None,
        };
        scenario.write("home/.ssh/id_rsa.pub", PUBLIC_KEY);
        scenario
    }

    /// A scenario in the world of two tenants, with this spec as `tenon.yaml`.
    pub(crate) fn of(spec: &str) -> Self {
        Self::within(worlds::two_tenants(), spec)
    }

    /// A scenario in a given world.
    pub(crate) fn within(world: WorldFile, spec: &str) -> Self {
        Self::serving(
            Options {
                world: Some(world),
                ..options()
            },
            spec,
        )
    }

    /// A scenario that goes on where a world was left, see [`Scenario::leave`].
    pub(crate) fn resumed(state: &str, spec: &str) -> Self {
        let scenario = Self::bare();
        let path = scenario.write("world.json", state);
        scenario.served(
            Options {
                state: Some(path),
                ..options()
            },
            spec,
        )
    }

    /// A scenario in a world whose time is ours, for what is signed here and
    /// good for minutes.
    pub(crate) fn in_our_time(world: WorldFile, spec: &str) -> Self {
        Self::serving(
            Options {
                world: Some(world),
                clock: ClockMode::RealTime { speed: 1 },
                ..Options::default()
            },
            spec,
        )
    }

    fn serving(options: Options, spec: &str) -> Self {
        Self::bare().served(options, spec)
    }

    fn served(mut self, options: Options, spec: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let running = runtime
            .block_on(tenon_sim::start(options))
            .expect("a simulator");
        let address = running.arm_url();
        self.world = Some(World {
            running: Some(running),
            runtime,
        });
        self.set("ARM_CLOUD_METADATA_URL", &address);
        // The way into its virtual networks.
        self.set("TENON_PROBE_PROXY", &address);
        self.set("AZURE_CLIENT_ID", APPLICATION);
        self.set("AZURE_CLIENT_SECRET", SECRET);
        self.write("tenon.yaml", spec);
        self
    }

    /// Ends the world and returns all that it kept.
    pub(crate) fn leave(mut self) -> String {
        if let Some(world) = &mut self.world
            && let Some(running) = world.running.take()
        {
            world.runtime.block_on(running.shutdown());
        }
        self.read("world.json")
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.variables.remove(name);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file")
    }

    /// Changes a file as an editor would.
    #[track_caller]
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "no `{from}` in {name}:\n{text}");
        self.write(name, &text.replace(from, to));
    }

    /// Copies `specs/` of the project.
    pub(crate) fn copy_specs(&self) {
        copy(&specs(), &self.path("specs"));
    }

    /// The program with these words, not started yet.
    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenon"));
        command
            .args(words.split_whitespace())
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            // Neither the metadata service nor an `az` of this machine is asked.
            .env("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
            .envs(&self.variables);
        command
    }

    /// Starts the program.
    pub(crate) fn start(&self, words: &str) -> Process {
        Process::spawn(&mut self.command(words))
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, words: &str) -> Output {
        self.start(words).finish()
    }

    /// Where the world of this scenario answers.
    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.portal().address)
    }

    /// The world of this scenario, as somebody in the portal has it.
    pub(crate) fn portal(&self) -> Portal {
        let world = self.world.as_ref().expect("a scenario with a world");
        Portal {
            address: world.running.as_ref().expect("a world that runs").address(),
        }
    }
}

fn options() -> Options {
    Options {
        clock: ClockMode::RealTime { speed: SPEED },
        ..Options::default()
    }
}

/// The folder `specs/` of the project.
pub(crate) fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            // Worlds of somebody who plays in the folder.
            if entry.file_name() != ".tenon" {
                copy(&from, &to);
            }
        } else {
            std::fs::copy(&from, &to).expect("a file");
        }
    }
}

/// A scenario in which this spec is applied already. It is applied once; who
/// asks again goes on from a copy of the world.
pub(crate) fn standing(spec: &str) -> Scenario {
    static STATES: Mutex<BTreeMap<String, Arc<OnceLock<String>>>> = Mutex::new(BTreeMap::new());
    let mut states = STATES.lock().expect("a map that nobody breaks");
    let state = states.entry(spec.to_owned()).or_default().clone();
    drop(states);
    let text = state.get_or_init(|| {
        let scenario = Scenario::bare();
        let options = Options {
            world: Some(worlds::two_tenants()),
            state: Some(scenario.path("world.json")),
            ..options()
        };
        let scenario = scenario.served(options, spec);
        scenario.run("apply --auto-approve").exits(0);
        scenario.leave()
    });
    Scenario::resumed(text, spec)
}

/// A scenario in which `machines(&["one", "two"])` is applied already.
pub(crate) fn two_machines() -> Scenario {
    standing(&worlds::machines(&["one", "two"]))
}

/// The hand behind the curtain: the admin side of a simulator.
#[derive(Clone, Copy)]
pub(crate) struct Portal {
    address: SocketAddr,
}

impl Portal {
    /// The admin side of a simulator that was started elsewhere.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self { address }
    }

    fn ask(self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(self.address).expect("a simulator that listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .expect("a timeout");
        write!(
            stream,
            "{method} /_sim{path} HTTP/1.1\r\nhost: sim\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|text| text.parse().ok())
            .expect("a status");
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    #[track_caller]
    fn done(self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let (status, value) = self.ask(method, path, body);
        assert!(status < 300, "{method} {path}: {status} {value}");
        value
    }

    /// A resource as it stands, or nothing.
    pub(crate) fn resource(self, id: &str) -> Option<Value> {
        let (status, value) = self.ask("GET", &format!("/resources{id}"), None);
        (status == 200).then(|| value["resource"].clone())
    }

    /// What Azure knows of a resource and shows only when asked: its power.
    pub(crate) fn hidden(self, id: &str) -> Value {
        self.done("GET", &format!("/resources{id}"), None)["hidden"].clone()
    }

    /// Makes or replaces a resource.
    pub(crate) fn put(self, id: &str, body: &Value) {
        self.done("PUT", &format!("/resources{id}"), Some(body));
    }

    /// Changes a resource.
    pub(crate) fn patch(self, id: &str, body: &Value) {
        self.done("PATCH", &format!("/resources{id}"), Some(body));
    }

    /// Takes a resource away.
    pub(crate) fn delete(self, id: &str) {
        self.done("DELETE", &format!("/resources{id}"), None);
    }

    /// Gives somebody a role, as the world file has it.
    pub(crate) fn give_role(self, role: &Value) {
        self.done("POST", "/roleAssignments", Some(role));
    }

    /// Adds or replaces an application, as the world file has it.
    pub(crate) fn put_application(self, application: &Value) {
        self.done("PUT", "/applications", Some(application));
    }

    /// The registrations of applications, as the world file has them.
    pub(crate) fn applications(self) -> Vec<Value> {
        let world = self.done("GET", "/world", None);
        let all = world["world"]["applications"].as_array();
        all.cloned().unwrap_or_default()
    }

    pub(crate) fn fault(self, rule: &Value) {
        self.done("POST", "/faults", Some(rule));
    }

    pub(crate) fn settings(self, change: &Value) {
        self.done("PATCH", "/settings", Some(change));
    }

    /// Lets time pass until nothing is under way.
    pub(crate) fn until_idle(self) {
        self.done("POST", "/clock", Some(&json!({"untilIdle": true})));
    }

    /// Everything that is there, by id in small letters.
    pub(crate) fn resources(self) -> BTreeMap<String, Value> {
        let world = self.done("GET", "/world", None);
        let all = world["resources"].as_array().cloned().unwrap_or_default();
        all.into_iter()
            .map(|one| (one["id"].as_str().unwrap_or_default().to_lowercase(), one))
            .collect()
    }

    /// Ids of what carries a marker. Azure copies the tags of a machine to the
    /// disk it makes for it; that disk comes and goes with the machine.
    pub(crate) fn ours(self) -> Vec<String> {
        let marked = |one: &Value| {
            let own_disk = one["properties"]["osType"].is_string();
            one["tags"].get("tenon-deployment").is_some() && !own_disk
        };
        self.resources()
            .into_iter()
            .filter(|(_, one)| marked(one))
            .map(|(id, _)| id)
            .collect()
    }

    /// The requests so far.
    pub(crate) fn requests(self) -> Vec<Value> {
        let log = self.done("GET", "/requests", None);
        log["value"].as_array().cloned().unwrap_or_default()
    }

    /// Writes that were accepted, as `PUT …/last/two/segments`.
    pub(crate) fn writes(self) -> Vec<String> {
        self.requests()
            .iter()
            .filter(|one| {
                is_write(one) && one["status"].as_u64().is_some_and(|status| status < 300)
            })
            .map(|one| {
                let path = one["path"].as_str().unwrap_or_default();
                let parts: Vec<&str> = path.rsplit('/').take(2).collect();
                format!(
                    "{} {}/{}",
                    one["method"].as_str().unwrap_or_default(),
                    parts[1],
                    parts[0]
                )
            })
            .collect()
    }

    pub(crate) fn forget_requests(self) {
        self.done("DELETE", "/requests", None);
    }

    /// Everything that the simulator shows of itself.
    pub(crate) fn everything(self) -> String {
        ["/requests", "/operations", "/faults"]
            .iter()
            .map(|path| self.done("GET", path, None).to_string())
            .collect()
    }

    /// Waits until a request has been answered.
    #[track_caller]
    pub(crate) fn wait_for(self, write: &str) {
        let began = Instant::now();
        while !self.writes().iter().any(|one| one == write) {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "no {write} in {:?}",
                self.writes()
            );
            std::thread::yield_now();
        }
    }
}

/// Whether a request of the log would change something in Azure.
pub(crate) fn is_write(request: &Value) -> bool {
    let path = request["path"].as_str().unwrap_or_default();
    request["method"] != "GET" && path.starts_with("/subscriptions/")
}
