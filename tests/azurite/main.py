"""Leases of `tenon` on Azurite: tokens from the simulator, blobs from Microsoft."""

import argparse
import json
import os
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

TENANT = "22222222-2222-2222-2222-222222222222"
SUBSCRIPTION = "33333333-3333-3333-3333-333333333333"
APPLICATION = "7d5f0c1e-0000-4000-8000-00000000000a"
SECRET = "a-secret-of-the-simulator"
# The account that every Azurite has.
ACCOUNT = "devstoreaccount1"
VERSION = "2023-11-03"

WORLD = f"""
tenants: [{{name: contoso, id: {TENANT}}}]
applications:
  - name: tenon
    id: {APPLICATION}
    tenant: contoso
    secrets: [{{value: {SECRET}}}]
subscriptions: [{{name: machines, id: {SUBSCRIPTION}, tenant: contoso}}]
roleAssignments: [{{scope: /subscriptions/machines, principal: tenon, role: Contributor}}]
resourceGroups: [{{subscription: machines, name: rg, location: westeurope}}]
"""

SPEC = """\
tenon: 1
name: shop
tenant: {tenant}
subscription: {subscription}
resource_group: rg
location: westeurope
lock: {{blob: "{blob}"}}
resources:
  vault:
    type: Microsoft.KeyVault/vaults@2023-07-01
    name: a-vault
    body: {{properties: {{tenantId: {tenant}, sku: {{family: A, name: standard}}, enableSoftDelete: true}}}}
    tags: {{round: "{round}"}}
"""


class Server:
    """A process of ours that says where it listens, ended by its own id."""

    def __init__(self, words: list, folder: Path, ready: str) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.is_ready = threading.Event()
        self.ready = ready
        threading.Thread(target=self.listen, daemon=True).start()
        if not self.is_ready.wait(60):
            self.end()
            sys.exit("it did not start:\n" + "".join(self.lines))

    def listen(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)
            if self.ready in line:
                self.is_ready.set()

    def told(self, text: str) -> str:
        line = next(line for line in self.lines if text in line)
        return line.split()[-1].strip()

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Stage:
    """A folder with a spec, the simulator, and Azurite."""

    def __init__(self, tenon: Path, azurite: Path, folder: Path) -> None:
        self.tenon, self.folder = tenon, folder
        (folder / "world.yaml").write_text(WORLD)
        self.servers: list[Server] = []
        sim = [tenon, "sim", "-q", "--tls", "--port", "0", "--in-memory", "--world", "world.yaml"]
        sim = self.serve(sim, "CA file")
        self.url = sim.told("Resource Manager")
        self.ca_file = sim.told("CA file")
        self.trust = ssl.create_default_context(cafile=self.ca_file)
        self.certify()
        words = ["node", azurite, "--blobHost", "127.0.0.1", "--blobPort", "0"]
        words += ["--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck"]
        words += ["--oauth", "basic", "--cert", "azurite.pem", "--key", "azurite-key.pem"]
        self.blobs = self.serve(words, "successfully listen").told("successfully listen")
        self.blob = f"{self.blobs}/{ACCOUNT}/locks/shop"
        self.spec(1)

    def serve(self, words: list, ready: str) -> Server:
        server = Server(words, self.folder, ready)
        self.servers.append(server)
        return server

    def end(self) -> None:
        for server in self.servers:
            server.end()

    def certify(self) -> None:
        """A certificate for Azurite by the simulator's authority."""
        authority = Path(self.ca_file).parent / "authority.pem"
        (self.folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
        for words in [
            "req -newkey rsa:2048 -nodes -subj /CN=azurite -keyout azurite-key.pem -out azurite.csr",
            f"x509 -req -in azurite.csr -CA {self.ca_file} -CAkey {authority} -CAcreateserial"
            " -CAserial serial -days 2 -extfile names -out azurite.pem",
        ]:
            ran = subprocess.run(
                ["openssl", *words.split()], cwd=self.folder, capture_output=True, text=True, timeout=60
            )
            assert ran.returncode == 0, ran.stderr

    def spec(self, round_: int) -> None:
        text = SPEC.format(
            tenant=TENANT, subscription=SUBSCRIPTION, blob=self.blob, round=round_
        )
        (self.folder / "tenon.yaml").write_text(text)

    def environment(self) -> dict:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "USER": "tester",
            "ARM_CLOUD_METADATA_URL": self.url,
            "TENON_CA_FILE": self.ca_file,
            "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential",
            "AZURE_CLIENT_ID": APPLICATION,
            "AZURE_CLIENT_SECRET": SECRET,
        }

    def start(self, *words: str) -> subprocess.Popen:
        return subprocess.Popen(
            [self.tenon, *words],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, code: int, *words: str) -> str:
        process = self.start(*words)
        out, _ = process.communicate(timeout=180)
        assert process.returncode == code, f"{words}: {process.returncode}\n{out}"
        return out

    def send(self, method: str, url: str, body: bytes | None, headers: dict) -> bytes:
        request = urllib.request.Request(url, data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, context=self.trust, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {url}: {error.code} {error.read()}")

    def container(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": APPLICATION,
            "client_secret": SECRET,
            "scope": "https://storage.azure.com/.default",
        }
        url = f"{self.url}/{TENANT}/oauth2/v2.0/token"
        granted = self.send("POST", url, urllib.parse.urlencode(form).encode(), {})
        token = json.loads(granted)["access_token"]
        headers = {"Authorization": f"Bearer {token}", "x-ms-version": VERSION}
        url = f"{self.blobs}/{ACCOUNT}/locks?restype=container"
        self.send("PUT", url, b"", headers)

    def delay(self, seconds: int) -> None:
        """Lets the next write to the vault take so long."""
        fault = {
            "name": "slow",
            "match": {"method": "PUT", "id": "*/a-vault"},
            "action": {"do": "delay", "by": f"{seconds}s"},
        }
        body = json.dumps(fault).encode()
        self.send("POST", f"{self.url}/_sim/faults", body, {"Content-Type": "application/json"})

    def holding(self, seconds: int) -> subprocess.Popen:
        """An apply that holds the lease for a while."""
        self.delay(seconds)
        process = self.start("apply", "--auto-approve")
        for line in process.stdout:
            if " start " in line:
                return process
        sys.exit("the apply began nothing")


def missing_container(stage: Stage) -> None:
    out = stage.run(1, "apply", "--auto-approve")
    assert "ContainerNotFound" in out and "az storage container create" in out, out


def one_run(stage: Stage) -> None:
    stage.container()
    stage.run(0, "apply", "--auto-approve")


def two_runs(stage: Stage) -> None:
    stage.spec(2)
    first = stage.holding(20)
    out = stage.run(5, "apply", "--auto-approve")
    assert "TN4010" in out and "held by tester" in out and " s ago" in out, out
    out = stage.run(0, "apply", "--auto-approve", "--lock-timeout", "2m")
    assert "waiting for the lease: held by tester" in out, out
    first.communicate(timeout=60)
    assert first.returncode == 0


def killed(stage: Stage) -> None:
    stage.spec(3)
    dead = stage.holding(5)
    began = time.monotonic()
    dead.send_signal(signal.SIGKILL)
    dead.wait(timeout=30)
    stage.run(0, "apply", "--auto-approve", "--lock-timeout", "2m")
    assert 40 < time.monotonic() - began < 90, "it is free after a minute"


def unlocked(stage: Stage) -> None:
    stage.spec(4)
    dead = stage.holding(5)
    dead.send_signal(signal.SIGKILL)
    dead.wait(timeout=30)
    out = stage.run(5, "apply", "--auto-approve")
    run = out.split("--id ")[1].split()[0]
    out = stage.run(1, "unlock", "shop", "--id", "20200101-000000-abcdef")
    assert "TN4009" in out, out
    stage.run(0, "unlock", "shop", "--id", run)
    stage.run(0, "apply", "--auto-approve")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenon", type=Path, required=True)
    parser.add_argument("--azurite", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(options.tenon.absolute(), options.azurite.absolute(), Path(folder))
        try:
            for name, step in [
                ("a container that is missing is said", missing_container),
                ("one run takes the lease and gives it back", one_run),
                ("the second of two hears of the first, or waits", two_runs),
                ("a killed run frees it by time", killed),
                ("a killed run is unlocked by its id", unlocked),
            ]:
                step(stage)
                print(f"ok    {name}", flush=True)
        finally:
            stage.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
