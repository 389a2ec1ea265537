//! What to look at to know how an operation goes.

use tenon_model::transport::Refusal;

use super::follow::Watch;
use super::state::Phase;
use crate::arm::Arm;
use crate::cloud::shown;
use crate::errors::Asked;
use crate::http::{HttpResponse, Url};

/// Where an operation is watched. Addresses are opaque: newer ones are signed,
/// so nothing in them is ever rebuilt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Says its status in the body.
    Status(Url),
    /// Says it with the HTTP status: 202 until it is over.
    Location(Url),
    /// The resource, with its `provisioningState`.
    Resource,
}

impl Target {
    /// What an answer names, if anything: `Azure-AsyncOperation` before
    /// `Location`.
    pub(super) fn of(
        watch: &Watch<'_>,
        response: &HttpResponse,
        phase: Option<Phase>,
    ) -> Result<Option<Self>, Refusal> {
        let asked = || watch.arm.asked(watch.call);
        if let Some(address) = response.header("azure-asyncoperation") {
            return Ok(Some(Self::Status(own(watch.arm, &asked(), address)?)));
        }
        let Some(address) = response.header("location") else {
            return Ok(None);
        };
        // With a 200 that is already complete the header is only where the
        // resource is.
        let meant = match response.status.as_u16() {
            201 | 202 => true,
            _ => phase == Some(Phase::Running),
        };
        if !meant {
            return Ok(None);
        }
        Ok(Some(Self::Location(own(watch.arm, &asked(), address)?)))
    }

    /// Takes over a newer address of the same sort: some services sign each
    /// one for a short time only.
    pub(super) fn move_on(
        &mut self,
        watch: &Watch<'_>,
        response: &HttpResponse,
    ) -> Result<(), Refusal> {
        let (header, url) = match self {
            Self::Status(url) => ("azure-asyncoperation", url),
            Self::Location(url) => ("location", url),
            Self::Resource => return Ok(()),
        };
        if let Some(address) = response.header(header) {
            *url = own(watch.arm, &watch.arm.asked(watch.call), address)?;
        }
        Ok(())
    }

    /// An address from an earlier run. Both kinds of address can be read as a
    /// status: without one in the body, the HTTP status decides.
    pub(super) fn resumed(arm: &Arm, asked: &Asked, address: &str) -> Result<Self, Refusal> {
        Ok(Self::Status(own(arm, asked, address)?))
    }

    /// The address, if it is one of its own.
    pub(super) fn address(&self) -> Option<&str> {
        match self {
            Self::Status(url) | Self::Location(url) => Some(url.as_str()),
            Self::Resource => None,
        }
    }
}

/// An address of Resource Manager itself. Polling carries tokens, so no other
/// host is asked, whatever a header says.
fn own(arm: &Arm, asked: &Asked, address: &str) -> Result<Url, Refusal> {
    let url = Url::parse(&format!("{}/", arm.cloud.arm.as_str()))
        .and_then(|base| base.join(address))
        .map_err(|_| asked.local("AddressRefused", "the operation's address is not a URL"))?;
    if !arm.cloud.arm.is_origin_of(&url) {
        let message = format!(
            "the operation's address `{}` is not at {}",
            shown(&url),
            arm.cloud.arm
        );
        return Err(asked.local("AddressRefused", &message));
    }
    Ok(url)
}
