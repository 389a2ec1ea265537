use super::*;

#[test]
fn versions_are_three_numbers() {
    assert_eq!(number("1.10.2"), Some((1, 10, 2)));
    assert!(number("1.10.2") > number("1.9.9"));
    for wrong in ["1.0", "1.0.0.0", "1.x.0", "+1.0.0", "1.0.99999999999"] {
        assert_eq!(number(wrong), None, "{wrong}");
    }
}
