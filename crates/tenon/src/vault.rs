//! What this machine holds and a plan only names.

use tenon_engine::Vault;
use tenon_model::{Later, Value};

use crate::{credentials, keys};

/// Secrets and keys of this machine.
pub(crate) struct LocalVault;

impl Vault for LocalVault {
    fn reveal(&self, later: &Later) -> Result<Value, String> {
        match later {
            Later::Secret { name, source } => credentials::reveal(source)
                .map(Value::Text)
                .map_err(|why| format!("the secret `{name}`: {why}")),
            Later::SshPublicKey { private_key } => keys::public_half(private_key).map(Value::Text),
            Later::Attribute { .. }
            | Later::Live { .. }
            | Later::Clock { .. }
            | Later::Joined(_) => Err("a value that this machine does not hold".to_owned()),
        }
    }
}
