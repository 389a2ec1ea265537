//! A plan as a comment of a pull request.

mod mark;

pub use mark::{CommentState, Mark};
