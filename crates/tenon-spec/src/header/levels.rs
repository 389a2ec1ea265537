//! `checks`: how much warnings weigh.

use tenon_model::levels::{Level, Levels};
use tenon_model::spec::Placed;
use tenon_model::suggest::nearest;
use tenon_model::{Code, Diagnostic, Help};

use super::value;
use crate::check::Checker;
use crate::words::shown;
use crate::yaml::Pair;

/// Reads the levels. A key is a code, or its name.
pub(super) fn read<'t>(checker: &mut Checker<'_, 't>, pair: &Pair<'t>) -> Levels {
    let mut levels = Levels::default();
    let Some(item) = value(checker, pair) else {
        return levels;
    };
    for member in item.members() {
        let level = member.item.scalar().and_then(|value| value.as_text());
        let Some(level) = level.and_then(Level::parse) else {
            continue;
        };
        let place = member.place.clone();
        match code(&member.name) {
            Some(code) if Levels::CODES.contains(&code) => {
                levels.set(
                    code,
                    Placed {
                        value: level,
                        place,
                    },
                );
            }
            known => {
                let problem = refuse(&member.name, known).at(&place, "");
                checker.findings.push(problem);
            }
        }
    }
    levels
}

fn code(text: &str) -> Option<Code> {
    let named = Code::ALL.iter().copied().find(|code| code.name() == text);
    named.or_else(|| Code::parse(text))
}

fn refuse(text: &str, known: Option<Code>) -> Diagnostic {
    let names = Levels::CODES
        .iter()
        .map(|code| format!("{} ({code})", code.name()));
    let names: Vec<String> = names.collect();
    let words = match known {
        Some(code) => format!("{code} is an error, and stays one"),
        None => format!("there is no warning {}", shown(text)),
    };
    let problem = Diagnostic::error(Code::InvalidValue, words);
    let near = nearest(text, Levels::CODES.iter().map(|code| code.name()));
    let problem = match near.filter(|_| known.is_none()) {
        Some(near) => problem.help(Help::text(format!("did you mean `{near}`?"))),
        None => problem,
    };
    problem.help(Help::text(format!("warnings are {}", names.join(", "))))
}
