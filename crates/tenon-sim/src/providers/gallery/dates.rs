//! Dates as the gallery provider reads and shows them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::arm::error::ArmError;
use crate::clock::stamp;
use crate::json;

/// Reads the date at a path of a body, and puts it there in the form of answers.
///
/// A date without a time is its first moment, one without an offset is UTC.
pub(super) fn read(body: &mut Value, path: &str) -> Result<Option<Timestamp>, ArmError> {
    let Some(text) = json::text(body, path).map(str::to_owned) else {
        return Ok(None);
    };
    let moment = parse(&text).ok_or_else(|| {
        let message = format!("Could not convert string to DateTimeOffset: {text}. Path '{path}'");
        ArmError::bad_request("BadRequest", message).at(path)
    })?;
    json::set(body, path, stamp(moment));
    Ok(Some(moment))
}

/// The date that a stored body has at a path.
pub(super) fn stored(body: &Value, path: &str) -> Option<Timestamp> {
    parse(json::text(body, path)?)
}

fn parse(text: &str) -> Option<Timestamp> {
    let local = || {
        let moment: Option<DateTime> = text.parse().ok();
        moment.or_else(|| text.parse::<Date>().ok().map(Date::into))
    };
    text.parse().ok().or_else(|| {
        let zoned = local()?.to_zoned(TimeZone::UTC).ok()?;
        Some(zoned.timestamp())
    })
}
