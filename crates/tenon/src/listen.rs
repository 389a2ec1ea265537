//! Who hears what happens during an apply: a terminal, a log, a program; and
//! the report, which is a fold over the same events.

use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use tenon_model::event::{Event, Listener};
use tenon_model::plan::Plan;
use tenon_model::report::Report;
use tenon_render::{Board, Depth, Eta, Progress};
use tokio::time::Instant;

use crate::journal::Record;
use crate::output::Output;
use crate::rhythm;

enum Face {
    Lines(Progress),
    Board { board: Board, drawn: usize },
    Json,
}

struct Inner {
    record: Record,
    face: Face,
    report: Report,
}

/// Hears an apply and shows it.
#[derive(Clone)]
pub(crate) struct Audience {
    inner: Arc<Mutex<Inner>>,
    output: Output,
    started_ms: u64,
    began: Instant,
}

impl Audience {
    /// Begins to listen.
    pub(crate) fn new(plan: &Plan, record: Record, expected: Vec<u64>, output: &Output) -> Self {
        let eta = Eta::new(plan, expected);
        let options = output.options(Depth::Normal);
        let face = if output.is_json() {
            Face::Json
        } else if output.interactive {
            Face::Board {
                board: Board::new(plan, &options).expecting(eta),
                drawn: 0,
            }
        } else {
            Face::Lines(Progress::new(plan, &options).expecting(eta))
        };
        let now = jiff::Timestamp::now().as_millisecond();
        let inner = Inner {
            record,
            face,
            report: Report::default(),
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
            output: output.clone(),
            started_ms: u64::try_from(now).unwrap_or_default(),
            began: Instant::now(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Redraws a terminal, and beats a heart in a log, until `done`.
    pub(crate) async fn keep_alive(&self, done: tokio_util::sync::CancellationToken) {
        rhythm::frames(done, || self.tick()).await;
        let mut inner = self.lock();
        if let Face::Board { drawn, .. } = &mut inner.face {
            clear(drawn);
        }
    }

    fn tick(&self) {
        let now = self.now();
        let mut inner = self.lock();
        match &mut inner.face {
            Face::Board { board, drawn } => {
                let live = board.live(now, self.output.width());
                clear(drawn);
                let text: String = live
                    .iter()
                    .map(|line| line.paint(&self.output.theme()))
                    .collect();
                *drawn = text.lines().count();
                write(&text);
            }
            Face::Lines(progress) => {
                if let Some(line) = progress.heartbeat(now) {
                    self.output.show(&line);
                }
            }
            Face::Json => {}
        }
    }

    /// When it began to listen, milliseconds since 1970.
    pub(crate) fn started(&self) -> u64 {
        self.started_ms
    }

    /// The report of what was heard.
    pub(crate) fn report(&self) -> Report {
        self.lock().report.clone()
    }
}

impl Listener for Audience {
    fn hear(&self, event: &Event) {
        let mut inner = self.lock();
        inner.report.hear(event);
        inner.record.hear(event);
        match &mut inner.face {
            Face::Json => self.output.json_line(event),
            Face::Lines(progress) => {
                for line in progress.hear(event, self.started_ms) {
                    self.output.show(&line);
                }
            }
            Face::Board { board, drawn } => {
                let finished = board.hear(event);
                if !finished.is_empty() {
                    clear(drawn);
                    for line in finished {
                        write(&line.paint(&self.output.theme()));
                    }
                }
            }
        }
    }
}

/// Takes the live lines off the screen.
fn clear(drawn: &mut usize) {
    for _ in 0..std::mem::take(drawn) {
        // One line up, and out with it.
        write("\x1b[1A\x1b[2K");
    }
}

fn write(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
