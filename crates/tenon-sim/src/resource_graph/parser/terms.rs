//! Conditions and other expressions, from the loosest binding to the tightest.

use serde_json::{Number, Value};

use super::Parser;
use crate::resource_graph::Refusal;
use crate::resource_graph::expression::{Expression, Test};
use crate::resource_graph::functions;
use crate::resource_graph::lexer::{Token, Word};

impl Parser {
    pub(super) fn expression(&mut self) -> Result<Expression, Refusal> {
        let mut parts = vec![self.conjunction()?];
        while self.keyword("or") {
            parts.push(self.conjunction()?);
        }
        Ok(single(parts, Expression::Any))
    }

    fn conjunction(&mut self) -> Result<Expression, Refusal> {
        let mut parts = vec![self.comparison()?];
        while self.keyword("and") {
            parts.push(self.comparison()?);
        }
        Ok(single(parts, Expression::All))
    }

    fn comparison(&mut self) -> Result<Expression, Refusal> {
        let left = self.sum()?;
        let start = self.at;
        let Some((test, sense)) = self.test() else {
            self.at = start;
            return Ok(left);
        };
        let right = if matches!(sense, Sense::In | Sense::NotIn) {
            self.list()?
        } else {
            vec![self.sum()?]
        };
        let swapped = matches!(sense, Sense::Swapped);
        let test = match (swapped, right) {
            (true, mut right) => Expression::Test {
                test,
                left: Box::new(right.remove(0)),
                right: vec![left],
            },
            (false, right) => Expression::Test {
                test,
                left: Box::new(left),
                right,
            },
        };
        Ok(if matches!(sense, Sense::Not | Sense::NotIn) {
            Expression::Not(Box::new(test))
        } else {
            test
        })
    }

    fn test(&mut self) -> Option<(Test, Sense)> {
        for (sign, test, sense) in [
            ("==", Test::Equal, Sense::Plain),
            ("=~", Test::Same, Sense::Plain),
            ("!=", Test::Equal, Sense::Not),
            ("!~", Test::Same, Sense::Not),
            ("<=", Test::LessOrEqual, Sense::Plain),
            ("<", Test::Less, Sense::Plain),
            (">=", Test::LessOrEqual, Sense::Swapped),
            (">", Test::Less, Sense::Swapped),
        ] {
            if self.sign(sign) {
                return Some((test, sense));
            }
        }
        let negated = self.sign("!");
        let (plain, within) = if negated {
            (Sense::Not, Sense::NotIn)
        } else {
            (Sense::Plain, Sense::In)
        };
        if self.keyword("in") {
            let test = if self.sign("~") {
                Test::Same
            } else {
                Test::Equal
            };
            return Some((test, within));
        }
        for (word, test) in [
            ("contains_cs", Test::ContainsExactly),
            ("contains", Test::Contains),
            ("startswith", Test::StartsWith),
            ("endswith", Test::EndsWith),
            ("has", Test::Has),
        ] {
            if self.keyword(word) {
                return Some((test, plain));
            }
        }
        None
    }

    fn list(&mut self) -> Result<Vec<Expression>, Refusal> {
        self.expect("(")?;
        let mut items = vec![self.expression()?];
        while self.sign(",") {
            items.push(self.expression()?);
        }
        self.expect(")")?;
        Ok(items)
    }

    fn sum(&mut self) -> Result<Expression, Refusal> {
        self.reckoned(&[("+", '+'), ("-", '-')], Self::product)
    }

    fn product(&mut self) -> Result<Expression, Refusal> {
        self.reckoned(&[("*", '*'), ("/", '/')], Self::member)
    }

    fn reckoned(
        &mut self,
        signs: &[(&str, char)],
        inner: fn(&mut Self) -> Result<Expression, Refusal>,
    ) -> Result<Expression, Refusal> {
        let mut left = inner(self)?;
        loop {
            let found = signs.iter().find(|(sign, _)| self.sign(sign));
            let Some((_, sign)) = found else {
                return Ok(left);
            };
            left = Expression::Reckon(*sign, Box::new(left), Box::new(inner(self)?));
        }
    }

    fn member(&mut self) -> Result<Expression, Refusal> {
        let mut read = self.primary()?;
        loop {
            let name = if self.sign(".") {
                Expression::Literal(Value::from(self.name()?))
            } else if self.sign("[") {
                let name = self.expression()?;
                self.expect("]")?;
                name
            } else {
                return Ok(read);
            };
            read = Expression::Member(Box::new(read), Box::new(name));
        }
    }

    fn primary(&mut self) -> Result<Expression, Refusal> {
        let token = self.here().clone();
        if self.sign("(") {
            let inner = self.expression()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.sign("-") {
            let zero = Expression::Literal(Value::from(0));
            let number = self.primary()?;
            return Ok(Expression::Reckon('-', Box::new(zero), Box::new(number)));
        }
        self.at += 1;
        match token.word {
            Word::Text(text) => Ok(Expression::Literal(Value::from(text))),
            Word::Whole(number) => Ok(Expression::Literal(Value::from(number))),
            Word::Real(number) => Ok(Expression::Literal(
                Number::from_f64(number).map_or(Value::Null, Value::Number),
            )),
            Word::Name(ref name) if name == "true" || name == "false" => {
                Ok(Expression::Literal(Value::from(name == "true")))
            }
            Word::Name(ref name) if self.sign("(") => self.call(name, &token),
            Word::Name(name) => Ok(Expression::Column(name)),
            _ => Err(Refusal::unexpected(&token)),
        }
    }

    fn call(&mut self, name: &str, token: &Token) -> Result<Expression, Refusal> {
        let mut arguments = Vec::new();
        if !self.sign(")") {
            loop {
                arguments.push(self.expression()?);
                if self.sign(")") {
                    break;
                }
                self.expect(",")?;
            }
        }
        if name == "not" && arguments.len() == 1 {
            return Ok(Expression::Not(Box::new(arguments.remove(0))));
        }
        if functions::known(name, arguments.len()) {
            return Ok(Expression::Call(name.to_owned(), arguments));
        }
        Err(Refusal::unsupported(token))
    }
}
/// How a comparison is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Plain,
    Not,
    In,
    NotIn,
    /// The sides change places.
    Swapped,
}

fn single(mut parts: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Expression {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        many(parts)
    }
}
