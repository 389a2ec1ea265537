//! What `tenon comment` is made of: where it runs, what may be printed, and
//! how a comment stays one comment.

pub(crate) mod annotations;
pub(crate) mod caps;
pub(crate) mod ci;
pub(crate) mod connect;
pub(crate) mod problems;
pub(crate) mod reports;
pub(crate) mod reviewed;
pub(crate) mod sticky;
pub(crate) mod summary;

/// What the status of a deployment is called.
pub(crate) fn status_name(deployment: &str) -> String {
    format!("tenon / {deployment}")
}

#[cfg(test)]
mod tests;
