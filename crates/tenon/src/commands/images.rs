//! `tenon images`: which versions machines are built from, and why not from
//! newer ones; and who can use them. Writes nothing, the lock file included.

use tenon_model::image::{ImageVersion, ResolvedImage, VersionFacts};
use tenon_model::listing::{FORMAT, Listed, Listing, Newer, NotTaken};
use tenon_model::{Code, Diagnostic, Help, suggest};
use tenon_render::Depth;

use crate::arguments::{Global, ImagesArguments};
use crate::cloud::Connection;
use crate::commands;
use crate::exit::Exit;
use crate::images::{self, Resolution};
use crate::output::{self, Output};
use crate::prepare::{self, Loaded, Locks, Trouble};
use crate::refusals::Scene;

/// Runs the command.
pub(crate) async fn run(global: &Global, arguments: &ImagesArguments, output: &Output) -> Exit {
    match list(global, arguments, output).await {
        Ok(listing) if output.is_json() => {
            output::print_json(&listing);
            Exit::Ok
        }
        Ok(listing) => {
            let options = output.options(Depth::Normal);
            output.show(&tenon_render::images(&listing, &options));
            Exit::Ok
        }
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            Exit::of(&trouble.diagnostics)
        }
    }
}

async fn list(
    global: &Global,
    arguments: &ImagesArguments,
    output: &Output,
) -> Result<Listing, Trouble> {
    let (loaded, connection) = commands::open(global, &arguments.spec, output).await?;
    let scene = Scene::of_spec(&loaded.spec, &connection.login);
    let listed = listed_with(&connection, loaded, &scene, arguments.who.as_deref()).await;
    connection.close().await;
    Ok(Listing {
        format: FORMAT,
        images: listed?,
    })
}

/// The images of a spec. `who` names one that somebody wants to know more
/// about, or nothing for all of them.
async fn listed_with(
    connection: &Connection,
    loaded: Loaded,
    scene: &Scene,
    who: Option<&str>,
) -> Result<Vec<Listed>, Trouble> {
    let (client, login) = (&connection.client, &connection.login);
    let found = prepare::resolve(loaded, client, login, Locks::Checked).await?;
    let Some(name) = who else {
        return Ok(found.into_iter().map(|one| listed(one, scene)).collect());
    };
    let names: Vec<String> = found.iter().map(|one| name_of(&one.image)).collect();
    let mut images = Vec::new();
    for one in found {
        if name.is_empty() || name_of(&one.image) == short_name(name) {
            let who = images::who(&one.image, client).await;
            images.push(Listed {
                who: Some(who),
                ..listed(one, scene)
            });
        }
    }
    if images.is_empty() && !name.is_empty() {
        return Err(vec![unknown(name, &names)].into());
    }
    Ok(images)
}

/// `web` of `images.web`.
fn short_name(name: &str) -> &str {
    name.strip_prefix("images.").unwrap_or(name)
}

fn name_of(image: &ResolvedImage) -> String {
    short_name(image.address.as_str()).to_owned()
}

fn unknown(name: &str, names: &[String]) -> Diagnostic {
    let problem = Diagnostic::error(Code::Usage, format!("this spec has no image `{name}`"));
    match suggest::nearest(name, names.iter().map(String::as_str)) {
        Some(near) => problem.help(Help::text(format!("did you mean `{near}`?"))),
        None => problem.help(Help::command("the images of a spec", "tenon images")),
    }
}

fn listed(found: Resolution, scene: &Scene) -> Listed {
    let Resolution { image, versions } = found;
    let taken = versions.iter().find(|one| one.version == image.version);
    let regions = taken.and_then(|facts| facts.replicas.clone());
    let names = scene.tenant_names();
    let tenant_name = names.get(&image.tenant).cloned();
    Listed {
        address: image.address.clone(),
        lock_key: image.lock_key().to_owned(),
        tenant_name: tenant_name.unwrap_or_else(|| image.tenant.to_string()),
        tenant: image.tenant.clone(),
        id: image.id.clone(),
        version: image.version,
        channel: image.channel.clone(),
        locked: image.locked,
        follow: image.follow,
        published: image.published.clone(),
        end_of_life: image.end_of_life.clone(),
        regions: regions.unwrap_or_default(),
        newer: newer(&image, versions),
        who: None,
    }
}

/// What is newer, and why it is not taken. What resolution said about a
/// version of the channel is told as it said it.
fn newer(image: &ResolvedImage, mut facts: Vec<VersionFacts>) -> Vec<Newer> {
    facts.retain(|one| one.version > image.version);
    facts.sort_by_key(|one| std::cmp::Reverse(one.version));
    facts
        .into_iter()
        .map(|one| Newer {
            because: because(image, one.version),
            version: one.version,
            published: one.published,
            end_of_life: one.end_of_life,
        })
        .collect()
}

fn because(image: &ResolvedImage, version: ImageVersion) -> NotTaken {
    let passed = image
        .passed_over
        .iter()
        .find(|(other, _)| *other == version);
    match passed {
        Some((_, why)) => NotTaken::PassedOver(why.clone()),
        None if image.moves() => NotTaken::OutsideChannel,
        None => NotTaken::PinnedInSpec,
    }
}
