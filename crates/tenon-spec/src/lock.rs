//! The lock file: what the channels of images mean until somebody decides
//! otherwise.
//!
//! One line for each image, sorted, so that moving an image is a change of one
//! line that a bot can propose and a person can review. Reading goes through
//! the same tree and limits as a spec; writing the same lock gives the same
//! bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tenon_model::image::{Channel, ImageVersion};
use tenon_model::shape::{Field, Format, Shape};
use tenon_model::spec::Item;
use tenon_model::{Code, Diagnostic, Help, Place};

use crate::SourceFile;
use crate::check::{Checker, Where};
use crate::expression::Scope;
use crate::findings::Findings;
use crate::source::Files;
use crate::yaml::{self, Node, flow_scalar};

mod fit;
mod write_version;

pub use fit::{Misfit, names_in};
pub use write_version::write_version;

/// The versions that images are pinned to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// The images by their name in the spec.
    pub images: BTreeMap<String, LockedImage>,
}

/// One image of a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedImage {
    /// The version.
    pub version: ImageVersion,
    /// When it was published, RFC 3339.
    pub published: Option<String>,
    /// The channel that it was taken from.
    pub channel: Option<String>,
    /// Where it stands; the whole file for one that is new.
    pub place: Place,
}

const HEADER: &str = "# written by tenon update; do not edit\nlock: 1\n";

pub(crate) const IMAGE: &[Field] = &[
    Field::required(
        "version",
        Shape::Text(Format::ImageVersion),
        "The version, exactly.",
    ),
    Field::optional(
        "published",
        Shape::Text(Format::Free),
        "not known",
        "When it was published.",
    ),
    Field::optional(
        "channel",
        Shape::Text(Format::ImageVersion),
        "the spec names the version itself",
        "The channel that it was taken from.",
    ),
];

pub(crate) const FILE: &[Field] = &[
    Field::required(
        "lock",
        Shape::Integer { min: 1, max: 1 },
        "The version of the format.",
    ),
    Field::optional(
        "images",
        Shape::Keyed(&Shape::Struct(IMAGE)),
        "no image is pinned",
        "The images by their name in the spec.",
    ),
];

/// Reads a lock file. There is a lock if and only if there is no diagnostic.
#[must_use]
pub fn read(file: &SourceFile) -> (Option<Lock>, Vec<Diagnostic>) {
    let (mut files, mut findings) = (Files::default(), Findings::default());
    let number = files.add(&file.name, &file.text);
    let root = yaml::parse(&files, number, &mut findings).ok().flatten();
    if root.is_none() && findings.seen() == 0 {
        let place = Place::whole(&file.name);
        findings.push(unusable(&place, "there is nothing in it"));
    }
    let scope = Scope::new(&|_| None);
    let mut checker = Checker::new(&files, scope, findings);
    let lock = root.and_then(|root| lock(&mut checker, &root));
    let lock = lock.filter(|_| checker.findings.seen() == 0);
    (lock, checker.findings.sorted(&files))
}

fn lock<'t>(checker: &mut Checker<'_, 't>, root: &Node<'t>) -> Option<Lock> {
    let format = root.pair("lock").and_then(|pair| pair.value.scalar());
    if let Some(format) = format.filter(|format| &*format.text != "1") {
        let span = root.pair("lock").map_or(root.span, |pair| pair.value.span);
        let words = format!("this tenon reads format 1, not {}", &*format.text);
        let problem = unusable(&checker.files.place(span), &words);
        checker.findings.push(problem);
        return None;
    }
    let at = Where::file("the lock file");
    let item = checker.check(root, &Shape::Struct(FILE), &at)?;
    let mut lock = Lock::default();
    for member in item.get("images").map_or(&[][..], Item::members) {
        let version = member.item.get("version")?;
        let text = version.scalar()?.as_text()?;
        let Ok(Channel::Exact(number)) = Channel::parse(text) else {
            let words = format!("{text} is a channel, and a lock holds versions");
            checker.findings.push(unusable(&version.place, &words));
            continue;
        };
        let text = |name| member.item.text(name).map(str::to_owned);
        let image = LockedImage {
            version: number,
            published: text("published"),
            channel: text("channel"),
            place: member.place.clone(),
        };
        lock.images.insert(member.name.clone(), image);
    }
    Some(lock)
}

fn unusable(place: &Place, why: &str) -> Diagnostic {
    Diagnostic::error(Code::InvalidLock, "this lock file cannot be used")
        .at(place, why)
        .help(Help::command("write it anew", "tenon update"))
}

/// Returns the text of a lock file.
#[must_use]
pub fn write(lock: &Lock) -> String {
    let mut out = HEADER.to_owned();
    if lock.images.is_empty() {
        out.push_str("images: {}\n");
        return out;
    }
    out.push_str("images:\n");
    for (name, image) in &lock.images {
        let _ = write!(out, "  {}: {{version: {}", flow_scalar(name), image.version);
        let others = [("published", &image.published), ("channel", &image.channel)];
        for (key, value) in others {
            if let Some(value) = value {
                let _ = write!(out, ", {key}: {}", flow_scalar(value));
            }
        }
        out.push_str("}\n");
    }
    out
}

#[cfg(test)]
mod tests;
