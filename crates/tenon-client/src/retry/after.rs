//! When the server wants to be asked again.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::http::HttpResponse;

/// Reads `Retry-After` in seconds or as a date, or one of the headers in
/// milliseconds that some Azure services send instead.
///
/// A date is compared with the answer's own `Date`: the clock of this machine
/// may be wrong.
pub(crate) fn retry_after(response: &HttpResponse) -> Option<Duration> {
    for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
        let text = response.header(name).map(str::trim);
        if let Some(milliseconds) = text.and_then(|text| text.parse().ok()) {
            return Some(Duration::from_millis(milliseconds));
        }
    }
    let text = response.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let then = date(text)?;
    let now = response.header("date").and_then(date);
    let now = now.unwrap_or_else(Timestamp::now);
    Some(Duration::try_from(then.duration_since(now)).unwrap_or_default())
}

/// Reads the date of a header.
pub(crate) fn date(text: &str) -> Option<Timestamp> {
    let zoned = rfc2822::DateTimeParser::new()
        .parse_zoned(text.trim())
        .ok()?;
    Some(zoned.timestamp())
}
