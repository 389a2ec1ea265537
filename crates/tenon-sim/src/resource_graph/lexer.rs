//! The words of a query, with the places where they stand.

use super::Refusal;

/// A word, a literal or a sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) word: Word,
    /// Counted from 1.
    pub(super) line: usize,
    /// Counted from 0.
    pub(super) column: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    Name(String),
    Text(String),
    Whole(i64),
    Real(f64),
    Sign(&'static str),
    End,
}

impl Token {
    pub(super) fn shown(&self) -> String {
        match &self.word {
            Word::Name(text) | Word::Text(text) => text.clone(),
            Word::Whole(number) => number.to_string(),
            Word::Real(number) => number.to_string(),
            Word::Sign(sign) => (*sign).to_owned(),
            Word::End => "<EOF>".to_owned(),
        }
    }
}

/// Longer signs first.
const SIGNS: [&str; 24] = [
    "==", "=~", "!=", "!~", "<=", ">=", "<", ">", "=", "|", "(", ")", "[", "]", ",", ".", "!", "~",
    "+", "-", "*", "/", ":", ";",
];

/// Takes a query apart.
pub(super) fn read(query: &str) -> Result<Vec<Token>, Refusal> {
    let mut tokens = Vec::new();
    for (number, line) in query.lines().enumerate() {
        read_line(line, number + 1, &mut tokens)?;
    }
    let line = query.lines().count().max(1);
    tokens.push(Token {
        word: Word::End,
        line,
        column: query.lines().last().map_or(0, str::len),
    });
    Ok(tokens)
}

fn read_line(line: &str, number: usize, tokens: &mut Vec<Token>) -> Result<(), Refusal> {
    let mut at = 0;
    loop {
        let rest = &line[at..];
        at += rest.len() - rest.trim_start().len();
        let rest = &line[at..];
        if rest.is_empty() || rest.starts_with("//") {
            return Ok(());
        }
        let (word, length) = word(rest).ok_or_else(|| {
            Refusal::unexpected(&Token {
                word: Word::Text(rest.chars().take(1).collect()),
                line: number,
                column: at,
            })
        })?;
        tokens.push(Token {
            word,
            line: number,
            column: at,
        });
        at += length;
    }
}

/// The first word of a text and its length.
fn word(rest: &str) -> Option<(Word, usize)> {
    let first = rest.chars().next()?;
    let plain = rest.strip_prefix('@').unwrap_or(rest);
    if let Some(quote) = plain.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let verbatim = plain.len() < rest.len();
        return text(plain, quote, verbatim)
            .map(|(text, length)| (Word::Text(text), length + rest.len() - plain.len()));
    }
    if first.is_ascii_digit() {
        return Some(number(rest));
    }
    if first.is_alphabetic() || matches!(first, '_' | '$') {
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')))
            .unwrap_or(rest.len());
        return Some((Word::Name(rest[..end].to_owned()), end));
    }
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
    Some((Word::Sign(sign), sign.len()))
}

fn text(rest: &str, quote: char, verbatim: bool) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' if !verbatim => {
                let (_, next) = letters.next()?;
                text.push(match next {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                });
            }
            _ if letter == quote => return Some((text, at + quote.len_utf8())),
            _ => text.push(letter),
        }
    }
    None
}

fn number(rest: &str) -> (Word, usize) {
    let digits = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len())
    };
    let whole = digits(rest);
    let fraction = rest[whole..].strip_prefix('.').map_or(0, digits);
    let end = if fraction > 0 {
        whole + 1 + fraction
    } else {
        whole
    };
    let text = &rest[..end];
    let word = match text.parse::<i64>() {
        Ok(number) => Word::Whole(number),
        Err(_) => Word::Real(text.parse().unwrap_or(f64::MAX)),
    };
    (word, end)
}
