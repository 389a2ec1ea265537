//! Which version of an image definition will be used.
//!
//! Azure's `latest` is the highest version by number among those that are not
//! excluded, provisioned, not marked for deletion and replicated to the
//! machine's region. A channel is the same within its numbers; beyond Azure, it
//! leaves out versions whose life has ended as long as another one lives. An
//! exact version, or one that the lock file pins, is taken even when it is
//! excluded or old; it still has to be there, in every region.

use std::collections::BTreeSet;

use tenon_model::image::{Channel, Follow, ImageVersion, Rejected, VersionFacts};

/// What is wanted of an image definition.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Which versions will do.
    pub channel: Channel,
    /// What the lock file says; it must belong to the channel to count.
    pub pinned: Option<ImageVersion>,
    /// The regions in which machines are built from it.
    pub regions: &'a [String],
    /// What newer versions mean: with [`Follow::Notify`] those above an exact
    /// version are told, too.
    pub follow: Follow,
    /// Versions whose life has ended.
    pub ended: &'a BTreeSet<ImageVersion>,
}

/// What came of choosing.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// This one, at this position of the list.
    Take {
        /// Its position.
        index: usize,
        /// Newer ones, newest first, and why not.
        passed_over: Vec<(ImageVersion, Rejected)>,
    },
    /// The replicas of this one have to be asked first.
    Ask(ImageVersion),
    /// None.
    Nothing(Lacking),
}

/// Why no version will do.
#[derive(Clone, Debug, PartialEq)]
pub enum Lacking {
    /// The exact or pinned version does not exist.
    NotThere(ImageVersion),
    /// The exact or pinned version exists and cannot be used.
    Unusable(ImageVersion, Rejected),
    /// No version of the channel can be used; the newest first.
    NoneOf(Vec<(ImageVersion, Rejected)>),
}

/// Chooses among `versions`.
#[must_use]
pub fn choose(versions: &[VersionFacts], wanted: &Wanted<'_>) -> Choice {
    let choosing = Choosing { versions, wanted };
    let fixed = match wanted.channel {
        Channel::Exact(version) => Some(version),
        channel => wanted.pinned.filter(|version| channel.accepts(*version)),
    };
    match fixed {
        Some(version) => choosing.fixed(version),
        None => choosing.newest(),
    }
}

enum Verdict {
    Yes,
    No(Rejected),
    Ask,
}

struct Choosing<'a> {
    versions: &'a [VersionFacts],
    wanted: &'a Wanted<'a>,
}

impl<'a> Choosing<'a> {
    /// Those for which `fits` holds, the newest first, with their positions.
    fn ordered(&self, fits: impl Fn(ImageVersion) -> bool) -> Vec<(usize, &'a VersionFacts)> {
        let mut found: Vec<(usize, &VersionFacts)> = self
            .versions
            .iter()
            .enumerate()
            .filter(|(_, facts)| fits(facts.version))
            .collect();
        found.sort_by_key(|(_, facts)| std::cmp::Reverse(facts.version));
        found
    }

    fn fixed(&self, version: ImageVersion) -> Choice {
        let position = |facts: &VersionFacts| facts.version == version;
        let Some(index) = self.versions.iter().position(position) else {
            return Choice::Nothing(Lacking::NotThere(version));
        };
        match self.usable(&self.versions[index]) {
            Verdict::Yes => match self.newer_than(version) {
                Ok(passed_over) => Choice::Take { index, passed_over },
                Err(unknown) => Choice::Ask(unknown),
            },
            Verdict::Ask => Choice::Ask(version),
            Verdict::No(why) => Choice::Nothing(Lacking::Unusable(version, why)),
        }
    }

    /// What is newer than the version that was decided on, and why it is not
    /// taken; or the one whose replicas have to be asked. Below the first that
    /// would do nobody asks any more.
    fn newer_than(
        &self,
        version: ImageVersion,
    ) -> Result<Vec<(ImageVersion, Rejected)>, ImageVersion> {
        let channel = self.wanted.channel;
        let held = match (channel, self.wanted.follow) {
            (Channel::Exact(_), Follow::Lock) => return Ok(Vec::new()),
            (Channel::Exact(_), Follow::Notify) => Rejected::Pinned,
            _ => Rejected::Locked,
        };
        let told = |other: ImageVersion| !channel.moves() || channel.accepts(other);
        let mut newer = Vec::new();
        let mut found = false;
        for (_, facts) in self.ordered(|other| other > version && told(other)) {
            let why = match self.candidate(facts) {
                Verdict::No(why) => why,
                Verdict::Ask if !found => return Err(facts.version),
                Verdict::Ask | Verdict::Yes => {
                    found = true;
                    held.clone()
                }
            };
            newer.push((facts.version, why));
        }
        Ok(newer)
    }

    fn newest(&self) -> Choice {
        let channel = self.wanted.channel;
        let candidates = self.ordered(|version| channel.accepts(version));
        let mut passed_over = Vec::new();
        for (index, facts) in &candidates {
            match self.candidate(facts) {
                Verdict::Yes => {
                    return Choice::Take {
                        index: *index,
                        passed_over,
                    };
                }
                Verdict::Ask => return Choice::Ask(facts.version),
                Verdict::No(why) => passed_over.push((facts.version, why)),
            }
        }
        // All that would do have ended: the newest of them is better than none.
        let ended = |facts: &VersionFacts| self.wanted.ended.contains(&facts.version);
        for (index, facts) in candidates.iter().filter(|(_, facts)| ended(facts)) {
            match self.included(facts) {
                Verdict::Yes => {
                    passed_over.retain(|(version, _)| *version > facts.version);
                    return Choice::Take {
                        index: *index,
                        passed_over,
                    };
                }
                Verdict::Ask => return Choice::Ask(facts.version),
                Verdict::No(_) => {}
            }
        }
        Choice::Nothing(Lacking::NoneOf(passed_over))
    }

    /// Whether a channel takes it.
    fn candidate(&self, facts: &VersionFacts) -> Verdict {
        if self.wanted.ended.contains(&facts.version) {
            let end = facts.end_of_life.clone().unwrap_or_default();
            return Verdict::No(Rejected::Ended(end));
        }
        self.included(facts)
    }

    /// Whether Azure's latest takes it.
    fn included(&self, facts: &VersionFacts) -> Verdict {
        if facts.excluded {
            return Verdict::No(Rejected::Excluded);
        }
        let regions = &mut self.wanted.regions.iter();
        match regions.find(|region| facts.excluded_in.contains(region)) {
            Some(region) => Verdict::No(Rejected::ExcludedIn(region.clone())),
            None => self.usable(facts),
        }
    }

    /// Whether machines can be built from it, in every region.
    fn usable(&self, facts: &VersionFacts) -> Verdict {
        if facts.soft_deleted {
            return Verdict::No(Rejected::SoftDeleted);
        }
        // A version may be used in one region while it still spreads to others,
        // so `Updating` is no reason as long as the replica here is complete.
        if !matches!(facts.provisioning_state.as_str(), "Succeeded" | "Updating") {
            return Verdict::No(Rejected::NotReady(facts.provisioning_state.clone()));
        }
        let missing = |region: &String, state: Option<String>| {
            Verdict::No(Rejected::NoReplica {
                region: region.clone(),
                state,
            })
        };
        let regions = self.wanted.regions;
        if let Some(region) = regions
            .iter()
            .find(|region| !facts.targets.contains(region))
        {
            return missing(region, None);
        }
        let Some(replicas) = &facts.replicas else {
            return Verdict::Ask;
        };
        regions
            .iter()
            .find(|region| replicas.get(*region).map(String::as_str) != Some("Completed"))
            .map_or(Verdict::Yes, |region| {
                missing(region, replicas.get(region).cloned())
            })
    }
}

#[cfg(test)]
mod tests;
