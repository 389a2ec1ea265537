//! What a directory lets its caller do, as far as the caller's own token says.
//!
//! Graph has nothing to ask. Its tokens carry the application permissions in
//! `roles` and directory roles in `wids`; what a token looks like is Entra's own
//! business, so what is read here is a hint and never a promise.
//! Source: Microsoft Learn, "Access token claims reference".

use tenon_model::transport::{Answer, Refusal};
use tenon_model::{Map, TenantId, Value};

use super::address::{self, Target};
use crate::arm::Arm;

/// The permissions of the token for a directory. No request goes to Graph.
pub(super) async fn rights(arm: &Arm, tenant: &TenantId) -> Result<Answer, Refusal> {
    // A cloud without Graph says so here.
    address::at(arm, "")?;
    let token = arm.graph_token(tenant).await?;
    let claims = token.claims();
    let list = |texts: &[String]| Value::List(texts.iter().map(Value::text).collect());
    let mut properties = Map::from([
        ("roles", list(&claims.roles)),
        ("directoryRoles", list(&claims.directory_roles)),
    ]);
    if let Some(scopes) = &claims.scopes {
        properties.insert("scopes", Value::text(scopes));
    }
    let target = Target::Directory(tenant.clone());
    Ok(Answer {
        status: 200,
        body: Value::Map(Map::from([
            ("id", Value::Text(target.id())),
            ("properties", Value::Map(properties)),
        ])),
        request_id: None,
    })
}
