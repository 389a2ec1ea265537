//! What Azure no longer makes.

use tenon_model::desired::Desired;
use tenon_model::{Code, Diagnostic, Help, Value};

use super::{Found, place};

/// Public IP addresses of the Basic SKU ended on 30 September 2025; none can be
/// made since 31 March 2025. A body without `sku` asks for one.
///
/// Source: Azure documentation, "Upgrading a basic public IP address to
/// Standard SKU".
pub(super) fn check(desired: &Desired, found: &mut Found) {
    let kind = "Microsoft.Network/publicIPAddresses";
    if !desired.resource_type.eq_ignore_ascii_case(kind) {
        return;
    }
    let name = desired.body.at(&["sku", "name"]);
    if name.is_some_and(Value::has_later) {
        return;
    }
    let name = name.and_then(Value::as_text);
    if name.is_some_and(|name| !name.eq_ignore_ascii_case("Basic")) {
        return;
    }
    let label = match name {
        Some(_) => "",
        None => "without a `sku` it would be one",
    };
    found.add(
        Diagnostic::error(
            Code::NoLongerMade,
            "Azure makes no public IP addresses of the Basic SKU any more",
        )
        .at(place(desired, "sku.name"), label)
        .note("Azure would answer: IPv4BasicSkuPublicIpCountLimitReached")
        .help(Help::text(
            "write  sku: {name: Standard}  and  publicIPAllocationMethod: Static, or use an entry of `public_ips`",
        ))
        .about(&desired.address),
    );
}
