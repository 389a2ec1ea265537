//! Reads what is live and runs a plan, telling what happens as events
