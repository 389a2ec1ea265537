//! What a machine is paid like: spare capacity that Azure may take back.

use tenon_model::desired::Declaration;
use tenon_model::rules::{Absent, Disruption, Row, Same};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Code, Diagnostic, Help, Value};

use crate::draft::Draft;

pub(super) const PRIORITY: Row = Row::new("priority", "properties.priority", Same::Caseless)
    .fixed()
    .absent(Absent::Default("\"Regular\""));
pub(super) const EVICTION: Row = Row::new(
    "eviction_policy",
    "properties.evictionPolicy",
    Same::Caseless,
)
.fixed();
pub(super) const PRICE: Row = Row::new(
    "max_price",
    "properties.billingProfile.maxPrice",
    Same::Caseless,
)
.costs(Disruption::Deallocate)
.absent(Absent::Default("-1"));

/// Whether the machine runs on spare capacity.
pub(super) fn is_spot(item: &Item) -> bool {
    item.text("priority") == Some("Spot")
}

/// Writes what an entry says about its price.
pub(super) fn declare(draft: &mut Draft, entry: &Entry, out: &mut Declaration) {
    let item = &entry.item;
    draft.put_key(item, "priority", "priority", "properties.priority");
    if !is_spot(item) {
        refuse(entry, out);
        return;
    }
    draft.fact("spot");
    let policy = item.text("eviction_policy").unwrap_or("Deallocate");
    draft.at("eviction_policy", item.place_of("eviction_policy"));
    draft.set("properties.evictionPolicy", policy);
    let Some(price) = item.get("max_price") else {
        return;
    };
    match amount(price) {
        Some(amount) => {
            draft.at("max_price", &price.place);
            draft.set("properties.billingProfile.maxPrice", amount);
        }
        None => out.diagnostics.push(
            Diagnostic::error(
                Code::InvalidValue,
                "`max_price` must be an amount, or -1 for whatever it costs",
            )
            .at(&price.place, "more than 0.00001, or -1")
            .help(Help::text("US dollars for an hour: max_price: 0.05"))
            .about(&entry.address),
        ),
    }
}

/// An amount that Azure takes: -1, or more than 0.00001 dollars.
fn amount(item: &Item) -> Option<Value> {
    let number: f64 = item.scalar()?.to_plain_text().parse().ok()?;
    if item.scalar()?.to_plain_text() == "-1" {
        return Some(Value::Int(-1));
    }
    (number.is_finite() && number > 0.00001).then_some(Value::Float(number))
}

fn refuse(entry: &Entry, out: &mut Declaration) {
    for key in ["eviction_policy", "max_price"] {
        let Some(member) = entry.item.member(key) else {
            continue;
        };
        out.diagnostics.push(
            Diagnostic::error(
                Code::ConflictingKeys,
                format!("`{key}` is for machines with `priority: Spot`"),
            )
            .at(&member.place, "of no use to others")
            .help(Help::text(format!(
                "leave `{key}` out, or add  priority: Spot"
            )))
            .about(&entry.address),
        );
    }
}
