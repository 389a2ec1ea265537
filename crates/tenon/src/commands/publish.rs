//! `tenon publish`: makes an image version in a gallery that is there, for
//! pipelines.
//!
//! The version is planned and carried out like everything else: as a spec of
//! one version in a gallery of somebody else. Published versions of an image
//! are a deployment of their own, so that no spec that manages the gallery
//! takes them for what it has let go of. Only then, and as a plan of its own,
//! old versions go.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::canonical::fingerprint;
use tenon_model::image::ImageVersion;
use tenon_model::plan::Mode;
use tenon_model::{Address, ResourceId};
use tenon_plan::{Applies, Fate, Wishes};
use tenon_render::Depth;

use crate::arguments::{Global, PublishArguments};
use crate::cloud::{self, Connection, Purpose};
use crate::commands::{apply, plan};
use crate::exit::Exit;
use crate::output::Output;
use crate::prepare::{self, Intent, Loaded, Trouble};

use live::Looked;
use numbers::Chosen;

mod keep;
mod live;
mod numbers;
mod place;
mod problems;
mod shown;
mod source;
mod written;

/// The longest name of a deployment.
const LONGEST: usize = 64;

/// Runs the command.
pub(crate) async fn run(global: &Global, options: &PublishArguments, output: &Output) -> Exit {
    match publish(global, options, output).await {
        Ok(exit) => exit,
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            Exit::of(&trouble.diagnostics)
        }
    }
}

/// What is published where, as far as that is known without Azure.
struct Publishing<'a> {
    global: &'a Global,
    options: &'a PublishArguments,
    output: &'a Output,
    /// The spec that the gallery is found in, if one was named.
    base: Option<&'a Loaded>,
    definition: ResourceId,
    deployment: String,
    /// Versions that lock files pin, and which ones do.
    pinned: BTreeMap<ImageVersion, Vec<String>>,
}

async fn publish(
    global: &Global,
    options: &PublishArguments,
    output: &Output,
) -> Result<Exit, Trouble> {
    let base = match global.files.is_empty() {
        true => None,
        false => Some(prepare::load(global, &Default::default())?),
    };
    let gallery = place::gallery(base.as_ref(), options)?;
    let definition = gallery.child("images", &options.target.image);
    let publishing = Publishing {
        global,
        options,
        output,
        base: base.as_ref(),
        deployment: deployment(&gallery, &definition),
        definition,
        pinned: keep::pinned(&options.used_by)?,
    };
    let connection = publishing.connect().await?;
    let (looked, chosen) = match publishing.choose(&connection).await {
        Ok(found) => found,
        Err(trouble) => {
            connection.close().await;
            return Err(trouble);
        }
    };
    if options.dry_run {
        let shown = publishing.rehearse(looked, &chosen, &connection).await;
        connection.close().await;
        return shown.map(|()| Exit::Ok);
    }
    let exit = publishing.make(&looked, &chosen, connection).await?;
    if exit != Exit::Ok {
        return Ok(exit);
    }
    publishing.conclude(&chosen).await
}

/// The deployment that published versions of an image belong to.
fn deployment(gallery: &ResourceId, definition: &ResourceId) -> String {
    let name = format!("publish-{}-{}", gallery.name(), definition.name());
    if name.len() <= LONGEST {
        return name;
    }
    let short: String = name.chars().take(LONGEST - 13).collect();
    format!("{short}-{}", fingerprint(&name.to_ascii_lowercase(), 12))
}

impl Publishing<'_> {
    async fn connect(&self) -> Result<Connection, Trouble> {
        let purpose = Purpose {
            deployment: &self.deployment,
            spec: self.base.map(|base| &base.spec),
            plan: None,
        };
        let connection = cloud::connect(self.global, &purpose, self.output).await;
        connection.map_err(Trouble::from)
    }

    /// Looks at what is there, and decides on source and number.
    async fn choose(&self, connection: &Connection) -> Result<(Looked, Chosen), Trouble> {
        let looked = live::look(&self.definition, self.base, connection).await?;
        let source = source::find(&self.options.source, &self.definition, &looked, connection);
        let source = source.await?;
        let chosen = numbers::choose(self, &looked, source)?;
        Ok((looked, chosen))
    }

    /// Makes the version, unless it is there and not ours to change.
    async fn make(
        &self,
        looked: &Looked,
        chosen: &Chosen,
        connection: Connection,
    ) -> Result<Exit, Trouble> {
        if let Some(said) = self.not_ours(looked, chosen) {
            connection.close().await;
            self.output.say(&said);
            return Ok(Exit::Ok);
        }
        let loaded = written::version(self, looked, chosen)?;
        let intent = self.intent(BTreeSet::from([self.address(chosen.version)]), Applies::Now);
        let approval = &self.options.approval;
        let loaded = (loaded, connection);
        Ok(apply::loaded(self.global, loaded, &intent, approval, self.output).await)
    }

    /// What to say when the version was made from this source by somebody else.
    fn not_ours(&self, looked: &Looked, chosen: &Chosen) -> Option<String> {
        let live = looked.versions.get(&chosen.version)?;
        let by = match live.deployment() {
            Some(own) if own == self.deployment => return None,
            Some(other) => format!("; the deployment {other} has made it"),
            None => "; it carries no marker of tenon".to_owned(),
        };
        Some(format!(
            "{} {} is there, made from this source{by}",
            self.name(),
            chosen.version
        ))
    }

    fn intent(&self, targets: BTreeSet<Address>, applies: Applies) -> Intent {
        Intent {
            wishes: Wishes {
                targets,
                ..Wishes::default()
            },
            applies,
            ..Intent::from(Mode::Live)
        }
    }

    fn address(&self, version: ImageVersion) -> Address {
        let name = written::key(self.definition.name());
        let gallery = self.definition.parent();
        let gallery = gallery.map_or_else(String::new, |gallery| written::key(gallery.name()));
        let image = Address::new(&format!("galleries.{gallery}.images.{name}"));
        image.join("versions").join(&version.to_string())
    }

    /// `acme/web`.
    fn name(&self) -> String {
        let gallery = self.definition.parent();
        let gallery = gallery.map_or_else(String::new, |gallery| gallery.name().to_owned());
        format!("{gallery}/{}", self.definition.name())
    }

    /// Shows what would be done.
    async fn rehearse(
        &self,
        mut looked: Looked,
        chosen: &Chosen,
        connection: &Connection,
    ) -> Result<(), Trouble> {
        if let Some(said) = self.not_ours(&looked, chosen) {
            self.output.say(&said);
        } else {
            let loaded = written::version(self, &looked, chosen)?;
            let targets = BTreeSet::from([self.address(chosen.version)]);
            let intent = self.intent(targets, Applies::Later);
            let (client, login) = (&connection.client, &connection.login);
            let prepared = prepare::prepare(loaded, client, login, &intent).await?;
            plan::show(
                &prepared.plan,
                &prepared.sources,
                Depth::Normal,
                self.output,
            );
            looked.expect(chosen.version, &self.deployment, self.options);
        }
        if let Some(fates) = keep::fates(self, &looked) {
            keep::show(self, &fates, self.output);
        }
        Ok(())
    }

    /// Tells what consumers see, and lets old versions go.
    async fn conclude(&self, chosen: &Chosen) -> Result<Exit, Trouble> {
        let connection = self.connect().await?;
        let looked = live::look(&self.definition, self.base, &connection).await;
        let looked = match looked {
            Ok(looked) => looked,
            Err(trouble) => {
                connection.close().await;
                return Err(trouble);
            }
        };
        let fates = keep::fates(self, &looked).unwrap_or_default();
        let going = fates.iter().filter(|(_, fate)| **fate == Fate::Goes);
        let going: BTreeSet<ImageVersion> = going.map(|(version, _)| *version).collect();
        shown::tell(self, &looked, chosen, &going);
        if self.options.keep.is_none() {
            connection.close().await;
            return Ok(Exit::Ok);
        }
        keep::show(self, &fates, self.output);
        if going.is_empty() {
            connection.close().await;
            return Ok(Exit::Ok);
        }
        keep::warn_of_users(self, &looked, &going, &connection).await;
        let targets = going.iter().map(|version| self.address(*version)).collect();
        let loaded = written::bare(self, &looked)?;
        let intent = self.intent(targets, Applies::Now);
        let approval = &self.options.approval;
        let loaded = (loaded, connection);
        Ok(apply::loaded(self.global, loaded, &intent, approval, self.output).await)
    }
}
