//! The client: [`Transport`] over Azure.

use std::sync::Arc;

use tenon_model::transport::{Answer, Boxed, Identity, Progress, Read, Refusal, Transport, Write};
use tenon_model::{SubscriptionId, TenantId, Value};

use crate::arm::{Arm, Call, unheard};
use crate::cloud::Cloud;
use crate::credential::Credential;
use crate::settings::Settings;
use crate::{body, challenge, graph, list, operation, sharing};

/// Speaks to one cloud; cloning shares tokens, budgets and connections.
#[derive(Clone)]
pub struct Client(Arc<Arm>);

impl Client {
    /// Returns a client. Nothing is sent before something is asked.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(Arm::new(settings)))
    }

    /// How many HTTP requests were sent so far, those for tokens included.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.0.wire.sent()
    }

    /// The cloud that is spoken to.
    #[must_use]
    pub fn cloud(&self) -> &Cloud {
        &self.0.cloud
    }

    /// How many seconds the clock of this machine is ahead of the one that
    /// answered last, from its `Date` header; less than zero if it is behind,
    /// none if nobody has told the time.
    #[must_use]
    pub fn clock_ahead(&self) -> Option<i64> {
        self.0.wire.clock_ahead()
    }

    pub(crate) fn arm(&self) -> Arc<Arm> {
        Arc::clone(&self.0)
    }

    /// Follows an operation that an earlier run began with `write`, from the
    /// address that [`Progress::Accepted`] told.
    ///
    /// # Errors
    ///
    /// As [`Transport::write`].
    pub async fn follow(
        &self,
        write: &Write,
        operation: &str,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Answer, Refusal> {
        operation::resume(&self.0, write, operation, progress).await
    }

    async fn identity(&self, tenant: &TenantId) -> Result<Identity, Refusal> {
        let token = self.0.token(tenant).await?;
        let claims = token.claims().clone();
        let credential = self.0.credential(tenant);
        let known = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Ok(Identity {
            tenant: claims
                .tenant
                .map_or_else(|| tenant.clone(), |id| TenantId::new(&id)),
            application: claims
                .application
                .unwrap_or_else(|| known(credential.and_then(Credential::application))),
            object: claims.object,
            audience: claims.audience,
            expires: token.end(&self.0.clock),
            source: known(credential.map(Credential::source)),
        })
    }

    pub(crate) async fn read(&self, read: &Read) -> Result<Answer, Refusal> {
        if graph::is_graph(&read.path) {
            return graph::get(&self.0, read).await;
        }
        let call = Call::read(&self.0, read)?;
        let response = self.0.accepted(&call, &unheard).await?;
        let body = body::parse(&response.body).map_err(|error| {
            let message = format!("the answer is no JSON: {error}");
            self.0.asked(&call).unreadable(&response, &message)
        })?;
        Ok(Answer {
            status: response.status.as_u16(),
            body,
            request_id: response.request_id().map(str::to_owned),
        })
    }
}

impl Transport for Client {
    fn sign_in<'a>(&'a self, tenant: &'a TenantId) -> Boxed<'a, Result<Identity, Refusal>> {
        Box::pin(self.identity(tenant))
    }

    fn tenant_of<'a>(
        &'a self,
        subscription: &'a SubscriptionId,
    ) -> Boxed<'a, Result<Option<TenantId>, Refusal>> {
        Box::pin(challenge::tenant_of(&self.0, subscription))
    }

    fn get<'a>(&'a self, read: &'a Read) -> Boxed<'a, Result<Answer, Refusal>> {
        match sharing::gallery_of(&read.path) {
            Some(gallery) => Box::pin(async move {
                sharing::read(self, &gallery, &read.tenant, &read.api_version).await
            }),
            None => Box::pin(self.read(read)),
        }
    }

    fn list<'a>(
        &'a self,
        read: &'a Read,
        page: &'a mut (dyn FnMut(Vec<Value>) + Send),
    ) -> Boxed<'a, Result<usize, Refusal>> {
        if graph::is_graph(&read.path) {
            return Box::pin(graph::list(&self.0, read, page));
        }
        match sharing::gallery_of_list(&read.path) {
            Some(gallery) => Box::pin(sharing::list(self, gallery, read, page)),
            None => Box::pin(list::run(&self.0, read, page)),
        }
    }

    fn write<'a>(
        &'a self,
        write: &'a Write,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> Boxed<'a, Result<Answer, Refusal>> {
        if graph::is_graph(&write.path) {
            return Box::pin(graph::write(&self.0, write, progress));
        }
        match sharing::gallery_of(&write.path) {
            Some(gallery) => {
                Box::pin(
                    async move { sharing::write(self, &self.0, &gallery, write, progress).await },
                )
            }
            None => Box::pin(operation::run(&self.0, write, progress)),
        }
    }
}
