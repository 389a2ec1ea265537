//! Which regions a subscription has.

use tenon_model::transport::{Read, Refusal, Transport as _};
use tenon_model::{SubscriptionId, TenantId, Value};

use crate::Client;

/// The api-version of the list.
pub(crate) const VERSION: &str = "2022-12-01";

impl Client {
    /// The names of all regions that `subscription` may use, as requests spell
    /// them. Azure's list has logical ones too, such as `global`.
    /// Source: Azure REST API reference, "Subscriptions - List Locations".
    ///
    /// # Errors
    /// Whatever Azure refuses; who has rights on one group only may not list
    /// them.
    pub async fn regions_of(
        &self,
        subscription: &SubscriptionId,
        tenant: &TenantId,
    ) -> Result<Vec<String>, Refusal> {
        let read = Read {
            tenant: tenant.clone(),
            path: format!("/subscriptions/{subscription}/locations"),
            api_version: VERSION.to_owned(),
            query: Vec::new(),
        };
        let mut names = Vec::new();
        let mut page = |items: Vec<Value>| {
            let found = items.iter().filter_map(|one| one.member("name")?.as_text());
            names.extend(found.map(str::to_owned));
        };
        self.list(&read, &mut page).await?;
        Ok(names)
    }
}
