//! Why no version of an image will do, and what to do about it.

use std::time::Duration;

use tenon_kinds::images::{Choice, Lacking, Wanted, choose};
use tenon_model::image::{
    Channel, Follow, ImageDefinition, ImageRequest, ImageVersion, Rejected, Sharing, VersionFacts,
};
use tenon_model::transport::Refusal;
use tenon_model::{Code, Diagnostic, Help, ResourceId};
use tenon_render::rejected;
use tenon_spec::lock::LockedImage;

use super::patience::under_way;

/// Versions, and reasons, that a message lists.
const MOST: usize = 6;

/// The gallery has no such image definition.
pub(super) fn not_there(request: &ImageRequest, refusal: &Refusal) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::ImageNotFound,
        format!(
            "there is no image definition `{}`",
            request.definition.name()
        ),
    )
    .at(&request.place, "")
    .note(format!("looked for {}", request.definition))
    .note(format!(
        "{} {}: {}",
        refusal.status, refusal.code, refusal.message
    ));
    let problem = match &request.definition {
        ImageDefinition::Gallery(id) => problem.help(Help::command(
            "list what the gallery has",
            list_of_gallery(id),
        )),
        ImageDefinition::Open(open) if open.sharing == Sharing::Direct => problem.help(Help::text(
            "a gallery that is shared directly is seen by the subscriptions and tenants that its publisher names; ask whether yours is among them, and in which regions its images are",
        )),
        ImageDefinition::Open(_) => problem.help(Help::text(
            "look up the public name of the gallery, and the regions in which its images are",
        )),
    };
    problem.about(&request.address)
}

fn list_of_gallery(id: &ResourceId) -> String {
    format!(
        "az sig image-definition list --subscription {} --resource-group {} --gallery-name {} --output table",
        id.subscription(),
        id.resource_group().unwrap_or("<group>"),
        id.name_of("galleries").unwrap_or("<gallery>"),
    )
}

/// An image for which no version was found.
pub(super) struct Looking<'a> {
    pub(super) request: &'a ImageRequest,
    pub(super) wanted: &'a Wanted<'a>,
    pub(super) versions: &'a [VersionFacts],
    /// What the lock file pins.
    pub(super) locked: Option<&'a LockedImage>,
    /// How long it was waited for.
    pub(super) waited: Option<Duration>,
}

impl Looking<'_> {
    /// Why there is none.
    pub(super) fn for_nothing(&self, lacking: &Lacking) -> Diagnostic {
        let request = self.request;
        let name = request.address.last();
        let problem = match lacking {
            Lacking::NotThere(version) => Diagnostic::error(
                Code::ImageNotFound,
                format!("image {name} has no version {version}"),
            ),
            Lacking::Unusable(version, Rejected::NoReplica { region, .. }) => Diagnostic::error(
                Code::ImageNotReplicated,
                format!("image {name} {version} is not available in {region}"),
            ),
            Lacking::Unusable(version, _) => Diagnostic::error(
                Code::NoMatchingVersion,
                format!("image {name} {version} cannot be used"),
            ),
            Lacking::NoneOf(_) => Diagnostic::error(
                Code::NoMatchingVersion,
                format!("image {name} has no version that fits {}", request.channel),
            ),
        };
        let problem = problem.at(&request.place, self.asks());
        let problem = match self.locked {
            Some(locked) => problem.context(&locked.place, "pinned here"),
            None => problem,
        };
        let problem = self.reasons(problem, lacking);
        let problem = self.replicas(problem, lacking);
        self.ways_out(problem, lacking).about(&request.address)
    }

    fn asks(&self) -> String {
        match self.locked {
            Some(locked) => format!(
                "channel {}, pinned to {} by the lock file",
                self.request.channel, locked.version
            ),
            None => format!("asks for {}", self.request.channel),
        }
    }

    fn reasons(&self, mut problem: Diagnostic, lacking: &Lacking) -> Diagnostic {
        let one = |version: &ImageVersion, why: &Rejected| format!("{version}: {}", rejected(why));
        match lacking {
            Lacking::NotThere(_) => problem,
            Lacking::Unusable(version, why) => problem.note(one(version, why)),
            Lacking::NoneOf(all) => {
                for (version, why) in all.iter().take(MOST) {
                    problem = problem.note(one(version, why));
                }
                match all.len().checked_sub(MOST) {
                    None if all.is_empty() => {
                        problem.note("no version of the gallery belongs to it")
                    }
                    None | Some(0) => problem,
                    Some(more) => problem.note(format!("and {more} more")),
                }
            }
        }
    }

    fn replicas(&self, problem: Diagnostic, lacking: &Lacking) -> Diagnostic {
        let Lacking::Unusable(version, Rejected::NoReplica { .. }) = lacking else {
            return problem;
        };
        let found = self.versions.iter().find(|facts| facts.version == *version);
        let Some(replicas) = found.and_then(|facts| facts.replicas.as_ref()) else {
            return problem;
        };
        let list: Vec<String> = replicas
            .iter()
            .map(|(region, state)| {
                let state = state.to_ascii_lowercase();
                match found.and_then(|facts| facts.progress.get(region)) {
                    Some(percent) if state == "replicating" => {
                        format!("{region} {state}, {percent} %")
                    }
                    _ => format!("{region} {state}"),
                }
            })
            .collect();
        problem.note(format!("replicas: {}", list.join("; ")))
    }

    fn ways_out(&self, problem: Diagnostic, lacking: &Lacking) -> Diagnostic {
        let mut versions: Vec<ImageVersion> =
            self.versions.iter().map(|facts| facts.version).collect();
        versions.sort_by(|one, two| two.cmp(one));
        let mut shown: Vec<String> = versions
            .iter()
            .take(MOST)
            .map(ToString::to_string)
            .collect();
        if versions.len() > MOST {
            shown.push(format!("and {} more", versions.len() - MOST));
        }
        let problem = if shown.is_empty() {
            problem.note("the gallery has no version of this image at all")
        } else {
            problem.note(format!("versions there are: {}", shown.join(", ")))
        };
        let problem = self.another(problem);
        match lacking {
            Lacking::Unusable(_, Rejected::NoReplica { region, .. }) => {
                self.wait(problem, lacking).help(Help::text(format!(
                    "if you own the gallery, add {region} to the version's target regions"
                )))
            }
            _ if self.locked.is_some() => problem,
            _ => problem.help(Help::text(
                "write a version that is there, or a channel such as 1.x",
            )),
        }
    }

    /// Waiting helps with what is under way.
    fn wait(&self, problem: Diagnostic, lacking: &Lacking) -> Diagnostic {
        if let Some(waited) = self.waited {
            let waited = match waited.as_secs() {
                seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
                seconds => format!("{seconds}s"),
            };
            return problem.note(format!("waited for it, {waited} and no longer"));
        }
        if under_way(lacking, self.versions).is_none() {
            return problem;
        }
        problem.help(Help::command(
            "wait for the replication",
            "tenon plan --wait-for-image 30m",
        ))
    }

    /// The command that takes the newest version that would do.
    fn another(&self, problem: Diagnostic) -> Diagnostic {
        let channel = self.request.channel;
        let Some(would_do) = self.would_do() else {
            return problem;
        };
        let key = self.request.lock_key();
        match (self.locked, channel.moves()) {
            (Some(_), _) => problem.help(Help::command(
                format!("take {would_do}, the newest of {channel} that can be used"),
                format!("tenon update {key}"),
            )),
            (None, false) => problem.help(Help::command(
                format!("take {would_do}, which can be used"),
                format!("tenon update {key} --to {would_do}"),
            )),
            (None, true) => problem,
        }
    }

    /// The newest version that seems usable, of the channel or of all. Nobody
    /// is asked for it: a publisher's list does not tell how far replicas are.
    fn would_do(&self) -> Option<ImageVersion> {
        let channel = match self.wanted.channel {
            Channel::Exact(_) => Channel::Latest,
            channel => channel,
        };
        let mut versions = self.versions.to_vec();
        let complete = |facts: &VersionFacts| {
            let here = |region: &String| (region.clone(), "Completed".to_owned());
            facts.targets.iter().map(here).collect()
        };
        for facts in &mut versions {
            if facts.replicas.is_none() {
                facts.replicas = Some(complete(facts));
            }
        }
        let wanted = Wanted {
            channel,
            pinned: None,
            follow: Follow::Lock,
            ..*self.wanted
        };
        match choose(&versions, &wanted) {
            Choice::Take { index, .. } => Some(versions[index].version),
            Choice::Ask(_) | Choice::Nothing(_) => None,
        }
    }
}
