//! Blobs and their leases, by the tables of "Lease Blob".

use crate::support;

use std::time::Duration;

use support::{APP, SECRET, T1, T2, WORLD, ask_token};
use tenon_sim::http::{HeaderMap, Request};
use tenon_sim::{Bytes, ClockMode, Simulator, WorldFile};

const BLOB: &str = "/tenonlocks/locks/web-prod";
const ONE: &str = "00000000-0000-4000-8000-000000000001";
const TWO: &str = "00000000-0000-4000-8000-000000000002";
const CONTAINER: &str = "/subscriptions/workload/resourceGroups/Web/providers/Microsoft.Storage/storageAccounts/tenonlocks/blobServices/default/containers/locks";

fn world(role: &str, scope: &str) -> WorldFile {
    let text = format!(
        "{WORLD}
resources:
  - id: /subscriptions/workload/resourceGroups/Web/providers/Microsoft.Storage/storageAccounts/tenonlocks
    body: {{location: westeurope, kind: StorageV2, sku: {{name: Standard_LRS}}}}
  - id: {CONTAINER}
    body: {{properties: {{publicAccess: None}}}}
"
    )
    .replace(
        "resourceGroups:\n",
        &format!("  - {{scope: {scope}, principal: deployer, role: {role}}}\nresourceGroups:\n"),
    );
    WorldFile::from_yaml(&text).expect("a world")
}

struct Storage {
    simulator: Simulator,
    token: String,
}

struct Said {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Said {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    #[track_caller]
    fn refused(self, status: u16, code: &str) {
        let said = (self.status, self.header("x-ms-error-code"));
        assert_eq!(said, (status, code), "{}", self.body);
        if !self.body.is_empty() {
            assert!(self.body.contains(&format!("<Code>{code}</Code>")));
        }
    }
}

async fn token(simulator: &Simulator, tenant: &str, scope: &str) -> String {
    let form = format!(
        "grant_type=client_credentials&client_id={APP}&client_secret={SECRET}&scope={scope}"
    );
    let answer = ask_token(simulator, tenant, &form).await.is(200);
    answer.body["access_token"]
        .as_str()
        .expect("a token")
        .to_owned()
}

const STORAGE: &str = "https%3A%2F%2Fstorage.azure.com%2F.default";

impl Storage {
    async fn new() -> Self {
        Self::with("Storage Blob Data Contributor").await
    }

    async fn with(role: &str) -> Self {
        Self::at(role, CONTAINER).await
    }

    async fn at(role: &str, scope: &str) -> Self {
        let world = world(role, scope);
        let simulator = Simulator::new(world, ClockMode::Manual).expect("a simulator");
        let token = token(&simulator, T2, STORAGE).await;
        Self { simulator, token }
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Said {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://127.0.0.1:1{path}"))
            .header("x-ms-version", "2023-11-03");
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::new()).expect("a request");
        let (parts, body) = self.simulator.handle(request).await.into_parts();
        Said {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).expect("text"),
        }
    }

    async fn make(&self) -> Said {
        let headers = [("x-ms-blob-type", "BlockBlob"), ("if-none-match", "*")];
        self.send("PUT", BLOB, &headers).await
    }

    async fn lease(&self, headers: &[(&str, &str)]) -> Said {
        self.send("PUT", &format!("{BLOB}?comp=lease"), headers)
            .await
    }

    async fn acquire(&self, id: &str) -> Said {
        self.lease(&[
            ("x-ms-lease-action", "acquire"),
            ("x-ms-lease-duration", "60"),
            ("x-ms-proposed-lease-id", id),
        ])
        .await
    }

    async fn with_id(&self, action: &str, id: &str) -> Said {
        self.lease(&[("x-ms-lease-action", action), ("x-ms-lease-id", id)])
            .await
    }

    async fn state(&self) -> String {
        let said = self.send("HEAD", BLOB, &[]).await.is(200);
        said.header("x-ms-lease-state").to_owned()
    }

    fn pass(&self, seconds: u64) {
        self.simulator.advance(Duration::from_secs(seconds));
    }
}

#[tokio::test]
async fn a_lease_is_taken_renewed_and_given_back() {
    let storage = Storage::new().await;
    storage.acquire(ONE).await.refused(404, "BlobNotFound");
    storage.make().await.is(201);
    storage.make().await.refused(409, "BlobAlreadyExists");
    assert_eq!(storage.state().await, "available");
    let said = storage.acquire(ONE).await.is(201);
    assert_eq!(said.header("x-ms-lease-id"), ONE);
    assert_eq!(storage.state().await, "leased");
    storage
        .acquire(TWO)
        .await
        .refused(409, "LeaseAlreadyPresent");
    // Whoever has it may take it again: an answer was lost.
    storage.acquire(ONE).await.is(201);
    storage.pass(45);
    storage.with_id("renew", ONE).await.is(200);
    storage.pass(45);
    assert_eq!(storage.state().await, "leased");
    let refusal = "LeaseIdMismatchWithLeaseOperation";
    storage.with_id("renew", TWO).await.refused(409, refusal);
    storage.with_id("release", TWO).await.refused(409, refusal);
    storage.with_id("release", ONE).await.is(200);
    assert_eq!(storage.state().await, "available");
    storage.with_id("renew", ONE).await.refused(409, refusal);
}

#[tokio::test]
async fn a_lease_ends_by_itself() {
    let storage = Storage::new().await;
    storage.make().await.is(201);
    storage.acquire(ONE).await.is(201);
    storage.pass(61);
    assert_eq!(storage.state().await, "expired");
    // Nobody took it in the meantime: its holder may have it back.
    storage.with_id("renew", ONE).await.is(200);
    storage.pass(61);
    storage.acquire(TWO).await.is(201);
    storage
        .with_id("renew", ONE)
        .await
        .refused(409, "LeaseIdMismatchWithLeaseOperation");
}

#[tokio::test]
async fn a_lease_is_broken_at_once_or_in_a_while() {
    let storage = Storage::new().await;
    storage.make().await.is(201);
    let at_once = [
        ("x-ms-lease-action", "break"),
        ("x-ms-lease-break-period", "0"),
    ];
    storage
        .lease(&at_once)
        .await
        .refused(409, "LeaseNotPresentWithLeaseOperation");
    storage.acquire(ONE).await.is(201);
    storage.pass(20);
    let said = storage
        .lease(&[("x-ms-lease-action", "break")])
        .await
        .is(202);
    assert_eq!(said.header("x-ms-lease-time"), "40");
    assert_eq!(storage.state().await, "breaking");
    storage
        .acquire(TWO)
        .await
        .refused(409, "LeaseAlreadyPresent");
    storage
        .acquire(ONE)
        .await
        .refused(409, "LeaseIsBreakingAndCannotBeAcquired");
    let said = storage.lease(&at_once).await.is(202);
    assert_eq!(said.header("x-ms-lease-time"), "0");
    assert_eq!(storage.state().await, "broken");
    storage
        .with_id("renew", ONE)
        .await
        .refused(409, "LeaseIsBrokenAndCannotBeRenewed");
    storage.acquire(TWO).await.is(201);
}

#[tokio::test]
async fn writes_to_a_leased_blob_need_its_lease() {
    let storage = Storage::new().await;
    storage.make().await.is(201);
    let path = format!("{BLOB}?comp=metadata");
    let write = |headers| storage.send("PUT", &path, headers);
    write(&[("x-ms-meta-run", "a")]).await.is(200);
    let id = [("x-ms-lease-id", ONE)];
    write(&id)
        .await
        .refused(412, "LeaseNotPresentWithBlobOperation");
    storage.acquire(ONE).await.is(201);
    write(&[]).await.refused(412, "LeaseIdMissing");
    write(&[("x-ms-lease-id", TWO)])
        .await
        .refused(412, "LeaseIdMismatchWithBlobOperation");
    let before = storage.send("HEAD", BLOB, &[]).await.is(200);
    storage.pass(5);
    write(&[("x-ms-lease-id", ONE), ("x-ms-meta-Run", "b")])
        .await
        .is(200);
    let after = storage.send("HEAD", BLOB, &[]).await.is(200);
    assert_eq!(after.header("x-ms-meta-run"), "b");
    assert_ne!(before.header("etag"), after.header("etag"));
    assert_ne!(
        before.header("last-modified"),
        after.header("last-modified")
    );
    let stale = [
        ("x-ms-lease-action", "break"),
        ("if-match", before.header("etag")),
    ];
    storage.lease(&stale).await.refused(412, "ConditionNotMet");
    storage.pass(61);
    write(&id).await.refused(412, "LeaseLost");
    // Without the lease's name the way is free, and the lease is gone for good.
    write(&[]).await.is(200);
    storage
        .with_id("renew", ONE)
        .await
        .refused(409, "LeaseIdMismatchWithLeaseOperation");
}

#[tokio::test]
async fn lengths_are_checked() {
    let storage = Storage::new().await;
    storage.make().await.is(201);
    for length in ["14", "61", "0", "-2", "x"] {
        let headers = [
            ("x-ms-lease-action", "acquire"),
            ("x-ms-lease-duration", length),
        ];
        storage
            .lease(&headers)
            .await
            .refused(400, "InvalidHeaderValue");
    }
    let headers = [
        ("x-ms-lease-action", "acquire"),
        ("x-ms-lease-duration", "-1"),
    ];
    storage.lease(&headers).await.is(201);
    storage.pass(3000);
    let said = storage.send("HEAD", BLOB, &[]).await.is(200);
    assert_eq!(said.header("x-ms-lease-duration"), "infinite");
}

#[tokio::test]
async fn rights_come_from_data_actions() {
    // Contributor on the whole subscription is not enough.
    let reader = Storage::with("Storage Blob Data Reader").await;
    let refusal = "AuthorizationPermissionMismatch";
    reader.make().await.refused(403, refusal);
    reader
        .send("HEAD", BLOB, &[])
        .await
        .refused(404, "BlobNotFound");
    let owner = Storage::with("Storage Blob Data Owner").await;
    owner.make().await.is(201);
    // The role is held at this container.
    owner
        .send("HEAD", "/tenonlocks/others/web-prod", &[])
        .await
        .refused(403, refusal);
    owner
        .send("HEAD", "/nobody/locks/web-prod", &[])
        .await
        .refused(404, "ResourceNotFound");
    let account = CONTAINER.split("/blobServices").next().expect("an account");
    Storage::at("Storage Blob Data Owner", account)
        .await
        .send("HEAD", "/tenonlocks/others/web-prod", &[])
        .await
        .refused(404, "ContainerNotFound");
}

#[tokio::test]
async fn tokens_are_for_storage_and_of_the_accounts_tenant() {
    let mut storage = Storage::new().await;
    let refusal = "InvalidAuthenticationInfo";
    for (tenant, scope) in [
        (T2, "https%3A%2F%2Fmanagement.azure.com%2F.default"),
        (T1, STORAGE),
        (T2, "https%3A%2F%2Fother.blob.core.windows.net%2F.default"),
    ] {
        storage.token = token(&storage.simulator, tenant, scope).await;
        let said = storage.make().await;
        let challenge = said.header("www-authenticate");
        assert!(challenge.contains(T2) && challenge.contains("https://storage.azure.com"));
        said.refused(401, refusal);
    }
    let own = "https%3A%2F%2Ftenonlocks.blob.core.windows.net%2F.default";
    storage.token = token(&storage.simulator, T2, own).await;
    storage.make().await.is(201);
    storage.simulator.advance(Duration::from_secs(7200));
    storage.make().await.refused(401, refusal);
    storage.token = String::new();
    storage
        .make()
        .await
        .refused(401, "NoAuthenticationInformation");
}
