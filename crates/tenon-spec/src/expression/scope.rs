//! What names can stand for at some point of a reading.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use tenon_model::value::SecretSource;

use crate::vars::Variable;

/// Which names can be used. Variables are read first, then secrets, then
/// tenants, then everything else; each may use what was read before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// None.
    Nothing,
    /// `vars` and `env`.
    Given,
    /// `secrets` as well.
    Secrets,
    /// All of them.
    Everything,
}

impl Reach {
    /// The first words of names within reach, for messages.
    pub(crate) fn words(self) -> &'static [&'static str] {
        let all = &["vars", "env", "secrets", "tenants"];
        match self {
            Self::Nothing => &[],
            Self::Given => &all[..2],
            Self::Secrets => &all[..3],
            Self::Everything => all,
        }
    }
}

/// The names.
pub(crate) struct Scope<'t> {
    pub(crate) reach: Reach,
    pub(crate) vars: BTreeMap<String, Variable<'t>>,
    pub(crate) secrets: BTreeMap<String, SecretSource>,
    /// Ids by local name; none where the declaration was refused.
    pub(crate) tenants: BTreeMap<String, Option<String>>,
    pub(crate) sections: Vec<&'static str>,
    pub(crate) environment: &'t dyn Fn(&str) -> Option<String>,
    /// Declared, but refused: using them is no second problem.
    pub(crate) broken_secrets: BTreeSet<String>,
    /// Bytes of text that expressions gave so far.
    pub(crate) given: Cell<usize>,
    /// Environment variables that were looked up already.
    pub(crate) looked_up: RefCell<BTreeMap<String, Option<String>>>,
}

impl<'t> Scope<'t> {
    /// Returns a scope without names.
    pub(crate) fn new(environment: &'t dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            reach: Reach::Nothing,
            vars: BTreeMap::new(),
            secrets: BTreeMap::new(),
            tenants: BTreeMap::new(),
            sections: Vec::new(),
            environment,
            broken_secrets: BTreeSet::new(),
            given: Cell::new(0),
            looked_up: RefCell::new(BTreeMap::new()),
        }
    }

    /// The environment variable `name`, asked for once.
    pub(crate) fn environment(&self, name: &str) -> Option<String> {
        let mut known = self.looked_up.borrow_mut();
        known
            .entry(name.to_owned())
            .or_insert_with(|| (self.environment)(name))
            .clone()
    }
}
