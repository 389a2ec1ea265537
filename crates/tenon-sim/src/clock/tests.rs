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
    assert_eq!(clock.told(10), 0);
    assert_eq!(clock.told(60), 1);
    assert_eq!(clock.told(61), 2);
}

#[test]
fn stamps_have_seven_digits() {
    assert_eq!(stamp(epoch()), "2026-01-01T00:00:00.0000000+00:00");
    assert_eq!(http_date(epoch()), "Thu, 01 Jan 2026 00:00:00 GMT");
}
