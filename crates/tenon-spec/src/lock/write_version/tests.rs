use tenon_model::Place;
use tenon_model::image::Channel;

use super::write_version;

/// Writes `to` over the text between `>` and `<`, which stands for `from`.
fn written(marked: &str, from: &str, to: &str) -> Option<String> {
    let (before, rest) = marked.split_once('>').expect("a beginning");
    let (there, after) = rest.split_once('<').expect("an end");
    let text = format!("{before}{there}{after}");
    let place = Place {
        start: before.len(),
        end: before.len() + there.len(),
        ..Place::whole("spec.yaml")
    };
    let channel = |text| Channel::parse(text).expect("a channel");
    write_version(&text, &place, channel(from), channel(to))
}

#[test]
fn only_the_version_is_another_one() {
    let line = |version: &str| format!("  version: {version}  # why\r\n  ü: 1\n");
    let change = |there: &str, from, to| written(&line(&format!(">{there}<")), from, to);
    assert_eq!(change("1.4.1", "1.4.1", "1.4.2"), Some(line("1.4.2")));
    assert_eq!(change("\"1.4.1\"", "1.4.1", "2.x"), Some(line("\"2.x\"")));
    assert_eq!(change("'1.x'", "1.x", "latest"), Some(line("'latest'")));
}

#[test]
fn an_id_says_exact_versions_only() {
    let id = |version: &str| format!("id: >/sharedGalleries/g/images/versions/versions/{version}<");
    let plain = |version: &str| id(version).replace(['>', '<'], "");
    assert_eq!(
        written(&id("1.0.0"), "1.0.0", "1.0.1"),
        Some(plain("1.0.1"))
    );
    assert_eq!(written(&id("1.0.0"), "1.0.0", "1.x"), None);
}

#[test]
fn what_stands_elsewhere_is_left_alone() {
    assert_eq!(written(">${vars.v}<", "1.4.1", "1.4.2"), None);
    assert_eq!(written(">1.4.0<", "1.4.1", "1.4.2"), None);
    assert_eq!(written("><", "1.4.1", "1.4.2"), None);
    assert_eq!(
        written(">/subscriptions/s/images/web<", "latest", "1.x"),
        None
    );
}
