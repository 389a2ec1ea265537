//! Which vCPUs a plan takes and gives back, and when.

use std::collections::BTreeMap;

use tenon_model::Value;
use tenon_model::plan::{Does, Plan};
use tenon_model::rules::region;
use tenon_model::snapshot::Snapshot;

use super::{Quotas, Region, Usage};

const MACHINES: &str = "Microsoft.Compute/virtualMachines";
const SETS: &str = "Microsoft.Compute/virtualMachineScaleSets";

/// What counts of a machine or of a scale set.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Counted {
    size: String,
    machines: i64,
    is_spot: bool,
}

impl Counted {
    /// Reads a body; `below` is what is live where the body says nothing.
    fn read(body: &Value, below: Option<&Self>) -> Option<Self> {
        let text = |path: &[&str]| Some(body.at(path)?.as_text()?.to_owned());
        let size = text(&["properties", "hardwareProfile", "vmSize"])
            .or_else(|| text(&["sku", "name"]))
            .or_else(|| below.map(|below| below.size.clone()))?;
        let machines = body.at(&["sku", "capacity"]).and_then(Value::as_int);
        let priority = text(&["properties", "priority"])
            .or_else(|| text(&["properties", "virtualMachineProfile", "priority"]));
        let is_spot = match priority {
            Some(priority) => !priority.eq_ignore_ascii_case("Regular"),
            None => below.is_some_and(|below| below.is_spot),
        };
        Some(Self {
            size,
            machines: machines.unwrap_or_else(|| below.map_or(1, |below| below.machines)),
            is_spot,
        })
    }

    /// The quotas that it counts against, and how much.
    fn cores(&self, quotas: &Quotas) -> BTreeMap<String, i64> {
        let Some(size) = quotas.size(&self.size) else {
            return BTreeMap::new();
        };
        let cores = size.cores.saturating_mul(self.machines);
        match self.is_spot {
            true => BTreeMap::from([("lowPriorityCores".to_owned(), cores)]),
            false => BTreeMap::from([("cores".to_owned(), cores), (size.family.clone(), cores)]),
        }
    }
}

/// A step that changes what counts.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub(super) region: Region,
    step: usize,
    before: Option<Counted>,
    after: Option<Counted>,
}

impl Move {
    /// Whether there may be less room after it than before.
    pub(super) fn takes_room(&self) -> bool {
        self.after.is_some() && self.before != self.after
    }
}

/// All of them, in the order of the steps.
pub(super) fn moves(plan: &Plan, snapshot: &Snapshot) -> Vec<Move> {
    let steps = plan.steps.iter().enumerate();
    let counts = steps.filter(|(_, step)| {
        let kind = step.id.resource_type();
        let counts = [MACHINES, SETS].iter();
        let counts = counts.into_iter().any(|one| kind.eq_ignore_ascii_case(one));
        counts && matches!(step.does, Does::Create | Does::Delete | Does::Update)
    });
    let moves = counts.filter_map(|(index, step)| {
        let live = snapshot.get(&step.id).map(|live| &live.body);
        let stands = live.and_then(|body| Counted::read(body, None));
        let body = step.request.body.as_ref();
        let (before, after) = match step.does {
            Does::Delete => (stands, None),
            Does::Create => (None, Counted::read(body?, None)),
            _ => {
                let after = Counted::read(body?, stands.as_ref());
                (stands, after)
            }
        };
        let location = |body: &Value| Some(region(body.member("location")?.as_text()?));
        let location = body.and_then(location).or_else(|| live.and_then(location));
        (before != after).then_some(Move {
            region: Region {
                subscription: step.id.subscription(),
                location: location?,
            },
            step: index,
            before,
            after,
        })
    });
    let moves: Vec<Move> = moves.collect();
    without_what_comes_back(plan, moves)
}

/// Leaves out the machines that are made anew as they were: whenever they are
/// gone there is more room, and then as much as before.
fn without_what_comes_back(plan: &Plan, mut moves: Vec<Move>) -> Vec<Move> {
    let id = |one: &Move| &plan.steps[one.step].id;
    let gone = moves.iter().filter(|one| one.after.is_none());
    let gone: BTreeMap<_, _> = gone
        .map(|one| (id(one).clone(), (one.step, one.before.clone())))
        .collect();
    let back = moves.iter().filter(|one| one.before.is_none());
    let back = back.filter(|one| {
        gone.get(id(one))
            .is_some_and(|(step, before)| *step < one.step && *before == one.after)
    });
    let back: Vec<_> = back.map(|one| id(one).clone()).collect();
    moves.retain(|one| !back.contains(&plan.steps[one.step].id));
    moves
}

/// How one quota is used at some moment of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Room {
    /// What the plan has taken until then.
    pub(super) taken: i64,
    /// What it has given back.
    pub(super) freed: i64,
}

impl Room {
    pub(super) fn more(self) -> i64 {
        self.taken - self.freed
    }
}

/// One quota on the way through a plan.
#[derive(Clone, Debug)]
pub(super) struct Followed {
    pub(super) usage: Usage,
    /// When most of it is used.
    pub(super) peak: Room,
    /// After the plan.
    pub(super) end: Room,
    /// The steps that do not fit; those that do are thought to be done.
    pub(super) short: Vec<usize>,
}

impl Followed {
    fn fits(&self, room: Room) -> bool {
        // A limit below zero is none.
        self.usage.limit < 0 || self.usage.used + room.more() <= self.usage.limit
    }

    /// Whether there is room enough when all of the plan is done.
    pub(super) fn ends_well(&self) -> bool {
        self.fits(self.end)
    }
}

/// The quotas of one region on the way through a plan, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Way {
    pub(super) quotas: BTreeMap<String, Followed>,
}

/// Something that happens to quotas.
struct Turn {
    at: u64,
    /// What is given back first is there for who takes it at the same moment.
    takes: bool,
    step: usize,
    cores: BTreeMap<String, i64>,
}

impl Way {
    /// Follows the steps as they begin when what they wait for has ended, each
    /// as long as it usually is. What is taken counts from the beginning of a
    /// step, what is given back from its end.
    pub(super) fn through(plan: &Plan, moves: &[Move], region: &Region, quotas: &Quotas) -> Self {
        let mut way = Self::default();
        let fitting = &mut BTreeMap::new();
        for turn in turns(plan, moves, region, quotas) {
            way.turn(&turn, quotas, fitting);
        }
        way
    }

    fn turn(&mut self, turn: &Turn, quotas: &Quotas, fitting: &mut BTreeMap<String, i64>) {
        for (name, cores) in &turn.cores {
            let Some(usage) = quotas.usage(name) else {
                continue;
            };
            let one = self.quotas.entry(name.clone()).or_insert(Followed {
                usage,
                peak: Room::default(),
                end: Room::default(),
                short: Vec::new(),
            });
            let done = fitting.entry(name.clone()).or_default();
            if !turn.takes {
                one.end.freed += cores;
                *done -= cores;
                continue;
            }
            one.end.taken += cores;
            if one.end.more() > one.peak.more() || one.peak == Room::default() {
                one.peak = one.end;
            }
            let room = Room {
                taken: *done + cores,
                freed: 0,
            };
            if one.fits(room) {
                *done += cores;
            } else {
                one.short.push(turn.step);
            }
        }
    }
}

fn turns(plan: &Plan, moves: &[Move], region: &Region, quotas: &Quotas) -> Vec<Turn> {
    let times = times(plan);
    let mut turns = Vec::new();
    for one in moves.iter().filter(|one| one.region == *region) {
        let cores = |counted: &Option<Counted>| {
            let cores = counted.as_ref().map(|counted| counted.cores(quotas));
            cores.unwrap_or_default()
        };
        let (before, after) = (cores(&one.before), cores(&one.after));
        let (mut taken, mut freed) = (after.clone(), before.clone());
        for name in before.keys().filter(|name| after.contains_key(*name)) {
            let more = after[name] - before[name];
            taken.insert(name.clone(), more.max(0));
            freed.insert(name.clone(), (-more).max(0));
        }
        let (begins, ends) = times[one.step];
        for (at, takes, mut cores) in [(begins, true, taken), (ends, false, freed)] {
            cores.retain(|_, cores| *cores > 0);
            turns.push(Turn {
                at,
                takes,
                step: one.step,
                cores,
            });
        }
    }
    turns.sort_by_key(|turn| (turn.at, turn.takes, turn.step));
    turns
}

/// When each step begins and ends, in seconds.
fn times(plan: &Plan) -> Vec<(u64, u64)> {
    let mut times: Vec<(u64, u64)> = Vec::with_capacity(plan.steps.len());
    for step in &plan.steps {
        let before = step.after.iter().filter_map(|before| times.get(*before));
        let begins = before.map(|(_, ends)| *ends).max().unwrap_or_default();
        // Nothing takes no time: what is taken is taken before it is given back.
        let takes = u64::from(step.usually_seconds.max(1));
        times.push((begins, begins + takes));
    }
    times
}
