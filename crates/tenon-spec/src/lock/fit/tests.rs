use std::collections::BTreeSet;

use tenon_model::diagnostic::Severity;
use tenon_model::image::{Channel, Follow, ImageId, ImageRequest};
use tenon_model::{Address, Place};

use super::{Misfit, names_in};
use crate::SourceFile;
use crate::lock::{Lock, read};

fn request(address: &str, channel: &str) -> ImageRequest {
    let id = ImageId::parse("/communityGalleries/g/images/i").expect("an id");
    ImageRequest {
        address: Address::new(address),
        tenant: None,
        subscription: None,
        definition: id.definition,
        channel: Channel::parse(channel).expect("a channel"),
        follow: Follow::Lock,
        regions: Vec::new(),
        made: None,
        place: Place::whole("spec.yaml"),
    }
}

fn lock(images: &str) -> Lock {
    let file = SourceFile {
        name: "tenon.lock".to_owned(),
        text: format!("lock: 1\nimages: {{{images}}}\n"),
    };
    read(&file).0.expect("a lock")
}

fn found(images: &str, requests: &[ImageRequest], elsewhere: &[&str]) -> Vec<String> {
    let lock = lock(images);
    let elsewhere: BTreeSet<String> = elsewhere.iter().map(|name| (*name).to_owned()).collect();
    let misfits = lock.misfits(requests, &elsewhere);
    misfits
        .iter()
        .map(|misfit| misfit.diagnostic(Severity::Error).message)
        .collect()
}

#[test]
fn a_lock_that_fits_has_nothing_to_change() {
    let requests = [
        request("images.web", "1.4.x"),
        request("images.db", "2.0.3"),
        request("vms.one.image", "latest"),
    ];
    let images = "web: {version: 1.4.2}, vms.one.image: {version: 9.0.0}";
    assert!(found(images, &requests, &[]).is_empty());
    // What the spec pins by itself may stand there as well.
    let images = format!("{images}, db: {{version: 2.0.3}}");
    assert!(found(&images, &requests, &[]).is_empty());
}

#[test]
fn what_is_missing_outside_and_left_over() {
    let requests = [
        request("images.web", "1.4.x"),
        request("images.db", "2.0.3"),
        request("images.new", "1.x"),
    ];
    let images = "web: {version: 1.5.0}, db: {version: 2.0.2}, old: {version: 1.0.0}";
    assert_eq!(
        found(images, &requests, &[]),
        [
            "the lock file pins image web to 1.5.0, and the spec asks for 1.4.x",
            "the lock file pins image db to 2.0.2, and the spec asks for 2.0.3",
            "the lock file does not pin image new",
            "the lock file pins old, which is no image any more",
        ]
    );
    assert_eq!(found(images, &requests, &["old"]).len(), 3);
}

#[test]
fn only_a_pin_that_is_not_followed_misleads() {
    let requests = [
        request("images.web", "1.4.x"),
        request("images.db", "2.0.3"),
    ];
    let lock = lock("web: {version: 1.5.0}, db: {version: 2.0.2}");
    let nobody = BTreeSet::new();
    let misfits = lock.misfits(&requests, &nobody);
    let misleading: Vec<bool> = misfits.iter().map(Misfit::misleads).collect();
    assert_eq!(misleading, [true, false]);
}

#[test]
fn a_spec_names_its_images_as_a_lock_does() {
    let names = |text: &str| {
        names_in(&SourceFile {
            name: "spec.yaml".to_owned(),
            text: text.to_owned(),
        })
    };
    let spec = "images: {web: {id: x}}\nvms: {one: {image: /y}}\n";
    assert_eq!(
        Vec::from_iter(names(spec)),
        ["vms.one.image", "web"].map(str::to_owned)
    );
    assert!(names("- a list\n").is_empty());
    assert!(names("a: [").is_empty());
}
