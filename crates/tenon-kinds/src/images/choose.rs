//! Which version of an image definition will be used.
//!
//! Azure's `latest` is the highest version by number among those that are not
//! excluded, provisioned, not marked for deletion and replicated to the
//! machine's region. A channel is the same within its numbers. An exact
//! version, or one that the lock file pins, is taken even when it is excluded;
//! it still has to be there.

use tenon_model::image::{Channel, ImageVersion, Rejected, VersionFacts};

/// What came of choosing.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// This one, at this position of the list.
    Take {
        /// Its position.
        index: usize,
        /// Newer ones of the channel, newest first, and why not.
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

/// Chooses among `versions` what `channel` means in `regions`; `pinned` is what
/// the lock file says, and must belong to the channel to count.
#[must_use]
pub fn choose(
    versions: &[VersionFacts],
    channel: Channel,
    pinned: Option<ImageVersion>,
    regions: &[String],
) -> Choice {
    let fixed = match channel {
        Channel::Exact(version) => Some(version),
        _ => pinned.filter(|version| channel.accepts(*version)),
    };
    match fixed {
        Some(version) => fixed_choice(versions, channel, version, regions),
        None => newest(versions, channel, regions),
    }
}

fn fixed_choice(
    versions: &[VersionFacts],
    channel: Channel,
    version: ImageVersion,
    regions: &[String],
) -> Choice {
    let Some(index) = versions.iter().position(|facts| facts.version == version) else {
        return Choice::Nothing(Lacking::NotThere(version));
    };
    match usable(&versions[index], regions) {
        Verdict::Yes => {
            let mut newer: Vec<ImageVersion> = versions
                .iter()
                .map(|facts| facts.version)
                .filter(|other| *other > version && channel.accepts(*other))
                .collect();
            newer.sort_by(|one, two| two.cmp(one));
            let passed_over = newer
                .into_iter()
                .map(|other| (other, Rejected::Locked))
                .collect();
            Choice::Take { index, passed_over }
        }
        Verdict::Ask => Choice::Ask(version),
        Verdict::No(why) => Choice::Nothing(Lacking::Unusable(version, why)),
    }
}

fn newest(versions: &[VersionFacts], channel: Channel, regions: &[String]) -> Choice {
    let mut order: Vec<usize> = (0..versions.len())
        .filter(|index| channel.accepts(versions[*index].version))
        .collect();
    order.sort_by(|one, two| versions[*two].version.cmp(&versions[*one].version));
    let mut passed_over = Vec::new();
    for index in order {
        let facts = &versions[index];
        match excluded(facts, regions).map_or_else(|| usable(facts, regions), Verdict::No) {
            Verdict::Yes => return Choice::Take { index, passed_over },
            Verdict::Ask => return Choice::Ask(facts.version),
            Verdict::No(why) => passed_over.push((facts.version, why)),
        }
    }
    Choice::Nothing(Lacking::NoneOf(passed_over))
}

enum Verdict {
    Yes,
    No(Rejected),
    Ask,
}

fn excluded(facts: &VersionFacts, regions: &[String]) -> Option<Rejected> {
    if facts.excluded {
        return Some(Rejected::Excluded);
    }
    let here = regions
        .iter()
        .find(|region| facts.excluded_in.contains(region));
    here.map(|region| Rejected::ExcludedIn(region.clone()))
}

fn usable(facts: &VersionFacts, regions: &[String]) -> Verdict {
    if facts.soft_deleted {
        return Verdict::No(Rejected::SoftDeleted);
    }
    // A version may be used in one region while it still spreads to others, so
    // `Updating` is no reason as long as the replica here is complete.
    if !matches!(facts.provisioning_state.as_str(), "Succeeded" | "Updating") {
        return Verdict::No(Rejected::NotReady(facts.provisioning_state.clone()));
    }
    let missing = |region: &String, state: Option<String>| {
        Verdict::No(Rejected::NoReplica {
            region: region.clone(),
            state,
        })
    };
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

#[cfg(test)]
mod tests;
