//! Tests that need several rooms at once: spec, kinds, planner, engine and
//! renderer, over a store in memory that answers as Azure does. They stand in
//! `tests/plans` and `tests/properties`; nothing can be used from here.
