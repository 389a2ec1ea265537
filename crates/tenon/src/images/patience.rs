//! Waiting for an image that is still on its way.
//!
//! A new version takes minutes to hours to reach its regions. Who asks for it
//! waits as long as the gallery says that it is under way; what has failed, or
//! was never sent to a region, is not waited for.

use std::time::Duration;

use tenon_kinds::images::Lacking;
use tenon_model::image::{ImageVersion, Rejected, VersionFacts};
use tokio::time::{Instant, sleep};

use crate::output::Output;

/// The pauses between two looks: the first, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// How long images may still be on their way.
#[derive(Clone, Debug)]
pub(crate) struct Patience {
    until: Instant,
    longest: Duration,
    output: Output,
}

impl Patience {
    /// From now on, for so long.
    pub(crate) fn of(longest: Option<Duration>, output: &Output) -> Option<Self> {
        longest.map(|longest| Self {
            until: Instant::now() + longest,
            longest,
            output: output.clone(),
        })
    }
}

/// The waits for one image.
pub(super) struct Waiting<'a> {
    patience: Option<&'a Patience>,
    name: &'a str,
    pause: Duration,
    told: String,
}

impl<'a> Waiting<'a> {
    /// None are done yet.
    pub(super) fn new(patience: Option<&'a Patience>, name: &'a str) -> Self {
        Self {
            patience,
            name,
            pause: PAUSE.0,
            told: String::new(),
        }
    }

    /// Waits a while for what is lacking, if it is under way and there is time
    /// left, and returns the version to look at again.
    pub(super) async fn wait(
        &mut self,
        lacking: &Lacking,
        versions: &[VersionFacts],
        regions: &[String],
    ) -> Option<ImageVersion> {
        let patience = self.patience?;
        let version = under_way(lacking, versions)?;
        let left = patience.until.checked_duration_since(Instant::now());
        let left = left.filter(|left| !left.is_zero())?;
        let facts = versions.iter().find(|facts| facts.version == version)?;
        self.tell(patience, facts, regions);
        sleep(self.pause.min(left)).await;
        self.pause = (self.pause * 2).min(PAUSE.1);
        Some(version)
    }

    /// How long it was, if anybody waited.
    pub(super) fn waited(&self) -> Option<Duration> {
        let patience = self.patience.filter(|_| !self.told.is_empty())?;
        Some(patience.longest)
    }

    fn tell(&mut self, patience: &Patience, facts: &VersionFacts, regions: &[String]) {
        let line = format!(
            "waiting for image {} {}: {}",
            self.name,
            facts.version,
            standing(facts, regions)
        );
        if line != self.told {
            patience.output.say(&line);
            self.told = line;
        }
    }
}

/// How far the replicas are that are not there yet: `westeurope 64 %`.
pub(crate) fn standing(facts: &VersionFacts, regions: &[String]) -> String {
    let state = |region: &String| facts.replicas.as_ref()?.get(region).map(String::as_str);
    let open = regions
        .iter()
        .filter(|region| state(region) != Some("Completed"));
    let open = open.map(|region| match facts.progress.get(region) {
        Some(percent) => format!("{region} {percent} %"),
        None => format!("{region} not begun"),
    });
    let open: Vec<String> = open.collect();
    if open.is_empty() {
        facts.provisioning_state.to_ascii_lowercase()
    } else {
        open.join(", ")
    }
}

/// The version that will do in a while, if there is one: the newest of them.
pub(super) fn under_way(lacking: &Lacking, versions: &[VersionFacts]) -> Option<ImageVersion> {
    let comes = |version: &ImageVersion, why: &Rejected| match why {
        Rejected::NoReplica {
            state: Some(state), ..
        } => !state.eq_ignore_ascii_case("Failed"),
        Rejected::NoReplica {
            region,
            state: None,
        } => versions
            .iter()
            .any(|facts| facts.version == *version && facts.targets.contains(region)),
        Rejected::NotReady(state) => ["Creating", "Updating"]
            .iter()
            .any(|one| one.eq_ignore_ascii_case(state)),
        _ => false,
    };
    match lacking {
        Lacking::NotThere(_) => None,
        Lacking::Unusable(version, why) => comes(version, why).then_some(*version),
        Lacking::NoneOf(all) => all
            .iter()
            .find(|(version, why)| comes(version, why))
            .map(|(version, _)| *version),
    }
}

#[cfg(test)]
mod tests;
