//! How changes that take machines down go through a fleet.

use tenon_model::desired::Declaration;
use tenon_model::kind::Surroundings;
use tenon_model::rollout::{Canary, Grows, OnFailure, Order, Rollout, Share};
use tenon_model::shape::{Field, Format, Shape};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Address, Code, Diagnostic, Help, Map, Value, suggest, time};

use super::{beside, health};

/// A number of machines, or a share of them.
pub(crate) const SHARE: Shape = Shape::Either(&[
    Shape::Integer {
        min: 1,
        max: 10_000,
    },
    Shape::Text(Format::Percent),
]);

/// For how long a replace keeps the old OS disk when nobody says.
pub(super) const KEEP_OS_DISK: &str = "24h";

/// The keys of `rollout`.
pub(super) const SHAPE: Shape = Shape::Struct(&[
    Field::optional(
        "max_unavailable",
        SHARE,
        "1",
        "How many machines of the fleet may be down at the same time, a number or a share such as `10%`. Machines that are down or not well before the plan begins count.",
    ),
    Field::optional(
        "canary",
        Shape::Either(&[
            Shape::Integer {
                min: 1,
                max: 10_000,
            },
            Shape::Text(Format::Free),
            Shape::List(&Shape::Text(Format::Name)),
        ]),
        "none",
        "Who goes first, in waves of its own: a number, a share such as `10%`, or the names of machines.",
    ),
    Field::optional(
        "order",
        Shape::OneOf(&["delete_first", "create_first"]),
        "delete_first",
        "Which form of a replaced machine comes first. `create_first` makes the new one beside the old one, under the other of two names (`web-1` and `web-1-b`), and deletes the old one when the new one is well; then `max_unavailable` says how many are made at the same time.",
    ),
    Field::optional(
        "health",
        health::SHAPE,
        "it runs, and its agent does not say that it is not ready",
        "When a machine counts as well. The next wave begins when all of the last one are.",
    ),
    Field::optional(
        "pause",
        Shape::Text(Format::Duration),
        "0s",
        "How long to wait between two waves.",
    ),
    Field::optional(
        "on_failure",
        Shape::OneOf(&["stop", "continue", "roll_back"]),
        "stop",
        "What happens when a machine does not get well: no further wave begins; waves go on as long as no more than `max_unavailable` are down; or no further wave begins, and the machines that the run has replaced go back to their old OS disks.",
    ),
    Field::optional(
        "keep_os_disk",
        Shape::Text(Format::Duration),
        KEEP_OS_DISK,
        "For how long a replace keeps the old OS disk, so that the machine can go back to it; `0s` for not at all.",
    ),
    Field::optional(
        "create_before",
        Shape::Boolean,
        "true",
        "Whether new machines of the fleet come before the first wave; otherwise they come after the last one.",
    ),
]);

/// What an entry says about it; none when it says nothing.
pub(super) fn declare(
    entry: &Entry,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) -> Option<Rollout> {
    let item = entry.item.get("rollout")?;
    let share = |key: &str| item.get(key).and_then(share);
    can_go_back(item, entry, out);
    let order = match item.text("order") {
        Some("create_first") => Order::CreateFirst,
        _ => Order::DeleteFirst,
    };
    if order == Order::CreateFirst {
        beside::check(item, entry, out);
    }
    Some(Rollout {
        most_down: share("max_unavailable").unwrap_or(Share::Number(1)),
        canary: item
            .get("canary")
            .map(|canary| self::canary(canary, entry, around, out))
            .unwrap_or_default(),
        order,
        health: item
            .get("health")
            .and_then(|health| health::declare(health, entry, out)),
        pause: seconds(item, "pause").unwrap_or(0),
        on_failure: match item.text("on_failure") {
            Some("continue") => OnFailure::Continue,
            Some("roll_back") => OnFailure::RollBack,
            _ => OnFailure::Stop,
        },
        grows: match item.bool("create_before") {
            Some(false) => Grows::Last,
            _ => Grows::First,
        },
        reach: Map::new(),
    })
}

/// Who goes back needs what it goes back to.
fn can_go_back(item: &Item, entry: &Entry, out: &mut Declaration) {
    let goes_back = item.text("on_failure") == Some("roll_back");
    if entry.index > 0 || !goes_back || seconds(item, "keep_os_disk") != Some(0) {
        return;
    }
    out.diagnostics.push(
        Diagnostic::error(
            Code::ConflictingKeys,
            "`on_failure: roll_back` and `keep_os_disk: 0s` exclude each other",
        )
        .at(item.place_of("keep_os_disk"), "keeps nothing to go back to")
        .context(item.place_of("on_failure"), "goes back to the old OS disk")
        .help(Help::text("leave `keep_os_disk` out, and it is a day"))
        .about(&entry.address),
    );
}

/// Says where the machine is asked, when somebody else than Azure is.
pub(super) fn reach(entry: &Entry, out: &mut Declaration) {
    let Some(named) = out.attributes.get(&entry.address).map(|one| &one.named) else {
        return;
    };
    let machine = out
        .resources
        .iter_mut()
        .rev()
        .find(|resource| resource.address == entry.address);
    let rollout = machine.and_then(|machine| machine.rollout.as_deref_mut());
    let Some(rollout) = rollout else { return };
    let asked = rollout.health.as_ref();
    if asked.is_none_or(|health| health.check.is_azures()) {
        return;
    }
    for name in ["private_ip", "public_ip"] {
        if let Some(value) = named.get(name) {
            rollout.reach.insert(name, value.clone());
        }
    }
}

/// A number, or a share in percent.
pub(crate) fn share(item: &Item) -> Option<Share> {
    let text = item.scalar()?.to_plain_text();
    match text.strip_suffix('%') {
        Some(percent) => Some(Share::Percent(percent.trim().parse().ok()?)),
        None => Some(Share::Number(text.parse().ok()?)),
    }
}

/// Seconds of a duration of a spec.
pub(super) fn seconds(item: &Item, key: &str) -> Option<u32> {
    u32::try_from(time::seconds(item.text(key)?)?).ok()
}

/// A number, a share, or the names of machines of the fleet.
fn canary(item: &Item, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) -> Canary {
    if let Some(share) = share(item) {
        return Canary::First(share);
    }
    let fleets = &around.spec.fleets;
    let fleet = fleets
        .iter()
        .find(|fleet| Some(&fleet.address) == entry.fleet.as_ref());
    let machines = fleet.map_or(&[][..], |fleet| &fleet.instances);
    let mut named = Vec::new();
    for name in item.elements() {
        let text = name.scalar().map(Value::to_plain_text).unwrap_or_default();
        match machines.iter().find(|one| one.last() == text) {
            Some(machine) => named.push(machine.clone()),
            // The template is everybody's, and said once.
            None if entry.index == 0 => {
                out.diagnostics
                    .push(no_such_machine(name, &text, entry, machines));
            }
            None => {}
        }
    }
    Canary::Named(named)
}

fn no_such_machine(item: &Item, text: &str, entry: &Entry, machines: &[Address]) -> Diagnostic {
    let fleet = entry.fleet.as_ref().unwrap_or(&entry.address);
    let problem = Diagnostic::error(
        Code::UnknownReference,
        format!("`{fleet}` has no machine `{text}` that could go first"),
    )
    .at(&item.place, "not one of its machines")
    .about(&entry.address);
    let help = match suggest::nearest(text, machines.iter().map(Address::last)) {
        Some(near) => Help::meant(&item.place, text, near),
        None => Help::text("write a number, a share such as `10%`, or names of its machines"),
    };
    problem.help(help)
}
