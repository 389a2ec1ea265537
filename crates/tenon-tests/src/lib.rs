//! Tests that need several rooms at once: spec, kinds, planner, engine and
//! renderer, over a store in memory that answers as Azure does. They stand in
//! `tests/plans`, `tests/properties`, `tests/engine` and `tests/conformance`;
//! nothing can be used from here.
