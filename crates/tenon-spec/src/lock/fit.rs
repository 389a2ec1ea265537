//! Whether a lock file says what a spec needs, no more and no less.

use std::collections::BTreeSet;

use tenon_model::diagnostic::Severity;
use tenon_model::image::ImageRequest;
use tenon_model::{Code, Diagnostic, Help};

use super::{Lock, LockedImage};
use crate::SourceFile;
use crate::yaml;

/// An entry of the lock file that has to change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Misfit<'a> {
    /// A channel that nothing pins.
    Missing(&'a ImageRequest),
    /// A version that is none of the channel.
    Outside(&'a ImageRequest, &'a LockedImage),
    /// An image that no spec names.
    Leftover(&'a str, &'a LockedImage),
}

impl Lock {
    /// What has to change for these images. `elsewhere` are images of other
    /// specs that share the file.
    #[must_use]
    pub fn misfits<'a>(
        &'a self,
        requests: &'a [ImageRequest],
        elsewhere: &BTreeSet<String>,
    ) -> Vec<Misfit<'a>> {
        let mut found = Vec::new();
        for request in requests {
            match self.images.get(request.lock_key()) {
                None if request.channel.moves() => found.push(Misfit::Missing(request)),
                Some(locked) if !request.channel.accepts(locked.version) => {
                    found.push(Misfit::Outside(request, locked));
                }
                _ => {}
            }
        }
        let leftover = self.images.iter().filter(|(name, _)| {
            let named = requests.iter().any(|request| request.lock_key() == *name);
            !named && !elsewhere.contains(*name)
        });
        found.extend(leftover.map(|(name, locked)| Misfit::Leftover(name, locked)));
        found
    }
}

impl Misfit<'_> {
    /// Whether the plan is another one than its author may think: a version
    /// that the lock file names is not what is used.
    #[must_use]
    pub fn misleads(&self) -> bool {
        matches!(self, Self::Outside(request, _) if request.channel.moves())
    }

    /// Says it.
    #[must_use]
    pub fn diagnostic(&self, severity: Severity) -> Diagnostic {
        let new = |words: String| match severity {
            Severity::Error => Diagnostic::error(Code::LockOutdated, words),
            _ => Diagnostic::warning(Code::LockOutdated, words),
        };
        let update = |key: &str| Help::command("move the lock", format!("tenon update {key}"));
        match self {
            Self::Missing(request) => {
                let key = request.lock_key();
                let words = format!("the lock file does not pin image {key}");
                new(words)
                    .at(&request.place, format!("follows {}", request.channel))
                    .help(Help::command("pin it", format!("tenon update {key}")))
                    .about(&request.address)
            }
            Self::Outside(request, locked) => {
                let key = request.lock_key();
                let words = format!(
                    "the lock file pins image {key} to {}, and the spec asks for {}",
                    locked.version, request.channel
                );
                new(words)
                    .at(&locked.place, format!("none of {}", request.channel))
                    .context(&request.place, format!("asks for {}", request.channel))
                    .help(update(key))
                    .about(&request.address)
            }
            Self::Leftover(name, locked) => new(format!(
                "the lock file pins {name}, which is no image any more"
            ))
            .at(&locked.place, "no spec beside it has such an image")
            .help(Help::command("take it out", "tenon update")),
        }
    }
}

/// What a lock file calls the images of a spec that shares it: the names in
/// `images`, and machines that name an image by its id. Overlays count as well.
#[must_use]
pub fn names_in(file: &SourceFile) -> BTreeSet<String> {
    let (document, _) = yaml::parse_document(file);
    let mut names = BTreeSet::new();
    let Some(root) = document.root else {
        return names;
    };
    let keys = |section: &str| {
        let pairs = root.pair(section).map(|pair| pair.value.pairs());
        pairs.into_iter().flatten().map(|pair| pair.key.to_string())
    };
    names.extend(keys("images"));
    for section in ["vms", "scale_sets"] {
        names.extend(keys(section).map(|key| format!("{section}.{key}.image")));
    }
    names
}

#[cfg(test)]
mod tests;
