//! What Compute counts by itself.
//!
//! Source: Microsoft Learn, "Compute throttling limits": tokens per minute and
//! the most that can be saved up, per subscription and region. What it counts
//! per machine is never reached: a plan writes to a machine a few times, and
//! watching keeps its own pace.

use crate::http::Method;

/// A policy of Compute's, by the name that its answers give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Policy {
    PutMachine,
    UpdateMachine,
    DeleteMachine,
    GetMachine,
    ListMachines,
    GetOperation,
}

impl Policy {
    /// The policy under which a request to `path` is counted, if any.
    pub(crate) fn of(method: &Method, path: &str) -> Option<Self> {
        let path = path.to_ascii_lowercase();
        let (_, own) = path.split_once("/providers/microsoft.compute/")?;
        let segments: Vec<&str> = own.trim_end_matches('/').split('/').collect();
        match (segments.as_slice(), method) {
            (["virtualmachines", _], &Method::PUT) => Some(Self::PutMachine),
            (["virtualmachines", _], &Method::PATCH) => Some(Self::UpdateMachine),
            (["virtualmachines", _], &Method::DELETE) => Some(Self::DeleteMachine),
            (["virtualmachines", _], &Method::GET) => Some(Self::GetMachine),
            (["virtualmachines"], &Method::GET) => Some(Self::ListMachines),
            (["locations", _, "operations", _], &Method::GET) => Some(Self::GetOperation),
            _ => None,
        }
    }

    /// What may be saved up, and what comes in per second.
    ///
    /// The account is the subscription alone: which region a new machine is
    /// for stands in its body. With several regions there is more than this,
    /// and the answers say so.
    pub(super) fn published(self) -> (f64, f64) {
        let per_minute = match self {
            Self::PutMachine | Self::UpdateMachine | Self::DeleteMachine => 500.0,
            Self::GetMachine => 8_000.0,
            Self::ListMachines => 300.0,
            Self::GetOperation => 5_000.0,
        };
        (3.0 * per_minute, per_minute / 60.0)
    }

    /// Its name in `x-ms-ratelimit-remaining-resource`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PutMachine => "PutVMSubscriptionMaximum",
            Self::UpdateMachine => "UpdateVMSubscriptionMaximum",
            Self::DeleteMachine => "DeleteVMSubscriptionMaximum",
            Self::GetMachine => "LowCostGetSubscriptionMaximum",
            Self::ListMachines => "HighCostGetSubscriptionMaximum",
            Self::GetOperation => "GetOperationSubscriptionMaximum",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Policy;
    use crate::http::Method;

    #[test]
    fn requests_are_counted_where_compute_counts_them() {
        let machine =
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/m";
        for (method, path, policy) in [
            (Method::PUT, machine.to_owned(), Some(Policy::PutMachine)),
            (
                Method::PATCH,
                machine.to_uppercase(),
                Some(Policy::UpdateMachine),
            ),
            (Method::GET, format!("{machine}/"), Some(Policy::GetMachine)),
            (
                Method::GET,
                machine[..machine.len() - 2].to_owned(),
                Some(Policy::ListMachines),
            ),
            (Method::POST, format!("{machine}/start"), None),
            (Method::GET, format!("{machine}/instanceView"), None),
            (
                Method::GET,
                "/subscriptions/s/providers/Microsoft.Compute/locations/l/operations/o".to_owned(),
                Some(Policy::GetOperation),
            ),
            (
                Method::PUT,
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/disks/d".to_owned(),
                None,
            ),
        ] {
            assert_eq!(Policy::of(&method, &path), policy, "{method} {path}");
        }
    }
}
