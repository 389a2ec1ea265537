//! The environment, as far as signing in is concerned.

use std::collections::BTreeMap;

use tenon_client::SecretString;

/// Variables and their values; one without a value counts as absent.
#[derive(Clone, Default)]
pub(crate) struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Those of this process.
    pub(crate) fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The first of several names that has a value.
    pub(super) fn first<'n>(&self, names: &[&'n str]) -> Option<(&'n str, &str)> {
        names.iter().find_map(|name| Some((*name, self.get(name)?)))
    }

    pub(super) fn secret(&self, name: &str) -> Option<SecretString> {
        self.get(name).map(SecretString::from)
    }

    /// What a switch says, if it says anything.
    pub(super) fn switch(&self, name: &str) -> Option<bool> {
        let value = self.get(name)?;
        Some(matches!(
            value.to_ascii_lowercase().as_str(),
            "1" | "true" | "yes" | "t"
        ))
    }

    pub(super) fn is_on(&self, name: &str) -> bool {
        self.switch(name) == Some(true)
    }
}

impl FromIterator<(String, String)> for Variables {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        let present = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        Self(present.collect())
    }
}
