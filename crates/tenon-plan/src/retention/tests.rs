use super::*;

const OURS: &str = "publish-acme-web";

fn version(text: &str) -> ImageVersion {
    ImageVersion::parse(text).expect("a version")
}

fn ours() -> Aged {
    Aged {
        deployment: Some(OURS.to_owned()),
        settled: true,
        ..Aged::default()
    }
}

/// What goes of `1.0.0` to `1.0.5` when `keep` are to stay and `change` was
/// done to the oldest.
fn gone(keep: usize, change: impl Fn(&mut Aged), pinned: &[&str]) -> Vec<String> {
    let mut versions: BTreeMap<ImageVersion, Aged> = (0..6)
        .map(|patch| (version(&format!("1.0.{patch}")), ours()))
        .collect();
    change(versions.get_mut(&version("1.0.0")).expect("the oldest"));
    let lock = || vec!["web/tenon.lock".to_owned()];
    let pinned = pinned.iter().map(|text| (version(text), lock())).collect();
    let retention = Retention {
        keep,
        deployment: OURS,
        pinned: &pinned,
    };
    let fates = retain(&versions, &retention).into_iter();
    let gone = fates.filter(|(_, fate)| *fate == Fate::Goes);
    gone.map(|(version, _)| version.to_string()).collect()
}

#[test]
fn the_oldest_go_by_their_numbers() {
    assert_eq!(gone(4, |_| (), &[]), ["1.0.0", "1.0.1"]);
    assert_eq!(gone(6, |_| (), &[]), [""; 0]);
    // The newest stays whatever was asked for.
    assert_eq!(gone(0, |_| (), &[]).len(), 5);
    let ten = BTreeMap::from([(version("1.9.0"), ours()), (version("1.10.0"), ours())]);
    let retention = Retention {
        keep: 1,
        deployment: OURS,
        pinned: &BTreeMap::new(),
    };
    assert_eq!(retain(&ten, &retention)[&version("1.9.0")], Fate::Goes);
}

#[test]
fn what_somebody_holds_stays() {
    let one = |change: &dyn Fn(&mut Aged)| gone(4, change, &[]);
    assert_eq!(one(&|aged| aged.protected = true), ["1.0.1"]);
    assert_eq!(one(&|aged| aged.blocked = true), ["1.0.1"]);
    assert_eq!(one(&|aged| aged.settled = false), ["1.0.1"]);
    assert_eq!(one(&|aged| aged.deployment = None), ["1.0.1"]);
    let theirs = |aged: &mut Aged| aged.deployment = Some("acme-images".to_owned());
    assert_eq!(one(&theirs), ["1.0.1"]);
    assert_eq!(gone(4, |_| (), &["1.0.1"]), ["1.0.0"]);
}

#[test]
fn what_is_excluded_stays_and_does_not_count() {
    let mut versions = BTreeMap::new();
    for text in ["1.0.0", "1.0.1", "1.0.2"] {
        versions.insert(version(text), ours());
    }
    versions.insert(
        version("1.0.3"),
        Aged {
            excluded: true,
            ..ours()
        },
    );
    let retention = Retention {
        keep: 2,
        deployment: OURS,
        pinned: &BTreeMap::new(),
    };
    let fates = retain(&versions, &retention);
    assert_eq!(fates[&version("1.0.3")], Fate::Stays(Why::Excluded));
    assert_eq!(fates[&version("1.0.1")], Fate::Stays(Why::Newest));
    assert_eq!(fates[&version("1.0.0")], Fate::Goes);
}

#[test]
fn the_next_number_follows_the_highest() {
    let all = || ["1.4.2", "1.10.0", "1.4.10"].map(version);
    let next = |line| next(all(), line).map(|version| version.to_string());
    assert_eq!(next(None).as_deref(), Some("1.10.1"));
    assert_eq!(next(Some((1, 4))).as_deref(), Some("1.4.11"));
    assert_eq!(next(Some((2, 0))).as_deref(), Some("2.0.0"));
    assert_eq!(super::next([], None), Some(version("1.0.0")));
    assert_eq!(
        super::next([ImageVersion(1, 0, i32::MAX as u32)], None),
        None
    );
}
