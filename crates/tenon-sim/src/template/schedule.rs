//! What has to be there before what: written and implied dependencies.

use std::collections::BTreeSet;

use serde_json::Value;

use super::expand::Declared;
use super::expression::{Expression, inside};
use super::{Problem, Scope};
use crate::json;

/// For each resource the places of those it waits for.
///
/// Resources whose condition is not met stand for nothing. Names that mean no
/// resource of the template, resources that stand twice, and circles are
/// refused.
pub(crate) fn dependencies(
    all: &[Declared],
    scope: &Scope<'_>,
) -> Result<Vec<BTreeSet<usize>>, Problem> {
    check_twins(all)?;
    let mut waits = Vec::new();
    for (place, one) in all.iter().enumerate() {
        let mut own = written(all, one)?;
        own.extend(implied(all, one, scope));
        own.extend(batches(all, one));
        own.remove(&place);
        own.retain(|other| all[*other].active && !all[*other].existing);
        waits.push(own);
    }
    check_circles(all, &waits)?;
    Ok(waits)
}

fn check_twins(all: &[Declared]) -> Result<(), Problem> {
    let mut seen = BTreeSet::new();
    let twin = all
        .iter()
        .filter(|one| one.active && !one.existing)
        .find(|one| !seen.insert(one.id.to_ascii_lowercase()));
    twin.map_or(Ok(()), |twin| {
        Err(Problem::invalid(format!(
            "The resource '{}/{}' at line '1' and column '1' is defined multiple times in a template. Please see https://aka.ms/arm-syntax-resources for usage details.",
            twin.type_name, twin.name
        )))
    })
}

fn meant<'a>(all: &'a [Declared], name: &'a str) -> impl Iterator<Item = usize> + 'a {
    all.iter()
        .enumerate()
        .filter(move |(_, one)| one.answers_to(name))
        .map(|(place, _)| place)
}

fn written(all: &[Declared], one: &Declared) -> Result<BTreeSet<usize>, Problem> {
    let mut places = BTreeSet::new();
    for name in &one.depends_on {
        let before = places.len();
        places.extend(meant(all, name));
        if places.len() == before && meant(all, name).next().is_none() {
            return Err(Problem::invalid(format!(
                "The resource '{}' is not defined in the template. Please see https://aka.ms/arm-syntax for usage details.",
                name.rsplit_once("/providers/")
                    .map_or(name.as_str(), |(_, short)| short)
            )));
        }
    }
    Ok(places)
}

/// `reference` of a resource of the template is a dependency by itself.
fn implied(all: &[Declared], one: &Declared, scope: &Scope<'_>) -> BTreeSet<usize> {
    let scope = scope.inside(one.copies.clone());
    let mut calls = Vec::new();
    collect_calls(&one.body, &mut calls);
    let mut places = BTreeSet::new();
    for (name, arguments) in calls {
        let first = arguments.first().filter(|_| name == "reference");
        let target = first.and_then(|first| scope.evaluate(first).ok());
        if let Some(Value::String(target)) = target {
            places.extend(meant(all, &target));
        }
    }
    places
}

fn collect_calls(value: &Value, calls: &mut Vec<(String, Vec<Expression>)>) {
    match value {
        Value::String(text) => {
            let parsed = inside(text).and_then(|text| Expression::parse(text).ok());
            if let Some(parsed) = parsed {
                parsed.calls(calls);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_calls(item, calls)),
        Value::Object(members) => members
            .values()
            .for_each(|value| collect_calls(value, calls)),
        _ => {}
    }
}

/// In a serial loop a batch waits for the one before it.
fn batches(all: &[Declared], one: &Declared) -> BTreeSet<usize> {
    let Some((own, batch)) = one
        .repeated
        .as_ref()
        .and_then(|own| Some((own, own.batch?)))
    else {
        return BTreeSet::new();
    };
    let earlier = |other: &Declared| {
        other.repeated.as_ref().is_some_and(|other| {
            json::same(&other.name, &own.name) && other.place / batch + 1 == own.place / batch
        })
    };
    all.iter()
        .enumerate()
        .filter(|(_, other)| earlier(other))
        .map(|(place, _)| place)
        .collect()
}

fn check_circles(all: &[Declared], waits: &[BTreeSet<usize>]) -> Result<(), Problem> {
    let mut done = BTreeSet::new();
    loop {
        let before = done.len();
        for (place, own) in waits.iter().enumerate() {
            if own.iter().all(|other| done.contains(other)) {
                done.insert(place);
            }
        }
        if done.len() == all.len() {
            return Ok(());
        }
        if done.len() == before {
            break;
        }
    }
    let circle: Vec<&str> = all
        .iter()
        .enumerate()
        .filter(|(place, _)| !done.contains(place))
        .map(|(_, one)| one.id.as_str())
        .collect();
    Err(Problem::invalid(format!(
        "Circular dependency detected on resource: '{}'. Please see https://aka.ms/arm-syntax-resources for usage details.",
        circle.join(", ")
    )))
}
