//! The instances of scale sets: each with the model that it was given.

use std::collections::BTreeMap;

use tenon_model::Value;

/// A scale set beside its body.
#[derive(Clone, Default)]
pub(crate) struct Set {
    models: BTreeMap<usize, Value>,
    upgrades: usize,
}

/// What an instance has of the body of its set.
fn model(body: &Value) -> Value {
    let at = |path: &[&str]| body.at(path).cloned().unwrap_or_default();
    Value::List(vec![
        at(&["sku", "name"]),
        at(&["properties", "virtualMachineProfile"]),
    ])
}

impl Set {
    /// The set was written: as many instances as it says, with its model where
    /// its policy sees to that.
    pub(crate) fn written(&mut self, body: &Value) {
        let capacity = match body.at(&["sku", "capacity"]) {
            Some(Value::Int(number)) => usize::try_from(*number).unwrap_or(0),
            _ => 0,
        };
        self.models.retain(|number, _| *number < capacity);
        let mode = body.at(&["properties", "upgradePolicy", "mode"]);
        let mode = mode.and_then(Value::as_text).unwrap_or("Manual");
        let latest = model(body);
        let behind = self.models.values().any(|one| *one != latest);
        if behind && mode != "Manual" {
            self.models
                .values_mut()
                .for_each(|one| one.clone_from(&latest));
            self.upgrades += 1;
        }
        for number in 0..capacity {
            self.models.entry(number).or_insert_with(|| latest.clone());
        }
    }

    /// Some instances are told.
    pub(crate) fn told(&mut self, ids: &Value, body: &Value) {
        let latest = model(body);
        for id in ids.as_list().unwrap_or(&[]) {
            let number = id.as_text().and_then(|text| text.parse().ok());
            if let Some(one) = number.and_then(|number: usize| self.models.get_mut(&number)) {
                one.clone_from(&latest);
            }
        }
    }

    /// The list of instances.
    pub(crate) fn list(&self, body: &Value) -> Vec<Value> {
        let latest = model(body);
        let models = self.models.iter();
        models
            .map(|(number, model)| {
                let is_latest = *model == latest;
                let text = format!(
                    r#"{{"instanceId": "{number}", "properties": {{"provisioningState": "Succeeded", "latestModelApplied": {is_latest}}}}}"#
                );
                serde_json::from_str(&text).expect("JSON")
            })
            .collect()
    }

    /// `rollingUpgrades/latest`.
    pub(crate) fn latest(&self) -> Option<Value> {
        let text = format!(
            r#"{{"properties": {{"runningStatus": {{"code": "Completed", "startTime": "2026-08-22T09:14:{:02}Z"}}}}}}"#,
            self.upgrades
        );
        (self.upgrades > 0).then(|| serde_json::from_str(&text).expect("JSON"))
    }
}
