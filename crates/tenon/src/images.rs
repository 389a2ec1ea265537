//! Resolves images: asks the publisher's gallery with the publisher's token,
//! applies Azure's rules, minds the lock file.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use tenon_engine::{read_definition, read_replicas, read_versions};
use tenon_kinds::images::{Choice, Lacking, choose, definition_facts, version_facts};
use tenon_kinds::versions::GALLERIES;
use tenon_model::image::{
    Channel, ImageRequest, ImageVersion, Rejected, ResolvedImage, VersionFacts,
};
use tenon_model::transport::Transport;
use tenon_model::{Address, Code, Diagnostic, Help, TenantId};
use tenon_spec::lock::Lock;

use crate::refusals::Scene;

/// What is needed to resolve images.
pub(crate) struct Resolving<'a> {
    /// Azure.
    pub(crate) transport: &'a dyn Transport,
    /// The lock file.
    pub(crate) lock: &'a Lock,
    /// The tenants of images, by address.
    pub(crate) tenants: &'a BTreeMap<Address, TenantId>,
    /// For the words of refusals.
    pub(crate) scene: &'a Scene,
}

/// Resolves all images; all problems, not only the first.
pub(crate) async fn resolve(
    requests: &[ImageRequest],
    resolving: &Resolving<'_>,
) -> Result<Vec<ResolvedImage>, Vec<Diagnostic>> {
    let results = join_all(requests.iter().map(|request| one(request, resolving))).await;
    let mut images = Vec::new();
    let mut problems = Vec::new();
    for result in results {
        match result {
            Ok(image) => images.push(image),
            Err(problem) => problems.push(*problem),
        }
    }
    if problems.is_empty() {
        Ok(images)
    } else {
        Err(problems)
    }
}

async fn one(
    request: &ImageRequest,
    resolving: &Resolving<'_>,
) -> Result<ResolvedImage, Box<Diagnostic>> {
    let tenant = &resolving.tenants[&request.address];
    let transport = resolving.transport;
    let refused = |refusal: tenon_model::transport::Refusal| {
        if refusal.is_absent() && refusal.code != "SubscriptionNotFound" {
            return Box::new(not_there(request, &refusal));
        }
        Box::new(
            resolving
                .scene
                .explain(&refusal, Some(&request.address), Some(&request.place)),
        )
    };
    let (definition, versions) = tokio::join!(
        read_definition(transport, tenant, &request.definition, GALLERIES),
        read_versions(transport, tenant, &request.definition, GALLERIES),
    );
    let definition = definition_facts(&definition.map_err(refused)?);
    let bodies = versions.map_err(refused)?;
    let mut facts: Vec<VersionFacts> = bodies.iter().filter_map(version_facts).collect();
    let pinned = pinned(request, resolving.lock);
    loop {
        match choose(&facts, request.channel, pinned, &request.regions) {
            Choice::Take { index, passed_over } => {
                return Ok(resolved(
                    request,
                    tenant,
                    definition,
                    &facts[index],
                    passed_over,
                    pinned,
                ));
            }
            Choice::Ask(version) => {
                let id = request.definition.child("versions", &version.to_string());
                let body = read_replicas(transport, tenant, &id, GALLERIES)
                    .await
                    .map_err(refused)?;
                let mut fresh = version_facts(&body).unwrap_or_else(|| lost(&facts, version));
                fresh.replicas.get_or_insert_default();
                facts.retain(|other| other.version != version);
                facts.push(fresh);
            }
            Choice::Nothing(lacking) => return Err(Box::new(nothing(request, &facts, &lacking))),
        }
    }
}

/// A version whose own body cannot be read is as the list showed it.
fn lost(facts: &[VersionFacts], version: ImageVersion) -> VersionFacts {
    let found = facts.iter().find(|facts| facts.version == version);
    found.cloned().expect("only versions of the list are asked")
}

/// What the lock file pins, if it belongs to the channel.
pub(crate) fn pinned(request: &ImageRequest, lock: &Lock) -> Option<ImageVersion> {
    let pinned = lock.images.get(request.address.last())?.version;
    (request.channel.moves() && request.channel.accepts(pinned)).then_some(pinned)
}

fn resolved(
    request: &ImageRequest,
    tenant: &TenantId,
    definition: tenon_model::image::DefinitionFacts,
    facts: &VersionFacts,
    passed_over: Vec<(ImageVersion, Rejected)>,
    pinned: Option<ImageVersion>,
) -> ResolvedImage {
    ResolvedImage {
        address: request.address.clone(),
        tenant: tenant.clone(),
        id: request
            .definition
            .child("versions", &facts.version.to_string()),
        version: facts.version,
        channel: request.channel.to_string(),
        locked: pinned == Some(facts.version),
        definition,
        published: facts.published.clone(),
        end_of_life: facts.end_of_life.clone(),
        passed_over: if matches!(request.channel, Channel::Exact(_)) {
            Vec::new()
        } else {
            passed_over
        },
    }
}

fn not_there(request: &ImageRequest, refusal: &tenon_model::transport::Refusal) -> Diagnostic {
    Diagnostic::error(
        Code::ImageNotFound,
        format!("there is no image definition `{}`", request.definition.name()),
    )
    .at(&request.place, "")
    .note(format!("looked for {}", request.definition))
    .note(format!("{} {}: {}", refusal.status, refusal.code, refusal.message))
    .help(Help::command(
        "list what the gallery has",
        format!(
            "az sig image-definition list --subscription {} --resource-group {} --gallery-name {} --output table",
            request.definition.subscription(),
            request.definition.resource_group().unwrap_or("<group>"),
            request.definition.name_of("galleries").unwrap_or("<gallery>"),
        ),
    ))
    .about(&request.address)
}

fn nothing(request: &ImageRequest, facts: &[VersionFacts], lacking: &Lacking) -> Diagnostic {
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
    let problem = problem.at(&request.place, format!("asks for {}", request.channel));
    let problem = reasons(problem, lacking);
    let problem = replicas(problem, facts, lacking);
    ways_out(problem, facts, lacking).about(&request.address)
}

fn reasons(mut problem: Diagnostic, lacking: &Lacking) -> Diagnostic {
    let one = |version: &ImageVersion, why: &Rejected| format!("{version}: {}", words(why));
    match lacking {
        Lacking::NotThere(_) => problem,
        Lacking::Unusable(version, why) => problem.note(one(version, why)),
        Lacking::NoneOf(all) => {
            for (version, why) in all.iter().take(5) {
                problem = problem.note(one(version, why));
            }
            if all.is_empty() {
                problem.note("no version of the gallery belongs to it")
            } else {
                problem
            }
        }
    }
}

fn words(why: &Rejected) -> String {
    match why {
        Rejected::Excluded => "excluded from latest".to_owned(),
        Rejected::ExcludedIn(region) => format!("excluded from latest in {region}"),
        Rejected::NoReplica {
            region,
            state: None,
        } => format!("not replicated to {region}"),
        Rejected::NoReplica {
            region,
            state: Some(state),
        } => {
            format!("its replica in {region} is {}", state.to_ascii_lowercase())
        }
        Rejected::NotReady(state) => format!("its state is {state}"),
        Rejected::SoftDeleted => "marked for deletion".to_owned(),
        Rejected::Locked => "the lock file pins another one".to_owned(),
    }
}

fn replicas(problem: Diagnostic, facts: &[VersionFacts], lacking: &Lacking) -> Diagnostic {
    let Lacking::Unusable(version, Rejected::NoReplica { .. }) = lacking else {
        return problem;
    };
    let found = facts.iter().find(|facts| facts.version == *version);
    let Some(replicas) = found.and_then(|facts| facts.replicas.as_ref()) else {
        return problem;
    };
    let list: Vec<String> = replicas
        .iter()
        .map(|(region, state)| format!("{region} {}", state.to_ascii_lowercase()))
        .collect();
    problem.note(format!("replicas: {}", list.join("; ")))
}

fn ways_out(problem: Diagnostic, facts: &[VersionFacts], lacking: &Lacking) -> Diagnostic {
    let mut versions: Vec<ImageVersion> = facts.iter().map(|facts| facts.version).collect();
    versions.sort_by(|one, two| two.cmp(one));
    let shown: Vec<String> = versions.iter().take(6).map(ToString::to_string).collect();
    let problem = if shown.is_empty() {
        problem.note("the gallery has no version of this image at all")
    } else {
        problem.note(format!("versions there are: {}", shown.join(", ")))
    };
    match lacking {
        Lacking::Unusable(_, Rejected::NoReplica { region, .. }) => problem
            .help(Help::text(
                "wait for the replication, or take another version",
            ))
            .help(Help::text(format!(
                "if you own the gallery, add {region} to the version's target regions"
            ))),
        _ => problem.help(Help::text(
            "write a version that is there, or a channel such as 1.x",
        )),
    }
}
