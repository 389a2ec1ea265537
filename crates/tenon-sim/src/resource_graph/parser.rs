//! Queries as trees: the table and the operators.

mod terms;

use super::Refusal;
use super::expression::Expression;
use super::lexer::{self, Token, Word};

/// A query: the table it begins with, and what is done to its rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Query {
    pub(super) table: Table,
    pub(super) steps: Vec<Step>,
}

/// The tables there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Resources,
    Containers,
}

/// A column that is made, with its name.
pub(super) type Named = (String, Expression);

/// One operator.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Where(Expression),
    Project(Vec<Named>),
    ProjectAway(Vec<String>),
    Extend(Vec<Named>),
    Summarize(Vec<Aggregate>, Vec<Named>),
    Distinct(Vec<Named>),
    Order(Vec<(Expression, Direction)>),
    Take(usize),
    Count,
}

/// Which way an order goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

/// One value of a group.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Aggregate {
    pub(super) name: String,
    pub(super) function: String,
    pub(super) of: Option<Expression>,
}

/// The functions that fold a group.
const AGGREGATES: [&str; 11] = [
    "count",
    "countif",
    "sum",
    "avg",
    "min",
    "max",
    "dcount",
    "make_list",
    "make_set",
    "any",
    "take_any",
];

/// Reads a query.
pub(super) fn parse(query: &str) -> Result<Query, Refusal> {
    let mut parser = Parser {
        tokens: lexer::read(query)?,
        at: 0,
    };
    parser.query()
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn here(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn unexpected(&self) -> Refusal {
        Refusal::unexpected(self.here())
    }

    fn sign(&mut self, wanted: &str) -> bool {
        let found = matches!(self.here().word, Word::Sign(sign) if sign == wanted);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: &str) -> Result<(), Refusal> {
        if self.sign(wanted) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    /// Takes a word of the language, which compares with case.
    fn keyword(&mut self, wanted: &str) -> bool {
        let found = matches!(&self.here().word, Word::Name(name) if name == wanted);
        self.at += usize::from(found);
        found
    }

    fn name(&mut self) -> Result<String, Refusal> {
        match &self.here().word {
            Word::Name(name) => {
                let name = name.clone();
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn ends(&self) -> bool {
        self.here().word == Word::End
    }

    fn query(&mut self) -> Result<Query, Refusal> {
        let table = self.table()?;
        let mut steps = Vec::new();
        // A query may begin with an operator; it is about resources then.
        if let Some(table) = table {
            while self.sign("|") {
                steps.push(self.step()?);
            }
            self.sign(";");
            if !self.ends() {
                return Err(self.unexpected());
            }
            return Ok(Query { table, steps });
        }
        steps.push(self.step()?);
        while self.sign("|") {
            steps.push(self.step()?);
        }
        if !self.ends() {
            return Err(self.unexpected());
        }
        Ok(Query {
            table: Table::Resources,
            steps,
        })
    }

    fn table(&mut self) -> Result<Option<Table>, Refusal> {
        let Word::Name(name) = &self.here().word else {
            return Err(self.unexpected());
        };
        let table = match name.to_ascii_lowercase().as_str() {
            "resources" => Some(Table::Resources),
            "resourcecontainers" => Some(Table::Containers),
            _ => None,
        };
        let alone = matches!(
            self.tokens.get(self.at + 1).map(|token| &token.word),
            Some(Word::End | Word::Sign("|"))
        );
        if table.is_some() {
            self.at += 1;
        } else if alone && name != "count" {
            return Err(Refusal::meaningless(format!(
                "The table '{name}' is not one that can be queried."
            )));
        }
        Ok(table)
    }

    fn step(&mut self) -> Result<Step, Refusal> {
        let token = self.here().clone();
        let name = self.name()?;
        match name.as_str() {
            "where" | "filter" => self.expression().map(Step::Where),
            "project" if self.sign("-") => self.away(&token),
            "project" => self.columns().map(Step::Project),
            "extend" => self.columns().map(Step::Extend),
            "summarize" => self.summarize(),
            "distinct" => self.columns().map(Step::Distinct),
            "order" | "sort" => self.order(),
            "limit" | "take" => self.whole().map(Step::Take),
            "count" => Ok(Step::Count),
            _ => Err(Refusal::unsupported(&token)),
        }
    }

    fn away(&mut self, operator: &Token) -> Result<Step, Refusal> {
        if self.name()? != "away" {
            return Err(Refusal::unsupported(operator));
        }
        let mut names = vec![self.name()?];
        while self.sign(",") {
            names.push(self.name()?);
        }
        Ok(Step::ProjectAway(names))
    }

    fn whole(&mut self) -> Result<usize, Refusal> {
        let Word::Whole(number) = self.here().word else {
            return Err(self.unexpected());
        };
        self.at += 1;
        Ok(usize::try_from(number).unwrap_or_default())
    }

    fn columns(&mut self) -> Result<Vec<Named>, Refusal> {
        let mut columns = vec![self.column(1)?];
        while self.sign(",") {
            columns.push(self.column(columns.len() + 1)?);
        }
        Ok(columns)
    }

    /// `name = expression`, or an expression that gives its own name.
    fn column(&mut self, place: usize) -> Result<Named, Refusal> {
        let named = matches!(
            self.tokens.get(self.at + 1).map(|token| &token.word),
            Some(Word::Sign("="))
        );
        if named {
            let name = self.name()?;
            self.expect("=")?;
            return Ok((name, self.expression()?));
        }
        let expression = self.expression()?;
        let name = expression
            .name()
            .unwrap_or_else(|| format!("Column{place}"));
        Ok((name, expression))
    }

    fn summarize(&mut self) -> Result<Step, Refusal> {
        let mut aggregates = Vec::new();
        while !self.keyword("by") {
            if self.ends() || matches!(self.here().word, Word::Sign("|")) {
                return Ok(Step::Summarize(aggregates, Vec::new()));
            }
            aggregates.push(self.aggregate()?);
            self.sign(",");
        }
        Ok(Step::Summarize(aggregates, self.columns()?))
    }

    fn aggregate(&mut self) -> Result<Aggregate, Refusal> {
        let token = self.here().clone();
        let mut name = self.name()?;
        let mut given = None;
        if self.sign("=") {
            given = Some(name);
            name = self.name()?;
        }
        if !AGGREGATES.contains(&name.as_str()) {
            return Err(Refusal::unsupported(&token));
        }
        self.expect("(")?;
        let of = if self.sign(")") {
            None
        } else {
            let of = self.expression()?;
            self.expect(")")?;
            Some(of)
        };
        if of.is_none() != (name == "count") {
            return Err(Refusal::unexpected(&token));
        }
        let column = of.as_ref().and_then(Expression::name).unwrap_or_default();
        Ok(Aggregate {
            name: given.unwrap_or_else(|| format!("{name}_{column}")),
            function: name,
            of,
        })
    }

    fn order(&mut self) -> Result<Step, Refusal> {
        if !self.keyword("by") {
            return Err(self.unexpected());
        }
        let mut keys = Vec::new();
        loop {
            let key = self.expression()?;
            let direction = if self.keyword("asc") {
                Direction::Up
            } else {
                // Kusto goes down unless told otherwise.
                self.keyword("desc");
                Direction::Down
            };
            if self.keyword("nulls") {
                self.name()?;
            }
            keys.push((key, direction));
            if !self.sign(",") {
                return Ok(Step::Order(keys));
            }
        }
    }
}
