//! Plans, reports, events, graphs and diagnostics as text.
//!
//! Nothing here decides, compares resources or writes to a stream. Every
//! function returns a [`Text`] whose pieces know what they are; a [`Theme`]
//! turns that into colour or into nothing. Symbols never stand without words,
//! so the text loses nothing without colour, in a log or in a screen reader.
//!
//! The text is for people and may change with any version; programs read the
//! plan document and the event stream.

mod alike;
mod board;
mod cards;
mod checkup;
mod comment;
mod confirmation;
mod diagnostics;
mod dot;
mod drift;
mod eta;
mod follow;
mod graph;
mod html;
mod images;
mod inspections;
mod layout;
mod markup;
mod mermaid;
mod names;
mod options;
pub mod otlp;
mod outputs;
pub mod picture;
mod plan;
mod progress;
mod report;
mod run;
mod runs;
mod text;
mod timeline;
mod value;
mod words;

pub use board::Board;
pub use checkup::checkup;
pub use comment::{Around, CommentState, Dialect, Links, Mark, Outcome, comment, headline};
pub use confirmation::{Answer, Confirmation, confirmation};
pub use diagnostics::diagnostics;
pub use drift::drift;
pub use eta::Eta;
pub use graph::{GraphForm, changes, graph};
pub use html::{plan_page, run_page};
pub use images::images;
pub use inspections::inspections;
pub use options::{Depth, Glyphs, Options};
pub use outputs::outputs;
pub use plan::{part, plan, rejected};
pub use progress::Progress;
pub use report::report;
pub use runs::{run, runs};
pub use text::{Line, Role, Span, Text, Theme};
pub use timeline::{TimelineForm, timeline};
pub use words::verb;
