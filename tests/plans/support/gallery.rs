//! The publisher's gallery: what every image definition of the tests holds.
//!
//! The name of a definition says what it is: `windows`, `special`, `trusted`,
//! `planned` (with a purchase plan); anything else is a generalized Linux of generation 2.

use std::collections::{BTreeMap, BTreeSet};

use tenon_kinds::images::{Choice, Wanted, choose};
use tenon_model::TenantId;
use tenon_model::image::{
    DefinitionFacts, ImageDefinition, ImageRequest, ImageVersion, PurchasePlan, ResolvedImage,
    VersionFacts,
};
use tenon_spec::lock::Lock;

use super::PUBLISHER;

const VERSIONS: [&str; 5] = ["1.4.1", "1.4.2", "1.5.0", "2.0.3", "2.1.0"];

/// Resolves images as the program does.
pub(crate) fn resolve(requests: &[ImageRequest], lock: &Lock) -> Vec<ResolvedImage> {
    requests.iter().map(|request| one(request, lock)).collect()
}

fn one(request: &ImageRequest, lock: &Lock) -> ResolvedImage {
    let pinned = lock
        .images
        .get(request.lock_key())
        .map(|locked| locked.version)
        .filter(|version| request.channel.moves() && request.channel.accepts(*version));
    let versions: Vec<VersionFacts> = VERSIONS.iter().map(|text| facts(text, request)).collect();
    let wanted = Wanted {
        channel: request.channel,
        pinned,
        regions: &request.regions,
        follow: request.follow,
        ended: &BTreeSet::new(),
    };
    let Choice::Take { index, passed_over } = choose(&versions, &wanted) else {
        panic!(
            "the gallery has no {} of {}",
            request.channel, request.address
        );
    };
    let version = versions[index].version;
    ResolvedImage {
        address: request.address.clone(),
        tenant: request
            .tenant
            .clone()
            .unwrap_or_else(|| TenantId::new(PUBLISHER)),
        id: request.definition.version(version),
        version,
        channel: request.channel.to_string(),
        locked: pinned == Some(version),
        follow: request.follow,
        definition: definition(&request.definition),
        published: None,
        end_of_life: None,
        passed_over,
        stay: BTreeMap::new(),
        disks: tenon_model::image::ImageDisks::default(),
        made: None,
    }
}

fn facts(version: &str, request: &ImageRequest) -> VersionFacts {
    let replicas = request
        .regions
        .iter()
        .map(|region| (region.clone(), "Completed".to_owned()))
        .collect();
    VersionFacts {
        version: ImageVersion::parse(version).expect("a version"),
        excluded: false,
        excluded_in: Vec::new(),
        targets: request.regions.clone(),
        replicas: Some(replicas),
        provisioning_state: "Succeeded".into(),
        published: None,
        end_of_life: None,
        soft_deleted: false,
        disks: tenon_model::image::ImageDisks::default(),
        progress: BTreeMap::new(),
    }
}

fn definition(id: &ImageDefinition) -> DefinitionFacts {
    let name = id.name();
    let either = |yes: bool, one: &str, two: &str| if yes { one } else { two }.to_owned();
    DefinitionFacts {
        os_type: either(name.contains("windows"), "Windows", "Linux"),
        os_state: either(name.contains("special"), "Specialized", "Generalized"),
        generation: "V2".into(),
        architecture: "x64".into(),
        security_type: name
            .contains("trusted")
            .then(|| "TrustedLaunchSupported".to_owned()),
        purchase_plan: name.contains("planned").then(|| PurchasePlan {
            name: "basic".into(),
            publisher: "acme".into(),
            product: "appliance".into(),
        }),
        ..DefinitionFacts::default()
    }
}
