//! Every way in which an operation may be told, as a dialogue.

mod variants;

use std::time::Duration;

use tenon_model::transport::{Progress, Stage, Transport, Verb};

use crate::tests::{Script, client, end, tell, write};

/// Plays `dialogue` for a write to `/a` and compares its end.
async fn check(verb: Verb, dialogue: &str, expected: &str) -> Vec<String> {
    let script = Script::new(dialogue);
    let (end, told) = tell(&client(&script), &write(verb, "/a")).await;
    assert_eq!(end, expected);
    script.finish();
    told
}

#[tokio::test(start_paused = true)]
async fn complete_at_once() {
    let body = r#"{"id":"/a","properties":{"provisioningState":"Succeeded"}}"#;
    for status in [200, 201] {
        let dialogue = format!("PUT /a => {status} | {body}");
        check(Verb::Put, &dialogue, &format!("{status} {body}")).await;
    }
    check(
        Verb::Put,
        "PUT /a => 200 | {\"id\":\"/a\"}",
        "200 {\"id\":\"/a\"}",
    )
    .await;
    check(Verb::Delete, "DELETE /a => 204", "204 null").await;
    check(Verb::Delete, "DELETE /a => 200", "200 null").await;
    check(
        Verb::Post,
        "POST /a => 200 | {\"keys\":[]}",
        "200 {\"keys\":[]}",
    )
    .await;
    check(Verb::Post, "POST /a => 202", "202 null").await;
}

#[tokio::test(start_paused = true)]
async fn an_operation_with_a_status() {
    for status in ["200", "201", "202"] {
        let told = check(
            Verb::Put,
            &format!(
                r#"
                PUT /a => {status} azure-asyncoperation: https://arm.test/op?s=1; location: https://arm.test/l
                GET /op => 200 | {{"status":"Enqueued"}}
                GET /op => 202 | {{"status":"InProgress"}}
                GET /op => 200 | {{"status":"succeeded"}}
                GET /a => 200 | {{"id":"/a"}}
            "#
            ),
            r#"200 {"id":"/a"}"#,
        )
        .await;
        assert_eq!(told, ["accepted https://arm.test/op?s=1"]);
    }
    check(
        Verb::Delete,
        r#"
        DELETE /a => 204 azure-asyncoperation: https://arm.test/op
        GET /op => 200 | {"status":"Succeeded"}
    "#,
        "200 null",
    )
    .await;
    check(
        Verb::Post,
        r#"
        POST /a => 202 azure-asyncoperation: https://arm.test/op; location: https://arm.test/l
        GET /op => 200 | {"status":"Succeeded"}
    "#,
        "200 null",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_inside_a_200() {
    check(
        Verb::Put,
        r#"
        PUT /a => 201 azure-asyncoperation: https://arm.test/op
        GET /op => 200 | {"status":"Failed","error":{"code":"AllocationFailed","message":"no room","details":[{"code":"Zone","message":"1"}]}}
    "#,
        "Operation 200 AllocationFailed: no room; Zone: 1",
    )
    .await;
    for spelling in ["Canceled", "cancelled"] {
        check(
            Verb::Delete,
            &format!(
                r#"
                DELETE /a => 202 azure-asyncoperation: https://arm.test/op
                GET /op => 200 | {{"status":"{spelling}"}}
            "#
            ),
            &format!(
                "Operation 200 {spelling}: the operation ended as `{spelling}` and Azure says no more about it"
            ),
        )
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_location() {
    check(
        Verb::Delete,
        "
        DELETE /a => 202 location: https://arm.test/l1; retry-after: 2
        GET /l1 => 202 location: https://arm.test/l2
        GET /l2 => 204
    ",
        "204 null",
    )
    .await;
    check(
        Verb::Delete,
        "
        DELETE /a => 202 location: https://arm.test/l
        GET /l => 404
    ",
        "404 null",
    )
    .await;
    check(
        Verb::Put,
        r#"
        PUT /a => 201 location: https://arm.test/l | {"id":"/a","properties":{"provisioningState":"Creating"}}
        GET /l => 200 | {"id":"/a","properties":{"provisioningState":"Creating"}}
        GET /l => 200 | {"id":"/a","properties":{"provisioningState":"Succeeded"}}
    "#,
        r#"200 {"id":"/a","properties":{"provisioningState":"Succeeded"}}"#,
    )
    .await;
    check(
        Verb::Patch,
        r#"
        PATCH /a => 202 location: https://arm.test/l
        GET /l => 200
        GET /a => 200 | {"id":"/a"}
    "#,
        r#"200 {"id":"/a"}"#,
    )
    .await;
    check(
        Verb::Post,
        r#"
        POST /a => 202 location: https://arm.test/l
        GET /l => 200 | {"output":1}
    "#,
        r#"200 {"output":1}"#,
    )
    .await;
    check(
        Verb::Put,
        r#"
        PUT /a => 202 location: https://arm.test/l
        GET /l => 409 | {"error":{"code":"NotAllowed","message":"m"}}
    "#,
        "Operation 409 NotAllowed: m",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_location_on_a_finished_answer_is_not_an_operation() {
    check(
        Verb::Put,
        r#"PUT /a => 200 location: https://arm.test/a | {"id":"/a"}"#,
        r#"200 {"id":"/a"}"#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn only_a_provisioning_state() {
    let told = check(
        Verb::Put,
        r#"
        PUT /a => 201 | {"id":"/a","properties":{"provisioningState":"Creating"}}
        GET /a => 404
        GET /a => 200 | {"id":"/a","properties":{"provisioningState":"Updating"}}
        GET /a => 200 | {"id":"/a","properties":{"provisioningState":"Succeeded"}}
    "#,
        r#"200 {"id":"/a","properties":{"provisioningState":"Succeeded"}}"#,
    )
    .await;
    assert!(told.is_empty());
    check(
        Verb::Put,
        r#"
        PUT /a => 202
        GET /a => 200 | {"id":"/a","properties":{"provisioningState":"Failed"}}
    "#,
        "Operation 200 Failed: the operation ended as `Failed` and Azure says no more about it",
    )
    .await;
    check(
        Verb::Delete,
        r#"
        DELETE /a => 202
        GET /a => 200 | {"id":"/a","properties":{"provisioningState":"Succeeded"}}
        GET /a => 200 | {"id":"/a","properties":{"provisioningState":"Deleting"}}
        GET /a => 404
    "#,
        "404 null",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_action_is_not_looked_for_at_its_own_address() {
    let body = r#"{"properties":{"provisioningState":"Updating"}}"#;
    check(
        Verb::Post,
        &format!("POST /a => 200 | {body}"),
        &format!("200 {body}"),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_means_nothing_does_no_harm() {
    check(
        Verb::Delete,
        "DELETE /a => 202 location: https://arm.test/l | ok\nGET /l => 202 | hm\nGET /l => 204",
        "204 null",
    )
    .await;
    check(
        Verb::Put,
        "PUT /a => 200 | ok",
        "Network 200 UnreadableAnswer: the answer is no JSON: expected value at line 1 column 1",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn only_an_address_of_the_same_sort_is_taken_over() {
    check(
        Verb::Delete,
        r#"
        DELETE /a => 202 azure-asyncoperation: https://arm.test/op
        GET /op => 200 location: https://arm.test/l | {"status":"InProgress"}
        GET /op => 200 azure-asyncoperation: https://arm.test/op2 | {"status":"InProgress"}
        GET /op2 => 200 | {"status":"Succeeded"}
    "#,
        "200 null",
    )
    .await;
    check(
        Verb::Delete,
        "
        DELETE /a => 202 location: https://arm.test/l
        GET /l => 202 azure-asyncoperation: https://arm.test/op
        GET /l => 202 location: https://evil.test/l
    ",
        "Network 0 AddressRefused: the operation's address `https://evil.test/l` is not at https://arm.test",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_resource_that_never_appears_is_not_waited_for_half_an_hour() {
    let script = Script::new(&format!("PUT /a => 202\n{}", "GET /a => 404\n".repeat(100)));
    let started = tokio::time::Instant::now();
    let ended = client(&script)
        .write(&write(Verb::Put, "/a"), &|_| {})
        .await;
    assert!(ended.unwrap_err().is_absent());
    assert!((60..70).contains(&started.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn an_outage_while_polling_is_sat_out() {
    let outage = "GET /op => 503\nGET /op => connect\n".repeat(8);
    let dialogue = format!(
        "DELETE /a => 202 azure-asyncoperation: https://arm.test/op\n{outage}\nGET /op => 200 | {{\"status\":\"Succeeded\"}}"
    );
    check(Verb::Delete, &dialogue, "200 null").await;
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_lags_behind_the_end() {
    check(
        Verb::Put,
        r#"
        PUT /a => 201 azure-asyncoperation: https://arm.test/op
        GET /op => 200 | {"status":"Succeeded"}
        GET /a => 404
        GET /a => 404
        GET /a => 200 | {"id":"/a"}
    "#,
        r#"200 {"id":"/a"}"#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn polling_survives_what_reading_survives() {
    let told = check(
        Verb::Put,
        r#"
        PUT /a => 201 azure-asyncoperation: https://arm.test/op
        GET /op => 503
        GET /op => lost
        GET /op => 429 retry-after: 7
        GET /op => 401 | {"error":{"code":"ExpiredAuthenticationToken","message":"m"}}
        GET /op => 404
        GET /a => 200 | {"id":"/a","properties":{"provisioningState":"Succeeded"}}
    "#,
        r#"200 {"id":"/a","properties":{"provisioningState":"Succeeded"}}"#,
    )
    .await;
    let expected = [
        "accepted https://arm.test/op",
        "0.5s ServiceUnavailable",
        "1s NoAnswer",
        "7s TooManyRequests",
    ];
    assert_eq!(told, expected);
}

#[tokio::test(start_paused = true)]
async fn an_operation_elsewhere_is_not_asked() {
    for header in ["azure-asyncoperation", "location"] {
        for address in [
            "https://evil.test/op?t=1",
            "http://arm.test/op",
            "https://arm.test:8443/op",
        ] {
            let dialogue = format!("PUT /a => 202 {header}: {address}");
            let script = Script::new(&dialogue);
            let (end, _) = tell(&client(&script), &write(Verb::Put, "/a")).await;
            assert!(
                end.starts_with("Network 0 AddressRefused: the operation's address"),
                "{end}"
            );
            assert!(!end.contains("t=1"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn waits_as_long_as_the_server_asks() {
    let script = Script::new(
        r#"
        PUT /a => 201 azure-asyncoperation: https://arm.test/op; retry-after: 10
        GET /op => 200 retry-after: 3 | {"status":"InProgress"}
        GET /op => 200 retry-after: 0 | {"status":"InProgress"}
        GET /op => 200 | {"status":"Succeeded"}
        GET /a => 200 | {}
    "#,
    );
    tell(&client(&script), &write(Verb::Put, "/a")).await;
    let at: Vec<f64> = script.seen().iter().map(|seen| seen.at.round()).collect();
    assert_eq!(at, [0.0, 10.0, 13.0, 14.0, 14.0]);
}

#[tokio::test(start_paused = true)]
async fn unasked_it_looks_less_and_less_often() {
    let running = "GET /op => 200 | {\"status\":\"Running\"}\n".repeat(200);
    let script = Script::new(&format!(
        "PUT /a => 201 azure-asyncoperation: https://arm.test/op\n{running}"
    ));
    let (client, put) = (client(&script), write(Verb::Put, "/a"));
    let ended = tokio::time::timeout(Duration::from_secs(600), client.write(&put, &|_| {}));
    assert!(ended.await.is_err());
    let polls: Vec<f64> = script.seen().iter().skip(1).map(|seen| seen.at).collect();
    let within = |from: f64, to: f64| polls.iter().filter(|at| (from..to).contains(*at)).count();
    // Compute allows 45 looks at one operation at once and 15 a minute.
    assert!(within(0.0, 60.0) <= 45, "{polls:?}");
    assert!(
        (120..600)
            .step_by(60)
            .all(|from| within(from.into(), f64::from(from) + 60.0) <= 15)
    );
    assert!(within(0.0, 20.0) >= 19);
}

#[tokio::test(start_paused = true)]
async fn an_operation_without_end_times_out() {
    let running = "GET /op => 200 retry-after: 700 | {\"status\":\"Running\"}\n".repeat(2);
    let dialogue = format!(
        "PUT /a => 201 azure-asyncoperation: https://arm.test/op; retry-after: 700\n{running}"
    );
    let script = Script::new(&dialogue);
    let started = tokio::time::Instant::now();
    let ended = client(&script)
        .write(&write(Verb::Put, "/a"), &|_| {})
        .await;
    assert_eq!(ended.unwrap_err().stage, Stage::TimedOut);
    assert_eq!(started.elapsed().as_secs(), 30 * 60);
}

/// An extension may take as long as Azure lets it, and no longer; what it
/// leaves behind is found by the next run.
#[tokio::test(start_paused = true)]
async fn the_limit_is_that_of_the_kind() {
    let path = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/web/extensions/init";
    let running = "GET /op => 200 retry-after: 1000 | {\"status\":\"Running\"}\n".repeat(5);
    let dialogue = format!(
        "PUT {path} => 201 azure-asyncoperation: https://arm.test/op; retry-after: 1000\n{running}"
    );
    let script = Script::new(&dialogue);
    let started = tokio::time::Instant::now();
    let ended = client(&script)
        .write(&write(Verb::Put, path), &|_| {})
        .await
        .unwrap_err();
    assert_eq!(ended.stage, Stage::TimedOut);
    assert!(
        ended.message.contains("90 min; Azure goes on with it"),
        "{}",
        ended.message
    );
    assert_eq!(started.elapsed().as_secs(), 90 * 60);
}

#[tokio::test(start_paused = true)]
async fn an_operation_of_an_earlier_run_is_followed() {
    let script = Script::new(
        r#"
        GET /op => 202
        GET /op => 200 | {"status":"Succeeded"}
        GET /a => 200 | {"id":"/a"}
    "#,
    );
    let put = write(Verb::Put, "/a");
    let nobody = |_: Progress| {};
    let ended = client(&script)
        .follow(&put, "https://arm.test/op?x=1", &nobody)
        .await;
    assert_eq!(end(&ended), r#"200 {"id":"/a"}"#);
    let elsewhere = client(&script)
        .follow(&put, "https://evil.test/op", &nobody)
        .await;
    assert_eq!(elsewhere.unwrap_err().code, "AddressRefused");
}
