use serde_json::{Value, json};

use super::*;

/// Evaluates one expression with a few parameters, variables and a loop around it.
fn value(text: &str) -> Result<Value, Problem> {
    let definitions = json!({
        "size": {"type": "string", "defaultValue": "small"},
        "twice": {"type": "string", "defaultValue": "[concat(parameters('size'), '2')]"},
        "list": {"type": "array", "defaultValue": [1, 2, 3]},
    });
    let place = Place {
        group: json!({"id": "/subscriptions/s/resourceGroups/g", "name": "g", "location": "westeurope"}),
        subscription: json!({"subscriptionId": "s", "tenantId": "t"}),
        deployment: json!({"name": "d"}),
        locations: vec!["West Europe"],
    };
    let parameters = Parameters::read(&definitions, &json!({}), &place)?;
    let variables = json!({
        "name": "[toUpper(parameters('size'))]",
        "self": "[variables('self')]",
        "copy": [{"name": "disks", "count": 2, "input": {"lun": "[copyIndex('disks', 1)]"}}],
    });
    let scope = Scope::new(&parameters, &variables, &place, &Nothing);
    let inside = scope.inside(scope.copies.within("loop", 4));
    inside.value(&json!(text))
}

#[track_caller]
fn check(text: &str, expected: Value) {
    assert_eq!(value(text), Ok(expected), "{text}");
}

#[track_caller]
fn refused(text: &str, part: &str) {
    match value(text) {
        Err(Problem::Invalid(message)) => assert!(message.contains(part), "{message}"),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn text_without_brackets_means_itself() {
    check("plain", json!("plain"));
    check("[[escaped]", json!("[escaped]"));
    check("[open", json!("[open"));
    check("['it''s']", json!("it's"));
    check("[-3]", json!(-3));
}

#[test]
fn functions_know_their_scope() {
    check("[parameters('SIZE')]", json!("small"));
    check("[parameters('twice')]", json!("small2"));
    check("[variables('name')]", json!("SMALL"));
    check("[variables('disks')[1].lun]", json!(2));
    check("[copyIndex()]", json!(4));
    check("[copyIndex(1)]", json!(5));
    check("[copyIndex('loop', 2)]", json!(6));
    check("[resourceGroup().location]", json!("westeurope"));
    check("[subscription().tenantId]", json!("t"));
    check(
        "[providers('Microsoft.Compute', 'virtualMachineScaleSets').locations[0]]",
        json!("West Europe"),
    );
    refused("[providers('Microsoft.Compute', 'nothing')]", "not known");
    check("[deployment().name]", json!("d"));
}

#[test]
fn ids_take_scopes_in_front() {
    check(
        "[resourceId('A.B/c', 'x')]",
        json!("/subscriptions/s/resourceGroups/g/providers/A.B/c/x"),
    );
    check(
        "[resourceId('h', 'A.B/c/d', 'x', 'y')]",
        json!("/subscriptions/s/resourceGroups/h/providers/A.B/c/x/d/y"),
    );
    check(
        "[resourceId('z', 'h', 'A.B/c', 'x')]",
        json!("/subscriptions/z/resourceGroups/h/providers/A.B/c/x"),
    );
    check(
        "[subscriptionResourceId('A.B/c', 'x')]",
        json!("/subscriptions/s/providers/A.B/c/x"),
    );
    check(
        "[extensionResourceId('/subscriptions/s', 'A.B/c', 'x')]",
        json!("/subscriptions/s/providers/A.B/c/x"),
    );
    refused(
        "[resourceId('A.B/c/d', 'x')]",
        "requires '2' resource name argument(s)",
    );
}

#[test]
fn plain_functions_compute() {
    for (text, expected) in [
        ("[concat('a', 1, 'b')]", json!("a1b")),
        (
            "[concat(parameters('list'), createArray(4))]",
            json!([1, 2, 3, 4]),
        ),
        ("[format('{0}-{1:D2}', 'vm', 3)]", json!("vm-03")),
        (
            "[if(equals(1, 1), 'yes', parameters('nobody'))]",
            json!("yes"),
        ),
        ("[and(false(), parameters('nobody'))]", json!(false)),
        ("[empty(createArray())]", json!(true)),
        ("[length(parameters('list'))]", json!(3)),
        ("[json('{\"a\": [true]}').a[0]]", json!(true)),
        ("[createObject('a', 1).A]", json!(1)),
        ("[coalesce(null(), 'x')]", json!("x")),
        ("[contains('abc', 'b')]", json!(true)),
        ("[replace('a-b', '-', '')]", json!("ab")),
        ("[split('a,b', ',')[1]]", json!("b")),
        ("[substring('machine', 2, 3)]", json!("chi")),
        (
            "[union(createObject('a', 1), createObject('b', 2))]",
            json!({"a": 1, "b": 2}),
        ),
        ("[add(mul(2, 3), mod(7, 4))]", json!(9)),
        ("[last(range(5, 3))]", json!(7)),
        ("[not(less(1, 2))]", json!(false)),
        ("[base64ToString(base64('x'))]", json!("x")),
        ("[padLeft(7, 3, '0')]", json!("007")),
    ] {
        check(text, expected);
    }
    let unique = value("[uniqueString('a')]").expect("a text");
    assert_eq!(unique.as_str().map(str::len), Some(13));
    assert_eq!(value("[uniqueString('a')]"), Ok(unique));
}

#[test]
fn what_is_wrong_is_said() {
    refused("[shout('x')]", "The template function 'shout' is not valid");
    refused("[concat('x']", "is not valid");
    refused("[concat('x') 3]", "position '13'");
    refused("[parameters('nobody')]", "parameter 'nobody' is not found");
    refused("[variables('nobody')]", "variable 'nobody' is not found");
    refused("[variables('self')]", "refers to itself");
    refused(
        "[resourceGroup().nothing]",
        "property 'nothing' doesn't exist",
    );
    refused("[parameters('list')[9]]", "out of bounds");
    refused("[copyIndex('other')]", "copyIndex");
    refused(
        &format!("[{}1]", "string(".repeat(10_000)),
        "is not expected",
    );
    refused("[padLeft('x', 1000000000)]", "too long");
    refused("[format('{0:D999999999}', 1)]", "too long");
    assert_eq!(value("[reference('x')]"), Err(Problem::Later));
}

fn steps(resources: &Value) -> Result<Vec<Vec<usize>>, Problem> {
    let template = Template::read(&json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": resources,
    }))?;
    let (parameters, variables) = (Parameters::default(), json!({}));
    let place = Place {
        group: json!({"id": "/subscriptions/s/resourceGroups/g"}),
        ..Place::default()
    };
    let scope = Scope::new(&parameters, &variables, &place, &Nothing);
    let all = declared(&template, &scope)?;
    let waits = dependencies(&all, &scope)?;
    Ok(waits
        .into_iter()
        .map(|one| one.into_iter().collect())
        .collect())
}

fn one(name: &str, after: &[&str]) -> Value {
    json!({"type": "A.B/c", "name": name, "apiVersion": "2020-01-01", "dependsOn": after})
}

#[test]
fn dependencies_are_named_in_many_ways() {
    let id = "/subscriptions/S/resourcegroups/g/providers/A.B/c/x";
    for name in ["x", "A.B/C/X", id] {
        assert_eq!(
            steps(&json!([one("x", &[]), one("y", &[name])])),
            Ok(vec![vec![], vec![0]])
        );
    }
    let implied = json!({
        "type": "A.B/c", "name": "y", "apiVersion": "1",
        "properties": {"a": "[reference('x').b]"},
    });
    assert_eq!(
        steps(&json!([implied, one("x", &[])])),
        Ok(vec![vec![1], vec![]])
    );
    let mut off = one("x", &[]);
    off["condition"] = json!(false);
    assert_eq!(
        steps(&json!([off, one("y", &["x"])])),
        Ok(vec![vec![], vec![]])
    );
}

#[test]
fn serial_loops_go_in_batches() {
    let mut many = one("[concat('m', copyIndex())]", &[]);
    many["copy"] = json!({"name": "many", "count": 4, "mode": "serial", "batchSize": 2});
    let after = one("z", &["many"]);
    let waits = vec![vec![], vec![], vec![0, 1], vec![0, 1], vec![0, 1, 2, 3]];
    assert_eq!(steps(&json!([many, after])), Ok(waits));
}

#[test]
fn resources_that_do_not_fit_are_refused() {
    let message = |resources: Value| match steps(&resources) {
        Err(Problem::Invalid(message)) => message,
        other => panic!("{other:?}"),
    };
    let circle = message(json!([one("x", &["y"]), one("y", &["x"])]));
    assert!(circle.starts_with("Circular dependency detected"));
    let missing = message(json!([one("x", &["nobody"])]));
    assert!(missing.contains("'nobody' is not defined in the template"));
    let twice = message(json!([one("x", &[]), one("X", &[])]));
    assert!(twice.contains("defined multiple times"));
    let segments = message(json!([one("x/y", &[])]));
    assert!(segments.contains("incorrect segment lengths"));
    let mut many = one("[concat('m', copyIndex())]", &[]);
    many["copy"] = json!({"name": "many", "count": 1_000_000_000});
    assert!(message(json!([many])).contains("must be between 0 and 800"));
    let versionless = message(json!([{"type": "A.B/c", "name": "x"}]));
    assert!(versionless.contains("apiVersion"));
}
