//! Options of `publish`.

use std::path::PathBuf;

use clap::Args;
use tenon_model::image::ImageVersion;

use super::Approval;

/// Options of `publish`.
#[derive(Args, Debug)]
pub(crate) struct PublishArguments {
    /// What it is made from: the id of a managed image, a machine, a disk, a snapshot or another version; or a name in the gallery's resource group
    #[arg(value_name = "SOURCE")]
    pub(crate) source: String,
    /// What it becomes; VERSION is 1.4.2, or `next`, or the next of a line: 1.4.x
    #[arg(long = "as", value_name = "GALLERY/IMAGE@VERSION", value_parser = target)]
    pub(crate) target: Target,
    /// The gallery by its id [default: the one of the spec, or that name in the default resource group]
    #[arg(long, value_name = "ID")]
    pub(crate) gallery_id: Option<String>,
    /// Regions, with how many replicas: northeurope,westeurope=3 [default: the image's own, one]
    #[arg(long, value_name = "REGION[=N]", value_delimiter = ',', value_parser = replicas)]
    pub(crate) regions: Vec<Replicas>,
    /// Let `latest` pass over it
    #[arg(long)]
    pub(crate) exclude_from_latest: bool,
    /// When its life ends: a day, or a time with its zone
    #[arg(long, value_name = "DATE")]
    pub(crate) end_of_life: Option<String>,
    /// Keep it from --keep, for as long as it is marked so
    #[arg(long)]
    pub(crate) protect: bool,
    /// Afterwards delete the oldest published versions beyond this many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) keep: Option<u16>,
    /// Keep what this tenon.lock pins; can be given several times
    #[arg(long, value_name = "FILE", requires = "keep")]
    pub(crate) used_by: Vec<PathBuf>,
    /// Show what it would do, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) approval: Approval,
}

/// What a version becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The gallery's name; none where an id names it.
    pub(crate) gallery: Option<String>,
    pub(crate) image: String,
    pub(crate) number: Number,
}

/// How a version is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    /// Exactly so.
    Exact(ImageVersion),
    /// The next one: of a line `major.minor`, or of the highest.
    Next(Option<(u32, u32)>),
}

/// Replicas in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replicas {
    pub(crate) region: String,
    /// How many; those that there are, or one, when it was not said.
    pub(crate) count: Option<u16>,
}

fn target(text: &str) -> Result<Target, String> {
    let wrong = || "write GALLERY/IMAGE@VERSION, e.g. acme/web@1.4.2".to_owned();
    let (name, number) = text.rsplit_once('@').ok_or_else(wrong)?;
    let (gallery, image) = match name.split_once('/') {
        Some((gallery, image)) => (Some(gallery), image),
        None => (None, name),
    };
    if image.is_empty() || image.contains('/') || gallery.is_some_and(str::is_empty) {
        return Err(wrong());
    }
    let number =
        self::number(number).ok_or("a version is 1.4.2, next, or the next of a line: 1.4.x")?;
    Ok(Target {
        gallery: gallery.map(str::to_owned),
        image: image.to_owned(),
        number,
    })
}

fn number(text: &str) -> Option<Number> {
    if text == "next" {
        return Some(Number::Next(None));
    }
    match text.strip_suffix(".x") {
        Some(line) => {
            let first = ImageVersion::parse(&format!("{line}.0")).ok()?;
            Some(Number::Next(Some((first.0, first.1))))
        }
        None => ImageVersion::parse(text).ok().map(Number::Exact),
    }
}

fn replicas(text: &str) -> Result<Replicas, String> {
    let (name, count) = match text.split_once('=') {
        Some((name, count)) => (name, Some(count)),
        None => (text, None),
    };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == ' ';
    if name.is_empty() || !name.chars().all(plain) {
        return Err("write regions as westeurope or westeurope=3".to_owned());
    }
    let wrong = "replicas are a number from 1 to 100";
    let count = count.map(|count| count.parse().map_err(|_| wrong));
    let count: Option<u16> = count.transpose()?;
    if count.is_some_and(|count| !(1..=100).contains(&count)) {
        return Err(wrong.to_owned());
    }
    Ok(Replicas {
        region: tenon_model::rules::region(name),
        count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_names_gallery_image_and_version() {
        let parsed = target("acme/web@1.4.2").expect("a target");
        assert_eq!(parsed.gallery.as_deref(), Some("acme"));
        assert_eq!(parsed.image, "web");
        assert_eq!(parsed.number, Number::Exact(ImageVersion(1, 4, 2)));
        let number = |text: &str| target(text).expect("a target").number;
        assert_eq!(number("web@next"), Number::Next(None));
        assert_eq!(number("web@1.4.x"), Number::Next(Some((1, 4))));
        for wrong in [
            "acme/web",
            "acme/web@1.4",
            "/web@next",
            "a/b/c@1.0.0",
            "@1.0.0",
            "web@x",
        ] {
            assert!(target(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn regions_may_say_how_many_replicas() {
        let parsed = replicas("West Europe=3").expect("a region");
        assert_eq!(
            (parsed.region.as_str(), parsed.count),
            ("westeurope", Some(3))
        );
        assert_eq!(replicas("westus").expect("a region").count, None);
        for wrong in ["", "westus=0", "westus=many", "=2", "west-us"] {
            assert!(replicas(wrong).is_err(), "{wrong}");
        }
    }
}
