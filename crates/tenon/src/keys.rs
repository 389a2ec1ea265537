//! SSH key pairs, made the way `--generate-ssh-keys` does.
//!
//! What is there is used and never overwritten; the private half is for its
//! owner only and appears nowhere else.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use ssh_key::{Algorithm, LineEnding, PrivateKey, PublicKey, public};

/// Returns the public half of the pair whose private half is at `private_key`,
/// making the pair if it is not there.
///
/// # Errors
///
/// Words for what is in the way.
pub(crate) fn public_half(private_key: &str) -> Result<String, String> {
    let private = crate::files::expand(private_key);
    let public = public_path(&private);
    if let Ok(text) = std::fs::read_to_string(&public) {
        return Ok(text.trim().to_owned());
    }
    if private.exists() {
        return Err(format!(
            "{private_key} is there and {private_key}.pub is not; make it: ssh-keygen -y -f {private_key} > {private_key}.pub"
        ));
    }
    let pair = if private_key.contains("ed25519") {
        ed25519()?
    } else {
        rsa()?
    };
    write(&private, &pair.private, Secrecy::OwnerOnly)
        .and_then(|()| write(&public, &format!("{}\n", pair.public), Secrecy::Public))
        .map_err(|error| format!("cannot write {private_key}: {error}"))?;
    Ok(pair.public)
}

fn public_path(private: &Path) -> PathBuf {
    let mut name = private.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

struct Pair {
    private: String,
    public: String,
}

fn ed25519() -> Result<Pair, String> {
    let key = PrivateKey::random(&mut ssh_key::rand_core::OsRng, Algorithm::Ed25519)
        .map_err(|error| format!("cannot make a key: {error}"))?;
    let private = key
        .to_openssh(LineEnding::LF)
        .map_err(|error| format!("cannot write a key: {error}"))?;
    let public = key
        .public_key()
        .to_openssh()
        .map_err(|error| format!("cannot write a key: {error}"))?;
    Ok(Pair {
        private: private.to_string(),
        public,
    })
}

/// 4096 bits; `az` makes 2048, which Azure calls its least.
fn rsa() -> Result<Pair, String> {
    let key = RsaKeyPair::generate(KeySize::Rsa4096)
        .map_err(|error| format!("cannot make a key: {error}"))?;
    let der: Pkcs8V1Der<'_> = key
        .as_der()
        .map_err(|error| format!("cannot write a key: {error}"))?;
    let parts = key.public_key();
    let number = |bytes: &[u8]| {
        ssh_key::Mpint::from_positive_bytes(bytes)
            .map_err(|error| format!("cannot write a key: {error}"))
    };
    let public = public::RsaPublicKey {
        e: number(parts.exponent().big_endian_without_leading_zero())?,
        n: number(parts.modulus().big_endian_without_leading_zero())?,
    };
    let public = PublicKey::new(public::KeyData::Rsa(public), "")
        .to_openssh()
        .map_err(|error| format!("cannot write a key: {error}"))?;
    Ok(Pair {
        private: pem(der.as_ref()),
        public: public.trim().to_owned(),
    })
}

/// PKCS#8 in PEM, which OpenSSH reads.
fn pem(der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    pem
}

#[derive(Clone, Copy)]
enum Secrecy {
    OwnerOnly,
    Public,
}

/// Makes a file that was not there. `create_new` never follows into an
/// existing one, so nothing is overwritten even in a race.
fn write(path: &Path, text: &str, secrecy: Secrecy) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(match secrecy {
            Secrecy::OwnerOnly => 0o600,
            Secrecy::Public => 0o644,
        });
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// `~/.ssh` is for its owner only.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}
