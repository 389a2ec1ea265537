//! The spellings and orders in which Azure may answer, at random.

use tenon_model::{Map, Value};

use crate::support::cloud::Cloud;

/// Members whose texts are words of Azure's.
const WORDS: &[&str] = &[
    "vmSize",
    "createOption",
    "deleteOption",
    "caching",
    "protocol",
    "direction",
    "access",
    "privateIPAllocationMethod",
    "publicIPAllocationMethod",
    "storageAccountType",
    "computerName",
];
/// Lists whose order says nothing.
const SETS: &[&str] = &[
    "securityRules",
    "dataDisks",
    "networkInterfaces",
    "ipConfigurations",
    "addressPrefixes",
    "destinationPortRanges",
];

/// Adds noise to everything.
pub(crate) fn add(cloud: &Cloud, seed: u64) {
    let mut dice = Dice(seed | 1);
    cloud.with(|state| {
        for (id, body) in &mut state.resources {
            let known = tenon_kinds::rules_of(&id.resource_type()).is_some();
            change(body, known, "", &mut dice);
            if let Some(map) = body.as_map_mut() {
                map.insert("zzzNew", Value::Bool(true));
                if let Some(Value::Map(properties)) = map.get_mut("properties") {
                    properties.insert("aaaNew", Value::Map(Map::from([("x", Value::Int(1))])));
                }
                if let Some(Value::Map(tags)) = map.get_mut("tags") {
                    tags.insert("hidden-link", Value::text("theirs"));
                }
            }
        }
    });
}

struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> bool {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.is_multiple_of(2)
    }

    fn case(&mut self, text: &str) -> String {
        let flip = |letter: char| {
            if self.throw() {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            }
        };
        text.chars().map(flip).collect()
    }
}

fn change(value: &mut Value, known: bool, name: &str, dice: &mut Dice) {
    match value {
        Value::Text(text) if text.starts_with("/subscriptions/") => {
            let (head, rest) = text.split_at("/subscriptions".len());
            *text = format!("{head}{}", dice.case(rest));
        }
        Value::Text(text) if name == "location" && dice.throw() => *text = "West Europe".into(),
        Value::Text(text) if known && WORDS.contains(&name) => *text = dice.case(text),
        Value::Int(number) if known && name != "lun" && dice.throw() => {
            *value = Value::Text(number.to_string());
        }
        Value::List(items) => {
            if known && SETS.contains(&name) && dice.throw() {
                items.reverse();
            }
            items
                .iter_mut()
                .for_each(|item| change(item, known, name, dice));
        }
        Value::Map(map) => {
            for (name, item) in map.iter_mut().filter(|(name, _)| *name != "tags") {
                let name = name.to_owned();
                change(item, known, &name, dice);
            }
        }
        _ => {}
    }
}
