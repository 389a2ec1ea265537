//! Two programs at once.
