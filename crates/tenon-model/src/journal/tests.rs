use super::times::median;
use super::*;

const AT: &str = "2026-08-22T09:20:02Z";

fn noted(step: usize) -> Noted {
    Noted {
        step,
        address: Address::new("vms.web-1"),
        does: Does::Create,
        kind: "Microsoft.Compute/virtualMachines".to_owned(),
    }
}

/// A journal of a run with these steps, which took so many seconds each.
fn journal(seconds: &[u64]) -> String {
    let mut writer = Writer::default();
    let began = Began {
        format: FORMAT.to_owned(),
        run: "run-1".to_owned(),
        steps: seconds.len(),
        ..Began::default()
    };
    let mut text = writer.begin(began, AT);
    for (step, seconds) in seconds.iter().enumerate() {
        text += &writer.line(
            Note::StepDone {
                step: noted(step),
                outcome: Outcome::Done,
                milliseconds: seconds * 1000,
            },
            AT,
            None,
        );
    }
    text += &writer.line(
        Note::Ended(Ended {
            done: seconds.len(),
            failed: 0,
            not_started: 0,
            milliseconds: 1,
        }),
        AT,
        None,
    );
    text
}

#[test]
fn what_was_written_is_read() {
    let read = Journal::read(&journal(&[1, 2]));
    assert_eq!(read.integrity, Integrity::Whole);
    assert_eq!(read.began().map(|began| began.run.as_str()), Some("run-1"));
    assert_eq!(read.ended().map(|ended| ended.done), Some(2));
}

#[test]
fn a_cut_and_an_edit_are_noticed() {
    let text = journal(&[1, 2, 3]);
    let lines: Vec<&str> = text.lines().collect();
    let without = |gone: usize| {
        let kept = lines.iter().enumerate().filter(|(at, _)| *at != gone);
        kept.map(|(_, line)| format!("{line}\n"))
            .collect::<String>()
    };
    assert_eq!(Journal::read(&without(0)).integrity, Integrity::Broken(1));
    assert_eq!(Journal::read(&without(2)).integrity, Integrity::Broken(3));
    assert_eq!(Journal::read(&without(4)).integrity, Integrity::Unfinished);
    let edited = text.replace("\"milliseconds\":2000", "\"milliseconds\":9000");
    let read = Journal::read(&edited);
    assert_eq!(read.integrity, Integrity::Broken(3));
    assert_eq!(read.entries.len(), 2);
    // Any byte.
    for at in (0..text.len()).step_by(7) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
        let read = Journal::read(&String::from_utf8_lossy(&bytes));
        assert_ne!(read.integrity, Integrity::Whole, "byte {at}");
    }
}

#[test]
fn a_line_that_was_being_written_is_no_edit() {
    let text = journal(&[1, 2]);
    for end in 1..text.len() {
        let read = Journal::read(&text[..end]);
        let whole = read.integrity == Integrity::Whole;
        assert!(read.integrity == Integrity::Unfinished, "{end} {whole}");
    }
}

#[test]
fn a_line_of_a_newer_program_is_let_be() {
    let mut writer = Writer::default();
    let mut text = writer.begin(Began::default(), AT);
    let mut json = serde_json::json!({"n": 1, "at": AT, "type": "something_new", "more": true});
    let chain = link(&writer.chain, &json);
    json["chain"] = Json::String(chain);
    text += &format!("{json}\n");
    let read = Journal::read(&text);
    assert_eq!(read.entries.len(), 2, "{read:?}");
    assert_eq!(read.entries[1].note, Note::Unknown);
}

#[test]
fn times_are_the_median_of_what_was_seen() {
    let mut times = Times::default();
    times.learn(&Journal::read(&journal(&[100, 7, 9])));
    let key = (
        "microsoft.compute/virtualmachines".to_owned(),
        Does::Create as u8,
    );
    assert_eq!(times.seen.get(&key).map(|seen| median(seen)), Some(9000));
}

/// A journal of a run `name` that did this to these resources; the last words
/// tell how it ended.
fn story(name: &str, lets_go: bool, steps: &[(Does, &str, &str)]) -> Journal {
    let mut writer = Writer::default();
    let began = Began {
        run: name.to_owned(),
        lets_go,
        ..Began::default()
    };
    let mut text = writer.begin(began, AT);
    for (position, (does, id, end)) in steps.iter().enumerate() {
        let step = Noted {
            does: *does,
            ..noted(position)
        };
        let id = format!("/subscriptions/{id}");
        let started = Note::StepStarted {
            step: step.clone(),
            id,
        };
        text += &writer.line(started, AT, None);
        if *end == "accepted and failed" {
            let operation = String::new();
            let step = step.clone();
            text += &writer.line(Note::StepAccepted { step, operation }, AT, None);
        }
        let milliseconds = 1;
        match *end {
            "done" => {
                let outcome = Outcome::Done;
                let done = Note::StepDone {
                    step,
                    outcome,
                    milliseconds,
                };
                text += &writer.line(done, AT, None);
            }
            "killed" => {}
            _ => {
                let failed = Note::StepFailed {
                    step,
                    milliseconds,
                    code: "Conflict".to_owned(),
                    message: None,
                    request_id: None,
                };
                text += &writer.line(failed, AT, None);
            }
        }
    }
    Journal::read(&text)
}

fn left(journals: &[Journal]) -> Vec<String> {
    let mut remains = Remains::default();
    journals.iter().for_each(|one| remains.learn(one));
    let all = remains.by_subscription();
    let all = all.values().flatten();
    all.map(|(id, remain)| format!("{} {}", id.name(), remain.run))
        .collect()
}

#[test]
fn what_was_made_remains_until_it_is_deleted_or_let_go() {
    const DISK: &str = "a/resourceGroups/g/providers/Microsoft.Compute/disks";
    let (one, two) = (format!("{DISK}/one"), format!("{DISK}/two"));
    let make = |name: &str, end: &str| story(name, false, &[(Does::Create, &one, end)]);
    let made = make("1", "done");
    assert_eq!(left(std::slice::from_ref(&made)), ["one 1"]);
    let changed = story("2", false, &[(Does::Update, &one, "failed")]);
    assert_eq!(left(&[made.clone(), changed]), ["one 2"]);
    let deleted = |end: &str| story("3", false, &[(Does::Delete, &one, end)]);
    assert!(left(&[made.clone(), deleted("done")]).is_empty());
    assert_eq!(left(&[made.clone(), deleted("failed")]), ["one 1"]);
    let let_go = story("4", true, &[(Does::Update, &one, "done")]);
    assert!(left(&[made.clone(), let_go]).is_empty());
    // Refused at once, nothing was made; else something may be there.
    assert!(left(&[make("1", "failed")]).is_empty());
    assert_eq!(left(&[make("1", "accepted and failed")]), ["one 1"]);
    assert_eq!(left(&[make("1", "killed")]), ["one 1"]);
    // A group goes with all that is in it.
    let both = [
        (Does::Create, one.as_str(), "done"),
        (Does::Create, two.as_str(), "done"),
    ];
    let group = story("5", false, &[(Does::Delete, "a/resourceGroups/g", "done")]);
    assert!(left(&[story("1", false, &both), group]).is_empty());
}
