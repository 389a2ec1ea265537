//! The address of a blob, as far as a token may be sent there.
//!
//! The names of storage accounts end in what the cloud says, so that no spec
//! can have a token sent anywhere else. A cloud on this machine has no names:
//! it serves its accounts below its own address, as Azurite does.

use reqwest::Url;
use thiserror::Error;

use super::Cloud;
use super::endpoint::{EndpointError, checked, is_loopback, shown};

/// Accounts with a DNS zone of their own end in this in the public cloud.
/// Source: Microsoft Learn, "Storage account endpoints".
const ZONES: &str = ".blob.storage.azure.net";

/// Why a text is not the address of a blob of a cloud.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BlobAddressError {
    /// It is no address that may be spoken to.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// It names no container or no blob.
    #[error("`{0}` must name an account, a container and a blob")]
    Incomplete(String),
    /// It belongs to no storage account of this cloud.
    #[error("`{0}` is no storage account of this cloud: its accounts are `{1}`")]
    Elsewhere(String, String),
}

impl Cloud {
    /// Returns the address at which a blob is reached.
    ///
    /// # Errors
    ///
    /// When it is no blob of this cloud: a token would go to somebody else.
    pub fn blob(&self, address: &str) -> Result<Url, BlobAddressError> {
        let url = checked(address)?;
        if url.query().is_some() {
            return Err(EndpointError::TooMuch(shown(&url)).into());
        }
        let incomplete = || BlobAddressError::Incomplete(shown(&url));
        let own = Url::parse(self.arm.as_str()).ok().filter(is_loopback);
        let enough = |segments: usize| {
            let path = url.path().trim_start_matches('/');
            path.split('/').filter(|part| !part.is_empty()).count() >= segments
        };
        if is_loopback(&url) {
            if own.is_none() {
                return Err(self.elsewhere(&url));
            }
            return enough(3).then(|| url.clone()).ok_or_else(incomplete);
        }
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let account = self.account(&host).filter(|_| url.port().is_none());
        let Some(account) = account else {
            return Err(self.elsewhere(&url));
        };
        if !enough(2) {
            return Err(incomplete());
        }
        let Some(mut own) = own else {
            return Ok(url);
        };
        own.set_path(&format!("/{account}{}", url.path()));
        Ok(own)
    }

    /// The account of a host, if it is one of this cloud.
    fn account<'h>(&self, host: &'h str) -> Option<&'h str> {
        let named =
            |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let suffix = format!(".blob.{}", self.storage);
        let usual = host
            .strip_suffix(&suffix)
            .filter(|_| !self.storage.is_empty())
            .filter(named);
        usual.or_else(|| {
            let (name, zone) = host.strip_suffix(ZONES)?.split_once('.')?;
            let public = self.storage == Self::public().storage;
            (public && named(&name) && zone.starts_with('z')).then_some(name)
        })
    }

    fn elsewhere(&self, url: &Url) -> BlobAddressError {
        let origin = url.origin().ascii_serialization();
        BlobAddressError::Elsewhere(origin, format!("https://ACCOUNT.blob.{}", self.storage))
    }
}

#[cfg(test)]
mod tests {
    use super::{BlobAddressError, Cloud};
    use crate::cloud::Endpoint;

    fn at(cloud: &Cloud, address: &str) -> Result<String, BlobAddressError> {
        cloud.blob(address).map(|url| url.to_string())
    }

    #[test]
    fn only_storage_of_the_cloud_gets_a_token() {
        let public = Cloud::public();
        let good = "https://locks.blob.core.windows.net/tenon/web-prod";
        assert_eq!(at(&public, good).as_deref(), Ok(good));
        let zoned = "https://locks.z01.blob.storage.azure.net/tenon/web-prod";
        assert_eq!(at(&public, zoned).as_deref(), Ok(zoned));
        for bad in [
            "https://example.com/tenon/web-prod",
            "https://locks.blob.core.windows.net.example.com/tenon/web-prod",
            "https://a.b.blob.core.windows.net/tenon/web-prod",
            "https://locks.blob.core.windows.net:8443/tenon/web-prod",
            "https://locks.blob.core.usgovcloudapi.net/tenon/web-prod",
            "https://127.0.0.1:10000/account/tenon/web-prod",
            "http://127.0.0.1:10000/account/tenon/web-prod",
        ] {
            let refused = at(&public, bad);
            assert!(
                matches!(refused, Err(BlobAddressError::Elsewhere(..))),
                "{bad}"
            );
        }
        for bad in [
            "http://locks.blob.core.windows.net/tenon/web-prod",
            "https://me@locks.blob.core.windows.net/tenon/web-prod",
            "https://locks.blob.core.windows.net/tenon/web-prod?sig=secret",
            "locks/tenon",
        ] {
            let refused = at(&public, bad);
            assert!(
                matches!(refused, Err(BlobAddressError::Endpoint(_))),
                "{bad}"
            );
        }
        let short = at(&public, "https://locks.blob.core.windows.net/tenon");
        assert!(matches!(short, Err(BlobAddressError::Incomplete(_))));
        let government = "https://locks.blob.core.usgovcloudapi.net/tenon/web-prod";
        assert!(at(&Cloud::us_government(), government).is_ok());
    }

    #[test]
    fn a_cloud_on_this_machine_serves_accounts_below_its_address() {
        let mut here = Cloud::public();
        here.arm = Endpoint::parse("http://127.0.0.1:8443").expect("an endpoint");
        assert_eq!(
            at(&here, "https://locks.blob.core.windows.net/tenon/web-prod").as_deref(),
            Ok("http://127.0.0.1:8443/locks/tenon/web-prod")
        );
        let azurite = "https://127.0.0.1:10000/account/tenon/web-prod";
        assert_eq!(at(&here, azurite).as_deref(), Ok(azurite));
        assert!(at(&here, "https://127.0.0.1:10000/tenon/web-prod").is_err());
    }
}
