//! Evaluates rules over a plan document.

use std::num::NonZeroU32;

use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine, Value};
use serde_json::Value as Json;
use tenon_model::plan::Plan;
use tenon_model::{Code, Diagnostic, Help};

use crate::rules::{EXCEPTION, Rule};
use crate::{File, Policies, problem, verdict};

/// The stack of the evaluation: the interpreter calls itself for what nests.
const STACK: usize = 64 << 20;

/// Steps of the interpreter between two looks at the clock.
const STEPS: NonZeroU32 = NonZeroU32::new(64).expect("it is not zero");

/// Does `work` where there is room for what nests; an error if it breaks down.
pub(crate) fn on_a_large_stack<T: Send>(
    work: impl FnOnce() -> T + Send,
) -> Result<T, Box<Diagnostic>> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work)
            .map_err(|error| Box::new(problem::broke(&format!("no thread can be had: {error}"))))?;
        thread
            .join()
            .map_err(|_| Box::new(problem::broke("the engine broke down over them")))
    })
}

/// Adds a file of data.
pub(crate) fn add_data(engine: &mut Engine, file: &File) -> Result<(), Box<Diagnostic>> {
    let unusable = |why: String| {
        let problem = Diagnostic::error(
            Code::PolicyUnusable,
            format!("the data of the policies in `{}` cannot be used", file.name),
        );
        let way_out = Help::text("write an object, JSON or YAML by its name");
        Box::new(problem.note(why).help(way_out))
    };
    let data: Json = if file.name.ends_with(".json") {
        serde_json::from_str(&file.text).map_err(|error| unusable(error.to_string()))?
    } else {
        serde_yaml::from_str(&file.text).map_err(|error| unusable(error.to_string()))?
    };
    engine
        .add_data(Value::from(data))
        .map_err(|error| unusable(error.to_string()))
}

impl Policies {
    /// What the rules say about a document.
    pub(crate) fn verdicts(&self, document: Json, plan: &Plan) -> Vec<Diagnostic> {
        let outcomes = on_a_large_stack(|| self.evaluate(document));
        match outcomes {
            Ok(outcomes) => outcomes
                .into_iter()
                .flat_map(|(rule, outcome)| match outcome {
                    Ok(results) => verdict::of(rule, &results, plan),
                    Err(error) => vec![problem::failed(&error, rule, &self.files)],
                })
                .collect(),
            Err(problem) => vec![*problem],
        }
    }

    /// The value of every rule that no exception takes out.
    fn evaluate(&self, document: Json) -> Vec<(&Rule, Outcome)> {
        let mut engine = self.engine.clone();
        engine.set_execution_timer_config(ExecutionTimerConfig {
            limit: self.limit,
            check_interval: STEPS,
        });
        engine.set_input(Value::from(document));
        let mut outcomes = Vec::new();
        for rule in &self.rules {
            let value = match is_excepted(&mut engine, rule) {
                Ok(true) => continue,
                Ok(false) => results(&mut engine, &rule.namespace, &rule.name),
                Err(error) => Err(error),
            };
            outcomes.push((rule, value));
        }
        outcomes
    }
}

/// The results of a rule, or why there are none.
type Outcome = Result<Vec<Json>, String>;

/// Whether `exception` of its package takes a rule out, as `conftest` has it: a
/// set of lists of names of rules, without `deny_`.
fn is_excepted(engine: &mut Engine, rule: &Rule) -> Result<bool, String> {
    if !rule.has_exceptions {
        return Ok(false);
    }
    let lists = results(engine, &rule.namespace, EXCEPTION)?;
    let names = lists.iter().filter_map(Json::as_array).flatten();
    let mut names = names.filter_map(Json::as_str);
    Ok(names.any(|name| name == rule.short_name()))
}

/// What a set, or a list, of a package holds.
fn results(engine: &mut Engine, namespace: &str, name: &str) -> Outcome {
    let value = engine
        .eval_rule(format!("data.{namespace}.{name}"))
        .map_err(|error| error.to_string())?;
    match value {
        // No body of it holds.
        Value::Undefined => Ok(Vec::new()),
        Value::Set(_) | Value::Array(_) => match serde_json::to_value(&value) {
            Ok(Json::Array(results)) => Ok(results),
            Ok(_) => Ok(Vec::new()),
            Err(error) => Err(error.to_string()),
        },
        _ => Err(format!(
            "`{name}` is no set; write `{name} contains result if {{ … }}`"
        )),
    }
}
