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
#[derive(Default)]
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
        let settings = specs::settings();
        std::thread::scope(|scope| {
            let runs: Vec<_> = settings
                .iter()
                .map(|setting| scope.spawn(|| run(setting.cases())))
                .collect();
            let mut all = Everything::default();
            for run in runs {
                let own = run.join().expect("nobody panicked");
                all.sent.extend(own.sent);
                all.problems.extend(own.problems);
                all.refused.extend(own.refused);
            }
            all
        })
    })
}

/// From the least to each case, from each case to the least, and from the most
/// to the same with another tag and without it.
fn run(cases: Cases) -> Everything {
    let mut all = Everything::default();
    let least = &cases.accepted[0];
    let bare = Cloud::default();
    apply(least, "from nothing", &bare, Mode::Live, &mut all);
    for case in &cases.accepted[1..] {
        let cloud = bare.clone();
        apply(case, "from the least", &cloud, Mode::Live, &mut all);
        let cloud = Cloud::default();
        apply(case, "from nothing", &cloud, Mode::Live, &mut all);
        let from = format!("from {}", case.name);
        apply(least, &from, &cloud, Mode::Live, &mut all);
    }
    let most = &cases.accepted[1];
    let cloud = Cloud::default();
    apply(most, "from nothing", &cloud, Mode::Live, &mut all);
    for (tag, from) in [("other", "from another tag"), ("", "from no tag")] {
        let tagged = most.tagged(tag);
        apply(&tagged, "from the most", &cloud, Mode::Live, &mut all);
        apply(most, from, &cloud, Mode::Live, &mut all);
    }
    apply(least, "to nothing", &bare, Mode::Destroy, &mut all);
    all.refused = cases.refused;
    all
}

fn apply(case: &Case, from: &str, cloud: &Cloud, mode: Mode, all: &mut Everything) {
    let name = format!("{}, {from}", case.name);
    let asked = specs::asked(&case.text).expect("it was accepted before");
    let (requests, mut problems) = applied(&asked, cloud, mode);
    if mode == Mode::Live && problems.is_empty() && !requests.is_empty() {
        let again = asked.plan(cloud, mode);
        let left = again.changes.iter();
        problems
            .extend(left.map(|one| format!("planned again: {} {:?}", one.address, one.properties)));
    }
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
