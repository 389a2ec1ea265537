//! The instances of a scale set as Azure reports them.

use crate::Value;

/// Behind the id of a scale set: the list of its instances.
pub const INSTANCES: &str = "/virtualMachines";
/// Behind the id of a scale set: its latest rolling upgrade.
pub const LATEST: &str = "/rollingUpgrades/latest";

/// Whether an instance says that it is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It is, or nothing tells.
    Well,
    /// It is not, or not yet.
    Unwell,
}

/// One instance of a scale set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// What requests call it: a number in a uniform set, the name of the
    /// machine in a flexible one.
    pub id: String,
    /// Whether it has the latest model.
    pub latest: bool,
    /// Whether it says that it is well. Instance views are read where that
    /// counts; else an instance that is complete counts as well.
    pub health: Health,
}

impl Instance {
    /// Reads an element of the list of instances. One that does not say
    /// whether it has the latest model counts as one that has it: a machine
    /// that was attached to a set has no model.
    #[must_use]
    pub fn read(body: &Value) -> Option<Self> {
        let id = body.member("instanceId").or_else(|| body.member("name"))?;
        let latest = body.at(&["properties", "latestModelApplied"]);
        Some(Self {
            id: id.as_text()?.to_owned(),
            latest: latest != Some(&Value::Bool(false)),
            health: health(body),
        })
    }
}

fn health(body: &Value) -> Health {
    let state = body.at(&["properties", "provisioningState"]);
    let state = state.and_then(Value::as_text).unwrap_or("Succeeded");
    let told = body.at(&["properties", "instanceView", "vmHealth", "status", "code"]);
    let told = told
        .and_then(Value::as_text)
        .unwrap_or("HealthState/healthy");
    if state.eq_ignore_ascii_case("Succeeded") && told.eq_ignore_ascii_case("HealthState/healthy") {
        Health::Well
    } else {
        Health::Unwell
    }
}

/// The latest rolling upgrade of a scale set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollingUpgrade {
    /// `RollingForward`, `Completed`, `Cancelled` or `Faulted`.
    pub code: String,
    /// When it began, as Azure writes it: what tells it from the one before.
    pub started: String,
    /// Instances with the new model that are well, those that are not, and all
    /// that it is about.
    pub counts: Counts,
    /// Why it ended before its time: Azure's code and message.
    pub error: Option<(String, String)>,
}

/// How far a rolling upgrade is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Upgraded and well.
    pub good: i64,
    /// Upgraded and unwell.
    pub bad: i64,
    /// All that it is about.
    pub all: i64,
}

impl RollingUpgrade {
    /// Reads the body of `rollingUpgrades/latest`.
    #[must_use]
    pub fn read(body: &Value) -> Option<Self> {
        let properties = body.member("properties")?;
        let status = properties.member("runningStatus")?;
        let text = |value: Option<&Value>| value.and_then(Value::as_text).map(str::to_owned);
        let count = |name: &str| match properties.at(&["progress", name]) {
            Some(Value::Int(number)) => *number,
            _ => 0,
        };
        let good = count("successfulInstanceCount");
        let bad = count("failedInstanceCount");
        let to_come = count("inProgressInstanceCount") + count("pendingInstanceCount");
        let error = properties.member("error");
        let said = |name| text(error.and_then(|error| error.member(name)));
        Some(Self {
            code: text(status.member("code"))?,
            started: text(status.member("startTime")).unwrap_or_default(),
            counts: Counts {
                good,
                bad,
                all: good + bad + to_come,
            },
            error: said("code").map(|code| (code, said("message").unwrap_or_default())),
        })
    }

    /// Whether it goes on.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.code == "RollingForward"
    }
}
