use super::{Flaw, Part, What, parse};

#[test]
fn a_scalar_falls_into_text_and_names() {
    assert_eq!(
        parse("a-${vars.x}.b"),
        Ok(vec![
            Part::Text("a-"),
            Part::Name {
                name: "vars.x",
                ordinal: 0
            },
            Part::Text(".b")
        ])
    );
}

#[test]
fn two_dollars_are_text() {
    let text = |text| -> String {
        parse(text)
            .unwrap()
            .into_iter()
            .map(|part| match part {
                Part::Text(text) => text.to_owned(),
                Part::Name { name, .. } => format!("<{name}>"),
            })
            .collect()
    };
    assert_eq!(text("$${HOME}"), "${HOME}");
    assert_eq!(text("$$${HOME}"), "$${HOME}");
    assert_eq!(text("$${a}${b.c}$${d}"), "${a}<b.c>${d}");
    assert_eq!(text("$HOME $ {x} $(y)"), "$HOME $ {x} $(y)");
    assert_eq!(text("${ vars.x }"), "<vars.x>");
    assert_eq!(text("${a.b[0].c}"), "<a.b[0].c>");
}

#[test]
fn anything_but_a_name_is_a_flaw() {
    let what = |text| parse(text).unwrap_err();
    let flaw = |ordinal, what| Flaw { ordinal, what };
    assert_eq!(what("${vars.x"), flaw(0, What::Unclosed));
    assert_eq!(what("${}"), flaw(0, What::Empty));
    assert_eq!(what("${a.b} ${upper(a.b)}"), flaw(1, What::NoName));
    assert_eq!(what("$${a} ${a + b}"), flaw(1, What::NoName));
    assert_eq!(what("${a..b}"), flaw(0, What::NoName));
}
