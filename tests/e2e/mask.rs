//! Takes out of output what cannot be the same twice: times, durations, ids of
//! requests, ports, and the digest, which covers every api-version there is.

/// Masks a text.
pub(crate) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut in_ids = false;
    for line in text.split_inclusive('\n') {
        // The note is wrapped where its ids end; all of it goes.
        let begins = line.trim_start().starts_with("= request id ");
        in_ids = begins || (in_ids && line.starts_with("     "));
        if begins {
            masked.push_str("   = request id …\n");
        } else if !in_ids {
            masked.push_str(&line_of(line));
        }
    }
    masked
}

fn line_of(line: &str) -> String {
    // What earlier runs took, and how many there were.
    if line.starts_with("  takes     about ") {
        return "  takes     about …\n".to_owned();
    }
    let line = clocks(line);
    let line = after(
        &line,
        "sha256:",
        |letter| letter.is_ascii_hexdigit() || letter == '…',
        "…",
    );
    let line = after(
        &line,
        "127.0.0.1:",
        |letter| letter.is_ascii_digit(),
        "PORT",
    );
    let line = seconds(&line, " requests in ");
    let line = seconds(&line, " after ");
    seconds(&line, " in ")
}

/// `21:35:15Z` becomes `HH:MM:SSZ`.
fn clocks(line: &str) -> String {
    let letters: Vec<char> = line.chars().collect();
    let is_clock = |at: usize| {
        "dd:dd:ddZ".chars().enumerate().all(|(offset, wanted)| {
            letters.get(at + offset).is_some_and(|letter| match wanted {
                'd' => letter.is_ascii_digit(),
                other => *letter == other,
            })
        })
    };
    let mut masked = String::new();
    let mut at = 0;
    while at < letters.len() {
        if is_clock(at) {
            masked.push_str("HH:MM:SSZ");
            at += 9;
        } else {
            masked.push(letters[at]);
            at += 1;
        }
    }
    masked
}

/// What follows `mark` becomes `shown`.
fn after(line: &str, mark: &str, belongs: impl Fn(char) -> bool, shown: &str) -> String {
    let mut parts = line.split(mark);
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked.push_str(mark);
        masked.push_str(shown);
        masked.push_str(part.trim_start_matches(&belongs));
    }
    masked
}

/// ` in 0.3 s` and ` in 5s` become ` in N s`, and so on.
fn seconds(line: &str, mark: &str) -> String {
    let Some((before, rest)) = line.split_once(mark) else {
        return line.to_owned();
    };
    let number = |letter: char| letter.is_ascii_digit() || letter == '.';
    let unit = rest.trim_start_matches(number);
    if unit.len() == rest.len() {
        return line.to_owned();
    }
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    match unit.strip_prefix('s') {
        Some(end) => format!("{before}{mark}N s{end}"),
        None => line.to_owned(),
    }
}

/// The ids of runs, `20260822-092002-7f3a9c`, become `RUN`.
pub(crate) fn runs(text: &str) -> String {
    let is_id = |word: &str| {
        let parts: Vec<&str> = word.split('-').collect();
        matches!(parts[..], [day, time, end] if day.len() == 8 && time.len() == 6 && end.len() == 6)
            && word
                .chars()
                .all(|letter| letter.is_ascii_hexdigit() || letter == '-')
    };
    let words = text.split_inclusive([' ', '\n']);
    words
        .map(|word| {
            let bare = word.trim_end();
            if is_id(bare) {
                word.replace(bare, "RUN")
            } else {
                word.to_owned()
            }
        })
        .collect()
}
