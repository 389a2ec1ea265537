//! Whether documents are as the published schemas say, `docs/schemas`.

pub(crate) mod checker;
pub(crate) mod spoiled;

use serde_json::Value;

/// The published schema of a sort of document.
pub(crate) fn schema(name: &str) -> Value {
    let path = format!(
        "{}/../../docs/schemas/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(&path).expect("a published schema");
    serde_json::from_str(&text).expect("JSON")
}

/// Panics unless `document` is as the schema `name` says.
#[track_caller]
pub(crate) fn assert_fits(name: &str, document: &Value) {
    let problems = checker::problems(&schema(name), document);
    assert!(problems.is_empty(), "{name}: {problems:#?}\n{document:#}");
}
