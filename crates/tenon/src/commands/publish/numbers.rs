//! Which number a version gets, and whether it is there already.

use tenon_model::Diagnostic;
use tenon_model::image::ImageVersion;
use tenon_plan::next;

use super::live::{Live, Looked};
use super::{Publishing, problems};
use crate::arguments::Number;

/// What is going to be made.
pub(super) struct Chosen {
    pub(super) version: ImageVersion,
    pub(super) source: String,
}

/// Chooses the number. The same source is not published twice: who asks for
/// the next number again gets the one that was made from it.
pub(super) fn choose(
    publishing: &Publishing<'_>,
    looked: &Looked,
    source: String,
) -> Result<Chosen, Vec<Diagnostic>> {
    let version = match publishing.options.target.number {
        Number::Exact(version) => {
            check(publishing, looked, version, &source)?;
            version
        }
        Number::Next(line) => match made_from(looked, line, &source) {
            Some(version) => version,
            None => next(looked.versions.keys().copied(), line)
                .ok_or_else(|| vec![problems::no_number_left(&publishing.name())])?,
        },
    };
    Ok(Chosen { version, source })
}

fn is_from(live: &Live, source: &str) -> bool {
    live.source()
        .is_some_and(|own| own.eq_ignore_ascii_case(source))
}

fn made_from(looked: &Looked, line: Option<(u32, u32)>, source: &str) -> Option<ImageVersion> {
    let versions = looked.versions.iter().rev();
    let of_line = |version: &ImageVersion| line.is_none_or(|line| (version.0, version.1) == line);
    let mut fitting = versions.filter(|(version, live)| {
        of_line(version) && !live.facts.soft_deleted && is_from(live, source)
    });
    fitting.next().map(|(version, _)| *version)
}

/// A number that is taken is refused, unless it was made from the same.
fn check(
    publishing: &Publishing<'_>,
    looked: &Looked,
    version: ImageVersion,
    source: &str,
) -> Result<(), Vec<Diagnostic>> {
    let Some(live) = looked.versions.get(&version) else {
        return Ok(());
    };
    if is_from(live, source) && !live.facts.soft_deleted {
        return Ok(());
    }
    let all = || looked.versions.keys().copied();
    let free = next(all(), Some((version.0, version.1)));
    let taken = problems::Taken {
        name: &publishing.name(),
        version,
        from: live.source(),
        soft_deleted: live.facts.soft_deleted,
        free,
    };
    Err(vec![problems::taken(&taken)])
}
