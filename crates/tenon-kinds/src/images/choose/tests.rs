use std::collections::{BTreeMap, BTreeSet};

use tenon_model::image::{Channel, Follow, ImageDisks, ImageVersion, VersionFacts};

use super::{Choice, Lacking, Wanted, choose};

const HERE: &str = "westeurope";

fn version(text: &str) -> VersionFacts {
    VersionFacts {
        version: ImageVersion::parse(text).unwrap(),
        excluded: false,
        excluded_in: Vec::new(),
        targets: vec![HERE.into()],
        replicas: Some(BTreeMap::from([(HERE.into(), "Completed".into())])),
        provisioning_state: "Succeeded".into(),
        published: None,
        end_of_life: None,
        soft_deleted: false,
        disks: ImageDisks::default(),
        progress: BTreeMap::new(),
    }
}

fn choice(versions: &[VersionFacts], channel: &str, pinned: Option<&str>) -> String {
    following(versions, channel, pinned, Follow::Lock)
}

fn following(
    versions: &[VersionFacts],
    channel: &str,
    pinned: Option<&str>,
    follow: Follow,
) -> String {
    // As the program does: what has an end has ended.
    let ended = versions.iter().filter(|facts| facts.end_of_life.is_some());
    let ended: BTreeSet<ImageVersion> = ended.map(|facts| facts.version).collect();
    let wanted = Wanted {
        channel: Channel::parse(channel).unwrap(),
        pinned: pinned.map(|text| ImageVersion::parse(text).unwrap()),
        regions: &[HERE.to_owned()],
        follow,
        ended: &ended,
    };
    match choose(versions, &wanted) {
        Choice::Take { index, passed_over } => {
            let over: Vec<String> = passed_over
                .iter()
                .map(|(version, why)| format!(" {version}:{why:?}"))
                .collect();
            format!("{}{}", versions[index].version, over.concat())
        }
        Choice::Ask(version) => format!("ask {version}"),
        Choice::Nothing(Lacking::NotThere(version)) => format!("no {version}"),
        Choice::Nothing(Lacking::Unusable(version, why)) => format!("{version} is {why:?}"),
        Choice::Nothing(Lacking::NoneOf(over)) => format!("none of {}", over.len()),
    }
}

#[test]
fn versions_are_compared_as_numbers() {
    let all = [version("1.0.9"), version("1.0.12"), version("0.99.99")];
    assert_eq!(choice(&all, "latest", None), "1.0.12");
    assert_eq!(choice(&all, "0.x", None), "0.99.99");
}

#[test]
fn latest_passes_over_what_azure_passes_over() {
    let excluded = VersionFacts {
        excluded: true,
        ..version("1.6.0")
    };
    let excluded_here = VersionFacts {
        excluded_in: vec![HERE.into()],
        ..version("1.5.0")
    };
    let elsewhere = VersionFacts {
        targets: vec!["northeurope".into()],
        ..version("1.4.0")
    };
    let failed = VersionFacts {
        provisioning_state: "Failed".into(),
        ..version("1.3.0")
    };
    let all = [excluded, excluded_here, elsewhere, failed, version("1.2.0")];
    assert_eq!(
        choice(&all, "latest", None),
        "1.2.0 1.6.0:Excluded 1.5.0:ExcludedIn(\"westeurope\") \
         1.4.0:NoReplica { region: \"westeurope\", state: None } 1.3.0:NotReady(\"Failed\")"
    );
    assert_eq!(choice(&all, "1.6.0", None), "1.6.0");
    assert_eq!(choice(&all[..4], "latest", None), "none of 4");
}

#[test]
fn replicas_are_asked_only_of_the_candidate() {
    let unknown = VersionFacts {
        replicas: None,
        ..version("1.5.0")
    };
    let all = [unknown, version("1.4.0")];
    assert_eq!(choice(&all, "latest", None), "ask 1.5.0");
    let state = BTreeMap::from([(HERE.to_owned(), "Replicating".to_owned())]);
    let all = [
        VersionFacts {
            replicas: Some(state),
            ..all[0].clone()
        },
        all[1].clone(),
    ];
    assert!(choice(&all, "latest", None).starts_with("1.4.0 1.5.0:NoReplica"));
}

#[test]
fn the_lock_pins_a_channel_and_nothing_else() {
    let all = [version("1.4.1"), version("1.4.2"), version("1.5.0")];
    assert_eq!(choice(&all, "1.4.x", Some("1.4.1")), "1.4.1 1.4.2:Locked");
    assert_eq!(choice(&all, "1.5.x", Some("1.4.1")), "1.5.0");
    assert_eq!(choice(&all, "1.4.x", Some("1.4.7")), "no 1.4.7");
    assert_eq!(
        choice(
            &[VersionFacts {
                soft_deleted: true,
                ..version("1.4.1")
            }],
            "1.4.1",
            None
        ),
        "1.4.1 is SoftDeleted"
    );
}

#[test]
fn what_is_newer_than_the_lock_is_judged_like_any_other() {
    let excluded = VersionFacts {
        excluded: true,
        ..version("1.4.5")
    };
    let unknown = VersionFacts {
        replicas: None,
        ..version("1.4.4")
    };
    let mut all = vec![version("1.4.1"), unknown, excluded, version("1.4.2")];
    assert_eq!(choice(&all, "1.4.x", Some("1.4.1")), "ask 1.4.4");
    all[1].replicas = Some(BTreeMap::new());
    assert_eq!(
        choice(&all, "1.4.x", Some("1.4.1")),
        "1.4.1 1.4.5:Excluded 1.4.4:NoReplica { region: \"westeurope\", state: None } 1.4.2:Locked"
    );
    // Below one that would do, nobody is asked.
    all.push(version("1.4.6"));
    all[1].replicas = None;
    assert_eq!(
        choice(&all, "1.4.x", Some("1.4.1")),
        "1.4.1 1.4.6:Locked 1.4.5:Excluded 1.4.4:Locked 1.4.2:Locked"
    );
}

#[test]
fn a_version_whose_life_ended_is_taken_only_if_nothing_else_lives() {
    let ended = |text: &str| VersionFacts {
        end_of_life: Some("2020-01-01T00:00:00Z".into()),
        ..version(text)
    };
    let all = [ended("1.5.0"), version("1.4.0"), ended("1.6.0")];
    let over = "1.6.0:Ended(\"2020-01-01T00:00:00Z\") 1.5.0:Ended(\"2020-01-01T00:00:00Z\")";
    assert_eq!(choice(&all, "latest", None), format!("1.4.0 {over}"));
    assert_eq!(choice(&all, "1.6.x", None), "1.6.0");
    let excluded = VersionFacts {
        excluded: true,
        ..ended("1.7.0")
    };
    let all = [excluded, ended("1.6.0")];
    assert!(choice(&all, "latest", None).starts_with("1.6.0 1.7.0:Ended"));
    assert_eq!(choice(&all, "1.7.0", None), "1.7.0");
}

#[test]
fn notify_tells_of_versions_above_an_exact_one() {
    let all = [version("1.4.1"), version("2.0.0"), version("1.4.2")];
    assert_eq!(choice(&all, "1.4.1", None), "1.4.1");
    assert_eq!(
        following(&all, "1.4.1", None, Follow::Notify),
        "1.4.1 2.0.0:Pinned 1.4.2:Pinned"
    );
}

#[test]
fn a_replica_has_to_be_complete_in_every_region() {
    let regions = [HERE.to_owned(), "northeurope".to_owned()];
    let mut facts = version("1.0.0");
    let wanted = Wanted {
        channel: Channel::Latest,
        pinned: None,
        regions: &regions,
        follow: Follow::Lock,
        ended: &BTreeSet::new(),
    };
    let taken = |facts: &VersionFacts| {
        matches!(
            choose(std::slice::from_ref(facts), &wanted),
            Choice::Take { .. }
        )
    };
    assert!(!taken(&facts));
    facts.targets.push("northeurope".into());
    assert!(!taken(&facts));
    let replicas = facts.replicas.get_or_insert_default();
    replicas.insert("northeurope".into(), "Replicating".into());
    assert!(!taken(&facts));
    let replicas = facts.replicas.get_or_insert_default();
    replicas.insert("northeurope".into(), "Completed".into());
    assert!(taken(&facts));
}
