//! What the operators of a query do to rows.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Refusal;
use super::expression::{Expression, Row, order};
use super::parser::{Aggregate, Direction, Named, Step};

/// Rows and the columns they have, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// Takes rows through the operators of a query.
pub(super) fn run(mut rows: Rows, steps: &[Step]) -> Result<Rows, Refusal> {
    for step in steps {
        rows = rows.step(step)?;
    }
    Ok(rows)
}

impl Rows {
    fn step(mut self, step: &Step) -> Result<Self, Refusal> {
        match step {
            Step::Where(condition) => {
                self.check("where", [condition])?;
                self.rows.retain(|row| condition.holds(row));
                Ok(self)
            }
            Step::Project(columns) => {
                self.check("project", expressions(columns))?;
                Ok(self.projected(columns))
            }
            Step::ProjectAway(names) => {
                self.columns.retain(|column| !names.contains(column));
                for row in &mut self.rows {
                    row.retain(|name, _| !names.contains(name));
                }
                Ok(self)
            }
            Step::Extend(columns) => self.extended(columns),
            Step::Summarize(aggregates, by) => {
                let folded = aggregates.iter().filter_map(|one| one.of.as_ref());
                self.check("summarize", folded.chain(expressions(by)))?;
                Ok(self.summarized(aggregates, by))
            }
            Step::Distinct(columns) => {
                self.check("distinct", expressions(columns))?;
                Ok(self.summarized(&[], columns))
            }
            Step::Order(keys) => {
                self.check("order by", keys.iter().map(|(key, _)| key))?;
                self.rows.sort_by(|left, right| compare(keys, left, right));
                Ok(self)
            }
            Step::Take(count) => {
                self.rows.truncate(*count);
                Ok(self)
            }
            Step::Count => Ok(Self {
                columns: vec!["Count".to_owned()],
                rows: vec![row([("Count".to_owned(), json!(self.rows.len()))])],
            }),
        }
    }

    /// Refuses columns that do not exist.
    fn check<'e>(
        &self,
        operator: &str,
        all: impl IntoIterator<Item = &'e Expression>,
    ) -> Result<(), Refusal> {
        let mut named = Vec::new();
        for one in all {
            one.columns(&mut named);
        }
        let unknown = named
            .iter()
            .find(|name| !self.columns.iter().any(|column| column == *name));
        unknown.map_or(Ok(()), |name| {
            Err(Refusal::meaningless(format!(
                "'{operator}' operator: Failed to resolve column or scalar expression named '{name}'."
            )))
        })
    }

    fn projected(self, columns: &[Named]) -> Self {
        let make = |own: &Row| {
            row(columns
                .iter()
                .map(|(name, expression)| (name.clone(), expression.value(own))))
        };
        Self {
            columns: columns.iter().map(|(name, _)| name.clone()).collect(),
            rows: self.rows.iter().map(make).collect(),
        }
    }

    /// New columns, each of which may name those before it.
    fn extended(mut self, columns: &[Named]) -> Result<Self, Refusal> {
        for (name, expression) in columns {
            self.check("extend", [expression])?;
            for row in &mut self.rows {
                let value = expression.value(row);
                row.insert(name.clone(), value);
            }
            if !self.columns.contains(name) {
                self.columns.push(name.clone());
            }
        }
        Ok(self)
    }

    fn summarized(self, aggregates: &[Aggregate], by: &[Named]) -> Self {
        let mut groups: BTreeMap<String, (Row, Vec<Row>)> = BTreeMap::new();
        if by.is_empty() {
            // Without keys there is one group, even of no rows.
            groups.insert(json!([]).to_string(), Default::default());
        }
        for own in self.rows {
            let keys = row(by
                .iter()
                .map(|(name, expression)| (name.clone(), expression.value(&own))));
            let key = json!(keys.values().collect::<Vec<_>>()).to_string();
            let group = groups.entry(key).or_insert_with(|| (keys, Vec::new()));
            group.1.push(own);
        }
        let columns = by
            .iter()
            .map(|(name, _)| name.clone())
            .chain(aggregates.iter().map(|one| one.name.clone()));
        let rows = groups.into_values().map(|(mut keys, rows)| {
            for one in aggregates {
                keys.insert(one.name.clone(), fold(one, &rows));
            }
            keys
        });
        Self {
            columns: columns.collect(),
            rows: rows.collect(),
        }
    }
}

fn expressions(columns: &[Named]) -> impl Iterator<Item = &Expression> {
    columns.iter().map(|(_, expression)| expression)
}

fn row(values: impl IntoIterator<Item = (String, Value)>) -> Row {
    values.into_iter().collect()
}

fn fold(aggregate: &Aggregate, rows: &[Row]) -> Value {
    let Some(of) = &aggregate.of else {
        return json!(rows.len());
    };
    let mut values: Vec<Value> = rows.iter().map(|row| of.value(row)).collect();
    let by_order = |left: &Value, right: &Value| order(left, right).unwrap_or(Ordering::Equal);
    match aggregate.function.as_str() {
        "countif" => json!(values.iter().filter(|value| **value == json!(true)).count()),
        "sum" | "avg" => total(&aggregate.function, &values),
        "make_list" => values.into(),
        "any" | "take_any" => values.into_iter().next().unwrap_or_default(),
        function => {
            values.retain(|value| !value.is_null());
            match function {
                "min" => values.into_iter().min_by(by_order).unwrap_or_default(),
                "max" => values.into_iter().max_by(by_order).unwrap_or_default(),
                _ => {
                    let mut seen: Vec<Value> = Vec::new();
                    for value in values {
                        if !seen.contains(&value) {
                            seen.push(value);
                        }
                    }
                    if function == "dcount" {
                        json!(seen.len())
                    } else {
                        seen.into()
                    }
                }
            }
        }
    }
}

fn total(function: &str, values: &[Value]) -> Value {
    let whole: Option<Vec<i64>> = values
        .iter()
        .filter(|value| !value.is_null())
        .map(Value::as_i64)
        .collect();
    if let (Some(whole), "sum") = (&whole, function) {
        return json!(whole.iter().sum::<i64>());
    }
    let numbers: Vec<f64> = values.iter().filter_map(Value::as_f64).collect();
    let sum: f64 = numbers.iter().sum();
    match (function, u32::try_from(numbers.len())) {
        ("sum", _) => json!(sum),
        (_, Ok(count)) if count > 0 => json!(sum / f64::from(count)),
        _ => Value::Null,
    }
}

/// Rows by their keys; nothing comes first on the way up and last on the way down.
fn compare(keys: &[(Expression, Direction)], left: &Row, right: &Row) -> Ordering {
    for (key, direction) in keys {
        let (left, right) = (key.value(left), key.value(right));
        let up = match (left.is_null(), right.is_null()) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            _ => order(&left, &right).unwrap_or(Ordering::Equal),
        };
        let found = match direction {
            Direction::Up => up,
            Direction::Down => up.reverse(),
        };
        if found.is_ne() {
            return found;
        }
    }
    Ordering::Equal
}
