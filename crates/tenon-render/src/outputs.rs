//! Outputs as a table of name and value.

use tenon_model::Value;

use crate::layout::Layout;
use crate::text::width;
use crate::value::{Ids, inline};
use crate::{Options, Role, Text};

/// Returns outputs as a table.
#[must_use]
pub fn outputs(outputs: &[(String, Value)], options: &Options) -> Text {
    let mut text = Text::new();
    let pairs = outputs.iter().map(|(name, value)| (name.as_str(), value));
    rows(pairs, &Layout::of(options), &mut text);
    text
}

/// Adds one line for every output; a list of plain values is written so that
/// it can be pasted into a shell.
pub(crate) fn rows<'a>(
    outputs: impl Iterator<Item = (&'a str, &'a Value)>,
    layout: &Layout,
    text: &mut Text,
) {
    let outputs: Vec<(&str, &Value)> = outputs.collect();
    let column = outputs.iter().map(|(name, _)| width(name)).max();
    for (name, value) in &outputs {
        let mut line = layout
            .line()
            .with(Role::Plain, "  ")
            .with(Role::Address, name);
        line.pad_to(column.unwrap_or(0) + 5, 2)
            .push(Role::Value, shown(value));
        text.push(line);
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| inline(item, Ids::Whole)).collect();
            items.join(" ")
        }
        Value::Text(text) => text.clone(),
        other => inline(other, Ids::Whole),
    }
}
