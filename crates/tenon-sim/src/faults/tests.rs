use super::rule::{FaultMatch, glob};
use super::*;

fn sight(path: &str) -> Sight<'_> {
    Sight {
        method: "PUT",
        path,
        type_name: "Microsoft.Compute/virtualMachines",
    }
}

#[test]
fn patterns_match_parts() {
    for (pattern, text, fits) in [
        ("*/virtualMachines/web-*", "/a/VIRTUALMACHINES/web-1", true),
        ("*/virtualMachines/web", "/a/virtualMachines/web-1", false),
        ("/a/b", "/a/b", true),
        ("/a/b", "/a/b/c", false),
        ("*x", "axbx", true),
    ] {
        assert_eq!(glob(pattern, text), fits, "{pattern} on {text}");
    }
}

#[test]
fn a_rule_strikes_its_window_only() {
    let mut faults = Faults::default();
    faults.add(FaultRule {
        name: String::new(),
        matching: FaultMatch {
            method: "put".to_owned(),
            ..FaultMatch::default()
        },
        skip: 1,
        times: 2,
        action: FaultAction::ExpireTokens,
    });
    let struck: Vec<bool> = (0..4)
        .map(|_| {
            faults
                .judge(sight("/x"), Timestamp::UNIX_EPOCH)
                .expire_tokens
        })
        .collect();
    assert_eq!(struck, [false, true, true, false]);
    assert_eq!(faults.log.len(), 2);
}

#[test]
fn rules_read_from_yaml() {
    let text = "{match: {method: PUT, id: '*/vm'}, action: {do: respond, status: 503, code: Busy}}";
    let rule: FaultRule = serde_yaml::from_str(text).expect("a rule");
    assert_eq!(rule.times, 1);
    assert!(rule.applies_to(sight("/x/vm")));
    assert!(
        serde_yaml::from_str::<FaultRule>("{action: {do: drop, moment: before, x: 1}}").is_err()
    );
}
