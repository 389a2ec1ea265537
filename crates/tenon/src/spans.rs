//! Diagnostics for programs: as they are, with the ends of places in lines and
//! columns, which a program without the text cannot work out.

use serde_json::{Value, json};
use tenon_model::place::Sources;
use tenon_model::{Diagnostic, Place};

/// A diagnostic as JSON.
pub(crate) fn document(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let mut document = json!(diagnostic);
    for (index, label) in diagnostic.labels.iter().enumerate() {
        add_end(
            &mut document["labels"][index]["place"],
            &label.place,
            sources,
        );
    }
    for (index, help) in diagnostic.helps.iter().enumerate() {
        if let Some(edit) = &help.edit {
            let place = &mut document["helps"][index]["edit"]["place"];
            add_end(place, &edit.place, sources);
        }
    }
    document
}

/// A place as a whole file has no end worth telling.
fn add_end(document: &mut Value, place: &Place, sources: &Sources) {
    if place.end == 0 {
        return;
    }
    if let Some((line, column)) = sources.end(place) {
        document["end_line"] = json!(line);
        document["end_column"] = json!(column);
    }
}
