//! The rarer ways in which operations begin, are told and end.

use tenon_model::transport::Verb;

use super::check;
use crate::tests::{Script, client, tell, write};

/// Each verb begun with each status that it may begin with.
#[tokio::test(start_paused = true)]
async fn every_beginning_with_a_status_address() {
    let begun = [
        (Verb::Put, "PUT", ["200", "201", "202"].as_slice()),
        (Verb::Patch, "PATCH", &["200", "201", "202"]),
        (Verb::Delete, "DELETE", &["200", "202", "204"]),
        (Verb::Post, "POST", &["200", "202", "204"]),
    ];
    for (verb, name, statuses) in begun {
        for status in statuses {
            let makes = matches!(verb, Verb::Put | Verb::Patch);
            let (last, end) = if makes {
                (r#"GET /a => 200 | {"id":"/a"}"#, r#"200 {"id":"/a"}"#)
            } else {
                ("", "200 null")
            };
            let dialogue = format!(
                r#"
                {name} /a => {status} azure-asyncoperation: https://arm.test/op; location: https://arm.test/l
                GET /op => 200 | {{"status":"InProgress"}}
                GET /op => 200 | {{"status":"Succeeded"}}
                {last}
            "#
            );
            check(verb, &dialogue, end).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_end_of_a_deletion() {
    for status in ["200", "202", "204"] {
        let dialogue = match status {
            "202" => "DELETE /a => 202 location: https://arm.test/l\nGET /l => 200".to_owned(),
            _ => format!("DELETE /a => {status}"),
        };
        let end = if status == "202" { "200" } else { status };
        check(Verb::Delete, &dialogue, &format!("{end} null")).await;
    }
    // Somebody else was faster, or its parent went.
    let gone =
        |code| format!(r#"DELETE /a => 404 | {{"error":{{"code":"{code}","message":"m"}}}}"#);
    for code in [
        "ResourceNotFound",
        "ResourceGroupNotFound",
        "ParentResourceNotFound",
    ] {
        check(Verb::Delete, &gone(code), "404 null").await;
    }
    // That says something about the path, not about what was to go.
    check(
        Verb::Delete,
        &gone("SubscriptionNotFound"),
        "Azure 404 SubscriptionNotFound: m",
    )
    .await;
    check(
        Verb::Put,
        r#"PUT /a => 404 | {"error":{"code":"ResourceGroupNotFound","message":"m"}}"#,
        "Azure 404 ResourceGroupNotFound: m",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn every_answer_to_an_action() {
    check(Verb::Post, "POST /a => 200", "200 null").await;
    check(Verb::Post, "POST /a => 204", "204 null").await;
    check(Verb::Post, r#"POST /a => 202 | {"x":1}"#, r#"202 {"x":1}"#).await;
    check(
        Verb::Post,
        r#"
        POST /a => 202 location: https://arm.test/l
        GET /l => 202
        GET /l => 204
    "#,
        "204 null",
    )
    .await;
    // There is nothing to look at instead.
    check(
        Verb::Post,
        r#"
        POST /a => 202 azure-asyncoperation: https://arm.test/op
        GET /op => 404 | {"error":{"code":"NotFound","message":"m"}}
    "#,
        "Operation 404 NotFound: m",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn cancelled_is_no_success_wherever_it_stands() {
    check(
        Verb::Put,
        r#"
        PUT /a => 201 azure-asyncoperation: https://arm.test/op
        GET /op => 200 | {"status":"Canceled","error":{"code":"OperationPreempted","message":"m"}}
    "#,
        "Operation 200 OperationPreempted: m",
    )
    .await;
    check(
        Verb::Put,
        r#"
        PUT /a => 201 | {"id":"/a","properties":{"provisioningState":"Creating"}}
        GET /a => 200 | {"id":"/a","properties":{"provisioningState":"Canceled"}}
    "#,
        "Operation 200 Canceled: the operation ended as `Canceled` and Azure says no more about it",
    )
    .await;
    check(
        Verb::Patch,
        r#"
        PATCH /a => 202 location: https://arm.test/l
        GET /l => 200 | {"status":"Failed","error":{"code":"C","message":"m"}}
    "#,
        "Operation 200 C: m",
    )
    .await;
    // The first answer may tell the end as well.
    check(
        Verb::Put,
        r#"PUT /a => 200 | {"id":"/a","properties":{"provisioningState":"Failed","error":{"code":"C","message":"m"}}}"#,
        "Operation 200 C: m",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_is_forgotten_after_its_end() {
    check(
        Verb::Put,
        r#"
        PUT /a => 201 azure-asyncoperation: https://arm.test/op
        GET /op => 200 | {"status":"InProgress"}
        GET /op => 404
        GET /a => 200 | {"id":"/a","properties":{"provisioningState":"Succeeded"}}
    "#,
        r#"200 {"id":"/a","properties":{"provisioningState":"Succeeded"}}"#,
    )
    .await;
    check(
        Verb::Put,
        r#"
        PUT /a => 202 location: https://arm.test/l
        GET /l => 404
        GET /a => 200 | {"id":"/a","properties":{"provisioningState":"Failed"}}
    "#,
        "Operation 200 Failed: the operation ended as `Failed` and Azure says no more about it",
    )
    .await;
    check(
        Verb::Delete,
        r#"
        DELETE /a => 202 azure-asyncoperation: https://arm.test/op
        GET /op => 404
        GET /a => 404
    "#,
        "404 null",
    )
    .await;
}

/// An address is followed letter by letter: it may be signed, and it has the
/// api-version that its service wants, or none.
#[tokio::test(start_paused = true)]
async fn an_address_is_followed_as_it_was_given() {
    let address = "https://arm.test/op/1?t=638&c=MII%2Bx&s=a_b-c&h=";
    let script = Script::new(&format!(
        r#"
        PUT /a => 201 azure-asyncoperation: {address}
        GET /op/1 => 200 | {{"status":"Succeeded"}}
        GET /a => 200 | {{"id":"/a"}}
    "#
    ));
    tell(&client(&script), &write(Verb::Put, "/a")).await;
    let urls: Vec<String> = script.seen().into_iter().map(|seen| seen.url).collect();
    assert_eq!(urls[1], address);
    assert!(urls[2].ends_with("/a?api-version=2024-01-01"));
}

/// Tokens go nowhere because a header says so.
#[tokio::test(start_paused = true)]
async fn a_redirect_is_a_refusal() {
    for status in [301, 302, 307, 308] {
        let elsewhere = format!("{status} location: https://evil.test/a");
        for dialogue in [
            format!("PUT /a => {elsewhere}"),
            format!("PUT /a => 202 location: https://arm.test/l\nGET /l => {elsewhere}"),
        ] {
            let script = Script::new(&dialogue);
            let (end, _) = tell(&client(&script), &write(Verb::Put, "/a")).await;
            let told = end.contains("is not followed") || end.contains(&format!(" {status} "));
            assert!(told, "{end}");
            assert_eq!(script.seen().len(), dialogue.lines().count());
        }
    }
}

/// `Retry-After` in seconds, as a date by the server's own clock, and in
/// milliseconds.
#[tokio::test(start_paused = true)]
async fn every_form_of_retry_after_is_waited_for() {
    let dated = "date: Sun, 06 Nov 1994 08:49:37 GMT; retry-after: Sun, 06 Nov 1994 08:49:57 GMT";
    let script = Script::new(&format!(
        r#"
        PUT /a => 201 azure-asyncoperation: https://arm.test/op; retry-after: 7
        GET /op => 200 {dated} | {{"status":"InProgress"}}
        GET /op => 200 x-ms-retry-after-ms: 2500 | {{"status":"InProgress"}}
        GET /op => 200 | {{"status":"Succeeded"}}
        GET /a => 200 | {{"id":"/a"}}
    "#
    ));
    tell(&client(&script), &write(Verb::Put, "/a")).await;
    let at: Vec<f64> = script.seen().iter().map(|seen| seen.at).collect();
    assert_eq!(at, [0.0, 7.0, 27.0, 29.5, 29.5]);
}
