//! The timeline of a run: what was done when, entry by entry.
//!
//! It is read from the journal of the run.

use tenon_model::event::Outcome;
use tenon_model::journal::{Journal, Note, Noted};
use tenon_model::plan::Does;
use tenon_model::{Address, time};

use crate::run::verb;

mod gantt;
pub(crate) mod svg;
mod trace;

/// What a timeline is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineForm {
    /// A Mermaid gantt chart.
    Gantt,
    /// An image.
    Svg,
    /// What trace viewers of browsers load: the Trace Event Format.
    Trace,
}

/// Returns the timeline of a run in a form, every line ended; none if nothing
/// began in it.
#[must_use]
pub fn timeline(journal: &Journal, form: TimelineForm) -> Option<String> {
    let timeline = Timeline::of_journal(journal);
    if timeline.rows.is_empty() {
        return None;
    }
    Some(match form {
        TimelineForm::Gantt => gantt::write(&timeline),
        TimelineForm::Svg => svg::alone(&timeline),
        TimelineForm::Trace => trace::write(&timeline),
    })
}

/// How a piece of work ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Well.
    Done,
    /// There was nothing to do.
    Stood,
    /// Badly: the code.
    Failed(String),
    /// Nobody knows.
    Open,
}

/// One step, as far as it is a matter of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The resource.
    pub(crate) address: Address,
    /// What was done.
    pub(crate) does: Does,
    /// The position of the step in the plan.
    pub(crate) step: usize,
    /// Milliseconds since the run began.
    pub(crate) from: u64,
    /// The same; the end of the run for what did not end.
    pub(crate) to: u64,
    /// How it ended.
    pub(crate) end: End,
}

/// The steps of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The entry: `vms.web-1`.
    pub(crate) name: String,
    /// Its steps, in the order in which they began.
    pub(crate) pieces: Vec<Piece>,
}

/// What happens to an entry as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    Delete,
    Replace,
    Update,
    Create,
    Look,
}

/// A run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timeline {
    /// The deployment.
    pub(crate) deployment: String,
    /// When it began, seconds since 1970, if that is known.
    pub(crate) began: Option<u64>,
    /// How long it took, milliseconds.
    pub(crate) took: u64,
    /// What was done, in the order in which it began.
    pub(crate) rows: Vec<Row>,
}

impl Timeline {
    /// Returns the timeline of a journal.
    pub(crate) fn of_journal(journal: &Journal) -> Self {
        let first = journal.entries.first();
        let began = first.and_then(|entry| time::moment(&entry.at));
        let mut pieces: Vec<Piece> = Vec::new();
        let mut took = 0;
        for entry in &journal.entries {
            // Journals of older versions have whole seconds only.
            let seconds = || Some(time::moment(&entry.at)?.saturating_sub(began?) * 1_000);
            let now = entry.since.or_else(seconds).unwrap_or(0);
            took = took.max(now);
            match &entry.note {
                Note::StepStarted { step, .. } => pieces.push(begun(step, now)),
                Note::StepDone {
                    step,
                    outcome,
                    milliseconds,
                } => {
                    let end = match outcome {
                        Outcome::Done => End::Done,
                        Outcome::AlreadyDone => End::Stood,
                    };
                    finish(&mut pieces, step, *milliseconds, end);
                }
                Note::StepFailed {
                    step,
                    milliseconds,
                    code,
                    ..
                } => finish(&mut pieces, step, *milliseconds, End::Failed(code.clone())),
                _ => {}
            }
        }
        for piece in pieces.iter_mut().filter(|piece| piece.end == End::Open) {
            piece.to = took.max(piece.from);
        }
        Self {
            deployment: journal
                .began()
                .map_or_else(String::new, |began| began.deployment.clone()),
            began,
            took,
            rows: rows(pieces),
        }
    }

    /// What it is called: `web-prod, applied 2026-08-22 09:20:02 UTC`.
    pub(crate) fn title(&self) -> String {
        format!("{}, {}", self.deployment, self.when())
    }

    /// `applied 2026-08-22 09:20:02 UTC`.
    pub(crate) fn when(&self) -> String {
        let Some(began) = self.began else {
            return "applied".to_owned();
        };
        let at = time::rfc3339(began).replace('T', " ").replace('Z', " UTC");
        format!("applied {at}")
    }
}

fn begun(step: &Noted, now: u64) -> Piece {
    Piece {
        address: step.address.clone(),
        does: step.does,
        step: step.step,
        from: now,
        to: now,
        end: End::Open,
    }
}

fn finish(pieces: &mut [Piece], step: &Noted, took: u64, end: End) {
    let mine = pieces
        .iter_mut()
        .rev()
        .find(|piece| piece.step == step.step);
    if let Some(piece) = mine {
        piece.to = piece.from.saturating_add(took);
        piece.end = end;
    }
}

/// By entry, in the order in which entries began.
fn rows(pieces: Vec<Piece>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for piece in pieces {
        let name: Vec<&str> = piece.address.segments().take(2).collect();
        let name = name.join(".");
        let place = *places.entry(name.clone()).or_insert(rows.len());
        if place == rows.len() {
            rows.push(Row {
                name,
                pieces: Vec::new(),
            });
        }
        rows[place].pieces.push(piece);
    }
    rows
}

impl Row {
    /// When work on it began and ended: on the entry itself, and on its parts as
    /// far as that was at the same time or right before or after. A tag that an
    /// interface got an hour before its machine was replaced is left out.
    pub(crate) fn span(&self) -> (u64, u64) {
        const NEAR: u64 = 1_000;
        let own = |piece: &&Piece| piece.address.as_str() == self.name;
        let (mut from, mut to) = match self.pieces.iter().find(own) {
            Some(_) => ends(self.pieces.iter().filter(own)),
            None => return ends(self.pieces.iter()),
        };
        loop {
            let near = |piece: &&Piece| piece.to + NEAR >= from && piece.from <= to + NEAR;
            let wider = ends(self.pieces.iter().filter(near));
            if wider == (from, to) {
                return wider;
            }
            (from, to) = wider;
        }
    }

    /// How long that was.
    pub(crate) fn took(&self) -> u64 {
        let (from, to) = self.span();
        to.saturating_sub(from)
    }

    /// What happens to it as a whole.
    pub(crate) fn sort(&self) -> Sort {
        let any = |does: Does| self.pieces.iter().any(|piece| piece.does == does);
        let looks = |piece: &Piece| matches!(piece.does, Does::Check | Does::Settle);
        match (any(Does::Delete), any(Does::Create)) {
            (true, true) => Sort::Replace,
            (true, false) => Sort::Delete,
            (false, true) => Sort::Create,
            (false, false) if self.pieces.iter().all(looks) => Sort::Look,
            (false, false) => Sort::Update,
        }
    }

    /// The code of the first step that failed.
    pub(crate) fn failed(&self) -> Option<&str> {
        self.pieces.iter().find_map(|piece| match &piece.end {
            End::Failed(code) => Some(code.as_str()),
            _ => None,
        })
    }

    /// Whether nobody knows how it ended.
    pub(crate) fn is_open(&self) -> bool {
        self.pieces.iter().any(|piece| piece.end == End::Open)
    }
}

fn ends<'a>(pieces: impl Iterator<Item = &'a Piece>) -> (u64, u64) {
    pieces.fold((u64::MAX, 0), |(from, to), piece| {
        (from.min(piece.from), to.max(piece.to))
    })
}

impl Sort {
    /// All, in the order in which they are shown.
    pub(crate) const ALL: [Self; 5] = [
        Self::Update,
        Self::Delete,
        Self::Create,
        Self::Replace,
        Self::Look,
    ];

    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Replace => "replace",
            Self::Update => "in place",
            Self::Create => "create",
            Self::Look => "wait and look",
        }
    }
}

impl Piece {
    /// `create vms.web-1.nic`.
    pub(crate) fn said(&self) -> String {
        format!("{} {}", verb(self.does), self.address)
    }
}
