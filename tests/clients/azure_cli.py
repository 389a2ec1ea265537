"""The how-to's own commands with the Azure CLI: sign in to two tenants, make a
machine in one from an image of the other, look at it, delete it."""

import json
import os
import subprocess
from pathlib import Path

from stage import APPLICATION, CONSUMER, IMAGES, MACHINES, PUBLISHER, SECRET, Stage

CLOUD = "Simulated"
GALLERY = f"/subscriptions/{IMAGES}/resourceGroups/myGalleryRG/providers/Microsoft.Compute/galleries/myGallery"
IMAGE = f"{GALLERY}/images/myImageDef/versions/1.0.0"
READER = "7d5f0c1e-0000-4000-8000-00000000000b"


class Cli:
    """`az` with a profile of its own."""

    def __init__(self, az: Path, stage: Stage) -> None:
        self.az = az
        self.stage = stage
        self.environment = {
            **os.environ,
            "AZURE_CONFIG_DIR": str(stage.folder / "az"),
            "HOME": str(stage.home),
            # Otherwise it asks Microsoft whether the sign-in host is theirs.
            "AZURE_CORE_INSTANCE_DISCOVERY": "false",
            "AZURE_CORE_COLLECT_TELEMETRY": "false",
            "AZURE_CORE_ONLY_SHOW_ERRORS": "true",
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.az, *words, "--output", "json"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def attempt(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = self.run(*words)
        self.stage.note("az " + " ".join(words).replace(SECRET, "…"))
        return done

    def quietly(self, *words: str) -> None:
        """Runs a command that has to succeed and leaves no transcript."""
        done = self.run(*words)
        self.stage.admin("DELETE", "/requests")
        assert done.returncode == 0, f"az {' '.join(words)}\n{done.stderr}"

    def __call__(self, *words: str) -> object:
        done = self.attempt(*words)
        assert done.returncode == 0, f"az {' '.join(words)}\n{done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None


def sign_in(az: Cli) -> None:
    az("cloud", "register", "-n", CLOUD, "--endpoint-resource-manager", az.stage.url)
    az("cloud", "set", "-n", CLOUD)
    az("account", "clear")
    for tenant, subscription in [(PUBLISHER, IMAGES), (CONSUMER, MACHINES)]:
        account = az(
            *["login", "--service-principal", "-u", APPLICATION, "-p", SECRET],
            *["--tenant", tenant],
        )
        assert [one["id"] for one in account] == [subscription], account
        token = az("account", "get-access-token")
        assert token["tenant"] == tenant, "a token of another tenant"


def publish(az: Cli) -> None:
    """The publisher's side: a gallery, a definition, a version, a role."""
    place = ["--subscription", IMAGES, "-g", "myGalleryRG"]
    made = az("sig", "create", *place, "-r", "second")
    assert made["provisioningState"] == "Succeeded", made
    definition = az(
        *["sig", "image-definition", "create", *place, "-r", "second", "-i", "web"],
        *["--publisher", "contoso", "--offer", "web", "--sku", "v2"],
        *["--os-type", "Linux", "--os-state", "generalized"],
    )
    assert definition["hyperVGeneration"] == "V2", definition
    source = f"/subscriptions/{IMAGES}/resourceGroups/myGalleryRG/providers/Microsoft.Compute/images/built"
    version = az(
        *["sig", "image-version", "create", *place, "-r", "second", "-i", "web"],
        *["-e", "1.0.0", "--managed-image", source],
    )
    assert version["provisioningState"] == "Succeeded", version
    listed = az("sig", "image-version", "list", *place, "-r", "second", "-i", "web")
    assert [one["name"] for one in listed] == ["1.0.0"], listed
    shown = az(
        *["sig", "image-version", "show", *place, "-r", "second", "-i", "web"],
        *["-e", "1.0.0"],
    )
    assert shown["storageProfile"]["source"]["id"] == source, shown

    az("account", "set", "--subscription", IMAGES)
    role = az(
        *["role", "assignment", "create", "--assignee", READER, "--role", "Reader"],
        *["--scope", GALLERY, "--subscription", IMAGES],
    )
    assert role["principalType"] == "ServicePrincipal", role
    roles = az(
        *["role", "assignment", "list", "--scope", GALLERY, "--subscription", IMAGES]
    )
    assert [one["roleDefinitionName"] for one in roles] == ["Reader"], roles
    az("account", "set", "--subscription", MACHINES)


def consume(az: Cli) -> None:
    """The consumer's side, as the how-to has it."""
    az("group", "create", "-n", "myResourceGroup", "-l", "westeurope")
    made = az(
        *["vm", "create", "--resource-group", "myResourceGroup", "--name", "myVM"],
        *["--image", IMAGE, "--admin-username", "azureuser", "--generate-ssh-keys"],
    )
    assert made["powerState"] == "VM running", made
    assert made["privateIpAddress"] and made["publicIpAddress"], made
    shown = az("vm", "show", "-d", "-g", "myResourceGroup", "-n", "myVM")
    reference = shown["storageProfile"]["imageReference"]["id"]
    assert reference.lower() == IMAGE.lower(), shown
    listed = az("vm", "list", "-g", "myResourceGroup")
    assert [one["name"] for one in listed] == ["myVM"], listed


def without_the_other_tenant(az: Cli) -> None:
    """With the role in the other tenant gone, Azure says so, and nothing stays."""
    roles = az("role", "assignment", "list", "--all", "--subscription", IMAGES)
    own = [one for one in roles if one["roleDefinitionName"] == "Owner"]
    az.stage.admin("DELETE", "/resources" + own[0]["id"])
    failed = az.attempt(
        *["vm", "create", "--resource-group", "myResourceGroup", "--name", "other"],
        *["--image", IMAGE, "--admin-username", "azureuser", "--generate-ssh-keys"],
    )
    assert failed.returncode != 0, "a machine without the right to read its image"
    assert "AuthorizationFailed" in failed.stderr, failed.stderr


def clean(az: Cli) -> None:
    az("vm", "delete", "--yes", "-g", "myResourceGroup", "-n", "myVM")
    assert az("vm", "list", "-g", "myResourceGroup") == []
    az("group", "delete", "--yes", "-n", "myResourceGroup")
    assert az("group", "exists", "-n", "myResourceGroup") is False
