//! A token that cannot be printed.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use super::claims::Claims;
use crate::clock::Clock;
use crate::credential::Grant;
use crate::retry::Jitter;

/// Tokens that live shorter than this are renewed at half of their life.
const SHORT: Duration = Duration::from_secs(600);
/// How long before its end a token is renewed at the latest, as the Azure SDKs
/// do. An hour's token has five minutes then, a day's two hours.
const MARGIN: Duration = Duration::from_secs(300);

/// A token, and how long it is good for.
pub(crate) struct Token {
    secret: SecretString,
    expires: Instant,
    renew: Instant,
    claims: Claims,
}

impl Token {
    /// `asked_at` is when the request for it was begun: it may have aged on
    /// its way.
    pub(crate) fn new(grant: Grant, asked_at: Instant, jitter: &Jitter) -> Self {
        let life = grant.lifetime;
        let margin = if life < SHORT {
            life / 2
        } else {
            let margin = MARGIN.max(life / 12);
            margin + (margin / 5).mul_f64(jitter.next())
        };
        Self {
            claims: Claims::read(grant.token.expose_secret()),
            secret: grant.token,
            expires: asked_at + life,
            renew: asked_at + (life - margin),
        }
    }

    /// The text for an `Authorization` header; the caller marks it as
    /// sensitive.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.secret.expose_secret())
    }

    pub(crate) fn claims(&self) -> &Claims {
        &self.claims
    }

    /// When it ends, in seconds since 1970.
    pub(crate) fn end(&self, clock: &Clock) -> i64 {
        let granted = || {
            let left = self.expires.saturating_duration_since(Instant::now());
            clock.now().as_second() + i64::try_from(left.as_secs()).unwrap_or_default()
        };
        self.claims.expires.unwrap_or_else(granted)
    }

    pub(super) fn expires_at(&self) -> Instant {
        self.expires
    }

    pub(super) fn renew_at(&self) -> Instant {
        self.renew
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}
