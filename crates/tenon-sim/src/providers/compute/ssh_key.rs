//! SSH public keys.

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::reply::Reply;
use crate::json;
use crate::providers::{Action, Durations, Flow, Hooks, Kind, Place, Write};

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/sshPublicKeys",
    place: Place::Tracked,
    flow: Flow::Sync,
    durations: Durations {
        create: 0,
        update: 0,
        delete: 0,
        action: 0,
    },
    page: 0,
    hooks: &SshKey,
};

struct SshKey;

impl Hooks for SshKey {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        json::default(&mut write.after.body, "properties", json!({}));
        let key = json::text(&write.after.body, "properties.publicKey");
        match key {
            Some(key) if !key.is_empty() && !looks_like_key(key) => {
                Err(ArmError::invalid_parameter(
                    "publicKey",
                    "The value of parameter publicKey is invalid: it is no SSH public key.",
                ))
            }
            _ => Ok(()),
        }
    }

    fn act(&self, action: &mut Action<'_>) -> Option<Result<Reply, ArmError>> {
        json::same(action.name, "generateKeyPair").then(|| Ok(generate(action)))
    }
}

fn looks_like_key(key: &str) -> bool {
    let known = ["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-"];
    known
        .iter()
        .any(|start| key.trim_start().starts_with(start))
        || key.trim_start().starts_with("---- BEGIN SSH2 PUBLIC KEY")
}

/// A key pair that has the shape of one. Nobody can sign in to a simulated machine.
fn generate(action: &mut Action<'_>) -> Reply {
    let sent: Value = serde_json::from_slice(&action.call.body).unwrap_or_default();
    let kind = json::text(&sent, "encryptionType").unwrap_or("RSA");
    let word = if json::same(kind, "Ed25519") {
        "ssh-ed25519"
    } else {
        "ssh-rsa"
    };
    let seed = action.state.fresh_id("ssh-key").replace('-', "");
    let public = format!("{word} AAAAB3NzaC1yc2EAAAADAQABAAABgQ{seed} generated-by-azure");
    action.state.store.update(&action.id.key(), |key| {
        json::set(&mut key.body, "properties.publicKey", public.as_str());
    });
    let private = format!(
        "-----BEGIN {} PRIVATE KEY-----\r\nsimulated{seed}\r\n-----END {} PRIVATE KEY-----\r\n",
        "RSA", "RSA"
    );
    Reply::json(
        200,
        json!({"id": action.resource.id, "publicKey": public, "privateKey": private}),
    )
}
