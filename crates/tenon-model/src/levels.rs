//! How much warnings weigh, where a spec says so.

use std::collections::BTreeMap;

use crate::spec::Placed;
use crate::{Code, Diagnostic, Severity};

/// What becomes of a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is an error.
    Error,
    /// It stays a warning.
    Warn,
    /// Nobody is told.
    Off,
}

impl Level {
    /// The words, as specs have them.
    pub const WORDS: [&'static str; 3] = ["error", "warn", "off"];

    /// Reads a word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "error" => Some(Self::Error),
            "warn" => Some(Self::Warn),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// What a spec says about warnings, by their codes. Errors are rules of Azure's
/// or of the program's own, and stay what they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Levels(BTreeMap<Code, Placed<Level>>);

impl Levels {
    /// Codes of which there are warnings.
    pub const CODES: &'static [Code] = &[
        Code::LockOutdated,
        Code::OpenToTheInternet,
        Code::ImageEndOfLife,
        Code::FlexibleForeignImage,
        Code::CommunityScaleSet,
        Code::SpecializedScaleSet,
        Code::SubscriptionNotEnabled,
        Code::RightMissing,
        Code::Renamed,
        Code::Unseen,
        Code::LeftBehind,
    ];

    /// Notes what becomes of warnings with `code`.
    pub fn set(&mut self, code: Code, level: Placed<Level>) {
        self.0.insert(code, level);
    }

    /// Gives every warning its weight, and leaves out those that are off.
    pub fn weigh(&self, diagnostics: &mut Vec<Diagnostic>) {
        if self.0.is_empty() {
            return;
        }
        diagnostics.retain_mut(|one| {
            let level = self.0.get(&one.code).filter(|_| !one.is_error());
            let Some(level) = level else { return true };
            if level.value == Level::Error {
                one.severity = Severity::Error;
                one.notes
                    .push(format!("`checks` of this spec makes {} an error", one.code));
            }
            level.value != Level::Off
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Levels};
    use crate::spec::Placed;
    use crate::{Code, Diagnostic, Place};

    #[test]
    fn warnings_are_weighed_and_errors_are_not() {
        let mut levels = Levels::default();
        let mut set = |code, value| {
            let place = Place::whole("t.yaml");
            levels.set(code, Placed { value, place });
        };
        set(Code::OpenToTheInternet, Level::Error);
        set(Code::ImageEndOfLife, Level::Off);
        set(Code::Renamed, Level::Warn);
        set(Code::LockOutdated, Level::Off);
        let mut all = vec![
            Diagnostic::warning(Code::OpenToTheInternet, "open"),
            Diagnostic::warning(Code::ImageEndOfLife, "old"),
            Diagnostic::warning(Code::Renamed, "renamed"),
            Diagnostic::error(Code::LockOutdated, "with --locked"),
        ];
        levels.weigh(&mut all);
        let left: Vec<_> = all.iter().map(|one| (one.code, one.is_error())).collect();
        assert_eq!(
            left,
            [
                (Code::OpenToTheInternet, true),
                (Code::Renamed, false),
                (Code::LockOutdated, true)
            ]
        );
    }
}
