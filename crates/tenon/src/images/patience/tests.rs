//! How long is waited, for what, and what is said.

use std::collections::BTreeMap;
use std::time::Duration;

use tenon_kinds::images::Lacking;
use tenon_model::image::{ImageDisks, ImageVersion, Rejected, VersionFacts};
use tokio::time::Instant;

use super::{Patience, Waiting, under_way};
use crate::arguments::Global;
use crate::output::Output;

const VERSION: ImageVersion = ImageVersion(1, 4, 2);

fn patience(minutes: u64) -> Patience {
    let output = Output::new(&Global {
        quiet: true,
        ..Global::default()
    });
    let longest = Some(Duration::from_secs(60 * minutes));
    Patience::of(longest, &output).expect("a length")
}

fn facts(state: &str, percent: i64) -> VersionFacts {
    let here = "westeurope".to_owned();
    VersionFacts {
        version: VERSION,
        excluded: false,
        excluded_in: Vec::new(),
        targets: vec![here.clone()],
        replicas: Some(BTreeMap::from([(here.clone(), state.to_owned())])),
        progress: BTreeMap::from([(here, percent)]),
        provisioning_state: "Succeeded".into(),
        published: None,
        end_of_life: None,
        soft_deleted: false,
        disks: ImageDisks::default(),
    }
}

fn lacking(state: Option<&str>) -> Lacking {
    let why = Rejected::NoReplica {
        region: "westeurope".into(),
        state: state.map(str::to_owned),
    };
    Lacking::Unusable(VERSION, why)
}

#[tokio::test(start_paused = true)]
async fn the_pauses_grow_and_end_with_the_time_that_was_given() {
    let patience = patience(5);
    let mut waiting = Waiting::new(Some(&patience), "web");
    let regions = ["westeurope".to_owned()];
    let versions = [facts("Replicating", 64)];
    let began = Instant::now();
    let mut looks = 0;
    while waiting
        .wait(&lacking(Some("Replicating")), &versions, &regions)
        .await
        .is_some()
    {
        looks += 1;
    }
    assert_eq!(began.elapsed(), Duration::from_secs(300));
    assert!((5..20).contains(&looks), "{looks} looks");
    assert_eq!(waiting.told, "waiting for image web 1.4.2: westeurope 64 %");
    assert_eq!(waiting.waited(), Some(Duration::from_secs(300)));
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_who_was_not_asked_to() {
    let began = Instant::now();
    let mut waiting = Waiting::new(None, "web");
    let versions = [facts("Replicating", 1)];
    let lacking = lacking(Some("Replicating"));
    assert_eq!(waiting.wait(&lacking, &versions, &[]).await, None);
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(waiting.waited(), None);
}

#[test]
fn what_has_failed_or_was_never_sent_does_not_come() {
    let versions = [facts("Replicating", 1)];
    let comes = |lacking: &Lacking| under_way(lacking, &versions).is_some();
    assert!(comes(&lacking(Some("Unknown"))));
    assert!(comes(&lacking(None)), "it is a target, and not begun");
    assert!(!comes(&lacking(Some("Failed"))));
    assert!(!comes(&Lacking::NotThere(VERSION)));
    let elsewhere = Rejected::NoReplica {
        region: "northeurope".into(),
        state: None,
    };
    assert!(!comes(&Lacking::Unusable(VERSION, elsewhere.clone())));
    let creating = Rejected::NotReady("Creating".into());
    assert!(comes(&Lacking::NoneOf(vec![
        (ImageVersion(1, 5, 0), elsewhere),
        (VERSION, creating),
    ])));
}
