//! Whether two ways to sign in are the same, so that nobody is bothered.

use tenon_client::SecretString;

use super::choice::Way;

/// Whether both sign in the same application with the same proof, as far as
/// that can be seen without trying.
pub(super) fn same(one: &Way, other: &Way) -> bool {
    match (one, other) {
        (
            Way::Secret { client_id, secret },
            Way::Secret {
                client_id: other_id,
                secret: other_secret,
            },
        ) => client_id == other_id && equal(secret, other_secret),
        (
            Way::Certificate {
                client_id, file, ..
            },
            Way::Certificate {
                client_id: other_id,
                file: other_file,
                ..
            },
        ) => (client_id, file) == (other_id, other_file),
        _ => false,
    }
}

fn equal(one: &SecretString, other: &SecretString) -> bool {
    use secrecy::ExposeSecret as _;
    one.expose_secret() == other.expose_secret()
}
