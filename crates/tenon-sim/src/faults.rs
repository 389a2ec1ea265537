//! What a simulator was told to do wrong.
//!
//! Each rule counts the requests it matches and strikes on a window of them.
//! Rules are asked twice: before a request is worked on (answer instead,
//! drop, delay, expire tokens) and when the answer is ready (drop after the
//! write took effect). A rule that fails an operation is asked when the
//! operation is started.

pub(crate) mod rule;

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arm::error::ArmError;
use rule::{FaultAction, FaultRule, LoggedFault, Moment};

/// A rule and how often it was met.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fault {
    pub(crate) rule: FaultRule,
    #[serde(default)]
    pub(crate) matched: u64,
    #[serde(default)]
    pub(crate) struck: u64,
}

/// What the rules make of one request.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) delay: Duration,
    pub(crate) answer: Option<ArmError>,
    pub(crate) drop: Option<Moment>,
    pub(crate) expire_tokens: bool,
    pub(crate) operation_failure: Option<ArmError>,
    pub(crate) struck: Vec<String>,
}

/// The rules of a world.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) list: Vec<Fault>,
    pub(crate) log: Vec<LoggedFault>,
}

/// What a rule can see of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight<'r> {
    pub(crate) method: &'r str,
    pub(crate) path: &'r str,
    pub(crate) type_name: &'r str,
}

impl Faults {
    pub(crate) fn add(&mut self, mut rule: FaultRule) -> &Fault {
        if rule.name.is_empty() {
            rule.name = format!("fault-{}", self.list.len() + 1);
        }
        self.list.retain(|fault| fault.rule.name != rule.name);
        self.list.push(Fault {
            rule,
            matched: 0,
            struck: 0,
        });
        &self.list[self.list.len() - 1]
    }

    /// Counts a request and collects what shall happen to it. Names of the
    /// rules that counted come back in `struck`, in order.
    pub(crate) fn judge(&mut self, sight: Sight<'_>, now: Timestamp) -> Verdict {
        let mut verdict = Verdict::default();
        for fault in &mut self.list {
            if fault.rule.applies_to(sight) && fault.counts() {
                verdict.take(&fault.rule);
                let entry = LoggedFault {
                    name: fault.rule.name.clone(),
                    method: sight.method.to_owned(),
                    path: sight.path.to_owned(),
                    time: now,
                };
                self.log.push(entry);
            }
        }
        verdict
    }
}

impl Fault {
    fn counts(&mut self) -> bool {
        self.matched += 1;
        let window = self.matched > u64::from(self.rule.skip);
        let open = self.rule.times == 0 || self.struck < u64::from(self.rule.times);
        if window && open {
            self.struck += 1;
        }
        window && open
    }
}

impl Verdict {
    fn take(&mut self, rule: &FaultRule) {
        self.struck.push(rule.name.clone());
        match &rule.action {
            FaultAction::Respond {
                status,
                code,
                message,
                headers,
            } => {
                let mut error = ArmError::new(*status, code, message.clone());
                error.headers = headers.clone().into_iter().collect();
                self.answer.get_or_insert(error);
            }
            FaultAction::Drop { moment } => self.drop = Some(*moment),
            FaultAction::Delay { by } => self.delay += by.0,
            FaultAction::ExpireTokens => self.expire_tokens = true,
            FaultAction::FailOperation { code, message } => {
                let error = ArmError::new(200, code, message.clone());
                self.operation_failure.get_or_insert(error);
            }
        }
    }
}

#[cfg(test)]
mod tests;
