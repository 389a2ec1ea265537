//! As much of JSON Schema, draft-07, as the published schemas use. A word that
//! it does not know is an error, so nothing is passed over.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use regex::bytes::{Regex, RegexBuilder};
use serde_json::{Map, Value};

/// What is wrong with `document`, each with its place; nothing if it is as
/// `schema` says.
pub(crate) fn problems(schema: &Value, document: &Value) -> Vec<String> {
    let mut checker = Checker {
        root: schema,
        problems: Vec::new(),
    };
    checker.check(schema, document, "");
    checker.problems
}

struct Checker<'a> {
    root: &'a Value,
    problems: Vec<String>,
}

impl<'a> Checker<'a> {
    fn check(&mut self, schema: &'a Value, value: &Value, at: &str) {
        let members = match schema {
            Value::Bool(true) => return,
            Value::Object(members) => members,
            _ => return self.say(at, "nothing may stand here"),
        };
        for (word, argument) in members {
            self.word(word, argument, members, value, at);
        }
    }

    fn word(
        &mut self,
        word: &str,
        argument: &'a Value,
        schema: &'a Map<String, Value>,
        value: &Value,
        at: &str,
    ) {
        match word {
            "$schema" | "title" | "description" | "default" | "definitions" => {}
            "$ref" => self.check(self.referred(argument), value, at),
            "type" => self.kind(argument, value, at),
            "const" => self.hold(argument == value, at, &format!("not {argument}")),
            "enum" => {
                let one = list(argument).contains(value);
                self.hold(one, at, &format!("{value} is none of {argument}"));
            }
            "pattern" => {
                let pattern = argument.as_str().expect("text");
                let fits = value.as_str().is_none_or(|text| is_like(text, pattern));
                self.hold(fits, at, &format!("{value} is not like {argument}"));
            }
            "minimum" => {
                let less = value.as_f64().zip(argument.as_f64());
                self.hold(less.is_none_or(|(is, least)| is >= least), at, "too small");
            }
            "maximum" => {
                let more = value.as_f64().zip(argument.as_f64());
                self.hold(more.is_none_or(|(is, most)| is <= most), at, "too large");
            }
            "anyOf" => {
                let any = self.fitting(argument, value, at) > 0;
                self.hold(any, at, "fits none of anyOf");
            }
            "oneOf" => {
                let count = self.fitting(argument, value, at);
                self.hold(count == 1, at, &format!("fits {count} of oneOf"));
            }
            "allOf" => {
                for one in list(argument) {
                    self.check(one, value, at);
                }
            }
            "minItems" => self.count(value, at, |is| is >= size(argument)),
            "maxItems" => self.count(value, at, |is| is <= size(argument)),
            "uniqueItems" => {}
            "items" => self.items(argument, value, at),
            "required" => self.required(argument, value, at),
            "properties" | "patternProperties" => {}
            "additionalProperties" => {
                assert!(argument.is_boolean() || argument.is_object());
            }
            _ => panic!("{at}: the checker does not know `{word}`"),
        }
        if ["properties", "patternProperties", "additionalProperties"].contains(&word) {
            self.members(word, schema, value, at);
        }
    }

    fn referred(&self, reference: &Value) -> &'a Value {
        let pointer = reference.as_str().and_then(|text| text.strip_prefix('#'));
        let found = pointer.and_then(|pointer| self.root.pointer(pointer));
        found.unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }

    fn kind(&mut self, wanted: &Value, value: &Value, at: &str) {
        let is = |name: &Value| match name.as_str().expect("a name") {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("{at}: `{other}` is no type"),
        };
        let right = match wanted {
            Value::Array(several) => several.iter().any(is),
            one => is(one),
        };
        self.hold(right, at, &format!("{value} is no {wanted}"));
    }

    fn fitting(&self, forms: &'a Value, value: &Value, at: &str) -> usize {
        let fits = |form: &&'a Value| {
            let mut alone = Checker {
                root: self.root,
                problems: Vec::new(),
            };
            alone.check(form, value, at);
            alone.problems.is_empty()
        };
        list(forms).iter().filter(fits).count()
    }

    fn count(&mut self, value: &Value, at: &str, fits: impl Fn(usize) -> bool) {
        let right = value.as_array().is_none_or(|items| fits(items.len()));
        self.hold(right, at, "another number of items");
    }

    fn items(&mut self, schema: &'a Value, value: &Value, at: &str) {
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            let own = match schema {
                Value::Array(forms) => forms.get(index),
                all => Some(all),
            };
            if let Some(own) = own {
                self.check(own, item, &format!("{at}/{index}"));
            }
        }
    }

    fn required(&mut self, names: &Value, value: &Value, at: &str) {
        let Value::Object(members) = value else {
            return;
        };
        for name in list(names) {
            let there = members.contains_key(name.as_str().expect("a name"));
            self.hold(there, at, &format!("{name} is missing"));
        }
    }

    fn members(&mut self, word: &str, schema: &'a Map<String, Value>, value: &Value, at: &str) {
        let named = schema.get("properties");
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        for (name, member) in value.as_object().into_iter().flatten() {
            let own = named.and_then(|named| named.get(name));
            let mut like = patterns
                .into_iter()
                .flatten()
                .filter_map(|(pattern, form)| is_like(name, pattern).then_some(form));
            let form = match word {
                "properties" => own,
                "patternProperties" => like.next(),
                _ if own.is_some() || like.next().is_some() => None,
                _ => schema.get(word),
            };
            if let Some(form) = form {
                self.check(form, member, &format!("{at}/{name}"));
            }
        }
    }

    fn hold(&mut self, right: bool, at: &str, problem: &str) {
        if !right {
            self.say(at, problem);
        }
    }

    fn say(&mut self, at: &str, problem: &str) {
        self.problems.push(format!("{at}: {problem}"));
    }
}

/// Whether a text matches a pattern; each pattern is made ready once.
fn is_like(text: &str, pattern: &str) -> bool {
    static READY: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let mut ready = READY.lock().expect("nobody panics here");
    let regex = ready.entry(pattern.to_owned()).or_insert_with(|| {
        // Without the tables of Unicode, which not every build has.
        let regex = RegexBuilder::new(pattern).unicode(false).build();
        regex.expect("a pattern")
    });
    regex.is_match(text.as_bytes())
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn size(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a number")).expect("a size")
}
