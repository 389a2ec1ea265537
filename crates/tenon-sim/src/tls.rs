//! HTTPS with certificates of our own making.
//!
//! Real clients insist on HTTPS, and nobody signs certificates for loopback.
//! So the simulator has an authority of its own, kept on disk that clients
//! need to be told about it once only, and every start signs a new server
//! certificate, which stays in memory.
//!
//! The authority is for loopback alone: its certificate carries name
//! constraints, so its key is worth nothing against any other host.

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{ToSpan as _, Zoned};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, SanType, date_time_ymd,
};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto};

/// Signs server certificates for loopback.
#[derive(Debug)]
pub struct Authority {
    certificate: String,
    key: KeyPair,
    file: PathBuf,
}

impl Authority {
    /// Reads the authority that is kept in `folder`, or makes one there.
    ///
    /// Two files: `authority.pem` with its key, readable by its owner only,
    /// and `ca.pem` with the certificate, for clients.
    ///
    /// # Errors
    /// When a file cannot be written, or what is there is no authority.
    pub fn kept_in(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let secret = folder.join("authority.pem");
        let (certificate, key) = match std::fs::read_to_string(&secret) {
            Ok(text) => read(&text).map_err(|why| unusable(&secret, &why))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (certificate, key) = make().map_err(io::Error::other)?;
                replace(&secret, &format!("{certificate}{}", key.serialize_pem()))?;
                (certificate, key)
            }
            Err(error) => return Err(error),
        };
        let file = folder.join("ca.pem");
        if std::fs::read_to_string(&file).ok().as_deref() != Some(certificate.as_str()) {
            replace(&file, &certificate)?;
        }
        Ok(Self {
            certificate,
            key,
            file,
        })
    }

    /// The file with its certificate, which clients must trust.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Its certificate as PEM.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Signs a certificate for this machine's loopback and returns what serves with it.
    pub(crate) fn acceptor(&self) -> io::Result<TlsAcceptor> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let params = authority_params();
        let issuer = Issuer::from_params(&params, &self.key);
        let certificate = server_params()
            .signed_by(&key, &issuer)
            .map_err(io::Error::other)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .map_err(io::Error::other)?;
        // Not HTTP/2: a connection that is cut takes one request with it, not all.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn make() -> Result<(String, KeyPair), rcgen::Error> {
    let key = KeyPair::generate()?;
    let issuer = CertifiedIssuer::self_signed(authority_params(), &key)?;
    let certificate = issuer.pem();
    Ok((certificate, key))
}

/// Reads certificate and key from one text.
fn read(text: &str) -> Result<(String, KeyPair), String> {
    const END: &str = "-----END CERTIFICATE-----";
    let end = text.find(END).ok_or("it holds no certificate")? + END.len();
    let (certificate, key) = text.split_at(end);
    let key = KeyPair::from_pem(key.trim()).map_err(|error| error.to_string())?;
    Ok((format!("{}\n", certificate.replace('\r', "")), key))
}

fn unusable(file: &Path, why: &str) -> io::Error {
    let message = format!(
        "{} is no certificate authority ({why}); remove it",
        file.display()
    );
    io::Error::new(io::ErrorKind::InvalidData, message)
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "tenon simulator, loopback only");
    params.distinguished_name = name;
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2100, 1, 1);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([127, 0, 0, 0], 8)),
            GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(
                Ipv6Addr::LOCALHOST.octets(),
                128,
            )),
        ],
        excluded_subtrees: Vec::new(),
    });
    params
}

fn server_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "localhost");
    params.distinguished_name = name;
    params.subject_alt_names = vec![
        SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ];
    params
        .subject_alt_names
        .extend("localhost".try_into().map(SanType::DnsName));
    // Clients look at the clock on the wall, not at the world's. Some refuse
    // certificates that are good for longer than 398 days.
    let today = Zoned::now().date();
    let at = |date: Date| {
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        date_time_ymd(date.year().into(), part(date.month()), part(date.day()))
    };
    params.not_before = at(today.saturating_sub(2.days()));
    params.not_after = at(today.saturating_add(390.days()));
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

/// Replaces a file whole, readable by its owner only.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    temporary.persist(file).map_err(|failed| failed.error)?;
    Ok(())
}
