//! What somebody is asked before anything happens.

use tenon_model::plan::{Mode, Plan};

use crate::layout::Layout;
use crate::plan::header;
use crate::plan::summary::{counts, destroys, digest, restarts};
use crate::text::width;
use crate::words::and;
use crate::{Options, Role, Text, cards};

/// A question, and what has to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// What would happen, in a few lines.
    pub text: Text,
    /// The question, without a space at its end.
    pub question: String,
    /// The answer that means yes; anything else means no.
    pub answer: Answer,
}

/// The answer that means yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `y` or `yes`.
    Yes,
    /// This name, typed in full: something will be gone.
    Name(String),
}

impl Answer {
    /// Whether what was typed means yes.
    #[must_use]
    pub fn accepts(&self, typed: &str) -> bool {
        let typed = typed.trim();
        match self {
            Self::Yes => ["y", "yes"]
                .iter()
                .any(|yes| typed.eq_ignore_ascii_case(yes)),
            Self::Name(name) => typed == name,
        }
    }
}

/// Returns the question before an apply.
#[must_use]
pub fn confirmation(plan: &Plan, options: &Options) -> Confirmation {
    let layout = Layout::of(options);
    let name = &plan.deployment.name;
    let mut text = Text::new();
    let mut head = layout.line().with(Role::Heading, name);
    head.push(Role::Plain, format!(": {}", counts(&plan.summary)));
    let digest = format!("digest {}", digest(plan));
    if head.width() + 6 + width(&digest) > layout.width {
        text.push(std::mem::replace(&mut head, layout.line()));
    } else {
        head.push(Role::Plain, "      ");
    }
    text.push(head.with(Role::Dim, digest));
    header::part(plan, &layout, &mut text);
    let blocks = cards::blocks(&plan.changes);
    for (word, role, items) in [
        ("Destroys", Role::Delete, destroys(&blocks)),
        ("Restarts", Role::Update, restarts(&blocks)),
    ] {
        if !items.is_empty() {
            layout.paragraph(role, &format!("{word} {}.", and(&items)), &mut text);
        }
    }
    let summary = &plan.summary;
    if summary.delete + summary.replace == 0 && plan.mode == Mode::Live {
        return Confirmation {
            text,
            question: "Apply this plan? [y/N]".to_owned(),
            answer: Answer::Yes,
        };
    }
    let shown = layout.line().with(Role::Plain, name);
    let shown: String = shown
        .spans()
        .iter()
        .map(|span| span.text.as_str())
        .collect();
    Confirmation {
        text,
        question: format!("Type the deployment name, {shown}, to go on:"),
        answer: Answer::Name(name.clone()),
    }
}
