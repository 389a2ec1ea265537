//! The JSON Schemas of what is written and read, as `tenon schema` prints them.

use serde::Serialize;
use tenon_model::schema;
use tenon_spec::schema::{lock_schema, schema as spec_schema};

use super::Made;

/// The files with their texts.
pub(super) fn files() -> Vec<Made> {
    vec![
        (
            "docs/schemas/spec.json",
            text(&spec_schema(&tenon_kinds::sections())),
        ),
        ("docs/schemas/lock.json", text(&lock_schema())),
        ("docs/schemas/plan.json", text(&schema::plan())),
        ("docs/schemas/events.json", text(&schema::events())),
        ("docs/schemas/report.json", text(&schema::report())),
    ]
}

fn text<T: Serialize>(schema: &T) -> Result<String, String> {
    let text = serde_json::to_string_pretty(schema).map_err(|error| error.to_string())?;
    Ok(format!("{text}\n"))
}
