//! What a gallery's answers say, without the rest.

use std::collections::BTreeMap;

use tenon_model::Value;
use tenon_model::image::{DefinitionFacts, ImageDisks, ImageVersion, PurchasePlan, VersionFacts};
use tenon_model::rules::region;

/// Reads the body of an image definition.
#[must_use]
pub fn definition_facts(body: &Value) -> DefinitionFacts {
    let text = |names: &[&str]| body.at(names).and_then(Value::as_text);
    let own = |name: &str, default: &str| text(&["properties", name]).unwrap_or(default).to_owned();
    let feature = |wanted: &str| {
        let features = body.at(&["properties", "features"])?.as_list()?;
        let found = features
            .iter()
            .find(|feature| feature.member("name").and_then(Value::as_text) == Some(wanted))?;
        found.member("value")?.as_text().map(str::to_owned)
    };
    let plan = body.at(&["properties", "purchasePlan"]);
    let part = |name: &str| plan?.member(name)?.as_text().map(str::to_owned);
    DefinitionFacts {
        os_type: own("osType", "Linux"),
        os_state: own("osState", "Generalized"),
        // What Azure takes when nothing is said, before 2025-03-03.
        generation: own("hyperVGeneration", "V1"),
        architecture: own("architecture", "x64"),
        security_type: feature("SecurityType"),
        purchase_plan: match (part("name"), part("publisher"), part("product")) {
            (Some(name), Some(publisher), Some(product)) => Some(PurchasePlan {
                name,
                publisher,
                product,
            }),
            _ => None,
        },
        accelerated_networking: feature("IsAcceleratedNetworkSupported")
            .and_then(|value| value.to_ascii_lowercase().parse().ok()),
        disallowed_disks: body
            .at(&["properties", "disallowed", "diskTypes"])
            .and_then(Value::as_list)
            .into_iter()
            .flatten()
            .filter_map(|kind| kind.as_text().map(str::to_owned))
            .collect(),
    }
}

/// Reads the disks of an image version. A consumer of an open gallery is told
/// their sizes under another name.
fn disks(body: &Value) -> ImageDisks {
    let profile = |name: &str| body.at(&["properties", "storageProfile", name]);
    let os_gb = profile("osDiskImage").and_then(|disk| {
        let size = disk.member("sizeInGB").or(disk.member("diskSizeGB"))?;
        size.as_int()
    });
    let data = profile("dataDiskImages").and_then(Value::as_list);
    let lun = |disk: &Value| disk.member("lun")?.as_int();
    ImageDisks {
        os_gb,
        luns: data.unwrap_or_default().iter().filter_map(lun).collect(),
    }
}

/// Reads the body of an image version; none if its name is no version.
#[must_use]
pub fn version_facts(body: &Value) -> Option<VersionFacts> {
    let name = body.member("name")?.as_text()?;
    let version = ImageVersion::parse(name.rsplit('/').next()?).ok()?;
    let publishing = body.at(&["properties", "publishingProfile"]);
    let published = |name: &str| publishing?.member(name);
    let date = |name: &str| published(name)?.as_text().map(str::to_owned);
    let targets = published("targetRegions")
        .and_then(Value::as_list)
        .unwrap_or(&[]);
    let target = |value: &Value| value.member("name")?.as_text().map(region);
    let status = body.at(&["properties", "replicationStatus", "summary"]);
    Some(VersionFacts {
        version,
        excluded: published("excludeFromLatest").and_then(Value::as_bool) == Some(true),
        excluded_in: targets
            .iter()
            .filter(|one| one.member("excludeFromLatest").and_then(Value::as_bool) == Some(true))
            .filter_map(target)
            .collect(),
        targets: targets.iter().filter_map(target).collect(),
        replicas: status.and_then(Value::as_list).map(replicas),
        progress: status
            .and_then(Value::as_list)
            .map(progress)
            .unwrap_or_default(),
        provisioning_state: body
            .at(&["properties", "provisioningState"])
            .and_then(Value::as_text)
            .unwrap_or("Succeeded")
            .to_owned(),
        published: date("publishedDate"),
        end_of_life: date("endOfLifeDate"),
        soft_deleted: body
            .at(&["properties", "imageState"])
            .and_then(Value::as_text)
            == Some("SoftDeleted"),
        disks: disks(body),
    })
}

/// Reads an image version as a consumer is shown it, of a gallery that is open
/// to it, in `place`: what is listed there can be used there.
#[must_use]
pub fn open_version_facts(body: &Value, place: &str) -> Option<VersionFacts> {
    let version = ImageVersion::parse(body.member("name")?.as_text()?).ok()?;
    let own = |name: &str| body.at(&["properties", name]);
    let date = |name: &str| own(name)?.as_text().map(str::to_owned);
    Some(VersionFacts {
        version,
        excluded: own("excludeFromLatest").and_then(Value::as_bool) == Some(true),
        excluded_in: Vec::new(),
        targets: vec![place.to_owned()],
        replicas: Some(BTreeMap::from([(place.to_owned(), "Completed".to_owned())])),
        progress: BTreeMap::new(),
        provisioning_state: "Succeeded".to_owned(),
        published: date("publishedDate"),
        end_of_life: date("endOfLifeDate"),
        soft_deleted: false,
        disks: disks(body),
    })
}

/// Adds what is listed in another region. A version that is excluded from
/// latest there is excluded there only.
pub fn merge_open(all: &mut Vec<VersionFacts>, listed: Vec<VersionFacts>) {
    for mut facts in listed {
        if std::mem::take(&mut facts.excluded) {
            facts.excluded_in.clone_from(&facts.targets);
        }
        match all.iter_mut().find(|known| known.version == facts.version) {
            Some(known) => {
                known.targets.append(&mut facts.targets);
                known.excluded_in.append(&mut facts.excluded_in);
                let replicas = known.replicas.get_or_insert_default();
                replicas.extend(facts.replicas.into_iter().flatten());
            }
            None => all.push(facts),
        }
    }
}

fn replicas(summary: &[Value]) -> BTreeMap<String, String> {
    let state = |one: &Value| {
        let place = one.member("region")?.as_text().map(region)?;
        Some((place, one.member("state")?.as_text()?.to_owned()))
    };
    summary.iter().filter_map(state).collect()
}

fn progress(summary: &[Value]) -> BTreeMap<String, i64> {
    let percent = |one: &Value| {
        let place = one.member("region")?.as_text().map(region)?;
        Some((place, one.member("progress")?.as_int()?))
    };
    summary.iter().filter_map(percent).collect()
}
