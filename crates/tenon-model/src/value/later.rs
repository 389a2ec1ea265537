//! Values that are named in the plan and read only when a request is sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Value;
use crate::{Address, Path};

/// A value that is not known, or not shown, before a request is sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Later {
    /// A name of the spec that has not been looked up yet: attribute
    /// `private_ip` of `vms.web-1`. Kinds say what it stands for; no plan
    /// holds one.
    Attribute {
        /// The entry that was named.
        of: Address,
        /// The dotted rest of the name.
        name: String,
    },
    /// What a live resource shows at a path once its own step is done.
    Live {
        /// The resource, as the plan calls it.
        of: Address,
        /// Where in its body.
        path: Path,
    },
    /// A secret, by the name it has in the spec.
    Secret {
        /// The name under `secrets`.
        name: String,
        /// Where the value is read.
        source: SecretSource,
    },
    /// The public half of a key pair on this machine, made when missing.
    SshPublicKey {
        /// The file of the private half, `~` not expanded.
        private_key: String,
    },
    /// The time at which the request is sent, so many seconds on: seconds since
    /// 1970, UTC. A plan holds no time, so that its digest does not move.
    Clock {
        /// Seconds that are added.
        after: u64,
    },
    /// Text put together from parts of which at least one is known later.
    Joined(Vec<Value>),
}

/// Where a secret is read when it is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// A file, relative to the spec.
    File(String),
    /// A Key Vault secret id.
    KeyVault(String),
}

impl Later {
    /// Calls `visit` with this and every later value inside it.
    pub fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Later)) {
        if let Self::Joined(parts) = self {
            parts.iter().for_each(|part| part.each_later(visit));
        } else {
            visit(self);
        }
    }

    /// Whether the value must never be printed.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        match self {
            Self::Secret { .. } => true,
            Self::Joined(parts) => parts
                .iter()
                .any(|part| matches!(part, Value::Later(later) if later.is_secret())),
            _ => false,
        }
    }

    /// The value that `read` gives, joined where this is joined text.
    ///
    /// # Errors
    ///
    /// Whatever `read` refuses with.
    pub fn resolve<E>(&self, read: &mut dyn FnMut(&Later) -> Result<Value, E>) -> Result<Value, E> {
        let Self::Joined(parts) = self else {
            return read(self);
        };
        let mut resolved = Vec::with_capacity(parts.len());
        for part in parts {
            resolved.push(part.try_resolve(read)?);
        }
        Ok(join(resolved))
    }
}

/// Returns the parts as one text, or as joined text if some part is not known
/// yet.
#[must_use]
pub fn join(parts: Vec<Value>) -> Value {
    if parts.iter().any(Value::has_later) {
        return Value::later(Later::Joined(parts));
    }
    Value::Text(parts.iter().map(Value::to_plain_text).collect())
}
