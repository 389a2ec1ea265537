//! `--to`: a version that the channel has is pinned; another one, or another
//! channel, is a change of the spec.

use std::path::PathBuf;

use tenon_model::image::{Channel, ImageRequest, ImageVersion};
use tenon_model::update::SpecChange;
use tenon_model::{Code, Diagnostic, Help, Place};
use tenon_spec::SourceFile;
use tenon_spec::lock::write_version;

use crate::files;
use crate::prepare::{Loaded, Trouble};

/// What `--to` comes to.
pub(super) enum Asked {
    /// The newest of the channel.
    Newest,
    /// This version of the channel.
    Pin(ImageVersion),
    /// The spec says something else.
    Edit(Box<Edited>),
}

/// A spec with another version in one of its lines.
pub(super) struct Edited {
    /// All its files.
    pub(super) files: Vec<SourceFile>,
    /// What changed.
    pub(super) change: SpecChange,
    path: PathBuf,
    text: String,
}

impl Edited {
    /// Writes the file.
    pub(super) fn write(&self) -> Result<(), Vec<Diagnostic>> {
        files::replace(&self.path, &self.text)
            .map_err(|error| vec![files::unwritable(&self.path, &error)])
    }
}

impl Asked {
    pub(super) fn version(&self) -> Option<ImageVersion> {
        match self {
            Self::Pin(version) => Some(*version),
            Self::Newest | Self::Edit(_) => None,
        }
    }

    pub(super) fn edit(self) -> Option<Edited> {
        match self {
            Self::Edit(edited) => Some(*edited),
            Self::Newest | Self::Pin(_) => None,
        }
    }
}

/// What `--to` asks for of an image.
pub(super) fn asked(loaded: &Loaded, request: &ImageRequest, to: &str) -> Result<Asked, Trouble> {
    let wanted = Channel::parse(to).map_err(|error| {
        let words = format!("`--to {to}`: {error}");
        Trouble::from(vec![Diagnostic::error(Code::InvalidValue, words)])
    })?;
    match (request.channel, wanted) {
        (own, Channel::Exact(version)) if own.moves() && own.accepts(version) => {
            Ok(Asked::Pin(version))
        }
        (own, Channel::Exact(version)) if own.moves() => {
            Err(trouble(loaded, outside(request, version)))
        }
        (own, wanted) if own == wanted => Ok(Asked::Newest),
        (own, wanted) => edited(loaded, request, own, wanted),
    }
}

/// A version that the channel does not have could mean two things; nobody
/// guesses which.
fn outside(request: &ImageRequest, version: ImageVersion) -> Diagnostic {
    let key = request.lock_key();
    let own = request.channel;
    let channel = Channel::Minor(version.0, version.1);
    Diagnostic::error(
        Code::InvalidValue,
        format!("`--to {version}` is outside of what the spec allows for {key}: {own}"),
    )
    .at(&request.place, format!("follows {own}"))
    .help(Help::command(
        format!("follow {channel} from now on"),
        format!("tenon update {key} --to {channel}"),
    ))
    .help(Help::text(format!(
        "or pin it in the spec: write  version: {version}"
    )))
    .about(&request.address)
}

fn edited(
    loaded: &Loaded,
    request: &ImageRequest,
    own: Channel,
    wanted: Channel,
) -> Result<Asked, Trouble> {
    let places = places(loaded, request);
    let found = places.iter().find_map(|place| {
        let text = loaded.sources.text(&place.file)?;
        Some((place, write_version(text, place, own, wanted)?))
    });
    let Some((place, text)) = found else {
        let place = places.first().unwrap_or(&request.place);
        return Err(trouble(loaded, by_hand(request, place, wanted)));
    };
    let at = |path: &&PathBuf| files::shown(path) == *place.file;
    let path = loaded.paths.iter().find(at).cloned();
    let files = loaded.paths.iter().map(|path| {
        let name = files::shown(path);
        let own = loaded.sources.text(&name).unwrap_or_default().to_owned();
        let text = if name == *place.file {
            text.clone()
        } else {
            own
        };
        SourceFile { name, text }
    });
    Ok(Asked::Edit(Box::new(Edited {
        files: files.collect(),
        change: SpecChange {
            file: place.file.to_string(),
            line: place.line,
            from: own.to_string(),
            to: wanted.to_string(),
        },
        path: path.unwrap_or_else(|| PathBuf::from(&*place.file)),
        text,
    })))
}

/// Where the spec may say the version: `version`, `id`, or the machine's
/// `image`.
fn places(loaded: &Loaded, request: &ImageRequest) -> Vec<Place> {
    let entries = loaded.spec.entries("images");
    let entry = entries
        .iter()
        .find(|entry| entry.address == request.address);
    let Some(entry) = entry else {
        return vec![request.place.clone()];
    };
    let keys = ["version", "id"].iter();
    keys.filter_map(|key| Some(entry.item.get(key)?.place.clone()))
        .collect()
}

/// Said precisely, where the text cannot be changed in its place.
fn by_hand(request: &ImageRequest, place: &Place, wanted: Channel) -> Diagnostic {
    let key = request.lock_key();
    Diagnostic::error(
        Code::InvalidValue,
        format!(
            "the version of {key} does not stand in the spec in a way that can be changed there"
        ),
    )
    .at(place, format!("means {}", request.channel))
    .help(Help::text(format!(
        "write  version: {wanted}  under {}, and no version in its id; then: tenon update {key}",
        request.address
    )))
    .about(&request.address)
}

fn trouble(loaded: &Loaded, problem: Diagnostic) -> Trouble {
    Trouble {
        diagnostics: vec![problem],
        sources: loaded.sources.clone(),
    }
}
