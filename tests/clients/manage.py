"""`tenon` on what the Azure CLI made: it sees the machine, offers to take it
over, and manages it after."""

import os
import subprocess

from stage import APPLICATION, HERE, SECRET, Order, Stage


class Tenon:
    """The program, told about the simulator as about any Azure."""

    def __init__(self, stage: Stage, spec: str = "machine.yaml") -> None:
        self.stage = stage
        self.spec = HERE / spec
        self.environment = {
            **os.environ,
            "HOME": str(stage.home),
            "CI": "true",
            "ARM_CLOUD_METADATA_URL": stage.url,
            "TENON_CA_FILE": stage.ca_file,
            "AZURE_CLIENT_ID": APPLICATION,
            "AZURE_CLIENT_SECRET": SECRET,
        }

    def __call__(self, *words: str, exits: int = 0) -> str:
        said = self.run(*words, exits=exits)
        # It asks for many things at once.
        self.stage.note("tenon " + " ".join(words), Order.SORTED)
        return said

    def quietly(self, *words: str) -> None:
        """Runs a command that leaves no transcript: how often it asks whether
        something is done is a matter of time."""
        self.run(*words, exits=0)
        self.stage.admin("DELETE", "/requests")

    def run(self, *words: str, exits: int) -> str:
        done = subprocess.run(
            [self.stage.tenon, *words, "-f", self.spec],
            cwd=self.stage.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == exits, f"tenon {' '.join(words)}: {done.returncode}\n{said}"
        assert SECRET not in said and "eyJ" not in said, "a secret was printed"
        return said


def run(stage: Stage) -> None:
    tenon = Tenon(stage)
    refused = tenon("plan", exits=1)
    assert "resources of `vms.myVM` exist already" in refused, refused
    assert "tenon plan --adopt vms.myVM" in refused, refused
    offered = tenon("plan", "--adopt", "vms.myVM", "--out", "adopt.plan")
    assert "adopt" in offered and " replace" not in offered, offered
    tenon("apply", "adopt.plan")
    unchanged = tenon("plan", "--detailed-exitcode")
    assert "no changes" in unchanged, unchanged
    grown = tenon("apply", "--auto-approve", "--var", "size=Standard_D4s_v5")
    assert "Standard_D2s_v5 → Standard_D4s_v5" in grown, grown
    tenon("plan", "--detailed-exitcode", "--var", "size=Standard_D4s_v5")
