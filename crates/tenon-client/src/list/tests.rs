use tenon_model::transport::{Refusal, Transport};

use crate::tests::{Script, client, read};

async fn list(script: &std::sync::Arc<Script>) -> (Result<usize, Refusal>, Vec<usize>) {
    let mut sizes = Vec::new();
    let client = client(script);
    let ended = client
        .list(&read("/list"), &mut |page| sizes.push(page.len()))
        .await;
    (ended, sizes)
}

#[tokio::test(start_paused = true)]
async fn pages_are_read_to_the_end() {
    let script = Script::new(
        r#"
        GET /list => 200 | {"value":[1,2],"nextLink":"https://arm.test:443/list?$skiptoken=a%20b%2F&api-version=x"}
        GET /list => 503
        GET /list => 200 | {"value":[],"nextLink":"/list?p=3"}
        GET /list => 200 | {"value":[3],"nextLink":""}
    "#,
    );
    let (ended, sizes) = list(&script).await;
    assert_eq!((ended.unwrap(), sizes), (3, vec![2, 0, 1]));
    let urls: Vec<String> = script.seen().into_iter().map(|seen| seen.url).collect();
    assert_eq!(urls[0], "https://arm.test/list?api-version=2024-01-01");
    assert_eq!(
        urls[1],
        "https://arm.test/list?$skiptoken=a%20b%2F&api-version=x"
    );
    assert_eq!(urls[3], "https://arm.test/list?p=3");
    script.finish();
}

#[tokio::test(start_paused = true)]
async fn a_page_elsewhere_is_not_read() {
    for next in [
        "https://evil.test/list?s=1",
        "http://arm.test/list",
        "https://arm.test:444/",
        "//evil.test/",
    ] {
        let script = Script::new(&format!(
            r#"GET /list => 200 | {{"value":[1],"nextLink":"{next}"}}"#
        ));
        let (ended, sizes) = list(&script).await;
        let refusal = ended.unwrap_err();
        assert_eq!(refusal.code, "AddressRefused");
        assert!(!refusal.message.contains("s=1"));
        assert_eq!((sizes, script.seen().len()), (vec![1], 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_circle_of_pages_ends() {
    let script = Script::new(
        r#"
        GET /list => 200 | {"value":[1],"nextLink":"/list?p=2"}
        GET /list => 200 | {"value":[1],"nextLink":"/list?p=3"}
        GET /list => 200 | {"value":[1],"nextLink":"/list?p=2"}
    "#,
    );
    assert_eq!(list(&script).await.0.unwrap_err().code, "EndlessList");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_page_is_refused() {
    for body in ["{}", "<html>", r#"{"value":{}}"#] {
        let script = Script::new(&format!("GET /list => 200 | {body}"));
        assert_eq!(list(&script).await.0.unwrap_err().code, "UnreadableAnswer");
    }
}
