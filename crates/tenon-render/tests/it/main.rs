//! What people see: golden texts of a plan, its run, and its problems.

mod alike;
mod checkup;
mod comment;
mod diagnostics;
mod golden;
mod graph;
mod hostile;
mod html;
mod picture;
mod plan;
mod run;
mod sample;
mod timeline;
