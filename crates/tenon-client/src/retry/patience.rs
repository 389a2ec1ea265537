//! How long to wait for what.

use std::time::Duration;

use tenon_model::transport::Write;

const MINUTE: Duration = Duration::from_secs(60);

/// How long to wait for what, and how often to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often a request is repeated after lost connections and 5xx.
    pub tries: u32,
    /// How long one request is repeated for such reasons.
    pub request: Duration,
    /// How long a throttled request waits altogether.
    pub throttled: Duration,
    /// How long a request waits for another operation on the same thing.
    pub conflict: Duration,
    /// How long something may stay invisible after it was made, or visible
    /// after it went: the replicas of Resource Manager lag.
    pub settle: Duration,
    /// How long a long-running operation may take.
    pub operation: Duration,
    /// The same for a virtual machine.
    pub machine: Duration,
    /// The same for an extension of a machine, whose scripts may run long.
    pub extension: Duration,
    /// The same for a scale set, which has many machines.
    pub scale_set: Duration,
    /// The same for a resource group, which goes with all that is in it.
    pub group: Duration,
    /// The same for an image version, which is copied to its regions.
    pub image: Duration,
}

impl Default for Patience {
    /// What azurerm waits (45 minutes for machines, 60 for scale sets, 90 for
    /// resource groups, 30 for the rest); for extensions Azure's own limit, the
    /// default of `extensionsTimeBudget` (Compute, 90 minutes); six hours for image versions, the longest that Microsoft's
    /// troubleshooting page tells publishers to wait.
    fn default() -> Self {
        Self {
            tries: 6,
            request: 5 * MINUTE,
            throttled: 15 * MINUTE,
            conflict: 10 * MINUTE,
            settle: MINUTE,
            operation: 30 * MINUTE,
            machine: 45 * MINUTE,
            extension: 90 * MINUTE,
            scale_set: 60 * MINUTE,
            group: 90 * MINUTE,
            image: 360 * MINUTE,
        }
    }
}

impl Patience {
    /// How long the operation that `write` begins may take.
    pub(crate) fn for_operation(&self, write: &Write) -> Duration {
        let kind = type_of(&write.path).to_ascii_lowercase();
        match kind.as_str() {
            "microsoft.compute/virtualmachines/extensions"
            | "microsoft.compute/virtualmachinescalesets/extensions" => self.extension,
            "microsoft.compute/galleries/images/versions" => self.image,
            "microsoft.resources/resourcegroups" => self.group,
            _ if kind.starts_with("microsoft.compute/virtualmachinescalesets") => self.scale_set,
            // An action is a word behind the machine.
            _ if kind.starts_with("microsoft.compute/virtualmachines") => self.machine,
            _ => self.operation,
        }
    }

    /// For fetching a new token while the old one still serves: whoever waits
    /// for it could already be on the way.
    pub(crate) fn hurried(self) -> Self {
        Self {
            tries: 1,
            request: Duration::from_secs(5),
            throttled: Duration::from_secs(5),
            ..self
        }
    }

    /// For watching an operation: it goes on while nobody sees it, so an
    /// outage is no reason to give it up soon.
    pub(crate) fn for_polling(self) -> Self {
        Self {
            tries: self.tries * 6,
            request: self.request * 3,
            ..self
        }
    }

    /// For fetching a token that nothing goes on without. It is the first
    /// thing that every run does: who has no network wants to hear it soon.
    pub(crate) fn for_sign_in(self) -> Self {
        Self {
            tries: self.tries.min(4),
            request: self.request.min(2 * MINUTE),
            throttled: self.throttled.min(5 * MINUTE),
            ..self
        }
    }
}

/// The resource type that a path leads to; an action counts as a type below it.
fn type_of(path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let lower = path.to_ascii_lowercase();
    let Some(at) = lower.rfind("/providers/") else {
        let segments: Vec<&str> = lower.split('/').collect();
        let of_group = matches!(segments[..], ["", "subscriptions", _, "resourcegroups", _]);
        let kind = of_group.then_some("Microsoft.Resources/resourceGroups");
        return kind.unwrap_or_default().to_owned();
    };
    let mut segments = path[at + "/providers/".len()..].split('/');
    let mut kind = segments.next().unwrap_or_default().to_owned();
    for word in segments.step_by(2) {
        kind.push('/');
        kind.push_str(word);
    }
    kind
}

#[cfg(test)]
mod tests;
