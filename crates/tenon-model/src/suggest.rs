//! "Did you mean": the known name nearest to an unknown one.

/// Names nearer than this are worth a suggestion; `zoen` and `zone` have 0.93.
const NEAR: f64 = 0.8;
/// Two letters in the wrong order make short names very unlike: `wbe` and `web`
/// have 0.56. One such slip counts as this much.
const ONE_SLIP: f64 = 0.85;
/// Comparing costs the product of the lengths; nobody mistypes longer names.
const LONGEST: usize = 80;

/// Returns the candidate nearest to `name` whatever the case of its letters,
/// if one is near; of equally near ones the first.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let wanted = name.to_ascii_lowercase();
    let mut best: Option<(f64, &'a str)> = None;
    for candidate in candidates {
        if candidate.len() > LONGEST {
            continue;
        }
        let score = likeness(&wanted, &candidate.to_ascii_lowercase());
        if score >= NEAR && best.is_none_or(|(other, _)| score > other) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn likeness(one: &str, two: &str) -> f64 {
    let score = strsim::jaro_winkler(one, two);
    let short = one.len().min(two.len()) < 3 || one.len().abs_diff(two.len()) > 1;
    if score >= ONE_SLIP || short || strsim::osa_distance(one, two) > 1 {
        return score;
    }
    ONE_SLIP
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names_are_found() {
        let known = ["zone", "zones", "size", "image", "web", "db"];
        let near = |name| nearest(name, known.iter().copied());
        assert_eq!(near("zoen"), Some("zone"));
        assert_eq!(near("wbe"), Some("web"));
        assert_eq!(near("Image"), Some("image"));
        assert_eq!(near("networks"), None);
        assert_eq!(near("xy"), None);
        assert_eq!(near(&"zone".repeat(1000)), None);
    }
}
