//! The least rights with which a plan, and an apply, run through.
