use super::{CommentState, Mark};

fn mark(deployment: &str) -> Mark {
    Mark {
        deployment: deployment.to_owned(),
        digest: Some("sha256:604f".to_owned()),
        head: "9b1d7c2".to_owned(),
        state: CommentState::Open,
    }
}

#[test]
fn the_line_is_what_the_page_says() {
    assert_eq!(
        mark("web-prod").line(),
        r#"<!-- tenon:v1 {"deployment":"web-prod","digest":"sha256:604f","head":"9b1d7c2"} -->"#
    );
    let frozen = Mark {
        digest: None,
        state: CommentState::Applied,
        ..mark("web-prod")
    };
    assert_eq!(
        frozen.line(),
        r#"<!-- tenon:v1 {"deployment":"web-prod","digest":null,"head":"9b1d7c2","state":"applied"} -->"#
    );
}

#[test]
fn no_name_ends_the_html_comment() {
    for name in [
        "--",
        "---",
        "a-->b",
        "--!>",
        "<!-- x -->",
        "\\--",
        "\n-->",
        "é\u{202e}",
    ] {
        let mark = mark(name);
        let line = mark.line();
        let inner = &line["<!--".len()..line.len() - "-->".len()];
        assert!(
            !inner.contains("--") && !inner.contains(['<', '>', '\n']),
            "{line}"
        );
        assert_eq!(Mark::read(&line), Some(mark), "{line}");
    }
}

#[test]
fn the_first_line_counts_and_no_other() {
    let ours = mark("web-prod");
    let line = ours.line();
    for body in [
        line.clone(),
        format!("{line}\r\n### plan"),
        format!("{line} \nx"),
    ] {
        assert_eq!(Mark::read(&body), Some(ours.clone()), "{body}");
    }
    for body in [
        format!("> {line}\n"),
        format!("\n{line}"),
        format!(" {line}"),
        format!("see {line}"),
        format!("{line} and more"),
        "<!-- tenon:v2 {\"deployment\":\"web-prod\"} -->".to_owned(),
        "<!-- tenon:v1 {\"head\":\"1\"} -->".to_owned(),
        "<!-- tenon:v1 web-prod -->".to_owned(),
        format!(
            "<!-- tenon:v1 {{\"deployment\":\"{}\"}} -->",
            "a".repeat(5000)
        ),
        String::new(),
    ] {
        assert_eq!(Mark::read(&body), None, "{body}");
    }
}

#[test]
fn a_newer_version_may_say_more() {
    let line = r#"<!-- tenon:v1 {"deployment":"a","digest":null,"head":"1","mood":7,"state":"merged"} -->"#;
    let read = Mark::read(line).expect("a mark");
    assert_eq!(read.state, CommentState::Outdated);
    assert_eq!(read.deployment, "a");
}
