//! Which versions of an image go when only so many are to stay.
//!
//! The newest stay. Of the others those go that `tenon publish` has made and
//! that nothing holds: a version that a spec manages, or that somebody made by
//! other means, is not ours to delete; nor is one that is protected, that a
//! lock file pins, or that is excluded from `latest`, because whoever excluded
//! it has something in mind with it that its age does not tell.

use std::collections::BTreeMap;

use tenon_model::image::ImageVersion;

/// A version as retention sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aged {
    /// The deployment that its marker names, if it has one.
    pub deployment: Option<String>,
    /// Whether its marker says that it is kept when its spec lets go of it.
    pub protected: bool,
    /// Whether Azure refuses to delete it now.
    pub blocked: bool,
    /// Whether `latest` passes over it.
    pub excluded: bool,
    /// Whether it is there, and neither coming nor going.
    pub settled: bool,
}

/// What is to stay.
#[derive(Clone, Debug)]
pub struct Retention<'a> {
    /// How many of the newest; the newest itself stays also with 0.
    pub keep: usize,
    /// The deployment under which versions of this image are published.
    pub deployment: &'a str,
    /// Versions that lock files pin, and which ones do.
    pub pinned: &'a BTreeMap<ImageVersion, Vec<String>>,
}

/// What becomes of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays.
    Stays(Why),
    /// It goes.
    Goes,
}

/// Why a version stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is one of the newest.
    Newest,
    /// `latest` passes over it.
    Excluded,
    /// It is protected.
    Protected,
    /// Its end of life has not come, and Azure holds it until then.
    BlockedUntilEndOfLife,
    /// These lock files pin it.
    Pinned(Vec<String>),
    /// Another deployment has made it.
    Of(String),
    /// Nobody knows who has made it.
    Unmarked,
    /// It is on its way in or out.
    Unsettled,
}

/// What becomes of each version.
///
/// Those that are excluded do not count among the newest.
#[must_use]
pub fn retain(
    versions: &BTreeMap<ImageVersion, Aged>,
    retention: &Retention<'_>,
) -> BTreeMap<ImageVersion, Fate> {
    let counted = versions.iter().filter(|(_, aged)| !aged.excluded);
    let newest: Vec<ImageVersion> = counted
        .rev()
        .map(|(version, _)| *version)
        .take(retention.keep.max(1))
        .collect();
    let fate = |version: &ImageVersion, aged: &Aged| {
        if newest.contains(version) {
            return Fate::Stays(Why::Newest);
        }
        holds(*version, aged, retention).map_or(Fate::Goes, Fate::Stays)
    };
    versions
        .iter()
        .map(|(version, aged)| (*version, fate(version, aged)))
        .collect()
}

/// What holds a version that is not among the newest.
fn holds(version: ImageVersion, aged: &Aged, retention: &Retention<'_>) -> Option<Why> {
    match aged.deployment.as_deref() {
        None => return Some(Why::Unmarked),
        Some(other) if other != retention.deployment => return Some(Why::Of(other.to_owned())),
        Some(_) => {}
    }
    if let Some(locks) = retention.pinned.get(&version) {
        return Some(Why::Pinned(locks.clone()));
    }
    [
        (aged.excluded, Why::Excluded),
        (aged.protected, Why::Protected),
        (aged.blocked, Why::BlockedUntilEndOfLife),
        (!aged.settled, Why::Unsettled),
    ]
    .into_iter()
    .find_map(|(holds, why)| holds.then_some(why))
}

/// The number after the highest of `versions`: in `major.minor.x` when those
/// are given, else in the line of the highest one.
///
/// None when the numbers are used up.
#[must_use]
pub fn next(
    versions: impl IntoIterator<Item = ImageVersion>,
    line: Option<(u32, u32)>,
) -> Option<ImageVersion> {
    let versions = versions.into_iter();
    let of_line = versions.filter(|one| line.is_none_or(|line| (one.0, one.1) == line));
    match (of_line.max(), line) {
        (Some(newest), _) => {
            let patch = newest.2.checked_add(1)?;
            let most = i32::MAX.unsigned_abs();
            (patch <= most).then_some(ImageVersion(newest.0, newest.1, patch))
        }
        (None, Some((major, minor))) => Some(ImageVersion(major, minor, 0)),
        (None, None) => Some(ImageVersion(1, 0, 0)),
    }
}

#[cfg(test)]
mod tests;
