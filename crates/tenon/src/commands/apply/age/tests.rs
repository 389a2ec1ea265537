use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use tenon_model::image::{DefinitionFacts, Follow, ImageId, ImageVersion, ResolvedImage};
use tenon_model::{Address, Code, TenantId};

use super::{LONGEST, look};

const MADE: &str = "2026-08-01T12:00:00Z";

fn at(time: &str) -> Timestamp {
    time.parse().expect("a time")
}

fn image(end_of_life: &str) -> ResolvedImage {
    let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/galleries/a/images/web/versions/1.4.2";
    ResolvedImage {
        address: Address::new("images.web"),
        tenant: TenantId::new("t"),
        id: ImageId::parse(id).expect("an id"),
        version: ImageVersion(1, 4, 2),
        channel: "1.4.x".to_owned(),
        locked: false,
        follow: Follow::Lock,
        definition: DefinitionFacts {
            os_type: "Linux".to_owned(),
            os_state: "Generalized".to_owned(),
            generation: "V2".to_owned(),
            architecture: "x64".to_owned(),
            security_type: None,
            purchase_plan: None,
            ..Default::default()
        },
        published: None,
        end_of_life: Some(end_of_life.to_owned()),
        passed_over: Vec::new(),
        stay: BTreeMap::new(),
        disks: tenon_model::image::ImageDisks::default(),
        made: None,
    }
}

#[test]
fn a_plan_is_good_for_thirty_days() {
    let old = |now: &str, longest| look(MADE, &[], at(now), longest);
    assert!(old("2026-08-31T12:00:00Z", LONGEST).is_none());
    let late = "2026-08-31T12:00:01Z";
    let problem = old(late, LONGEST).expect("it is old");
    assert_eq!(problem.code, Code::PlanExpired);
    assert!(old(late, LONGEST * 2).is_none());
    let hour = Duration::from_secs(3_600);
    assert!(old("2026-08-01T13:00:01Z", hour).is_some());
    // A clock that goes behind the planner's.
    assert!(old("2026-08-01T11:00:00Z", hour).is_none());
}

#[test]
fn an_image_that_died_since_is_not_built_from() {
    let images = [image("2026-08-20T00:00:00Z")];
    let dead = |made: &str, now: &str| look(made, &images, at(now), LONGEST);
    assert!(dead(MADE, "2026-08-19T23:59:59Z").is_none());
    let problem = dead(MADE, "2026-08-20T00:00:00Z").expect("its image is dead");
    assert!(
        problem.message.contains("end of life"),
        "{}",
        problem.message
    );
    // Who reviewed this plan was told.
    assert!(dead("2026-08-20T12:00:00Z", "2026-08-21T00:00:00Z").is_none());
}
