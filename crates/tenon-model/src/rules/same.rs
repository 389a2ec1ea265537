//! When two values mean the same to Azure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Value;
use crate::image::ImageId;

/// When two values mean the same.
///
/// Azure echoes ids with other case, regions as display names, enums in
/// canonical case, numbers as text. Two values are the same when their normal
/// forms are equal; fingerprints are taken over normal forms as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Same {
    /// Letter by letter.
    Exact,
    /// Without regard to case: enums, sizes, zones.
    Caseless,
    /// A resource id.
    Id,
    /// An image reference: which gallery image it names, in whichever member
    /// and case, with the version that Azure took for the latest.
    Image,
    /// A region: `West Europe` is `westeurope`.
    Region,
    /// A list without order, elements without regard to case; one element is a
    /// list of one.
    Set,
    /// An ISO 8601 duration: `PT90M` is `PT1H30M`.
    Duration,
    /// A day or a time: `2027-02-22` is `2027-02-22T00:00:00+00:00`.
    Instant,
    /// How a thing came to be where it is: said when it is put there, and of no
    /// meaning afterwards, so any two values are the same.
    Origin,
    /// An SSH public key: the comment behind it does not count, and among
    /// several the order does not.
    SshKey,
    /// `identity.type`, a list of words with commas between: whether
    /// `SystemAssigned` is among them.
    SystemAssigned,
    /// That it is there is all it says.
    Presence,
}

impl Same {
    /// Whether two values mean the same.
    #[must_use]
    pub fn same(self, one: &Value, two: &Value) -> bool {
        one == two || self.normal(one) == self.normal(two)
    }

    /// The normal form of a value.
    #[must_use]
    pub fn normal(self, value: &Value) -> Value {
        match (self, value) {
            (Self::Origin, _) => Value::Null,
            (Self::Presence, _) => Value::Bool(true),
            (Self::Image, Value::Map(_)) if let Some(id) = ImageId::of_reference(value) => {
                Value::Text(id.to_string().to_ascii_lowercase())
            }
            (Self::SystemAssigned, Value::Text(words)) => Value::Bool(
                words
                    .split(',')
                    .any(|word| word.trim().eq_ignore_ascii_case("SystemAssigned")),
            ),
            (Self::Set, Value::List(items)) => normal_set(items),
            (Self::Set, Value::Null) => Value::List(Vec::new()),
            (Self::Set, single @ (Value::Text(_) | Value::Int(_))) => {
                normal_set(std::slice::from_ref(single))
            }
            (Self::SshKey, Value::List(items)) => {
                let mut items: Vec<Value> = items.iter().map(|item| self.normal(item)).collect();
                items.sort_by_cached_key(crate::canonical::to_string);
                Value::List(items)
            }
            (_, Value::List(items)) => {
                Value::List(items.iter().map(|item| self.normal(item)).collect())
            }
            (_, Value::Map(map)) => Value::Map(
                map.iter()
                    .map(|(name, item)| (name, self.normal(item)))
                    .collect(),
            ),
            (_, Value::Text(text)) => self.normal_text(text),
            (Self::Exact, other) => other.clone(),
            (_, Value::Float(number)) if number.fract() == 0.0 => {
                Value::Text(format!("{number:.0}"))
            }
            (_, Value::Int(number)) => Value::Text(number.to_string()),
            (_, Value::Bool(truth)) => Value::Text(truth.to_string()),
            (_, other) => other.clone(),
        }
    }

    fn normal_text(self, text: &str) -> Value {
        Value::Text(match self {
            Self::Exact | Self::Origin => text.to_owned(),
            Self::Caseless | Self::Set | Self::SystemAssigned | Self::Presence => {
                text.to_ascii_lowercase()
            }
            Self::Id | Self::Image => text.trim_end_matches('/').to_ascii_lowercase(),
            Self::Region => region(text),
            Self::Duration => duration_seconds(text).map_or_else(
                || text.to_ascii_lowercase(),
                |seconds| format!("{seconds}s"),
            ),
            Self::Instant => crate::time::instant(text)
                .map_or_else(|| text.to_ascii_lowercase(), crate::time::rfc3339),
            Self::SshKey => text
                .split_whitespace()
                .take(2)
                .collect::<Vec<_>>()
                .join(" "),
        })
    }
}

/// The name of a region in the form that Azure uses in requests.
#[must_use]
pub fn region(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace())
        .collect::<String>()
        .to_ascii_lowercase()
}

fn normal_set(items: &[Value]) -> Value {
    let mut texts: Vec<String> = items
        .iter()
        .map(|item| match Same::Caseless.normal(item) {
            Value::Text(text) => text,
            other => crate::canonical::to_string(&other),
        })
        .collect();
    texts.sort();
    texts.dedup();
    Value::List(texts.into_iter().map(Value::Text).collect())
}

/// Seconds of `PT1H30M`, `P1D`, `PT90M`; none for other text.
fn duration_seconds(text: &str) -> Option<u64> {
    let upper = text.to_ascii_uppercase();
    let (mut seconds, mut number, mut in_time) = (0_u64, String::new(), false);
    for letter in upper.strip_prefix('P')?.chars() {
        let unit = match letter {
            'T' => {
                in_time = true;
                continue;
            }
            '0'..='9' => {
                number.push(letter);
                continue;
            }
            'D' => 86_400,
            'H' if in_time => 3_600,
            'M' if in_time => 60,
            'S' if in_time => 1,
            _ => return None,
        };
        seconds += std::mem::take(&mut number).parse::<u64>().ok()? * unit;
    }
    number.is_empty().then_some(seconds)
}
