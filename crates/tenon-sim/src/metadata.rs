//! What a client asks before it knows anything: the endpoints of this cloud.

use serde_json::{Value, json};

use crate::arm::reply::Reply;
use crate::call::Call;
use crate::world::Cloud;

/// Answers `GET /metadata/endpoints`, or `None` for other paths.
///
/// Versions up to 2020 answer a list of clouds, later ones a single object,
/// and `1.0` the old flat form.
pub(crate) fn answer(call: &Call, own: Cloud) -> Option<Reply> {
    if !call
        .path
        .trim_end_matches('/')
        .eq_ignore_ascii_case("/metadata/endpoints")
    {
        return None;
    }
    let version = call.api_version();
    let body = if version == "1.0" || version == "2015-01-01" {
        flat(call)
    } else if version > "2020-12-31" {
        cloud(call, own)
    } else {
        json!([cloud(call, own)])
    };
    Some(Reply::json(200, body))
}

fn flat(call: &Call) -> Value {
    json!({
        "galleryEndpoint": format!("{}/", call.base),
        "graphEndpoint": format!("{}/graph/", call.base),
        "portalEndpoint": format!("{}/portal", call.base),
        "authentication": {
            "loginEndpoint": call.base,
            "audiences": [call.base],
        },
    })
}

fn cloud(call: &Call, own: Cloud) -> Value {
    let base = &call.base;
    let graph = format!("{base}/graph");
    json!({
        "portal": format!("{base}/portal"),
        "authentication": {
            "loginEndpoint": base,
            "audiences": [base, "https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "media": "https://rest.media.azure.net",
        "graphAudience": graph,
        "graph": graph,
        "name": own.name(),
        "suffixes": {
            "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
            "acrLoginServer": "azurecr.io",
            "sqlServerHostname": "database.windows.net",
            "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
            "keyVaultDns": "vault.azure.net",
            "storage": "core.windows.net",
            "azureFrontDoorEndpointSuffix": "azurefd.net",
            "storageSyncEndpointSuffix": "afs.azure.net",
            "mhsmDns": "managedhsm.azure.net",
            "mysqlServerEndpoint": "mysql.database.azure.com",
            "postgresqlServerEndpoint": "postgres.database.azure.com",
            "mariadbServerEndpoint": "mariadb.database.azure.com",
            "synapseAnalytics": "dev.azuresynapse.net",
            "attestationEndpoint": "attest.azure.net",
        },
        "batch": "https://batch.core.windows.net/",
        "resourceManager": format!("{base}/"),
        "vmImageAliasDoc": format!("{base}/_sim/aliases.json"),
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "sqlManagement": "https://management.core.windows.net:8443/",
        "microsoftGraphResourceId": graph,
        "appInsightsResourceId": "https://api.applicationinsights.io",
        "appInsightsTelemetryChannelResourceId": "https://dc.applicationinsights.azure.com/v2/track",
        "attestationResourceId": "https://attest.azure.net",
        "synapseAnalyticsResourceId": "https://dev.azuresynapse.net",
        "logAnalyticsResourceId": "https://api.loganalytics.io",
        "ossrDbmsResourceId": "https://ossrdbms-aad.database.windows.net",
        "gallery": format!("{base}/"),
    })
}
