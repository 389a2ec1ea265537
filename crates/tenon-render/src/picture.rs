//! Pictures of a plan: what changes, what is next to it, and who needs whom.
//!
//! One card stands for an entry of the spec: a machine with its interface and
//! its disks is one, and so are the instances of a fleet to which the same
//! happens. A picture of every resource by itself is a carpet that nobody
//! reads. Boxes are tenants, since that is where images and machines part.

use tenon_model::graph::Graph;
use tenon_model::plan::{Action, Plan};

use crate::words::{symbol, verb};

mod alike;
pub(crate) mod dot;
mod entries;
mod gather;
mod layout;
pub(crate) mod lines;
mod links;
pub(crate) mod mermaid;
mod spec;
pub(crate) mod svg;

/// How much a picture may hold, for those who show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureLimits {
    /// Cards; more are a wall.
    pub cards: usize,
    /// Lines between cards.
    pub links: usize,
    /// Characters of the text.
    pub characters: usize,
}

impl PictureLimits {
    /// What GitHub, and every host with Mermaid's own limits, draws:
    /// `maxTextSize` is 50,000 characters and `maxEdges` 500 (Mermaid, "Config
    /// schema"). A text cannot raise them.
    pub const GITHUB: Self = Self {
        cards: 40,
        links: 500,
        characters: 50_000,
    };
    /// What GitLab draws without a click: 5,000 characters (GitLab, "Diagrams
    /// and flowcharts").
    pub const GITLAB: Self = Self {
        characters: 5_000,
        ..Self::GITHUB
    };
}

impl Default for PictureLimits {
    fn default() -> Self {
        Self::GITHUB
    }
}

/// Returns what a plan changes as a Mermaid flowchart; none if it changes
/// nothing or the picture is larger than the limits.
#[must_use]
pub fn mermaid(plan: &Plan, limits: &PictureLimits) -> Option<String> {
    let picture = Picture::of_plan(plan, limits.cards);
    if picture.is_empty() || !picture.fits(limits) {
        return None;
    }
    let text = mermaid::write(&picture);
    (text.chars().count() <= limits.characters).then_some(text)
}

/// Returns what a plan changes as SVG; none if it changes nothing or has more
/// cards than the limits.
#[must_use]
pub fn svg(plan: &Plan, limits: &PictureLimits) -> Option<String> {
    let picture = Picture::of_plan(plan, limits.cards);
    let draws = !picture.is_empty() && picture.fits(limits);
    draws.then(|| svg::alone(&picture, &title(plan)))
}

/// What a picture of a plan is called.
pub(crate) fn title(plan: &Plan) -> String {
    format!("What changes in {}", plan.deployment.name)
}

/// What a card stands for, as far as its form tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An entry.
    Entry,
    /// Something that somebody else makes.
    Elsewhere,
    /// A version of an image.
    Image,
}

/// One card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PictureCard {
    /// The box it stands in.
    pub(crate) tenant: usize,
    /// What happens to it.
    pub(crate) action: Action,
    /// Its form.
    pub(crate) shape: Shape,
    /// What one of those that it stands for is called: `VM`.
    pub(crate) noun: String,
    /// What it stands for: `VM`, `VMs`, `40 VMs`.
    pub(crate) what: String,
    /// The names of them: `web-{1..40}`.
    pub(crate) names: String,
    /// What else there is to say: `restart`, `drift`.
    pub(crate) notes: Vec<String>,
    /// The entries it stands for, as addresses.
    pub(crate) entries: Vec<String>,
}

/// Why a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Why {
    /// The second needs the first.
    Needs,
    /// The first is done before; nothing else binds them.
    First,
}

/// A line, from what is needed to who needs it, as things happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Link {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) why: Why,
}

/// Cards in boxes, with lines between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Picture {
    /// What the boxes are called.
    pub(crate) tenants: Vec<String>,
    /// The cards.
    pub(crate) cards: Vec<PictureCard>,
    /// The lines, in order.
    pub(crate) links: Vec<Link>,
}

impl Picture {
    /// Returns the picture of what a plan changes. Where there are more than
    /// `most` cards, those that read alike and are bound alike become one.
    pub(crate) fn of_plan(plan: &Plan, most: usize) -> Self {
        let picture = gather::gather(plan);
        if picture.cards.len() > most {
            alike::fold(picture)
        } else {
            picture
        }
    }

    /// Returns the picture of what a spec asks for.
    pub(crate) fn of_graph(graph: &Graph) -> Self {
        spec::picture(graph)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cards.iter().all(|card| card.action == Action::NoOp)
    }

    fn fits(&self, limits: &PictureLimits) -> bool {
        self.cards.len() <= limits.cards && self.links.len() <= limits.links
    }
}

/// All actions, the most dangerous first.
pub(crate) const ACTIONS: [Action; 7] = [
    Action::Delete,
    Action::Replace,
    Action::Update,
    Action::Create,
    Action::Adopt,
    Action::Forget,
    Action::NoOp,
];

/// The name of the style of an action.
pub(crate) fn style(action: Action) -> &'static str {
    match action {
        Action::NoOp => "same",
        action => verb(action),
    }
}

impl PictureCard {
    /// All of it in one line: `~ VM db (restart)`.
    pub(crate) fn line(&self) -> String {
        let sign = match self.action {
            Action::NoOp => String::new(),
            action => format!("{} ", symbol(action)),
        };
        let notes = match self.notes.as_slice() {
            [] => String::new(),
            _ => format!(" ({})", self.note()),
        };
        format!("{sign}{} {}{notes}", self.what, self.names)
    }

    /// What happens to what: `-/+ replace 3 VMs`.
    pub(crate) fn head(&self) -> String {
        match self.action {
            Action::NoOp => self.what.clone(),
            Action::Update if self.shape == Shape::Image => {
                format!("{} image, new version", symbol(self.action))
            }
            action => format!("{} {} {}", symbol(action), verb(action), self.what),
        }
    }

    /// The notes in one line.
    pub(crate) fn note(&self) -> String {
        self.notes.join(", ")
    }
}
