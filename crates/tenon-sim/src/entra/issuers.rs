//! Whose tokens the token endpoint can verify, besides the tenants' own.

use super::jose::PublicKey;
use super::keys::SigningKey;
use crate::state::derived_id;
use crate::world::{self, WorldError, WorldFile};

/// Somebody whose tokens can be verified.
#[derive(Debug, Clone)]
pub(crate) struct Issuer {
    pub(crate) name: String,
    pub(crate) keys: Vec<PublicKey>,
}

/// The name of Azure DevOps as an issuer, where the world does not give it.
pub(crate) fn dev_ops_issuer(world: &WorldFile, own: &world::AzureDevOpsIssuer) -> String {
    if own.issuer.is_empty() {
        let organisation = derived_id(world.seed(), "devops");
        format!("https://vstoken.dev.azure.com/{organisation}")
    } else {
        own.issuer.clone()
    }
}

pub(super) fn of(world: &WorldFile) -> Result<Vec<Issuer>, WorldError> {
    let own = |name: String, key: &str| Issuer {
        name,
        keys: vec![SigningKey::of(world.seed(), key).public()],
    };
    let issuers = &world.issuers;
    let github = issuers.github.iter();
    let github = github.map(|one| own(one.issuer.clone(), "github"));
    let dev_ops = issuers.azure_dev_ops.iter();
    let dev_ops = dev_ops.map(|one| own(dev_ops_issuer(world, one), "devops"));
    let others = issuers.others.iter().map(issuer_of);
    github.chain(dev_ops).map(Ok).chain(others).collect()
}

fn issuer_of(issuer: &world::Issuer) -> Result<Issuer, WorldError> {
    let mut keys = PublicKey::from_pem(&issuer.pem);
    let jwks: Option<Vec<PublicKey>> = issuer.keys.iter().map(PublicKey::from_jwk).collect();
    let unreadable = jwks.is_none();
    keys.extend(jwks.unwrap_or_default());
    if keys.is_empty() || unreadable {
        return Err(WorldError::Invalid {
            place: format!("issuer `{}`", issuer.issuer),
            message: "needs public keys: `pem`, or `keys` of the types RSA or EC (P-256)"
                .to_owned(),
        });
    }
    Ok(Issuer {
        name: issuer.issuer.clone(),
        keys,
    })
}
