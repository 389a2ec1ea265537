//! The client, and an Azure that has one answer.

use std::sync::Arc;

use serde_json::{Value, json};
use tenon_client::{
    Client, Clock, Cloud, Credential, Credentials, HeaderMap, HeaderValue, Http, HttpError,
    HttpRequest, HttpResponse, Jitter, Method, SecretString, Settings, StatusCode,
};
use tenon_model::TenantId;
use tenon_model::transport::{Boxed, Condition, Read, Refusal, Transport as _, Verb, Write};

use crate::row::Row;
use crate::thing::Thing;

pub(crate) const CONTOSO: &str = "22222222-2222-2222-2222-222222222222";
pub(crate) const ACME: &str = "11111111-1111-1111-1111-111111111111";
const OPERATION: &str = "https://management.azure.com/subscriptions/33333333-3333-3333-3333-333333333333/providers/Microsoft.Compute/locations/westeurope/operations/1?api-version=2024-11-01";

const NOW: &str = "2026-07-01T12:10:00Z";

/// Answers every request of a row.
struct Azure {
    signs_in: bool,
    late: bool,
    status: u16,
    body: Value,
}

impl Http for Azure {
    fn send(&self, request: HttpRequest) -> Boxed<'_, Result<HttpResponse, HttpError>> {
        let is_token = request.url.host_str() == Some("login.microsoftonline.com");
        let answer = match (is_token, self.late) {
            (true, _) if self.signs_in => {
                let token = json!({"access_token": "e30.e30.e30", "expires_in": 3600});
                response(200, &token)
            }
            (false, true) if request.method == Method::PUT => accepted(),
            (false, true) => {
                let mut status = self.body.clone();
                status["status"] = json!("Failed");
                response(200, &status)
            }
            _ => response(self.status, &self.body),
        };
        Box::pin(async move { Ok(answer) })
    }
}

fn accepted() -> HttpResponse {
    let mut answer = response(
        201,
        &json!({"properties": {"provisioningState": "Creating"}}),
    );
    let address = HeaderValue::from_static(OPERATION);
    answer.headers.insert("azure-asyncoperation", address);
    answer
}

fn response(status: u16, body: &Value) -> HttpResponse {
    let mut headers = HeaderMap::new();
    let id = "4f0c0000-0000-4000-8000-000000000001";
    headers.insert("x-ms-request-id", HeaderValue::from_static(id));
    let date = HeaderValue::from_static("Wed, 01 Jul 2026 12:00:00 GMT");
    headers.insert("date", date);
    HttpResponse {
        status: StatusCode::from_u16(status).expect("a status"),
        headers,
        body: serde_json::to_vec(body).expect("JSON"),
    }
}

/// Asks for the thing of a row, and is refused.
pub(crate) async fn refuse(row: &Row, asked: &Thing) -> Refusal {
    let azure = Azure {
        signs_in: asked.address.is_some(),
        late: row.has("late"),
        status: row.status(),
        body: row.body(),
    };
    let client = client(azure, row.secret());
    let (path, api_version) = (asked.path(), "2024-11-01".to_owned());
    let outcome = match (asked.address, asked.verb) {
        (None, _) => client.sign_in(&TenantId::new(CONTOSO)).await.map(drop),
        (_, Verb::Get) => {
            let tenant = TenantId::new(ACME);
            let read = Read {
                tenant,
                path,
                api_version,
                query: Vec::new(),
            };
            client.get(&read).await.map(drop)
        }
        (_, verb) => {
            let auxiliary = row.has("auxiliary").then(|| TenantId::new(ACME));
            let write = Write {
                tenant: TenantId::new(CONTOSO),
                auxiliary: auxiliary.into_iter().collect(),
                verb,
                path,
                api_version,
                body: None,
                condition: Condition::None,
            };
            client.write(&write, &|_| {}).await.map(drop)
        }
    };
    outcome.expect_err(&row.name)
}

fn client(azure: Azure, secret: &str) -> Client {
    let credential = Credential::client_secret(
        "7d5f0c1e-0000-4000-8000-000000000009",
        SecretString::from(secret),
        "AZURE_CLIENT_SECRET",
    );
    let credentials = Credentials::all(credential);
    let mut settings = Settings::new(Cloud::public(), credentials, Arc::new(azure));
    settings.jitter = Jitter::fixed(0.5);
    // When the answers say that it is.
    settings.clock = Clock::new(|| NOW.parse().expect("a time"));
    settings.correlation_id = "9c1d0000-0000-4000-8000-000000000001".to_owned();
    Client::new(settings)
}
