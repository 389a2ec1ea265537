//! Many names in few words: `vms.web-{1..40}.nic`.

use std::collections::HashMap;

/// A name that ends in a number, or has one before its last dots:
/// `vms.web-` 12 `.nic`.
struct Numbered<'a> {
    before: &'a str,
    digits: &'a str,
    after: &'a str,
}

/// Returns the names with runs of at least `run` consecutive numbers folded,
/// in the order in which they first appear.
pub(crate) fn fold<'a>(names: impl IntoIterator<Item = &'a str>, run: usize) -> Vec<String> {
    let mut order: Vec<Family<'_>> = Vec::new();
    let mut known: HashMap<(&str, &str, usize), usize> = HashMap::new();
    for name in names {
        let Some(parts) = split(name) else {
            order.push(Family::alone(name));
            continue;
        };
        // `web-01` and `web-1` are different families.
        let padded = if parts.digits.starts_with('0') {
            parts.digits.len()
        } else {
            0
        };
        let key = (parts.before, parts.after, padded);
        let at = *known.entry(key).or_insert_with(|| {
            order.push(Family::of(&parts));
            order.len() - 1
        });
        order[at].digits.push(parts.digits);
    }
    order.iter().flat_map(|family| family.fold(run)).collect()
}

/// Returns names folded and the collection said only once:
/// `vms.web-1, web-2, web-3`, `vms.web-{1..40}`.
pub(crate) fn title<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    list(names, 4)
}

/// Returns names with runs of at least `run` folded and the collection said
/// only once.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>, run: usize) -> String {
    let mut said = "";
    let folded = fold(names, run);
    let mut shown = Vec::with_capacity(folded.len());
    for name in &folded {
        let (collection, rest) = name.split_once('.').unwrap_or(("", name));
        shown.push(if !collection.is_empty() && collection == said {
            rest
        } else {
            name
        });
        said = collection;
    }
    shown.join(", ")
}

/// Returns names as people call the things: without their collection.
pub(crate) fn short(name: &str) -> &str {
    name.split_once('.').map_or(name, |(_, rest)| rest)
}

struct Family<'a> {
    before: &'a str,
    after: &'a str,
    digits: Vec<&'a str>,
}

impl<'a> Family<'a> {
    fn alone(name: &'a str) -> Self {
        Self {
            before: name,
            after: "",
            digits: Vec::new(),
        }
    }

    fn of(parts: &Numbered<'a>) -> Self {
        Self {
            before: parts.before,
            after: parts.after,
            digits: Vec::new(),
        }
    }

    fn fold(&self, run: usize) -> Vec<String> {
        if self.digits.is_empty() {
            return vec![self.before.to_owned()];
        }
        let mut numbered: Vec<(u64, &str)> = self
            .digits
            .iter()
            .filter_map(|digits| Some((digits.parse().ok()?, *digits)))
            .collect();
        numbered.sort_unstable();
        numbered
            .chunk_by(|one, next| one.0 + 1 == next.0)
            .flat_map(|chunk| self.name(chunk, run))
            .collect()
    }

    fn name(&self, chunk: &[(u64, &str)], run: usize) -> Vec<String> {
        let (before, after) = (self.before, self.after);
        match chunk {
            [first, .., last] if chunk.len() >= run => {
                vec![format!("{before}{{{}..{}}}{after}", first.1, last.1)]
            }
            few => few
                .iter()
                .map(|(_, digits)| format!("{before}{digits}{after}"))
                .collect(),
        }
    }
}

/// Finds the number at the end of the first segment, after the collection,
/// that has one.
fn split(name: &str) -> Option<Numbered<'_>> {
    let mut start = name.find('.').map_or(0, |dot| dot + 1);
    while start <= name.len() {
        let end = name[start..]
            .find('.')
            .map_or(name.len(), |dot| start + dot);
        let stem = name[start..end].trim_end_matches(|sign: char| sign.is_ascii_digit());
        let digits = &name[start + stem.len()..end];
        if (1..=18).contains(&digits.len()) && !stem.is_empty() {
            return Some(Numbered {
                before: &name[..start + stem.len()],
                digits,
                after: &name[end..],
            });
        }
        start = end + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{fold, title};

    #[test]
    fn runs_are_folded_and_gaps_are_not() {
        let names: Vec<String> = (1..=40)
            .filter(|number| *number != 7)
            .map(|number| format!("vms.web-{number}"))
            .collect();
        assert_eq!(
            title(names.iter().map(String::as_str)),
            "vms.web-{1..6}, web-{8..40}"
        );
        assert_eq!(
            title(["vms.web-1", "vms.web-2", "nsgs.a"]),
            "vms.web-1, web-2, nsgs.a"
        );
    }

    #[test]
    fn parts_and_padding_make_families() {
        assert_eq!(
            fold(
                [
                    "vms.a-1.nic",
                    "vms.a-2.nic",
                    "vms.a-01",
                    "vms.a-02",
                    "vms.db"
                ],
                2
            ),
            ["vms.a-{1..2}.nic", "vms.a-{01..02}", "vms.db"]
        );
        assert_eq!(fold(["vms.1", "vms.99999999999999999999999"], 2).len(), 2);
    }
}
