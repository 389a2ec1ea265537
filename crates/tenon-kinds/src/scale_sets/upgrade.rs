//! How a change of the model reaches machines that run, and what tells whether
//! they are well.

use tenon_model::desired::{Declaration, Upgrades};
use tenon_model::rollout::Share;
use tenon_model::spec::{Entry, Item};
use tenon_model::{Code, Diagnostic, Help, Map, Value};

use crate::draft::Draft;
use crate::vms::image::Image;
use crate::vms::rollout;

/// The name of the extension in the model.
const EXTENSION: &str = "application";
/// The most machines of a batch, in percent, when nobody says.
const BATCH: i64 = 20;

/// The upgrade mode.
pub(super) fn mode(item: &Item) -> &str {
    let upgrade = item.get("upgrade");
    upgrade
        .and_then(|upgrade| upgrade.text("mode"))
        .unwrap_or("Manual")
}

/// How machines that run get a new model; none where that is left to somebody
/// else.
pub(super) fn upgrades(item: &Item) -> Option<Upgrades> {
    let upgrade = item.get("upgrade");
    let policy = |key: &str| upgrade.and_then(|upgrade| upgrade.int(key));
    match mode(item) {
        "Rolling" => {
            let pause = upgrade.and_then(|upgrade| upgrade.text("pause_time_between_batches"));
            Some(Upgrades::Policy {
                percent: policy("max_batch_instance_percent").unwrap_or(BATCH),
                pause: pause.map_or_else(|| "PT0S".to_owned(), iso),
            })
        }
        "Automatic" => Some(Upgrades::AtOnce),
        _ if upgrade.and_then(|upgrade| upgrade.text("instances")) == Some("Leave") => None,
        _ => Some(Upgrades::Told(most(item))),
    }
}

/// How many may be down at the same time.
fn most(item: &Item) -> Share {
    let rollout = item.get("rollout");
    let most = rollout.and_then(|rollout| rollout.get("max_unavailable"));
    most.and_then(rollout::share).unwrap_or(Share::Number(1))
}

/// Adds policy and health.
pub(super) fn declare(draft: &mut Draft, entry: &Entry, image: &Image, out: &mut Declaration) {
    let item = &entry.item;
    let mode = mode(item);
    draft.set("properties.upgradePolicy.mode", mode);
    draft.at("upgrade.mode", item.place_of("upgrade"));
    if let Some(upgrade) = item.get("upgrade") {
        rolling(draft, entry, upgrade, mode, out);
    }
    if let Some(health) = item.get("health") {
        extension(draft, health, image);
    }
}

fn rolling(draft: &mut Draft, entry: &Entry, upgrade: &Item, mode: &str, out: &mut Declaration) {
    let at = |member: &str| format!("properties.upgradePolicy.rollingUpgradePolicy.{member}");
    let keys = [
        ("max_batch_instance_percent", "maxBatchInstancePercent"),
        (
            "max_unhealthy_instance_percent",
            "maxUnhealthyInstancePercent",
        ),
        (
            "max_unhealthy_upgraded_instance_percent",
            "maxUnhealthyUpgradedInstancePercent",
        ),
        (
            "prioritize_unhealthy_instances",
            "prioritizeUnhealthyInstances",
        ),
        ("max_surge", "maxSurge"),
        ("enable_cross_zone_upgrade", "enableCrossZoneUpgrade"),
        (
            "rollback_failed_instances_on_policy_breach",
            "rollbackFailedInstancesOnPolicyBreach",
        ),
    ];
    for (key, member) in keys {
        draft.put_key(upgrade, key, &format!("upgrade.{key}"), &at(member));
    }
    draft.put_key(
        upgrade,
        "automatic_os_upgrade",
        "upgrade.automatic_os_upgrade",
        "properties.upgradePolicy.automaticOSUpgradePolicy.enableAutomaticOSUpgrade",
    );
    let pause = "pause_time_between_batches";
    if let Some(text) = upgrade.text(pause) {
        draft.at(
            "upgrade.pause_time_between_batches",
            upgrade.place_of(pause),
        );
        draft.set(&at("pauseTimeBetweenBatches"), iso(text));
    }
    if mode == "Rolling" && entry.item.get("health").is_none() {
        out.diagnostics.push(
            Diagnostic::error(
                Code::MissingKey,
                format!(
                    "`{}` upgrades by batches and has no `health`",
                    entry.address
                ),
            )
            .at(
                upgrade.place_of("mode"),
                "goes on only when machines are well",
            )
            .help(Help::text(
                "health: {protocol: http, port: 80, path: /health}",
            ))
            .about(&entry.address),
        );
    }
}

/// `1h30m` as Azure writes it: `PT1H30M`.
fn iso(text: &str) -> String {
    let text = text.to_ascii_uppercase();
    match text.split_once('D') {
        None => format!("PT{text}"),
        Some((days, "")) => format!("P{days}D"),
        Some((days, time)) => format!("P{days}DT{time}"),
    }
}

/// The Application Health extension, which asks the machine itself.
fn extension(draft: &mut Draft, health: &Item, image: &Image) {
    for key in ["protocol", "port", "path"] {
        let property = format!("health.{EXTENSION}.{key}");
        draft.at(&property, health.place_of(key));
    }
    draft.reads(health);
    let mut settings = Map::new();
    for key in ["protocol", "port"] {
        if let Some(item) = health.get(key) {
            settings.insert(key, item.to_value());
        }
    }
    if health.text("protocol") != Some("tcp") {
        let path = health.get("path").map(Item::to_value);
        settings.insert("requestPath", path.unwrap_or_else(|| Value::text("/")));
    }
    let kind = if image.is_windows() {
        "ApplicationHealthWindows"
    } else {
        "ApplicationHealthLinux"
    };
    let properties = Map::from([
        ("publisher", Value::text("Microsoft.ManagedServices")),
        ("type", Value::text(kind)),
        ("typeHandlerVersion", Value::text("1.0")),
        ("autoUpgradeMinorVersion", Value::Bool(true)),
        ("settings", Value::Map(settings)),
    ]);
    let body = Map::from([
        ("name", Value::text(EXTENSION)),
        ("properties", Value::Map(properties)),
    ]);
    draft.set(
        "properties.virtualMachineProfile.extensionProfile.extensions",
        vec![Value::Map(body)],
    );
}
