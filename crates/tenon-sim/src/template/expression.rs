//! Expressions as trees, read from the text between square brackets.

use super::Problem;

/// One expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Text(String),
    Number(i64),
    /// A function by its name in lower case, and the name as it was written.
    Call {
        name: String,
        written: String,
        arguments: Vec<Expression>,
    },
    Member(Box<Expression>, String),
    Index(Box<Expression>, Box<Expression>),
}

impl Expression {
    /// Reads the text of an expression without its brackets.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let mut reader = Reader { text, at: 0 };
        let read = reader.expression()?;
        reader.skip_blanks();
        if reader.at < text.len() {
            return Err(reader.unexpected());
        }
        Ok(read)
    }

    /// Every call inside of the expression, outermost first.
    pub(crate) fn calls(&self, found: &mut Vec<(String, Vec<Expression>)>) {
        match self {
            Self::Text(_) | Self::Number(_) => {}
            Self::Call {
                name, arguments, ..
            } => {
                found.push((name.clone(), arguments.clone()));
                for argument in arguments {
                    argument.calls(found);
                }
            }
            Self::Member(of, _) => of.calls(found),
            Self::Index(of, place) => {
                of.calls(found);
                place.calls(found);
            }
        }
    }
}

/// The expression a string holds; `None` for a string that means itself.
pub(crate) fn inside(text: &str) -> Option<&str> {
    if text.starts_with("[[") {
        return None;
    }
    text.strip_prefix('[')?.strip_suffix(']')
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn takes(&mut self, wanted: char) -> bool {
        self.skip_blanks();
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn expect(&mut self, wanted: char) -> Result<(), Problem> {
        if self.takes(wanted) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn unexpected(&self) -> Problem {
        let what = match self.peek() {
            Some(character) => {
                format!(
                    "the character '{character}' at position '{}' is not expected",
                    self.at + 1
                )
            }
            None => "it ends too early".to_owned(),
        };
        Problem::invalid(format!(
            "The language expression '{}' is not valid: {what}.",
            self.text
        ))
    }

    fn expression(&mut self) -> Result<Expression, Problem> {
        let mut read = self.primary()?;
        loop {
            if self.takes('.') {
                self.skip_blanks();
                let name = self.word();
                if name.is_empty() {
                    return Err(self.unexpected());
                }
                read = Expression::Member(Box::new(read), name);
            } else if self.takes('[') {
                let place = self.expression()?;
                self.expect(']')?;
                read = Expression::Index(Box::new(read), Box::new(place));
            } else {
                return Ok(read);
            }
        }
    }

    fn primary(&mut self) -> Result<Expression, Problem> {
        self.skip_blanks();
        match self.peek() {
            Some('\'') => self.literal(),
            Some(c) if c.is_ascii_digit() || c == '-' => self.number(),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => self.call(),
            _ => Err(self.unexpected()),
        }
    }

    /// A string in single quotes; two of them in a row stand for one.
    fn literal(&mut self) -> Result<Expression, Problem> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(character) = self.peek() else {
                return Err(self.unexpected());
            };
            self.at += character.len_utf8();
            if character != '\'' {
                text.push(character);
            } else if self.peek() == Some('\'') {
                self.at += 1;
                text.push('\'');
            } else {
                return Ok(Expression::Text(text));
            }
        }
    }

    fn number(&mut self) -> Result<Expression, Problem> {
        let rest = self.rest();
        let digits = rest.trim_start_matches('-');
        let sign = rest.len() - digits.len();
        let end = digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(digits.len());
        let number = rest[..sign + end].parse();
        match number {
            Ok(number) => {
                self.at += sign + end;
                Ok(Expression::Number(number))
            }
            Err(_) => Err(self.unexpected()),
        }
    }

    fn word(&mut self) -> String {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$'))
            .unwrap_or(rest.len());
        let word = rest[..end].to_owned();
        self.at += end;
        word
    }

    /// A function; one in a namespace of its own keeps the dot in its name.
    fn call(&mut self) -> Result<Expression, Problem> {
        let mut written = self.word();
        while self.takes('.') {
            written.push('.');
            let word = self.word();
            written.push_str(&word);
        }
        self.expect('(')?;
        let mut arguments = Vec::new();
        if !self.takes(')') {
            loop {
                arguments.push(self.expression()?);
                if self.takes(')') {
                    break;
                }
                self.expect(',')?;
            }
        }
        Ok(Expression::Call {
            name: written.to_ascii_lowercase(),
            written,
            arguments,
        })
    }
}
