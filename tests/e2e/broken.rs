//! The corpus: worlds and specs with one fault each.
//!
//! Each [`Fault`] says how the world, the spec or the environment is broken,
//! which code the plan finds it with and at which line of the spec, and what
//! somebody does who follows the help. Then the next apply has to succeed and
//! the plan after it to be empty. What no reading can find is a [`Late`] one: it
//! names the explanation that apply gives.
//!
//! To add a fault is to add an entry to one of the tables below.

pub(crate) mod fault;
pub(crate) mod hand;
mod images;
mod late;
mod machines;
mod networks;
mod probes;
mod sign_in;

use std::collections::BTreeSet;
use std::sync::Mutex;

use fault::Fault;
use late::Late;

/// How many faults there are at least.
const AT_LEAST: usize = 60;

fn all() -> Vec<Fault> {
    let tables = [
        sign_in::faults(),
        images::faults(),
        machines::faults(),
        networks::faults(),
        probes::faults(),
    ];
    tables.into_iter().flatten().collect()
}

/// Runs `one` for all of `cases`, as many at once as there are processors, and
/// reports all that failed.
pub(crate) fn each<T: Sync>(cases: &[T], name: fn(&T) -> &str, one: fn(&T)) {
    let next = Mutex::new(cases.iter());
    let failed = Mutex::new(Vec::new());
    let work = || {
        loop {
            let case = next.lock().expect("nobody panics in here").next();
            let Some(case) = case else { return };
            let run = std::panic::AssertUnwindSafe(|| one(case));
            if let Err(why) = std::panic::catch_unwind(run) {
                let why = why.downcast_ref::<String>().cloned().unwrap_or_default();
                let told = format!("{}: {why}", name(case));
                failed.lock().expect("nobody panics in here").push(told);
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().expect("nobody panics in here");
    assert!(
        failed.is_empty(),
        "{} of {} failed\n\n{}",
        failed.len(),
        cases.len(),
        failed.join("\n\n")
    );
}

#[test]
fn every_fault_is_found_at_its_line_and_mended_by_its_help() {
    let faults = all();
    let names: BTreeSet<&str> = faults.iter().map(Fault::name).collect();
    assert_eq!(names.len(), faults.len(), "two faults have one name");
    assert!(faults.len() >= AT_LEAST, "{} faults", faults.len());
    each(&faults, |fault| fault.name(), Fault::judge);
}

#[test]
fn what_no_reading_finds_is_explained() {
    each(&late::faults(), |late| late.name(), Late::judge);
}
