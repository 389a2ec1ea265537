//! Another version at the place in a spec that names one; all else stays.

use tenon_model::Place;
use tenon_model::image::Channel;

/// Returns the text of a spec with `to` where `from` stands at `place`: as
/// `version`, or behind `/versions/` of an id. None if it does not stand there
/// as such, as when a variable supplies it, or if an id cannot say it.
#[must_use]
pub fn write_version(text: &str, place: &Place, from: Channel, to: Channel) -> Option<String> {
    let there = text.get(place.start..place.end)?;
    let bare = there.trim_matches(['"', '\'']);
    let at = place.start + there.find(bare)?;
    let end = at + bare.len();
    let start = match bare.to_ascii_lowercase().rfind("/versions/") {
        Some(tail) if bare.starts_with('/') => {
            if to.moves() {
                return None;
            }
            at + tail + "/versions/".len()
        }
        _ => at,
    };
    let is_it = Channel::parse(&text[start..end]).is_ok_and(|channel| channel == from);
    is_it.then(|| format!("{}{to}{}", &text[..start], &text[end..]))
}

#[cfg(test)]
mod tests;
