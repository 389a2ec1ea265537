//! Specs that say everything that can be said, made from the shapes that the
//! kinds give themselves.
//!
//! A key that is new in a shape is in them without anybody adding it here;
//! `samples` may have to learn what a value of it looks like. What goes
//! together is asked of the validator: a spec is good when it is accepted.

use serde_json::{Map, Value as Json, json};
use tenon_model::shape::{Field, Fleet, Presence, Section, Shape};

use crate::samples;
use crate::support::{self, Asked};
use crate::values::{full, plain, variants};

/// A spec with one entry that says something.
#[derive(Clone)]
pub(crate) struct Case {
    /// What it says: `vms(web).os_disk.caching=ReadOnly`.
    pub(crate) name: String,
    /// The spec; JSON is YAML.
    pub(crate) text: String,
}

impl Case {
    /// The same where the deployment's tag has another value, or is not there.
    pub(crate) fn tagged(&self, value: &str) -> Self {
        let tags = match value {
            "" => "{}".to_owned(),
            value => format!(r#"{{"team":"{value}"}}"#),
        };
        let text = self.text.replace(samples::TAGS, &tags);
        assert_ne!(text, self.text, "the tag is not where it was");
        Self {
            name: format!("{} with the tag `{value}`", self.name),
            text,
        }
    }
}

/// What the shapes of a section make.
pub(crate) struct Cases {
    /// As little as is accepted, first; as much as is accepted, second; then
    /// one spec for every key and every value.
    pub(crate) accepted: Vec<Case>,
    /// Values that no accepted spec has, with what the validator says.
    pub(crate) refused: Vec<String>,
}

/// How much is said about a section.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Width {
    /// Every key and every value by itself.
    Whole,
    /// The least and the most only.
    Ends,
}

/// A section with what has to be around its entry.
pub(crate) struct Setting {
    /// What it is called: `vms(web)`.
    pub(crate) name: String,
    section: &'static Section,
    /// Keys that every entry has.
    fixed: Map<String, Json>,
    width: Width,
}

/// Sections whose entries lie in a directory: Microsoft Graph has no document
/// among the descriptions, and its requests are the client's.
const DIRECTORY: &[&str] = &["apps", "service_principals"];

/// All sections, machines once for each sort of image.
pub(crate) fn settings() -> Vec<Setting> {
    let mut all = Vec::new();
    let sections = tenon_kinds::sections().into_iter();
    for section in sections.filter(|section| !DIRECTORY.contains(&section.name)) {
        let images: &[&str] = match section.name {
            "vms" | "scale_sets" => samples::IMAGES,
            _ => &[""],
        };
        for image in images {
            let mut fixed = Map::new();
            let mut width = Width::Whole;
            let mut name = section.name.to_owned();
            if !image.is_empty() {
                fixed.insert("image".into(), json!(image));
                name = format!("{name}({image})");
                // Keys are the same for all images.
                if *image != images[0] {
                    width = Width::Ends;
                }
            }
            all.push(Setting {
                name,
                section,
                fixed,
                width,
            });
        }
    }
    all
}

impl Setting {
    fn fields(&self) -> Vec<Field> {
        let Shape::Struct(own) = self.section.shape else {
            panic!("an entry of {} has keys", self.section.name)
        };
        let fleet = match self.section.fleet {
            Fleet::Allowed => tenon_spec::fleet_keys(),
            Fleet::Single => &[],
        };
        own.iter().chain(fleet).copied().collect()
    }

    fn spec(&self, entry: &Map<String, Json>) -> String {
        samples::around(self.section.name, &Json::Object(entry.clone())).to_string()
    }

    fn accepts(&self, entry: &Map<String, Json>) -> Result<(), String> {
        asked(&self.spec(entry)).map(drop)
    }

    /// Every spec of the section.
    pub(crate) fn cases(&self) -> Cases {
        let place = self.section.name;
        let fields = self.fields();
        let base = self.least(&fields);
        let mut cases = Cases {
            accepted: vec![
                self.case("least", &base),
                self.case("most", &self.most(&fields, &base)),
            ],
            refused: Vec::new(),
        };
        if self.width == Width::Ends {
            return cases;
        }
        for field in &fields {
            let at = format!("{place}.{}", field.name);
            for variant in variants(&at, &field.shape) {
                let name = format!("{}{}", field.name, variant.name);
                match self.with(&fields, &base, field.name, &variant.value) {
                    Ok(entry) => cases.accepted.push(self.case(&name, &entry)),
                    Err(why) => cases.refused.push(format!("{}.{name}: {why}", self.name)),
                }
            }
        }
        cases
    }

    fn case(&self, name: &str, entry: &Map<String, Json>) -> Case {
        Case {
            name: format!("{}.{name}", self.name),
            text: self.spec(entry),
        }
    }

    /// The fewest keys that are accepted: those that the shape wants, and if
    /// need be one or two more.
    fn least(&self, fields: &[Field]) -> Map<String, Json> {
        let mut base = self.fixed.clone();
        for field in fields
            .iter()
            .filter(|one| one.presence == Presence::Required)
        {
            base.entry(field.name).or_insert_with(|| self.plain(field));
        }
        let with = |base: &Map<String, Json>, field: &Field| {
            let mut entry = base.clone();
            entry.entry(field.name).or_insert_with(|| self.plain(field));
            entry
        };
        let one = || fields.iter().map(|field| with(&base, field));
        let two = one().flat_map(|entry| {
            let more: Vec<_> = fields.iter().map(|field| with(&entry, field)).collect();
            more
        });
        std::iter::once(base.clone())
            .chain(one())
            .chain(two)
            .find(|entry| self.accepts(entry).is_ok())
            .unwrap_or_else(|| {
                panic!(
                    "no two keys make {} good: {:?}",
                    self.name,
                    self.accepts(&base)
                )
            })
    }

    fn plain(&self, field: &Field) -> Json {
        plain(
            &format!("{}.{}", self.section.name, field.name),
            &field.shape,
        )
    }

    /// Every key that goes with those before it.
    fn most(&self, fields: &[Field], base: &Map<String, Json>) -> Map<String, Json> {
        let mut entry = base.clone();
        for field in fields {
            // What lies in a subscription that a spec has left is not seen any
            // more, and the way back from here would be blocked.
            if self.fixed.contains_key(field.name) || field.name == "subscription" {
                continue;
            }
            let mut more = entry.clone();
            let at = format!("{}.{}", self.section.name, field.name);
            more.insert(field.name.into(), full(&at, &field.shape));
            if self.accepts(&more).is_ok() {
                entry = more;
            }
        }
        entry
    }

    /// The base with a key; without what it excludes, or with what it needs.
    fn with(
        &self,
        fields: &[Field],
        base: &Map<String, Json>,
        key: &str,
        value: &Json,
    ) -> Result<Map<String, Json>, String> {
        let place = self.section.name;
        let mut entry = base.clone();
        entry.insert(key.into(), value.clone());
        let why = match self.accepts(&entry) {
            Ok(()) => return Ok(entry),
            Err(why) => why,
        };
        let less = base.keys().filter(|other| *other != key).map(|other| {
            let mut entry = entry.clone();
            entry.remove(other);
            entry
        });
        let more = fields
            .iter()
            .filter(|field| !entry.contains_key(field.name));
        // What is needed beside it may have to be more than the plain value:
        // several zones, another mode.
        let entry = &entry;
        let more = more.flat_map(move |field| {
            let at = format!("{place}.{}", field.name);
            let mut values = variants(&at, &field.shape);
            let last = values.pop().map(|one| one.value);
            [Some(self.plain(field)), last]
                .into_iter()
                .flatten()
                .map(move |value| {
                    let mut entry = entry.clone();
                    entry.insert(field.name.into(), value);
                    entry
                })
        });
        less.chain(more)
            .find(|entry| self.accepts(entry).is_ok())
            .ok_or(why)
    }
}

/// A spec after all rooms before the planner, or what is wrong with it.
pub(crate) fn asked(text: &str) -> Result<Asked, String> {
    support::ask(text, None, &support::files()).map_err(|stopped| {
        let errors = stopped.diagnostics.iter().filter(|one| one.is_error());
        errors
            .map(|one| one.message.clone())
            .collect::<Vec<_>>()
            .join("; ")
    })
}
