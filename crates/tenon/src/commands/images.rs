//! `tenon images`: which versions machines are built from, and why not from
//! newer ones. Writes nothing, the lock file included.

use futures_util::future::try_join_all;
use tenon_client::Client;
use tenon_engine::{read_replicas, read_versions};
use tenon_kinds::images::version_facts;
use tenon_kinds::versions::GALLERIES;
use tenon_model::image::{Channel, ImageVersion, ResolvedImage, VersionFacts};
use tenon_model::listing::{FORMAT, Listed, Listing, Newer, NotTaken};
use tenon_model::transport::Refusal;
use tenon_render::Depth;

use crate::arguments::{Global, SpecArgument};
use crate::commands;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::prepare::{self, Trouble};
use crate::refusals::Scene;

/// Runs the command.
pub(crate) async fn run(global: &Global, spec: &SpecArgument, output: &Output) -> Exit {
    match list(global, spec, output).await {
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

async fn list(global: &Global, spec: &SpecArgument, output: &Output) -> Result<Listing, Trouble> {
    let (loaded, connection) = commands::open(global, spec, output).await?;
    let scene = Scene::of_spec(&loaded.spec, &connection.login);
    let sources = loaded.sources.clone();
    let resolved = prepare::resolve(loaded, &connection.client, &connection.login).await;
    let listed = match &resolved {
        Ok(images) => {
            let each = images
                .iter()
                .map(|one| read(one, &connection.client, &scene));
            try_join_all(each).await
        }
        Err(_) => Ok(Vec::new()),
    };
    connection.close().await;
    resolved?;
    let images = listed.map_err(|refusal| Trouble {
        diagnostics: vec![scene.explain(&refusal, None, None)],
        sources,
    })?;
    Ok(Listing {
        format: FORMAT,
        images,
    })
}

async fn read(image: &ResolvedImage, client: &Client, scene: &Scene) -> Result<Listed, Refusal> {
    let definition = image.id.parent().unwrap_or_else(|| image.id.clone());
    let (versions, version) = tokio::join!(
        read_versions(client, &image.tenant, &definition, GALLERIES),
        read_replicas(client, &image.tenant, &image.id, GALLERIES),
    );
    let facts = versions?.iter().filter_map(version_facts).collect();
    let taken = version_facts(&version?);
    let names = scene.tenant_names();
    let tenant_name = names.get(&image.tenant).cloned();
    Ok(Listed {
        address: image.address.clone(),
        tenant_name: tenant_name.unwrap_or_else(|| image.tenant.to_string()),
        tenant: image.tenant.clone(),
        id: image.id.clone(),
        version: image.version,
        channel: image.channel.clone(),
        locked: image.locked,
        published: image.published.clone(),
        end_of_life: image.end_of_life.clone(),
        regions: taken.and_then(|facts| facts.replicas).unwrap_or_default(),
        newer: newer(image, facts),
    })
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
        None if Channel::parse(&image.channel).is_ok_and(Channel::moves) => {
            NotTaken::OutsideChannel
        }
        None => NotTaken::PinnedInSpec,
    }
}
