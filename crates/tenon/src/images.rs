//! Resolves images: asks the gallery, applies Azure's rules, minds the lock
//! file.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use tenon_kinds::images::{Choice, Wanted, choose};
use tenon_model::image::{
    DefinitionFacts, ImageRequest, ImageVersion, MadeHere, Rejected, ResolvedImage, VersionFacts,
};
use tenon_model::kind::Settled;
use tenon_model::transport::{Refusal, Transport};
use tenon_model::{Address, Diagnostic, TenantId};
use tenon_spec::lock::{Lock, LockedImage};

use crate::refusals::Scene;
use gallery::Gallery;
use patience::Waiting;

mod gallery;
mod patience;
mod problems;
mod who;

pub(crate) use patience::{Patience, standing};
pub(crate) use who::who;

/// What is needed to resolve images.
pub(crate) struct Resolving<'a> {
    /// Azure.
    pub(crate) transport: &'a dyn Transport,
    /// The deployment, as markers have it.
    pub(crate) deployment: &'a str,
    /// The lock file.
    pub(crate) lock: &'a Lock,
    /// The tenants in which images are read, by address.
    pub(crate) tenants: &'a BTreeMap<Address, TenantId>,
    /// The deployment's own subscription and region.
    pub(crate) settled: &'a Settled,
    /// For the words of refusals.
    pub(crate) scene: &'a Scene,
    /// How long images may still be on their way.
    pub(crate) patience: Option<&'a Patience>,
}

/// An image with all versions that its gallery showed.
pub(crate) struct Resolution {
    pub(crate) image: ResolvedImage,
    pub(crate) versions: Vec<VersionFacts>,
}

/// Resolves all images; all problems, not only the first.
pub(crate) async fn resolve(
    requests: &[ImageRequest],
    resolving: &Resolving<'_>,
) -> Result<Vec<Resolution>, Vec<Diagnostic>> {
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
) -> Result<Resolution, Box<Diagnostic>> {
    let refused = |refusal: Refusal| {
        let (address, place) = (Some(&request.address), Some(&request.place));
        Box::new(
            if refusal.is_absent() && refusal.code != "SubscriptionNotFound" {
                problems::not_there(request, &refusal)
            } else {
                resolving.scene.explain(&refusal, address, place)
            },
        )
    };
    let gallery = Gallery::of(request, resolving);
    let (definition, mut versions) = match &request.made {
        Some(made) => made_here(&gallery, made).await.map_err(refused)?,
        None => {
            let (definition, versions) = tokio::join!(gallery.definition(), gallery.versions());
            (definition.map_err(refused)?, versions.map_err(refused)?)
        }
    };
    let ended = ended(&versions);
    let locked = locked(request, resolving.lock);
    let pinned = locked.map(|locked| locked.version);
    let regions = gallery.regions();
    let wanted = Wanted {
        channel: request.channel,
        pinned,
        regions: &regions,
        follow: request.follow,
        ended: &ended,
    };
    let mut waiting = Waiting::new(resolving.patience, request.address.last());
    loop {
        let ask = match choose(&versions, &wanted) {
            Choice::Take { index, passed_over } => {
                let facts = &versions[index];
                let tenant = gallery.tenant();
                let image = resolved(request, tenant, definition, facts, passed_over, pinned);
                return Ok(Resolution { image, versions });
            }
            Choice::Ask(version) => version,
            Choice::Nothing(lacking) => match waiting.wait(&lacking, &versions, &regions).await {
                Some(version) => version,
                None => {
                    let looking = problems::Looking {
                        request,
                        wanted: &wanted,
                        versions: &versions,
                        locked,
                        waited: waiting.waited(),
                    };
                    return Err(Box::new(looking.for_nothing(&lacking)));
                }
            },
        };
        let fresh = gallery.replicas(ask, &versions).await;
        let mut fresh = fresh.map_err(refused)?;
        fresh.replicas.get_or_insert_default();
        versions.retain(|other| other.version != ask);
        versions.push(fresh);
    }
}

/// What a gallery will show that this spec makes: what it shows now, with what
/// the spec makes in place of what is there.
async fn made_here(
    gallery: &Gallery<'_>,
    made: &MadeHere,
) -> Result<(DefinitionFacts, Vec<VersionFacts>), Refusal> {
    let live = match gallery.others().await {
        Err(refusal) if refusal.is_absent() => Vec::new(),
        other => other?,
    };
    let mut versions: Vec<VersionFacts> = made
        .versions
        .iter()
        .map(|version| version.facts.clone())
        .collect();
    let ours: BTreeSet<ImageVersion> = versions.iter().map(|one| one.version).collect();
    let others = live.into_iter().filter(|one| !ours.contains(&one.version));
    versions.extend(others);
    Ok((made.definition.clone(), versions))
}

/// Versions whose life has ended.
pub(crate) fn ended(versions: &[VersionFacts]) -> BTreeSet<ImageVersion> {
    let now = jiff::Timestamp::now();
    let has_ended = |facts: &&VersionFacts| {
        let end = facts.end_of_life.as_ref();
        let end = end.and_then(|end| end.parse::<jiff::Timestamp>().ok());
        end.is_some_and(|end| end <= now)
    };
    let ended = versions.iter().filter(has_ended);
    ended.map(|facts| facts.version).collect()
}

/// What the lock file says of an image, if it belongs to the channel.
pub(crate) fn locked<'l>(request: &ImageRequest, lock: &'l Lock) -> Option<&'l LockedImage> {
    let locked = lock.images.get(request.lock_key())?;
    let counts = request.channel.moves() && request.channel.accepts(locked.version);
    counts.then_some(locked)
}

fn resolved(
    request: &ImageRequest,
    tenant: &TenantId,
    definition: DefinitionFacts,
    facts: &VersionFacts,
    passed_over: Vec<(ImageVersion, Rejected)>,
    pinned: Option<ImageVersion>,
) -> ResolvedImage {
    ResolvedImage {
        address: request.address.clone(),
        tenant: tenant.clone(),
        id: request.definition.version(facts.version),
        version: facts.version,
        channel: request.channel.to_string(),
        locked: pinned == Some(facts.version),
        follow: request.follow,
        definition,
        published: facts.published.clone(),
        end_of_life: facts.end_of_life.clone(),
        passed_over,
        stay: BTreeMap::new(),
        disks: facts.disks.clone(),
        made: made_as(request, facts.version),
    }
}

/// The address of a version that the spec itself makes.
fn made_as(request: &ImageRequest, version: ImageVersion) -> Option<Address> {
    let made = request.made.as_ref()?;
    let mut versions = made.versions.iter();
    let found = versions.find(|one| one.facts.version == version)?;
    Some(found.address.clone())
}
