//! Chance in waits, so that a crowd does not come back in step.

use std::fmt;
use std::sync::Arc;

/// A source of numbers from 0 to 1.
#[derive(Clone)]
pub struct Jitter(Arc<dyn Fn() -> f64 + Send + Sync>);

impl Jitter {
    /// Returns one that always says `number`: tests know every wait.
    #[must_use]
    pub fn fixed(number: f64) -> Self {
        Self(Arc::new(move || number.clamp(0.0, 1.0)))
    }

    pub(crate) fn next(&self) -> f64 {
        (self.0)()
    }
}

impl Default for Jitter {
    fn default() -> Self {
        Self(Arc::new(rand::random::<f64>))
    }
}

impl fmt::Debug for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jitter")
    }
}
