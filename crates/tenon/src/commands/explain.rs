//! `tenon explain [CODE]`: the section of the errors page, or all codes.

use serde_json::{Value, json};
use tenon_model::{Code, suggest};

use crate::exit::Exit;
use crate::output::{self, Output};
use crate::page::{self, Section};

/// The name and version of the form that this has as JSON.
const FORMAT: &str = "tenon.explain/1";

/// Runs the command.
pub(crate) fn run(code: Option<&str>, output: &Output) -> Exit {
    let Some(code) = code else {
        list(output);
        return Exit::Ok;
    };
    let Some(section) = find(code) else {
        output.complain(&format!("error: there is no code `{code}`; {}", near(code)));
        return Exit::Error;
    };
    if output.is_json() {
        let mut document = brief(&section);
        document["format"] = json!(FORMAT);
        document["text"] = json!(section.text);
        output::print_json(&document);
    } else {
        output::print(&format!("{}\n", section.text));
    }
    Exit::Ok
}

/// The section of a code, or of its name.
fn find(code: &str) -> Option<Section> {
    let by_name = || page::sections().find(|one| one.name.eq_ignore_ascii_case(code));
    match Code::parse(code) {
        Some(code) => page::section(code),
        None => by_name(),
    }
}

/// What could have been meant: the next number, or a name like it.
fn near(code: &str) -> String {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let by_number = digits.parse::<u16>().ok().and_then(|number| {
        let codes = Code::ALL.iter();
        codes.min_by_key(|code| (code.number().abs_diff(number), code.number()))
    });
    let by_name = || {
        let names = page::sections().map(|section| section.name);
        suggest::nearest(code, names).map(str::to_owned)
    };
    match by_number.map(ToString::to_string).or_else(by_name) {
        Some(known) => {
            format!("did you mean `{known}`? `tenon explain` lists them all")
        }
        None => "`tenon explain` lists them all".to_owned(),
    }
}

fn list(output: &Output) {
    if output.is_json() {
        let codes: Vec<Value> = page::sections().map(|section| brief(&section)).collect();
        output::print_json(&json!({"format": FORMAT, "codes": codes}));
        return;
    }
    let lines: String = page::sections()
        .map(|section| format!("{}  {}\n", section.code, section.title))
        .collect();
    output::print(&lines);
}

fn brief(section: &Section) -> Value {
    json!({
        "code": section.code,
        "name": section.name,
        "title": section.title,
        "page": format!("docs/errors.md#{}", section.anchor()),
    })
}
