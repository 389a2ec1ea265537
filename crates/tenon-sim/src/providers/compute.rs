//! Microsoft.Compute without the galleries.

pub(crate) mod availability_set;
pub(crate) mod disk;
pub(crate) mod extension;
pub(crate) mod image;
pub(crate) mod machine;
pub(crate) mod managed_image;
pub(crate) mod placement_group;
pub(crate) mod scale_set;
pub(crate) mod snapshot;
pub(crate) mod ssh_key;
