//! A whole request against the descriptions.

use serde_json::Value as Json;
use tenon_model::ResourceId;

use crate::checker::{Check, Purpose};
use crate::descriptions::Descriptions;
use crate::finding::{Finding, Problem};
use crate::form;
use crate::operation::Operation;

/// A request that writes.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) version: String,
    pub(crate) purpose: Purpose,
    pub(crate) body: Option<Json>,
}

impl Request {
    /// The type of the resource that it is about.
    pub(crate) fn resource_type(&self) -> String {
        let path = match self.purpose {
            Purpose::Act => self.path.rsplit_once('/').expect("an action").0,
            _ => &self.path,
        };
        ResourceId::parse(path).expect("an id").resource_type()
    }
}

impl Descriptions {
    /// What is wrong with a request.
    pub(crate) fn check(&self, request: &Request) -> Vec<Finding> {
        let whole = |problem| Finding {
            path: String::new(),
            problem,
        };
        let Some(operation) = self.operation(request.method, &request.path) else {
            return vec![whole(Problem::NoOperation)];
        };
        let resource_type = request.resource_type();
        let mut findings = Vec::new();
        if !self.tables.has_version(&resource_type, &request.version) {
            findings.push(whole(Problem::NoVersion(request.version.clone())));
        }
        findings.extend(self.names(operation, &request.path).into_iter().map(whole));
        let mut check = Check {
            all: self,
            resource_type: &resource_type,
            version: &request.version,
            purpose: request.purpose,
            findings,
        };
        match (operation.body(self), &request.body) {
            (Some(parameter), Some(body)) => {
                let schema = parameter.member("schema").expect("a body has a schema");
                check.value(schema, body, "");
            }
            (Some(parameter), None) if parameter.is("required") => {
                check.findings.push(whole(Problem::Body("it has none")));
            }
            (None, Some(_)) => check.findings.push(whole(Problem::Body("it takes none"))),
            (_, None) => {}
        }
        check.findings
    }

    /// What is wrong with names in the path.
    fn names(&self, operation: Operation<'_>, path: &str) -> Vec<Problem> {
        let parameters = operation.parameters(self);
        let bindings = operation.bindings(path);
        let problems = bindings.iter().flat_map(|(name, value)| {
            let own = parameters.iter().find(|one| {
                one.text("in") == Some("path") && one.text("name") == Some(name.as_str())
            });
            own.map_or(Vec::new(), |parameter| form::text(parameter.json, value))
        });
        problems.map(Problem::Form).collect()
    }
}
