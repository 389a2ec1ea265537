//! Who has a lease, in the metadata of the blob.
//!
//! Metadata travels in headers, so texts are plain ASCII there. Whoever may
//! write to the blob may write anything: what is read is short and printable.

use jiff::Timestamp;
use tenon_model::lease::Holder;

use super::request::Ask;
use crate::http::HttpResponse;
use crate::retry::date;

/// The longest text that is written or believed.
const LONGEST: usize = 200;

const RUN: &str = "x-ms-meta-tenon_run";
const BY: &str = "x-ms-meta-tenon_by";
const SINCE: &str = "x-ms-meta-tenon_since";
const RENEWED: &str = "x-ms-meta-tenon_renewed";

/// What a holder says about itself.
pub(super) struct Says<'a> {
    pub(super) run: &'a str,
    pub(super) by: &'a str,
    pub(super) since: Timestamp,
    pub(super) renewed: Timestamp,
}

impl Says<'_> {
    pub(super) fn written(&self, ask: Ask) -> Ask {
        let time = |moment: Timestamp| moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        ask.with(RUN, plain(self.run))
            .with(BY, plain(self.by))
            .with(SINCE, time(self.since))
            .with(RENEWED, time(self.renewed))
    }
}

/// Reads who has the lease, if they said it.
pub(super) fn read(response: &HttpResponse) -> Option<Holder> {
    let text = |name| response.header(name).map(plain).unwrap_or_default();
    let time = |name| response.header(name)?.parse::<Timestamp>().ok();
    let run = text(RUN);
    if run.is_empty() {
        return None;
    }
    let now = response.header("date").and_then(date);
    let ago = |then: Timestamp| Some(now?.duration_since(then).as_secs().max(0));
    Some(Holder {
        run,
        by: text(BY),
        since: time(SINCE).map(Timestamp::as_second),
        renewed_ago: time(RENEWED).and_then(ago),
    })
}

fn plain(text: &str) -> String {
    let shown = |letter: char| {
        if letter == ' ' || letter.is_ascii_graphic() {
            letter
        } else {
            '?'
        }
    };
    let short: String = text.chars().map(shown).take(LONGEST).collect();
    short.trim().to_owned()
}
