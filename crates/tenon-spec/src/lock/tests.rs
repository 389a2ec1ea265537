use super::{Lock, LockedImage, read, write};
use crate::SourceFile;
use tenon_model::Place;
use tenon_model::image::ImageVersion;

const TEXT: &str = "# written by tenon update; do not edit
lock: 1
images:
  db: {version: 2.0.3, published: 2026-02-11T08:00:00Z}
  web: {version: 1.4.2, published: 2026-08-21T17:40:12Z, channel: 1.4.x}
";

fn file(text: &str) -> SourceFile {
    SourceFile {
        name: "tenon.lock".to_owned(),
        text: text.to_owned(),
    }
}

fn refused(text: &str) -> String {
    let (lock, diagnostics) = read(&file(text));
    assert!(lock.is_none());
    crate::tests::problems(&diagnostics)
}

#[test]
fn what_was_written_is_read_and_written_again() {
    let (lock, diagnostics) = read(&file(TEXT));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let lock = lock.unwrap();
    assert_eq!(write(&lock), TEXT);
    let web = &lock.images["web"];
    assert_eq!(web.version, ImageVersion(1, 4, 2));
    assert_eq!(web.channel.as_deref(), Some("1.4.x"));
    assert_eq!((web.place.line, web.place.column), (5, 3));
    assert_eq!(lock.images["db"].channel, None);
}

#[test]
fn an_empty_lock() {
    let text = write(&Lock::default());
    assert_eq!(
        text,
        "# written by tenon update; do not edit\nlock: 1\nimages: {}\n"
    );
    assert_eq!(read(&file(&text)).0, Some(Lock::default()));
}

#[test]
fn names_that_need_quotes_survive() {
    let mut lock = Lock::default();
    for name in [
        "a: b",
        "no",
        "1.10",
        "x, y",
        "\"",
        "ü",
        "",
        "/subscriptions/s/x",
        "#",
        "- a",
        "5",
        "null",
        "a\nb\t\\",
    ] {
        let image = LockedImage {
            version: ImageVersion(1, 2, 3),
            published: Some(name.to_owned()).filter(|name| !name.is_empty()),
            channel: None,
            place: Place::whole("tenon.lock"),
        };
        lock.images.insert(name.to_owned(), image);
    }
    let text = write(&lock);
    let (again, diagnostics) = read(&file(&text));
    assert!(
        diagnostics.is_empty(),
        "{}\n{text}",
        crate::tests::problems(&diagnostics)
    );
    let again = again.unwrap();
    assert_eq!(
        again.images.keys().collect::<Vec<_>>(),
        lock.images.keys().collect::<Vec<_>>()
    );
    assert_eq!(write(&again), text);
}

#[test]
fn locks_that_cannot_be_used() {
    assert_eq!(
        refused("lock: 2\n"),
        "error[TN1302] 1:7 this lock file cannot be used | this tenon reads format 1, not 2\n"
    );
    assert_eq!(
        refused(""),
        "error[TN1302] 1:1 this lock file cannot be used | there is nothing in it\n"
    );
    assert_eq!(
        refused(
            "lock: 1\nimages: {a: {version: 1.4.x}, b: {}, c: {version: x, chanel: 1.x}, d: 5}\n"
        ),
        "error[TN1302] 2:23 this lock file cannot be used | 1.4.x is a channel, and a lock holds versions\n\
         error[TN1006] 2:31 missing key `version` in images.b | `version` must be here\n\
         error[TN1007] 2:51 images.c.version cannot be `x` | a version has three numbers\n\
         error[TN1004] 2:54 unknown key `chanel` in images.c | did you mean `channel`?\n\
         error[TN1005] 2:71 images.d takes a map | this is the number `5`\n"
    );
    assert_eq!(
        refused("foo: 1\n"),
        "error[TN1004] 1:1 unknown key `foo` in the lock file\n\
         error[TN1006] 1:1 missing key `lock` in the lock file | `lock` must be here\n"
    );
    assert_eq!(
        refused("lock: 1\n<<<<<<< ours\nimages: {}\n"),
        "error[TN1001] 2:1 this file has a merge conflict that nobody resolved | it begins here\n"
    );
}
