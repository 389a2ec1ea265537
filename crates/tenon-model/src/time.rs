//! Times and spans as text. Nothing here reads a clock.

/// Units of a span, the longest first, with their seconds.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Reads a span as specs write it, such as `24h` or `1h30m`, in seconds; none
/// for what is no span.
#[must_use]
pub fn seconds(span: &str) -> Option<u64> {
    let (mut total, mut number) = (0_u64, None::<u64>);
    for letter in span.chars() {
        if let Some(digit) = letter.to_digit(10) {
            let more = number.unwrap_or(0).checked_mul(10)?;
            number = Some(more.checked_add(u64::from(digit))?);
        } else {
            let (_, unit) = UNITS.iter().find(|(name, _)| *name == letter)?;
            total = total.checked_add(number.take()?.checked_mul(*unit)?)?;
        }
    }
    (number.is_none() && !span.is_empty()).then_some(total)
}

/// Returns a span as specs write it. Days begin where hours get many: `24h`,
/// `36h`, `3d`.
#[must_use]
pub fn span(seconds: u64) -> String {
    let mut rest = seconds;
    let mut text = String::new();
    for (name, unit) in UNITS {
        let few = name == 'd' && (rest < 2 * unit || !rest.is_multiple_of(unit));
        let count = rest / unit;
        if count > 0 && !few {
            text.push_str(&format!("{count}{name}"));
            rest -= count * unit;
        }
    }
    if text.is_empty() {
        return "0s".to_owned();
    }
    text
}

/// Returns seconds since 1970, UTC, as RFC 3339: `2026-08-23T09:25:00Z`.
#[must_use]
pub fn rfc3339(seconds: u64) -> String {
    let (day, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(day);
    let (hour, minute, second) = (second / 3_600, second % 3_600 / 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Reads what [`rfc3339`] writes, in seconds since 1970; none for anything
/// else.
#[must_use]
pub fn moment(text: &str) -> Option<u64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let from_march = (month + 9) % 12;
    let year = year.checked_sub(u64::from(month <= 2))?;
    let of_year = (153 * from_march + 2) / 5 + day.checked_sub(1)?;
    let leaps = (year / 4 + year / 400).checked_sub(year / 100)?;
    let days = (year * 365 + leaps + of_year).checked_sub(719_468)?;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    // What does not come out the same was no such time.
    (rfc3339(seconds) == text).then_some(seconds)
}

/// Reads a day (`2027-02-22`, its beginning in UTC) or a time with its zone
/// (RFC 3339), in seconds since 1970; parts of a second are left out. None for
/// anything else.
#[must_use]
pub fn instant(text: &str) -> Option<u64> {
    let Some((day, clock)) = text.split_once(['T', 't', ' ']) else {
        return moment(&format!("{text}T00:00:00Z"));
    };
    let zone = clock.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = clock.split_at(zone);
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let local = moment(&format!("{day}T{whole}Z")).filter(|_| digits)?;
    if zone.eq_ignore_ascii_case("z") {
        return Some(local);
    }
    let (hours, minutes) = zone[1..].split_once(':')?;
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.len() == 2);
    let ahead = number(hours)?.checked_mul(3_600)? + number(minutes)? * 60;
    match zone.starts_with('+') {
        true => local.checked_sub(ahead),
        false => local.checked_add(ahead),
    }
}

/// Year, month and day of a day since 1970-01-01, in the Gregorian calendar,
/// counted from March so that leap days come last.
fn date(day: u64) -> (u64, u64, u64) {
    const OF_ERA: u64 = 146_097;
    let day = day + 719_468;
    let (era, day) = (day / OF_ERA, day % OF_ERA);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year + u64::from(month <= 2);
    (year, month, of_month)
}

#[cfg(test)]
mod tests {
    use super::{instant, moment, rfc3339, seconds, span};

    #[test]
    fn days_and_times_with_zones_are_instants() {
        for (text, same) in [
            ("2027-02-22", "2027-02-22T00:00:00Z"),
            ("2027-02-22T00:00:00+00:00", "2027-02-22T00:00:00Z"),
            ("2027-02-22T01:30:00.1234567+01:30", "2027-02-22T00:00:00Z"),
            ("2027-02-21T22:00:00-02:00", "2027-02-22T00:00:00Z"),
        ] {
            assert_eq!(instant(text).map(rfc3339).as_deref(), Some(same), "{text}");
        }
        for text in [
            "",
            "2027-2-22",
            "2027-02-30",
            "tomorrow",
            "2027-02-22T00:00:00",
            "2027-02-22T00:00:00.Z",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn spans_are_read_and_written() {
        for (text, number) in [
            ("24h", 86_400),
            ("36h", 129_600),
            ("1h30m", 5_400),
            ("3d", 259_200),
            ("90m", 5_400),
            ("0s", 0),
        ] {
            assert_eq!(seconds(text), Some(number), "{text}");
            assert_eq!(seconds(&span(number)), Some(number), "{text}");
        }
        assert_eq!(span(86_400), "24h");
        assert_eq!(span(259_200), "3d");
        assert_eq!(span(5_400), "1h30m");
        assert_eq!(span(0), "0s");
        for text in ["", "h", "5", "5x", "h5", "99999999999999999999d"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn times_have_their_dates() {
        for (number, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_827_696, "2000-02-29T12:34:56Z"),
            (1_782_864_000, "2026-07-01T00:00:00Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(number), text);
            assert_eq!(moment(text), Some(number));
        }
    }

    #[test]
    fn other_texts_are_no_moments() {
        for text in [
            "",
            "now",
            "2026-02-30T00:00:00Z",
            "2026-08-23T09:25:00+02:00",
            "2026-13-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
