//! Asks what a plan does not need and a reviewer wants to know.
//!
//! All at once, each question once. A refusal is an answer like any other.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use futures_util::stream;
use tenon_model::Value;
use tenon_model::probe::{Answer, Answers, Probe};
use tenon_model::transport::{Refusal, Transport, Write};

/// Questions under way at the same time.
const AT_ONCE: usize = 32;

/// Asks every question, and returns what Azure said to each.
pub async fn ask<K: Ord + Clone>(
    probes: &BTreeMap<K, Probe>,
    transport: &dyn Transport,
) -> BTreeMap<K, Answer> {
    let asked: Vec<(K, Answer)> = stream::iter(probes)
        .map(async |(key, probe)| (key.clone(), one(probe, transport).await))
        .buffered(AT_ONCE)
        .collect()
        .await;
    asked.into_iter().collect()
}

/// Lets Azure validate without changing anything.
///
/// # Errors
///
/// What Azure refuses with: that is what was asked for.
pub async fn validate(write: &Write, transport: &dyn Transport) -> Result<(), Refusal> {
    transport.write(write, &|_| {}).await.map(|_| ())
}

async fn one(probe: &Probe, transport: &dyn Transport) -> Answer {
    match probe.answers {
        Answers::One => {
            let answer = transport.get(&probe.read).await?;
            Ok(vec![answer.body])
        }
        Answers::Pages => {
            let mut all = Vec::new();
            let mut page = |mut items: Vec<Value>| all.append(&mut items);
            transport.list(&probe.read, &mut page).await?;
            Ok(all)
        }
    }
}
