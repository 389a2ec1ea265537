//! The filters a list of role assignments takes.

use crate::arm::error::ArmError;
use crate::arm::id::within;
use crate::json;
use crate::store::Resource;

/// What a list is narrowed down to.
#[derive(Debug, Default)]
pub(super) struct Filter {
    reach: Reach,
    principal: Option<String>,
}

/// Which scopes a list covers.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The scope, above and below.
    #[default]
    Everywhere,
    /// The scope and above.
    AtScope,
}

impl Filter {
    pub(super) fn read(text: &str) -> Result<Self, ArmError> {
        let mut filter = Self::default();
        for term in text
            .split(" and ")
            .map(str::trim)
            .filter(|term| !term.is_empty())
        {
            let lower = term.to_ascii_lowercase();
            if lower == "atscope()" {
                filter.reach = Reach::AtScope;
            } else if lower.starts_with("principalid eq") || lower.starts_with("assignedto(") {
                filter.principal = term.split('\'').nth(1).map(str::to_ascii_lowercase);
            } else {
                let message = format!(
                    "The filter '{text}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{{value}}' or assignedTo('{{value}}')'."
                );
                return Err(ArmError::bad_request("UnsupportedFilter", message));
            }
        }
        Ok(filter)
    }

    pub(super) fn takes(&self, assignment: &Resource, key: &str) -> bool {
        let own = assignment.parsed().scope().key();
        let covered = within(key, &own) || (self.reach == Reach::Everywhere && within(&own, key));
        let principal =
            json::text(&assignment.body, super::assignment::PRINCIPAL).unwrap_or_default();
        covered
            && self
                .principal
                .as_ref()
                .is_none_or(|wanted| json::same(wanted, principal))
    }
}
