//! One spec before, one after.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value as Json};

use crate::samples::KEY;
use crate::specs::{self, Setting};

/// A spec that becomes another.
pub(crate) struct Edit {
    name: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What is left of a subscription that a spec has left is not seen any more, and
/// what is in another region cannot be put together with what a spec refers to.
const ELSEWHERE: &[&str] = &["subscription", "location"];

/// An OS disk is at least as large as its image.
const OS_DISK_GB: i64 = 64;
const TOO_SMALL: &str = ".os_disk.size_gb=1";

/// Every edit of a setting: from the least to each case and back, and each case
/// laid over the most.
pub(crate) fn edits(setting: &Setting) -> Vec<Edit> {
    let mut cases = setting.cases().accepted;
    // A value in capitals is the same value.
    let mut seen = BTreeSet::new();
    cases.retain(|case| seen.insert(case.name.to_ascii_lowercase()));
    cases[1].text = at_home(&cases[1].text);
    let (least, most) = (&cases[0], &cases[1]);
    let mut edits = Vec::new();
    for case in &cases[1..] {
        let mut elsewhere = ELSEWHERE.iter();
        if elsewhere.any(|key| case.name.contains(&format!(".{key}="))) {
            continue;
        }
        if case.name.ends_with(TOO_SMALL) {
            continue;
        }
        edits.push(edit(&format!("to {}", case.name), &least.text, &case.text));
        edits.push(edit(
            &format!("from {}", case.name),
            &case.text,
            &least.text,
        ));
        if let Some(after) = over(&most.text, &least.text, &case.text) {
            edits.push(edit(&format!("most to {}", case.name), &most.text, &after));
        }
    }
    for (tag, what) in [("other", "changed"), ("", "taken away")] {
        let after = most.tagged(tag).text;
        edits.push(edit(
            &format!("{} with its tag {what}", most.name),
            &most.text,
            &after,
        ));
    }
    edits.retain(|edit| edit.before != edit.after);
    edits
}

fn at_home(text: &str) -> String {
    let mut spec: Json = serde_json::from_str(text).expect("JSON");
    let sections = spec.as_object_mut().expect("a map");
    for entry in sections.values_mut().filter_map(|one| one.get_mut(KEY)) {
        let entry = entry.as_object_mut().expect("a map");
        entry.retain(|key, _| !ELSEWHERE.contains(&key.as_str()));
        if let Some(disk) = entry.get_mut("os_disk") {
            disk["size_gb"] = OS_DISK_GB.into();
            // It would make all of them confidential, and few sizes and images are.
            let disk = disk.as_object_mut().expect("a map");
            disk.remove("security_encryption");
        }
    }
    spec.to_string()
}

fn edit(name: &str, before: &str, after: &str) -> Edit {
    let own = |text: &str| {
        // The world has a group of this name, and it is not ours.
        text.replace(r#""name":"rg""#, r#""name":"ours""#)
    };
    Edit {
        name: name.to_owned(),
        before: own(before),
        after: own(after),
    }
}

/// The most with what `case` says and the least does not; none where the two do
/// not go together.
fn over(most: &str, least: &str, case: &str) -> Option<String> {
    let read = |text: &str| serde_json::from_str::<Json>(text).expect("JSON");
    let (mut most, least, case) = (read(most), read(least), read(case));
    for (section, entries) in case.as_object().expect("a map") {
        let Some(entry) = entries.get(KEY).and_then(Json::as_object) else {
            continue;
        };
        for (key, value) in entry {
            if least[section][KEY].get(key) != Some(value) {
                lay(&mut most[section][KEY][key], value);
            }
        }
    }
    // What the case refers to stands beside its entry.
    add(most.as_object_mut()?, case.as_object()?);
    let text = most.to_string();
    specs::asked(&text).is_ok().then_some(text)
}

fn lay(under: &mut Json, value: &Json) {
    match (under, value) {
        (Json::Object(under), Json::Object(value)) => {
            for (name, value) in value {
                lay(under.entry(name).or_insert(Json::Null), value);
            }
        }
        (under, value) => *under = value.clone(),
    }
}

fn add(under: &mut Map<String, Json>, more: &Map<String, Json>) {
    for (name, value) in more {
        match (under.get_mut(name), value) {
            (Some(Json::Object(under)), Json::Object(value)) => {
                for (name, value) in value {
                    under.entry(name).or_insert_with(|| value.clone());
                }
            }
            (Some(_), _) => {}
            (None, value) => drop(under.insert(name.clone(), value.clone())),
        }
    }
}
