//! What was probably meant.

/// The candidate that is spelled most like `text`, if one is spelled like it.
pub(crate) fn nearest<'a>(
    text: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(candidate, text), candidate))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|one, two| one.0.total_cmp(&two.0))
        .map(|(_, candidate)| candidate)
}
