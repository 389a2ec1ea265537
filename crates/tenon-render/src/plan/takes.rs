//! How long a plan takes, in words.

use tenon_model::forecast::{FleetForecast, Forecast};

use crate::words::{count, thousands};

/// `about 14 min (3 waves of about 4 min), by the last 12 runs`.
pub(crate) fn takes(forecast: &Forecast) -> String {
    let rolling = forecast.fleets.iter().filter(|one| one.waves.len() > 1);
    let fleets: Vec<&FleetForecast> = rolling.collect();
    let waves = match fleets.as_slice() {
        [] => String::new(),
        [one] => format!(" ({})", waves(one)),
        many => {
            let each = many.iter().map(|fleet| {
                let whole = roughly(fleet.seconds);
                format!("{}: {}, {whole} in all", fleet.fleet, waves(fleet))
            });
            format!(" ({})", each.collect::<Vec<_>>().join("; "))
        }
    };
    let whole = roughly(forecast.seconds);
    format!("about {whole}{waves}, {}", source(forecast.runs))
}

/// `3 waves of about 4 min`, or `3 waves of 4 min to 6 min`.
fn waves(fleet: &FleetForecast) -> String {
    let waves = count(fleet.waves.len(), "wave");
    let shortest = fleet.waves.iter().min().copied().unwrap_or_default();
    let longest = fleet.waves.iter().max().copied().unwrap_or_default();
    match (roughly(shortest), roughly(longest)) {
        (one, other) if one == other => format!("{waves} of about {one}"),
        (one, other) => format!("{waves} of {one} to {other}"),
    }
}

fn source(runs: usize) -> String {
    match runs {
        0 => "by Azure's usual times".to_owned(),
        1 => "by the last run".to_owned(),
        many => format!("by the last {} runs", thousands(many)),
    }
}

/// `40 s`, `14 min`, `2 h 05 min`: rounded up, as a forecast deserves.
fn roughly(seconds: u64) -> String {
    const EXACT: u64 = 90;
    const MINUTES: u64 = 90;
    let minutes = seconds.div_ceil(60);
    if seconds <= 10 {
        format!("{} s", seconds.max(1))
    } else if seconds <= EXACT {
        format!("{} s", seconds.div_ceil(10) * 10)
    } else if minutes <= MINUTES {
        format!("{minutes} min")
    } else {
        format!("{} h {:02} min", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use tenon_model::Address;

    use super::*;

    fn fleet(name: &str, seconds: u64, waves: &[u64]) -> FleetForecast {
        FleetForecast {
            fleet: Address::new(name),
            seconds,
            waves: waves.to_vec(),
        }
    }

    fn said(seconds: u64, runs: usize, fleets: Vec<FleetForecast>) -> String {
        takes(&Forecast {
            seconds,
            runs,
            fleets,
        })
    }

    #[test]
    fn one_fleet_is_told_by_its_waves() {
        let waves = fleet("vms.web", 800, &[230, 235, 228]);
        assert_eq!(
            said(830, 12, vec![waves]),
            "about 14 min (3 waves of about 4 min), by the last 12 runs"
        );
    }

    #[test]
    fn waves_of_unlike_length_are_a_range() {
        let waves = fleet("vms.web", 800, &[60, 500]);
        assert_eq!(
            said(800, 1, vec![waves]),
            "about 14 min (2 waves of 60 s to 9 min), by the last run"
        );
    }

    #[test]
    fn several_fleets_are_told_by_name() {
        let fleets = vec![
            fleet("vms.web", 480, &[240, 240]),
            fleet("vms.one", 240, &[240]),
            fleet("vms.api", 7300, &[3600, 3600]),
        ];
        assert_eq!(
            said(7300, 0, fleets),
            "about 2 h 02 min (vms.web: 2 waves of about 4 min, 8 min in all; vms.api: 2 waves of \
             about 60 min, 2 h 02 min in all), by Azure's usual times"
        );
    }

    #[test]
    fn without_waves_there_is_one_number() {
        assert_eq!(
            said(33, 0, Vec::new()),
            "about 40 s, by Azure's usual times"
        );
        assert_eq!(said(0, 2, Vec::new()), "about 1 s, by the last 2 runs");
    }
}
