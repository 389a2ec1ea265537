use std::collections::BTreeMap;

use tenon_model::image::{Channel, ImageVersion, VersionFacts};

use super::{Choice, Lacking, choose};

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
    }
}

fn choice(versions: &[VersionFacts], channel: &str, pinned: Option<&str>) -> String {
    let pinned = pinned.map(|text| ImageVersion::parse(text).unwrap());
    let regions = [HERE.to_owned()];
    match choose(versions, Channel::parse(channel).unwrap(), pinned, &regions) {
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
