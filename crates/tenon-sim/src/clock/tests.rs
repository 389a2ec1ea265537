use super::*;

fn epoch() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a timestamp")
}

#[tokio::test(start_paused = true)]
async fn real_time_follows_tokio_times_speed() {
    let clock = Clock::starting_at(epoch(), ClockMode::RealTime { speed: 60 });
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(clock.now(), later(epoch(), Duration::from_secs(120)));
}

#[tokio::test(start_paused = true)]
async fn manual_time_moves_by_hand_only() {
    let mut clock = Clock::starting_at(epoch(), ClockMode::Manual);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(clock.now(), epoch());
    clock.advance(Duration::from_secs(5));
    assert_eq!(clock.now(), later(epoch(), Duration::from_secs(5)));
}

#[test]
fn waiting_times_shrink_with_speed() {
    let clock = Clock::starting_at(epoch(), ClockMode::RealTime { speed: 60 });
    let told = |seconds| {
        let headers = clock.wait(seconds);
        headers
            .into_iter()
            .map(|(_, value)| value)
            .collect::<Vec<_>>()
    };
    assert_eq!(told(10), ["1", "166"]);
    assert_eq!(told(60), ["1", "1000"]);
    assert_eq!(told(61), ["2", "1016"]);
    let real = Clock::starting_at(epoch(), ClockMode::RealTime { speed: 1 });
    assert_eq!(real.wait(10), [("Retry-After", "10".to_owned())]);
}

#[test]
fn stamps_have_seven_digits() {
    assert_eq!(stamp(epoch()), "2026-01-01T00:00:00.0000000+00:00");
    assert_eq!(http_date(epoch()), "Thu, 01 Jan 2026 00:00:00 GMT");
}
