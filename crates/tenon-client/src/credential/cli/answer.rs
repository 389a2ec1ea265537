//! What `az` prints.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::credential::ask::Seconds;

/// The members that matter.
#[derive(Deserialize)]
pub(super) struct Printed {
    #[serde(rename = "accessToken")]
    pub(super) token: String,
    /// Seconds since 1970; since azure-cli 2.54.
    #[serde(rename = "expires_on")]
    at: Option<Seconds>,
    /// `2026-07-01 12:00:00.000000`, on the clock of this machine's wall.
    #[serde(rename = "expiresOn")]
    local: Option<String>,
}

impl Printed {
    /// How long the token is good for, seen from `now`; none if nothing tells
    /// its end.
    pub(super) fn lifetime(&self, now: Timestamp) -> Option<Duration> {
        self.lifetime_in(now, TimeZone::system())
    }

    pub(super) fn lifetime_in(&self, now: Timestamp, zone: TimeZone) -> Option<Duration> {
        let end = match &self.at {
            Some(seconds) => {
                let seconds = i64::try_from(seconds.duration().as_secs()).ok()?;
                Timestamp::from_second(seconds).ok()?
            }
            None => {
                let text = self.local.as_deref()?.replacen(' ', "T", 1);
                let civil: DateTime = text.parse().ok()?;
                civil.to_zoned(zone).ok()?.timestamp()
            }
        };
        Some(Duration::try_from(end.duration_since(now)).unwrap_or_default())
    }
}
