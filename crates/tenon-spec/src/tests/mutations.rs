//! A valid spec with random damage: reading it always ends, and soon.
//!
//! The damage is the same in every run.

use std::time::{Duration, Instant};

use super::reading;

const SPECS: [&str; 3] = [
    include_str!("examples/web-prod.yaml"),
    include_str!("examples/acme-images.yaml"),
    "tenon: 1
vars: &v {a: {default: [1, \"x\"]}, b: {type: integer, default: 3}}
vms:
  base: &base {image: \"${vars.b}\", tags: {a: b, \"q\": 'it''s'}}
  web:
    <<: *base
    count: ${vars.b}
    user_data: |
      #!/bin/sh
      echo $${HOME} ${env.PORT}
    instances: {web-1: {<<: *base, zone: \"1\"}, x: ~}
secrets: {s: {env: S}}
outputs: {x: \"a-${vms.web-1.ip}\", y: [*v, >
  folded]}
",
];

/// Pieces that change what stands around them.
const PIECES: [&str; 24] = [
    "{", "}", "[", "]", ":", ": ", "- ", "\t", "\n", "\"", "'", "${", "}", "$", "&a ", "*a", "<<",
    "|", "#", "!x ", "\u{feff}", "é", "\0", "---\n",
];

/// A small generator (xorshift), so that the cases never change.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (end.max(1) as u64)).unwrap()
    }
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn damage(text: &mut String, chance: &mut Chance) {
    let at = boundary(text, chance.below(text.len()));
    let end = boundary(text, (at + chance.below(12)).min(text.len()));
    match chance.below(5) {
        0 => text.replace_range(at..end, ""),
        1 => {
            let piece = text[at..end].to_owned();
            text.insert_str(at, &piece);
        }
        2 => text.insert_str(at, PIECES[chance.below(PIECES.len())]),
        3 => text.replace_range(at..end, PIECES[chance.below(PIECES.len())]),
        _ => {
            let line = text[..at].rfind('\n').map_or(0, |line| line + 1);
            text.insert_str(line, &" ".repeat(1 + chance.below(3)));
        }
    }
}

#[test]
fn damaged_specs_are_read_or_refused() {
    let mut chance = Chance(0x5EED_0F7E_4040_1234);
    for number in 0..4_000 {
        let mut text = SPECS[number % SPECS.len()].to_owned();
        for _ in 0..=chance.below(4) {
            damage(&mut text, &mut chance);
        }
        let start = Instant::now();
        let reading = reading(&[("t.yaml", &text)], &[]);
        assert!(start.elapsed() < Duration::from_secs(2), "{text}");
        assert_eq!(reading.spec.is_none(), reading.has_errors(), "{text}");
        for one in &reading.diagnostics {
            let helps = one.helps.iter().filter_map(|help| help.edit.as_ref());
            let places = one.labels.iter().map(|label| &label.place);
            for place in places.chain(helps.map(|edit| &edit.place)) {
                assert!(
                    text.get(place.start..place.end).is_some(),
                    "{one:?}\n{text}"
                );
            }
            assert!(!one.helps.is_empty(), "{one:?}\n{text}");
        }
    }
}

#[test]
fn every_beginning_of_a_spec_is_read_or_refused() {
    for text in SPECS {
        for end in (0..text.len()).step_by(3) {
            let reading = reading(&[("t.yaml", &text[..boundary(text, end)])], &[]);
            assert_eq!(reading.spec.is_none(), reading.has_errors());
        }
    }
}
