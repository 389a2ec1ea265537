"""The Azure Identity library on the simulator: every way to sign in that needs
no person, so that the simulator's checks are held against Microsoft's code."""

import datetime
import json
import logging
import os
import urllib.request
from contextlib import contextmanager

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    AzurePipelinesCredential,
    CertificateCredential,
    ClientAssertionCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from stage import CONSUMER, PUBLISHER, Stage

PIPELINE = "7d5f0c1e-0000-4000-8000-00000000000c"
IDENTITY = "7d5f0c1e-0000-4000-8000-00000000000d"
BRANCH = "repo:contoso/images:ref:refs/heads/main"
CONNECTION = "7d5f0c1e-0000-4000-8000-00000000000e"


def certificate() -> tuple[bytes, str]:
    """A key with its certificate as PEM, and the certificate alone."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pipeline")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + pem, pem.decode()


def application(pem: str) -> dict:
    return {
        "name": "pipeline",
        "id": PIPELINE,
        "tenant": "publisher",
        "multiTenant": True,
        "certificates": [{"pem": pem}],
        "federatedCredentials": [
            {
                "name": "github",
                "issuer": "https://token.actions.githubusercontent.com",
                "subject": BRANCH,
            },
            {
                "name": "devops",
                "issuer": "https://vstoken.dev.azure.com/contoso",
                "subject": "sc://contoso/images/deploy",
            },
            {
                "name": "identity",
                "issuer": f"https://login.microsoftonline.com/{PUBLISHER}/v2.0",
                "subject": "7d5f0c1e-0000-4000-8000-00000000001d",
            },
        ],
        "servicePrincipals": [{"tenant": "publisher"}, {"tenant": "consumer"}],
    }


@contextmanager
def environment(**variables: str):
    """Variables that the library reads, for as long as the `with` lasts."""
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]


def run(stage: Stage) -> None:
    both, public = certificate()
    stage.admin("PUT", "/applications", application(public))
    scope = f"{stage.url}/.default"
    # The simulator's host is not one of Microsoft's.
    host = {"authority": stage.url, "disable_instance_discovery": True}

    for tenant in (PUBLISHER, CONSUMER):
        credential = CertificateCredential(
            tenant, PIPELINE, certificate_data=both, **host
        )
        assert credential.get_token(scope).token
    stage.note("azure-identity: a certificate in two tenants")

    other, _ = certificate()
    wrong = CertificateCredential(CONSUMER, PIPELINE, certificate_data=other, **host)
    logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
    refused(wrong, scope, "AADSTS700027")
    stage.note("azure-identity: a certificate that the application does not have")

    token_file = stage.folder / "token"
    token_file.write_text(github_token(stage))
    credential = WorkloadIdentityCredential(
        tenant_id=CONSUMER,
        client_id=PIPELINE,
        token_file_path=str(token_file),
        **host,
    )
    assert credential.get_token(scope).token
    stage.note("azure-identity: a federated token in a file")

    with environment(SYSTEM_OIDCREQUESTURI=f"{stage.url}/_devops/oidctoken"):
        credential = AzurePipelinesCredential(
            tenant_id=CONSUMER,
            client_id=PIPELINE,
            service_connection_id=CONNECTION,
            system_access_token="a-pipeline-token",
            **host,
        )
        assert credential.get_token(scope).token
    stage.note("azure-identity: an Azure DevOps pipeline")

    with environment(IDENTITY_ENDPOINT=f"{stage.url}/msi/token", IDENTITY_HEADER="a-header"):
        identity = ManagedIdentityCredential(client_id=IDENTITY)
        assert identity.get_token(scope).token
        vouched = ClientAssertionCredential(
            CONSUMER,
            PIPELINE,
            lambda: identity.get_token("api://AzureADTokenExchange/.default").token,
            **host,
        )
        assert vouched.get_token(scope).token
    stage.note("azure-identity: a managed identity, and one that vouches for an application")


def refused(credential: object, scope: str, code: str) -> None:
    try:
        credential.get_token(scope)
    except ClientAuthenticationError as error:
        assert code in str(error), error
        return
    raise AssertionError(f"a token in place of {code}")


def github_token(stage: Stage) -> str:
    """Asks as a job of GitHub Actions does."""
    request = urllib.request.Request(
        f"{stage.url}/_github/token?api-version=2.0&audience=api://AzureADTokenExchange",
        headers={"Authorization": "Bearer a-request-token"},
    )
    with urllib.request.urlopen(request, context=stage.trust, timeout=30) as answer:
        return json.loads(answer.read())["value"]
