//! What stops or accompanies a plan before the planner sees it.

use std::collections::BTreeSet;

use tenon_model::desired::Declaration;
use tenon_model::image::{ImageRequest, ResolvedImage};
use tenon_model::plan::Scope;
use tenon_model::{Address, Code, Diagnostic, Help, Place, SubscriptionId, TenantId, suggest};
use tenon_plan::{Inputs, ResourceGraph};

/// The most auxiliary tokens of a request.
pub(super) const MOST_TENANTS: usize = 3;

pub(super) fn no_tenant(subscription: &SubscriptionId, place: &Place) -> Diagnostic {
    Diagnostic::error(
        Code::MissingDefault,
        format!("nothing says to which tenant subscription {subscription} belongs"),
    )
    .at(place, "")
    .help(Help::text(
        "add  tenant: …  at the top, or set AZURE_TENANT_ID",
    ))
}

/// Images of more tenants than a request carries tokens of. `images` are those
/// that come from elsewhere, with their tenants.
pub(super) fn too_many_tenants<'a>(
    scope: &Scope,
    images: impl Iterator<Item = (&'a ImageRequest, &'a TenantId)>,
    spec: &Place,
) -> Diagnostic {
    let mut brought: Vec<(&TenantId, &ImageRequest)> = Vec::new();
    for (image, tenant) in images.filter(|(_, tenant)| **tenant != scope.tenant) {
        if !brought.iter().any(|(known, _)| *known == tenant) {
            brought.push((tenant, image));
        }
    }
    let problem = Diagnostic::error(
        Code::InvalidValue,
        format!(
            "images of {} other tenants: a request to Azure carries tokens of at most three",
            scope.auxiliary.len()
        ),
    );
    let problem = match brought.get(MOST_TENANTS) {
        Some((_, image)) => problem.at(&image.place, "one tenant too many"),
        None => problem.at(spec, ""),
    };
    let before = brought.iter().take(MOST_TENANTS);
    before
        .fold(problem, |problem, (_, image)| {
            problem.context(&image.place, "")
        })
        .note(format!("in subscription {}", scope.subscription))
        .help(Help::text(
            "split the deployment, or copy some of the images into galleries of fewer tenants",
        ))
}

/// Addresses of the command line that stand for nothing of the spec.
pub(super) fn unknown_addresses<'a>(
    graph: &ResourceGraph,
    addresses: impl Iterator<Item = &'a Address>,
) -> Vec<Diagnostic> {
    let known: BTreeSet<&Address> = graph
        .written()
        .flat_map(|one| [Some(&one.address), Some(&one.entry), one.fleet.as_ref()])
        .flatten()
        .collect();
    unknown(&known, addresses, "that this spec makes")
}

/// Addresses of a part that stand for nothing, neither in the spec nor among
/// what it no longer names.
pub(super) fn unknown_parts(inputs: &Inputs<'_>) -> Vec<Diagnostic> {
    let wishes = inputs.wishes;
    if !wishes.is_partial() && wishes.let_go.is_none() {
        return Vec::new();
    }
    let known = tenon_plan::known_addresses(inputs);
    let let_go = wishes.let_go.iter().flat_map(|asked| &asked.addresses);
    let asked = wishes.targets.iter().chain(&wishes.exclude).chain(let_go);
    unknown(&known.iter().collect(), asked, "of this deployment")
}

fn unknown<'a>(
    known: &BTreeSet<&Address>,
    addresses: impl Iterator<Item = &'a Address>,
    of: &str,
) -> Vec<Diagnostic> {
    let stands = |asked: &&Address| known.iter().any(|known| known.is_within(asked));
    addresses
        .filter(|asked| !stands(asked))
        .map(|asked| unknown_address(known, asked, of))
        .collect()
}

fn unknown_address(known: &BTreeSet<&Address>, asked: &Address, of: &str) -> Diagnostic {
    let problem = Diagnostic::error(Code::Usage, format!("`{asked}` stands for nothing {of}"));
    let names = known.iter().map(|address| address.as_str());
    match suggest::nearest(asked.as_str(), names) {
        Some(near) => problem.help(Help::text(format!("did you mean `{near}`?"))),
        None => problem.help(Help::command("the addresses of a spec", "tenon graph")),
    }
}

/// Images whose life ends soon, or has ended.
pub(super) fn end_of_life(images: &[ResolvedImage], declaration: &Declaration) -> Vec<Diagnostic> {
    const SOON: i64 = 90;
    let today = jiff::Timestamp::now();
    images
        .iter()
        .filter_map(|image| {
            let end: jiff::Timestamp = image.end_of_life.as_ref()?.parse().ok()?;
            let days = (end.as_second() - today.as_second()).div_euclid(86_400);
            let date = image.end_of_life.as_ref()?.split('T').next()?.to_owned();
            let name = image.address.last();
            let words = match days {
                ..0 => format!(
                    "image {name} {} reached its end of life on {date}",
                    image.version
                ),
                0..=SOON => format!(
                    "image {name} {} reaches its end of life on {date}, in {days} days",
                    image.version
                ),
                _ => return None,
            };
            let request = declaration
                .images
                .iter()
                .find(|request| request.address == image.address)?;
            Some(
                Diagnostic::warning(Code::ImageEndOfLife, words)
                    .at(&request.place, "")
                    .about(&image.address),
            )
        })
        .collect()
}
