//! Resource Manager: one request in, one answer out.
//!
//! The order of the checks is the order in which the real one refuses: the
//! subscription, the tokens, the tenant, the api-version, throttling, rights
//! on the target, then what the target's type has to say.

mod acting;
pub(crate) mod authentication;
mod conditions;
pub(crate) mod conflict;
pub(crate) mod deletion;
pub(crate) mod denial;
pub(crate) mod error;
pub(crate) mod id;
pub(crate) mod linked;
pub(crate) mod location;
mod names;
pub(crate) mod operations;
pub(crate) mod paging;
pub(crate) mod policy;
pub(crate) mod rbac;
pub(crate) mod reading;
pub(crate) mod reply;
pub(crate) mod roles;
pub(crate) mod route;
pub(crate) mod schema;
pub(crate) mod throttle;
pub(crate) mod versions;
pub(crate) mod writing;

use authentication::Caller;
use error::ArmError;
use id::ResourceId;
use reply::Reply;
use route::Route;

use crate::call::Call;
use crate::json;
use crate::providers::compute::scale_set::rolling;
use crate::providers::resources::deployment;
use crate::providers::{self, Flow, gallery};
use crate::state::State;

/// What every handler of an authenticated request works with.
pub(crate) struct Context<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) call: &'a Call,
    pub(crate) caller: Caller,
}

/// Answers a request to Resource Manager.
pub(crate) fn answer(state: &mut State, call: &Call) -> Reply {
    let route = Route::of(call);
    let tenant = route
        .subscription()
        .and_then(|id| state.directory.tenant_of(id));
    let tenant = tenant.map(str::to_owned);
    match admit(state, call, &route, tenant.as_deref()) {
        Ok(caller) => {
            let limits = throttle::charge(state, call, &route, &caller);
            let mut context = Context {
                state,
                call,
                caller,
            };
            let answered = limits.refusal.map_or_else(|| context.answer(&route), Err);
            let mut reply = answered.unwrap_or_else(Reply::from);
            reply.headers.extend(limits.headers);
            reply
        }
        Err(error) => Reply::from(authentication::challenged(error, tenant.as_deref())),
    }
}

/// Lets a request in: known subscription, valid tokens of the right tenant, known api-version.
fn admit(
    state: &State,
    call: &Call,
    route: &Route,
    tenant: Option<&str>,
) -> Result<Caller, ArmError> {
    if call.api_version().is_empty() {
        versions::check(call, "")?;
    }
    if let (Some(subscription), None) = (route.subscription(), tenant) {
        return Err(unknown_subscription(subscription));
    }
    let caller = authentication::authenticate(state, call)?;
    if let Some(tenant) = tenant {
        authentication::require_tenant(&caller, tenant)?;
    }
    if !is_poll(route) {
        versions::check(call, &versioned_type(route))?;
    }
    Ok(caller)
}

pub(crate) fn unknown_subscription(subscription: &str) -> ArmError {
    if uuid::Uuid::try_parse(subscription).is_err() {
        let message = format!(
            "The provided subscription identifier '{subscription}' is malformed or invalid."
        );
        return ArmError::bad_request("InvalidSubscriptionId", message);
    }
    let message = format!("The subscription '{subscription}' could not be found.");
    ArmError::not_found("SubscriptionNotFound", message)
}

/// The type whose table of versions counts; actions and views count as their resource.
fn versioned_type(route: &Route) -> String {
    let own = route.type_name();
    match route {
        Route::Below(id, _) if !id.parts.is_empty() && providers::known(&own).is_none() => {
            let below = versions::knows(&own);
            if below { own } else { id.type_name() }
        }
        _ => providers::canonical(&own),
    }
}

/// Polling addresses carry whatever version the write had.
fn is_poll(route: &Route) -> bool {
    match route {
        Route::OperationResult(..) => true,
        Route::Item(id) => poll_flow(id).is_some(),
        _ => false,
    }
}

/// Whose operation an id names, and which of the two addresses it is.
fn poll_flow(id: &ResourceId) -> Option<(Flow, operations::Ask)> {
    let name = id.type_name().to_ascii_lowercase();
    Some(match name.as_str() {
        "microsoft.network/locations/operations" => (Flow::Network, operations::Ask::Status),
        "microsoft.network/locations/operationresults" => (Flow::Network, operations::Ask::Result),
        "microsoft.compute/locations/operations" => (Flow::Compute, operations::Ask::Status),
        "microsoft.compute/locations/diskoperations" => (Flow::Disk, operations::Ask::Status),
        "microsoft.compute/locations/capsoperations" => (Flow::Gallery, operations::Ask::Status),
        "microsoft.resources/deployments/operationstatuses" => {
            (Flow::Deployment, operations::Ask::Status)
        }
        _ => return None,
    })
}

impl Context<'_> {
    fn answer(&mut self, route: &Route) -> Result<Reply, ArmError> {
        match route {
            Route::Item(id) => self.item(id),
            Route::Below(id, word) => self.below(id, word),
            Route::Collection(id, type_name) => self.collection(id, type_name),
            Route::Provider(id, namespace) => {
                providers::resources::provider::answer(self, id, namespace)
            }
            Route::OperationResult(_, token) => {
                operations::result(self.state, self.call, token, Flow::Sync)
            }
            Route::Nowhere => Err(nowhere(self.call)),
        }
    }

    /// Answers a request to one resource, whether a client or a deployment makes it.
    pub(crate) fn item(&mut self, id: &ResourceId) -> Result<Reply, ArmError> {
        if let Some((flow, ask)) = poll_flow(id) {
            let result = ask == operations::Ask::Result || self.call.query("monitor").is_some();
            let answer = if result {
                operations::result
            } else {
                operations::status
            };
            return answer(self.state, self.call, id.name(), flow);
        }
        let kind = id.type_name();
        if id.parts.is_empty() && id.group.is_none() {
            return providers::resources::subscription::answer(self, id);
        }
        if kind.eq_ignore_ascii_case("Microsoft.Resources/tags") {
            return providers::resources::tags::answer(self, id);
        }
        if kind.eq_ignore_ascii_case("Microsoft.Resources/providers") || kind.is_empty() {
            return Err(nowhere(self.call));
        }
        if json::same(&kind, deployment::OPERATIONS) {
            return deployment::operation(self, id);
        }
        if let Some(answer) = gallery::open::answer(self, id, None) {
            return answer;
        }
        let deployment = json::same(&kind, deployment::KIND.type_name);
        match self.call.method.as_str() {
            "PUT" if deployment => deployment::put(self, id),
            "GET" => reading::get(self, id),
            "HEAD" => reading::head(self, id),
            "PUT" => writing::put(self, id),
            "PATCH" => writing::patch(self, id),
            "DELETE" => deletion::delete(self, id),
            "POST" if json::same(&kind, rolling::KIND.type_name) => {
                let set = id.parent().unwrap_or_default();
                acting::act(self, &set, &format!("rollingUpgrades/{}", id.name()))
            }
            _ => Err(method_not_allowed(self.call)),
        }
    }

    fn below(&mut self, id: &ResourceId, word: &str) -> Result<Reply, ArmError> {
        let get = self.call.method == "GET";
        if id.parts.is_empty() {
            return providers::resources::below(self, id, word);
        }
        if let Some(answer) = gallery::open::answer(self, id, Some(word)) {
            return answer;
        }
        if providers::locations::is_location(id) {
            return providers::resources::usages::answer(self, id, word);
        }
        if json::same(&id.type_name(), deployment::KIND.type_name) && !get {
            return deployment::act(self, id, word);
        }
        if get {
            reading::below(self, id, word)
        } else {
            acting::act(self, id, word)
        }
    }

    fn collection(&mut self, scope: &ResourceId, type_name: &str) -> Result<Reply, ArmError> {
        let (namespace, kind) = type_name.split_once('/').unwrap_or((type_name, ""));
        if self.call.method == "POST" && json::same(type_name, "Microsoft.ResourceGraph/resources")
        {
            return crate::resource_graph::answer(self);
        }
        if self.call.method == "POST" && json::same(namespace, "Microsoft.Subscription") {
            return providers::resources::subscription::switch(self, scope, kind);
        }
        if self.call.method == "POST" {
            return providers::resources::provider::act(self, scope, namespace, kind);
        }
        if self.call.method != "GET" {
            return Err(method_not_allowed(self.call));
        }
        match providers::canonical(type_name)
            .to_ascii_lowercase()
            .as_str()
        {
            "microsoft.compute/skus" => providers::resources::skus::answer(self, scope),
            "microsoft.authorization/permissions" => {
                providers::authorization::permissions(self, scope)
            }
            "microsoft.authorization/roleassignments" => {
                providers::authorization::assignment::list(self, scope)
            }
            "microsoft.authorization/roledefinitions" => {
                providers::authorization::definition::list(self, scope)
            }
            _ => reading::list(self, scope, type_name),
        }
    }
}

fn nowhere(call: &Call) -> ArmError {
    let message = format!(
        "The request URI '{}{}' does not lead to a resource.",
        call.base, call.path
    );
    ArmError::not_found("InvalidResourceType", message)
}

pub(crate) fn method_not_allowed(call: &Call) -> ArmError {
    let message = format!(
        "The requested resource does not support http method '{}'.",
        call.method
    );
    ArmError::new(405, "UnsupportedHttpMethod", message)
}
