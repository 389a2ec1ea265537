//! Images of a spec, why newer versions are not taken, and who can use them.

use tenon_model::image::{Channel, ImageDefinition, Rejected};
use tenon_model::listing::{Listed, Listing, Newer, NotTaken};

use crate::layout::Layout;
use crate::names::short;
use crate::plan::images::{day, open_gallery, rejected};
use crate::text::width;
use crate::{Options, Role, Text};

mod who;

/// Newer versions that are shown of an image.
const MOST: usize = 8;
/// The columns of labels.
const LABEL: usize = 13;

/// Returns images as text.
#[must_use]
pub fn images(listing: &Listing, options: &Options) -> Text {
    let layout = Layout::of(options);
    let mut text = Text::new();
    if listing.images.is_empty() {
        text.push(layout.line().with(Role::Dim, "this spec has no images"));
    }
    for image in &listing.images {
        text.space();
        one(image, &layout, &mut text);
    }
    text
}

fn one(image: &Listed, layout: &Layout, text: &mut Text) {
    let mut title = layout
        .line()
        .with(Role::Address, short(image.address.as_str()));
    title
        .push(Role::Plain, " ")
        .push(Role::Value, image.version.to_string())
        .push(Role::Plain, format!("   {}", decided(image)));
    text.push(title);
    let mut row = |label: &str, role: Role, said: &str| {
        let mut line = layout.line().with(Role::Plain, "  ").with(Role::Dim, label);
        line.pad_to(LABEL, 2).push(role, said);
        text.push(line);
    };
    let whose = match &image.id.definition {
        ImageDefinition::Gallery(_) => image.tenant_name.clone(),
        ImageDefinition::Open(open) => open_gallery(open),
    };
    row("from", Role::Plain, &whose);
    row("id", Role::Value, &image.id.to_string());
    if let Some(published) = &image.published {
        row("published", Role::Plain, day(published));
    }
    if let Some(end) = &image.end_of_life {
        row("ends", Role::Warning, day(end));
    }
    row("regions", Role::Plain, &regions(image));
    if let Some(who) = &image.who {
        for (label, role, words) in who::rows(who) {
            row(label, role, &words);
        }
        return;
    }
    let column = image.newer.iter().take(MOST);
    let column = column.map(|newer| width(&newer.version.to_string())).max();
    for (index, newer) in image.newer.iter().take(MOST).enumerate() {
        let label = if index == 0 { "newer" } else { "" };
        let version = newer.version.to_string();
        let pad = column.unwrap_or(0);
        let role = match &newer.because {
            NotTaken::PassedOver(Rejected::Locked) => Role::Warning,
            _ => Role::Plain,
        };
        row(
            label,
            role,
            &format!("{version:pad$}  {}", because(newer, image)),
        );
    }
    if image.newer.len() > MOST {
        let more = format!("and {} more", image.newer.len() - MOST);
        row("", Role::Dim, &more);
    }
}

fn decided(image: &Listed) -> String {
    let moves = Channel::parse(&image.channel).is_ok_and(Channel::moves);
    match (moves, image.locked) {
        (false, _) => "pinned in the spec".to_owned(),
        (true, true) => format!("channel {}, pinned in tenon.lock", image.channel),
        (true, false) => format!("channel {}, not locked", image.channel),
    }
}

fn regions(image: &Listed) -> String {
    if image.regions.is_empty() {
        return "none".to_owned();
    }
    let one = |(region, state): (&String, &String)| match state.as_str() {
        "Completed" => region.clone(),
        other => format!("{region} ({})", other.to_ascii_lowercase()),
    };
    let all: Vec<String> = image.regions.iter().map(one).collect();
    all.join(", ")
}

fn because(newer: &Newer, image: &Listed) -> String {
    let key = &image.lock_key;
    match &newer.because {
        NotTaken::PassedOver(Rejected::Locked) => {
            format!("tenon.lock pins {} (tenon update {key})", image.version)
        }
        NotTaken::PassedOver(Rejected::Pinned) => format!("the spec pins {}", image.version),
        NotTaken::PassedOver(why) => rejected(why),
        NotTaken::PinnedInSpec => format!("the spec pins {}", image.version),
        NotTaken::OutsideChannel => format!("outside of channel {}", image.channel),
    }
}
