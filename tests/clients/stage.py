"""A simulator in a process of its own, and a record of what clients ask it."""

import json
import os
import re
import ssl
import subprocess
import urllib.parse
import urllib.request
from enum import Enum
from pathlib import Path

PUBLISHER = "11111111-1111-1111-1111-111111111111"
CONSUMER = "22222222-2222-2222-2222-222222222222"
IMAGES = "44444444-4444-4444-4444-444444444444"
MACHINES = "33333333-3333-3333-3333-333333333333"
APPLICATION = "7d5f0c1e-0000-4000-8000-00000000000a"
SECRET = "a-secret-of-the-simulator"

# What the transcript calls them.
NAMES = {
    PUBLISHER: "publisher",
    CONSUMER: "consumer",
    IMAGES: "images",
    MACHINES: "machines",
    APPLICATION: "myGalleryApp",
}

HERE = Path(__file__).parent


class Order(Enum):
    """How a client asks: one after the other, or as it comes."""

    AS_ASKED = 1
    SORTED = 2


class Stage:
    """`tenon sim --tls` in an empty folder, for as long as the `with` lasts."""

    def __init__(self, tenon: Path, folder: Path) -> None:
        self.tenon = tenon
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.transcript: list[str] = []

    def __enter__(self) -> "Stage":
        self.server = subprocess.Popen(
            [
                *[self.tenon, "sim", "-q", "--tls", "--port", "0", "--in-memory"],
                *["--speed", "600", "--world", HERE / "world.yaml"],
            ],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        told = {}
        while "CA file" not in told:
            line = self.server.stdout.readline()
            assert line, "the simulator did not start"
            name, _, value = line.strip().rpartition("  ")
            told[name.strip()] = value.strip()
        self.url = told["Resource Manager"]
        self.ca_file = told["CA file"]
        # Everything in Python that uses requests looks here.
        os.environ["REQUESTS_CA_BUNDLE"] = self.ca_file
        self.trust = ssl.create_default_context(cafile=self.ca_file)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.terminate()
        self.server.wait(timeout=30)

    def admin(self, method: str, path: str, body: object = None) -> object:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/_sim{path}", data=data, method=method
        )
        with urllib.request.urlopen(request, context=self.trust, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def note(self, title: str, order: Order = Order.AS_ASKED) -> None:
        """Writes down what was asked since the last note."""
        entries = self.admin("GET", "/requests")["value"]
        self.admin("DELETE", "/requests")
        lines: list[str] = []
        for entry in entries:
            text = line(entry)
            # How often an operation is asked about is a matter of time.
            if lines and entry["method"] == "GET" and lines[-1][4:] == text[4:]:
                lines.pop()
            lines.append(text)
        if order == Order.SORTED:
            lines = sorted(set(lines), key=lambda text: text[4:])
        self.transcript += ["", f"## {mask(title)}", "", "```text", *lines, "```"]
        if not lines:
            self.transcript[-2:] = ["asks nothing"]


def line(entry: dict) -> str:
    """One request, without what is different each time."""
    tokens = names(entry.get("tenant"))
    if entry["auxiliaryTenants"]:
        tokens += " + " + ", ".join(names(one) for one in entry["auxiliaryTenants"])
    address = f"{entry['method']} {entry['path']}"
    query = urllib.parse.parse_qs(entry["query"])
    if "api-version" in query:
        address += f" ({query['api-version'][0]})"
    return mask(f"{entry['status']} {address}  [{tokens}]")


def names(tenant: str | None) -> str:
    return {None: "-", PUBLISHER: "publisher", CONSUMER: "consumer"}.get(tenant, tenant)


def mask(text: str) -> str:
    for known, name in NAMES.items():
        text = text.replace(known, f"{{{name}}}")
    text = re.sub(r"(vm_deploy_)\w+", r"\1…", text)
    text = re.sub(r"https://127\.0\.0\.1:\d+", "{url}", text)
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…", text)
