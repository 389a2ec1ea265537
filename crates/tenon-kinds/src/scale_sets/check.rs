//! What does not go together, by Microsoft's pages on orchestration modes, fault
//! domains, spot machines and the Application Health extension.

use tenon_model::desired::Declaration;
use tenon_model::spec::{Entry, Item};
use tenon_model::{Code, Diagnostic, Help, Value};

use super::{ONE_GROUP, capacity, is_flexible, upgrade};

/// A key that cannot be as it is, why, and the way out.
struct Wrong {
    key: &'static str,
    message: String,
    why: &'static str,
    help: &'static str,
}

/// Adds what does not go together.
pub(super) fn check(entry: &Entry, out: &mut Declaration) {
    let item = &entry.item;
    let found = [
        balance(item),
        fault_domains(item),
        placement(item),
        overprovision(item),
        eviction(item),
        path(item),
        rollout(item),
        instances(item),
        automatic(item),
    ];
    for wrong in found.into_iter().flatten() {
        out.diagnostics.push(
            Diagnostic::error(Code::ConflictingKeys, wrong.message)
                .at(item.place_of(wrong.key), wrong.why)
                .help(Help::text(wrong.help))
                .about(&entry.address),
        );
    }
}

fn zones(item: &Item) -> usize {
    item.get("zones").map_or(0, |zones| zones.elements().len())
}

fn balance(item: &Item) -> Option<Wrong> {
    item.get("zone_balance").filter(|_| zones(item) < 2)?;
    Some(Wrong {
        key: "zone_balance",
        message: "`zone_balance` needs two zones or more".to_owned(),
        why: "there is nothing to balance",
        help: "zones: [\"1\", \"2\", \"3\"], or leave it out",
    })
}

fn fault_domains(item: &Item) -> Option<Wrong> {
    let (most, fits): (_, &[i64]) = match (is_flexible(item), zones(item) > 0) {
        (true, true) => ("1", &[1]),
        (true, false) => ("1 to 3", &[1, 2, 3]),
        (false, true) => ("1 or 5", &[1, 5]),
        (false, false) => return None,
    };
    let count = item.int("fault_domains")?;
    (!fits.contains(&count)).then(|| Wrong {
        key: "fault_domains",
        message: format!("`fault_domains` can only be {most} here"),
        why: "Azure has no more for this orchestration and these zones",
        help: "leave it out: Azure spreads the machines as far as it can",
    })
}

fn placement(item: &Item) -> Option<Wrong> {
    let many = capacity(item) > ONE_GROUP;
    let single = item.bool("single_placement_group") == Some(true);
    (single && (many || is_flexible(item))).then(|| Wrong {
        key: "single_placement_group",
        message: "`single_placement_group` is for `Uniform` sets of up to 100 machines".to_owned(),
        why: "this one does not fit",
        help: "leave it out",
    })
}

fn overprovision(item: &Item) -> Option<Wrong> {
    item.get("overprovision").filter(|_| is_flexible(item))?;
    Some(Wrong {
        key: "overprovision",
        message: "`overprovision` is for `Uniform` sets".to_owned(),
        why: "a flexible set makes what was asked for",
        help: "orchestration: Uniform, or leave it out",
    })
}

fn eviction(item: &Item) -> Option<Wrong> {
    let spot = item.text("priority") == Some("Spot");
    item.get("eviction_policy").filter(|_| !spot)?;
    Some(Wrong {
        key: "eviction_policy",
        message: "`eviction_policy` is for spot machines".to_owned(),
        why: "Azure takes no others away",
        help: "priority: Spot, or leave it out",
    })
}

fn rollout(item: &Item) -> Option<Wrong> {
    item.get("rollout")
        .filter(|_| upgrade::mode(item) != "Manual")?;
    Some(Wrong {
        key: "rollout",
        message: "`rollout` is for `upgrade.mode: Manual`".to_owned(),
        why: "with the other modes Azure says how many at a time",
        help: "upgrade: {mode: Rolling, max_batch_instance_percent: 20}, or mode: Manual",
    })
}

fn instances(item: &Item) -> Option<Wrong> {
    let leaves = item.get("upgrade")?.text("instances") == Some("Leave");
    (leaves && upgrade::mode(item) != "Manual").then(|| Wrong {
        key: "upgrade",
        message: "`instances: Leave` is for `mode: Manual`".to_owned(),
        why: "with the other modes Azure upgrades them",
        help: "mode: Manual, or leave `instances` out",
    })
}

/// Azure moves to the newest version only where the model names none.
fn automatic(item: &Item) -> Option<Wrong> {
    let asked = item.get("upgrade")?.get("automatic_os_upgrade")?.to_value();
    (asked != Value::Bool(false)).then(|| Wrong {
        key: "upgrade",
        message: "`automatic_os_upgrade` can only be false: the version of the image is pinned"
            .to_owned(),
        why: "Azure would choose versions that neither the spec nor `tenon.lock` names",
        help: "leave it out; `tenon update` moves the version, and the set rolls",
    })
}

fn path(item: &Item) -> Option<Wrong> {
    let health = item.get("health")?;
    let asks = health.text("protocol") != Some("tcp");
    (!asks && health.get("path").is_some()).then(|| Wrong {
        key: "health",
        message: "`health.path` is for http and https".to_owned(),
        why: "tcp only knocks",
        help: "protocol: http, or leave `path` out",
    })
}
