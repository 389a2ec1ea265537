use super::Range;

#[test]
fn five_addresses_are_azures() {
    let room = |text| Range::parse(text).map(Range::room);
    assert_eq!(room("10.0.0.0/29"), Some(3));
    assert_eq!(room("10.0.0.0/24"), Some(251));
    assert_eq!(room("10.0.0.0/31"), Some(0));
    assert_eq!(room("fd00::/64"), None);
    assert_eq!(room("10.0.0.0/40"), None);
}

#[test]
fn the_first_four_and_the_last_are_kept() {
    let range = Range::parse("10.9.1.8/29").expect("a range");
    let kept: Vec<bool> = (8..16)
        .map(|last| range.keeps([10, 9, 1, last].into()))
        .collect();
    assert_eq!(kept, [true, true, true, true, false, false, false, true]);
    assert!(range.holds([10, 9, 1, 15].into()));
    assert!(!range.holds([10, 9, 1, 16].into()));
    assert!(!range.holds([10, 9, 1, 7].into()));
}
