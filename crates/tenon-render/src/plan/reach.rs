//! How a new model reaches the instances of a scale set, in words: which way,
//! and what of the spec made it so.

use tenon_model::plan::Reach;

use crate::words::{count, duration};

/// Returns what happens to the instances, and why that way.
pub(super) fn words(reach: &Reach) -> String {
    let number = count(reach.instances(), "instance");
    match reach {
        Reach::Policy {
            percent,
            pause,
            under_way,
            ..
        } => {
            let pause = match seconds(pause) {
                Some(0) | None => String::new(),
                Some(seconds) => format!(", pause {}", duration(seconds * 1000)),
            };
            let begun = if *under_way { "; it has begun" } else { "" };
            format!(
                "{number} by the set's rolling policy (upgrade.mode is Rolling): {percent} % at a time{pause}{begun}"
            )
        }
        Reach::AtOnce { .. } => format!(
            "{number}, all of them, in any order: Azure does it (upgrade.mode is Automatic)"
        ),
        Reach::Reimage { most, .. } => format!(
            "{number}, {most} at a time, the next when those are well: their OS disks are laid anew from the image that they have"
        ),
        Reach::Batches { most, .. } => format!(
            "{number}, {most} at a time, the next when those are well: apply does it (upgrade.mode is Manual)"
        ),
    }
}

/// The seconds of an ISO 8601 duration of days, hours, minutes and seconds.
fn seconds(text: &str) -> Option<u64> {
    let mut total = 0;
    let mut digits = String::new();
    for letter in text.chars() {
        let unit = match letter {
            'P' | 'T' => continue,
            '0'..='9' => {
                digits.push(letter);
                continue;
            }
            'D' => 86_400,
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        total += digits.parse::<u64>().ok()? * unit;
        digits.clear();
    }
    Some(total)
}
