//! One fault, and how it is judged.

use tenon_sim::WorldFile;

use super::hand::Hand;
use crate::process::Output;
use crate::scenario::Scenario;

const WORLD: &str = include_str!("world.yaml");
const SPEC: &str = include_str!("spec.yaml");

/// A text with other words in it.
#[track_caller]
pub(crate) fn edited(text: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "no `{from}` in:\n{text}");
        text.replace(from, to)
    })
}

/// The spec of the corpus.
pub(crate) fn spec() -> &'static str {
    SPEC
}

/// What somebody does who follows a help.
enum Repair {
    /// Edits the spec.
    Edit(String, String),
    /// Does something in Azure.
    Do(fn(&Hand<'_>)),
    /// Sets a variable of the environment.
    Set(&'static str, String),
    /// Runs the program with these words.
    Run(&'static str),
}

/// One thing that is wrong.
pub(crate) struct Fault {
    name: &'static str,
    code: &'static str,
    line: &'static str,
    world: Vec<(&'static str, &'static str)>,
    spec: Vec<(&'static str, &'static str)>,
    more: &'static str,
    files: Vec<(&'static str, String)>,
    variables: Vec<(&'static str, String)>,
    before: Option<fn(&Hand<'_>)>,
    helps: Vec<&'static str>,
    repairs: Vec<Repair>,
    flags: &'static str,
}

/// Begins a fault: what is wrong, the code that the plan finds it with, and the
/// line of the spec that it points at, without its indentation.
pub(crate) fn fault(name: &'static str, code: &'static str, line: &'static str) -> Fault {
    Fault {
        name,
        code,
        line,
        world: Vec::new(),
        spec: Vec::new(),
        more: "",
        files: Vec::new(),
        variables: Vec::new(),
        before: None,
        helps: Vec::new(),
        repairs: Vec::new(),
        flags: "",
    }
}

impl Fault {
    /// The world has something else.
    pub(crate) fn world(mut self, from: &'static str, to: &'static str) -> Self {
        self.world.push((from, to));
        self
    }

    /// The spec says something else.
    pub(crate) fn spec(mut self, from: &'static str, to: &'static str) -> Self {
        self.spec.push((from, to));
        self
    }

    /// The machine is built from another image of acme's.
    pub(crate) fn image(self, name: &'static str, version: &'static str) -> Self {
        self.spec("galleries/acme/images/web", name)
            .spec("version: 1.4.2", version)
    }

    /// The spec says more at its end: keys of its machine, then what it likes.
    pub(crate) fn more(mut self, text: &'static str) -> Self {
        self.more = text;
        self
    }

    /// There is a file beside the spec.
    pub(crate) fn file(mut self, name: &'static str, text: String) -> Self {
        self.files.push((name, text));
        self
    }

    /// A variable of the environment is something else.
    pub(crate) fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// Somebody does something before the plan.
    pub(crate) fn before(mut self, act: fn(&Hand<'_>)) -> Self {
        self.before = Some(act);
        self
    }

    /// Flags of every run.
    pub(crate) fn flags(mut self, flags: &'static str) -> Self {
        self.flags = flags;
        self
    }

    /// The help says this; what follows does it.
    pub(crate) fn help(mut self, text: &'static str) -> Self {
        self.helps.push(text);
        self
    }

    /// The help is followed in the spec.
    pub(crate) fn edit(mut self, from: &str, to: &str) -> Self {
        self.repairs.push(Repair::Edit(from.into(), to.into()));
        self
    }

    /// The help is followed in Azure.
    pub(crate) fn act(mut self, act: fn(&Hand<'_>)) -> Self {
        self.repairs.push(Repair::Do(act));
        self
    }

    /// The help is followed in the environment.
    pub(crate) fn set(mut self, name: &'static str, value: &str) -> Self {
        self.repairs.push(Repair::Set(name, value.into()));
        self
    }

    /// The help is a command of the program.
    pub(crate) fn run(mut self, words: &'static str) -> Self {
        self.repairs.push(Repair::Run(words));
        self
    }

    pub(crate) fn name(&self) -> &str {
        self.name
    }

    /// The scenario with what is wrong in it.
    pub(crate) fn scenario(&self) -> Scenario {
        let world = edited(WORLD, &self.world);
        let world = WorldFile::from_yaml(&world).expect("a world");
        let spec = edited(SPEC, &self.spec) + self.more;
        let mut scenario = Scenario::within(world, &spec);
        for (name, text) in &self.files {
            scenario.write(name, text);
        }
        for (name, value) in &self.variables {
            scenario.set(name, value);
        }
        if let Some(before) = self.before {
            before(&Hand::of(&scenario));
        }
        scenario
    }

    /// Plans, looks at what was found, follows the help, applies.
    pub(crate) fn judge(&self) {
        let mut scenario = self.scenario();
        let plan = scenario.run(&format!("plan {}", self.flags));
        assert_ne!(plan.code, 0, "nothing was found:\n{plan}");
        let found = Found::in_output(&plan);
        assert!(
            !found.is_empty() && found.iter().all(|one| one.code == self.code),
            "expected {}:\n{plan}",
            self.code
        );
        let spec = scenario.read("tenon.yaml");
        let line = found[0].line.and_then(|line| spec.lines().nth(line - 1));
        assert_eq!(line.unwrap_or_default().trim(), self.line, "{plan}");
        for help in &self.helps {
            let words = flat(&plan);
            assert!(words.contains(help), "no help `{help}`:\n{plan}");
        }
        assert!(!self.repairs.is_empty(), "nobody follows the help");
        for repair in &self.repairs {
            follow(repair, &mut scenario);
        }
        let apply = format!("apply --auto-approve {}", self.flags);
        scenario.run(&apply).exits(0);
        let plan = format!("plan --detailed-exitcode {}", self.flags);
        scenario.run(&plan).finds_nothing_to_do();
    }

    /// Asserts that nothing is wrong: neither before an apply nor after it.
    pub(crate) fn is_healthy(&self) {
        let scenario = self.scenario();
        let quiet = |output: Output| {
            output
                .exits(0)
                .never_says("error[")
                .never_says("warning[")
                .never_says("not checked")
        };
        let plan = quiet(scenario.run(&format!("plan {}", self.flags)));
        assert!(
            !plan.stdout.contains("no changes"),
            "nothing to judge:\n{plan}"
        );
        quiet(scenario.run(&format!("apply --auto-approve {}", self.flags)));
        let again = format!("plan --detailed-exitcode {}", self.flags);
        quiet(scenario.run(&again)).finds_nothing_to_do();
    }
}

fn follow(repair: &Repair, scenario: &mut Scenario) {
    match repair {
        Repair::Edit(from, to) => scenario.edit("tenon.yaml", from, to),
        Repair::Do(act) => act(&Hand::of(scenario)),
        Repair::Set(name, value) => scenario.set(name, value),
        Repair::Run(words) => drop(scenario.run(words).exits(0)),
    }
}

/// An error as it was printed.
pub(crate) struct Found {
    pub(crate) code: String,
    pub(crate) line: Option<usize>,
}

impl Found {
    /// The errors of a run, in the order of their words.
    pub(crate) fn in_output(output: &Output) -> Vec<Self> {
        let text = format!("{}\n{}", output.stdout, output.stderr);
        let errors = text.split("error[").skip(1);
        errors
            .map(|error| {
                let code = error.split(']').next().unwrap_or_default().to_owned();
                let own = error.split("\n\n").next().unwrap_or_default();
                let place = own.split("--> ").nth(1);
                let line = place.and_then(|place| place.split(':').nth(1)?.parse().ok());
                Self { code, line }
            })
            .collect()
    }
}

/// All that was said, as if the lines had no end.
pub(crate) fn flat(output: &Output) -> String {
    let text = format!("{} {}", output.stdout, output.stderr);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
