use crate::SourceFile;
use crate::tests::SECTIONS;

use super::tidy;

const SPECS: [&str; 8] = [
    include_str!("../../../../specs/fleet.yaml"),
    include_str!("../../../../specs/how-to.yaml"),
    include_str!("../../../../specs/minimal.yaml"),
    include_str!("../../../../specs/networks.yaml"),
    include_str!("../../../../specs/resources.yaml"),
    include_str!("../../../../specs/vms.yaml"),
    include_str!("../tests/examples/web-prod.yaml"),
    include_str!("../tests/examples/acme-images.yaml"),
];

fn tidied(text: &str) -> String {
    let file = SourceFile {
        name: "spec.yaml".to_owned(),
        text: text.to_owned(),
    };
    tidy(&file, SECTIONS).unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"))
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(tidied(text), expected);
    assert_eq!(tidied(expected), expected);
}

#[test]
fn keys_at_the_top_and_in_entries_get_their_order() {
    check(
        "\
# about the file

outputs: {a: b}
# the machines
vms:
    # this one
    web:
        size: s     # large

        # what it is made from
        image: i
        tags:
              b: c
              a: d
location: westeurope
tenon: 1
",
        "\
# about the file

tenon: 1
location: westeurope
# the machines
vms:
  # this one
  web:
    # what it is made from
    image: i
    size: s     # large
    tags:
      b: c
      a: d
outputs: {a: b}
",
    );
}

#[test]
fn what_is_below_an_entry_moves_as_a_whole() {
    check(
        "\
tenon: 1
vms:
   web:
      user_data: |
         #!/bin/sh
           echo  # no comment

         exit
      size: >-
         folded
         text
      zones:
      - \"1\"
      -   a: b
          c: d
      data: {a: 1,
        b: 2}
",
        "\
tenon: 1
vms:
  web:
    size: >-
       folded
       text
    zones:
      - \"1\"
      -   a: b
          c: d
    user_data: |
       #!/bin/sh
         echo  # no comment

       exit
    data: {a: 1,
      b: 2}
",
    );
}

#[test]
fn an_alias_never_comes_before_its_anchor() {
    let text = "tenon: 1\nvms:\n   b: &x\n      size: s\n      image: i\n   a: *x\nlocation: &l w\nname: *l\n";
    let after = tidied(text);
    assert!(after.contains("location: &l w\nname: *l\n"), "{after}");
    assert_eq!(tidied(&after), after);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let file = SourceFile {
        name: "spec.yaml".to_owned(),
        text: "a: [\n".to_owned(),
    };
    assert!(tidy(&file, SECTIONS).is_err());
    assert_eq!(tidied(""), "");
}

#[test]
fn the_usual_form_of_every_example_is_stable() {
    for spec in SPECS {
        let once = tidied(spec);
        assert_eq!(tidied(&once), once);
    }
}

/// A small generator (xorshift), so that the cases never change.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap_or(0)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// Top-level keys with their lines; blank lines and the comments of the file's
/// beginning apart.
fn parts(text: &str) -> (Vec<&str>, Vec<String>) {
    let mut head = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    let mut lead = String::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if parts.is_empty() && line.starts_with('#') {
            head.push(line);
        } else if line.starts_with('#') {
            lead.push_str(line);
            lead.push('\n');
        } else if line.starts_with(' ') {
            let last = parts.last_mut().expect("a key above");
            last.push_str(line);
            last.push('\n');
        } else {
            parts.push(format!("{}{line}\n", std::mem::take(&mut lead)));
        }
    }
    (head, parts)
}

#[test]
fn the_order_at_the_top_makes_no_difference() {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for spec in SPECS {
        let usual = tidied(spec);
        let (head, mut keys) = parts(&usual);
        let join = |keys: &[String]| format!("{}\n{}", head.join("\n"), keys.concat());
        let expected = tidied(join(&keys).trim_start());
        for _ in 0..50 {
            chance.shuffle(&mut keys);
            assert_eq!(tidied(join(&keys).trim_start()), expected);
        }
    }
}

#[test]
fn damage_never_makes_it_lose_a_line_or_move_twice() {
    const PIECES: [&str; 16] = [
        "\n", "\n\n", " ", "  ", "# x", "\n# y\n", "- ", "|", "&a ", "*a", "\"", "{", "}", ": ",
        "\n  ", "\r\n",
    ];
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    let mut read = 0;
    for case in 0..1000 {
        let mut text = SPECS[case % SPECS.len()].to_owned();
        for _ in 0..=chance.below(3) {
            let mut at = chance.below(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            text.insert_str(at, PIECES[chance.below(PIECES.len())]);
        }
        let file = SourceFile {
            name: "spec.yaml".to_owned(),
            text: text.clone(),
        };
        let Ok(once) = tidy(&file, SECTIONS) else {
            continue;
        };
        read += 1;
        let words = |text: &str| {
            let mut lines: Vec<String> = text
                .lines()
                .map(|line| line.trim().to_owned())
                .filter(|line| !line.is_empty())
                .collect();
            lines.sort_unstable();
            lines
        };
        assert_eq!(words(&once), words(&text), "{text}");
        assert_eq!(tidied(&once), once, "{text}");
    }
    assert!(read > 200, "only {read} of the cases can be read");
}
