//! The name of a role assignment, made from what it says.
//!
//! The principal is part of it: an assignment cannot move to another one, and
//! a name that stayed would be refused when somebody made the principal anew.
//! The deployment is part of it, so that two deployments do not take each
//! other's for their own.

use tenon_model::{Later, ResourceId, Value};
use uuid::Uuid;

/// The namespace of these names, version 5 of RFC 9562 over this address.
const SPACE: &[u8] = b"urn:tenon:role-assignment";

/// The name of the assignment of `role` on `scope` to `principal`. Where the
/// principal is known only later, what it is read from stands for it.
pub(super) fn of(deployment: &str, scope: &ResourceId, principal: &Value, role: &str) -> String {
    let mut source = principal.to_plain_text().to_ascii_lowercase();
    principal.each_later(&mut |later| {
        if let Later::Attribute { of, name } = later {
            source = format!("{of}.{name}");
        }
    });
    let text = [deployment, &scope.key(), &source, role].join("\n");
    let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, SPACE);
    Uuid::new_v5(&space, text.as_bytes()).to_string()
}
