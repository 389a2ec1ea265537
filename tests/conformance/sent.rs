//! Every request that writes, of every case: made, changed into, changed from.

use std::fmt;
use std::sync::OnceLock;

use tenon_model::plan::Mode;

use crate::request::Request;
use crate::specs::{self, Case, Cases};
use crate::support::cloud::Cloud;
use crate::written::applied;

/// A request, and which case it is of.
pub(crate) struct Sent {
    pub(crate) case: String,
    pub(crate) request: Request,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request {
            method, path, body, ..
        } = &self.request;
        let (_, tail) = path.rsplit_once("/providers/").unwrap_or(("", path));
        write!(f, "{}: {method} {tail}", self.case)?;
        body.iter().try_for_each(|body| write!(f, " {body}"))
    }
}

/// All of it; made once for all tests.
pub(crate) struct Everything {
    pub(crate) sent: Vec<Sent>,
    /// What went wrong on the way.
    pub(crate) problems: Vec<String>,
    /// Values that no accepted spec has.
    pub(crate) refused: Vec<String>,
}

impl Everything {
    /// The requests about types that have a table; nothing is known about the
    /// body of others.
    pub(crate) fn known(&self) -> impl Iterator<Item = &Sent> {
        let known = |one: &&Sent| tenon_kinds::rules_of(&one.request.resource_type()).is_some();
        self.sent.iter().filter(known)
    }
}

/// Every request of every case.
pub(crate) fn everything() -> &'static Everything {
    static ALL: OnceLock<Everything> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = Everything {
            sent: Vec::new(),
            problems: Vec::new(),
            refused: Vec::new(),
        };
        for setting in specs::settings() {
            let cases = setting.cases();
            run(&cases, &mut all);
            all.refused.extend(cases.refused);
        }
        all
    })
}

/// From the least to each case, and from each case to the least.
fn run(cases: &Cases, all: &mut Everything) {
    let least = &cases.accepted[0];
    let bare = Cloud::default();
    apply(least, "from nothing", &bare, Mode::Live, all);
    for case in &cases.accepted[1..] {
        let cloud = bare.clone();
        apply(case, "from the least", &cloud, Mode::Live, all);
        let cloud = Cloud::default();
        apply(case, "from nothing", &cloud, Mode::Live, all);
        apply(
            least,
            &format!("from {}", case.name),
            &cloud,
            Mode::Live,
            all,
        );
    }
    apply(least, "to nothing", &bare, Mode::Destroy, all);
}

fn apply(case: &Case, from: &str, cloud: &Cloud, mode: Mode, all: &mut Everything) {
    let name = format!("{}, {from}", case.name);
    let asked = specs::asked(&case.text).expect("it was accepted before");
    let (requests, problems) = applied(&asked, cloud, mode);
    let sent = requests.into_iter().map(|request| Sent {
        case: name.clone(),
        request,
    });
    all.sent.extend(sent);
    let problems = problems
        .into_iter()
        .map(|problem| format!("{name}: {problem}"));
    all.problems.extend(problems);
}
