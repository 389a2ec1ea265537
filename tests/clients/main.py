"""Real clients on the simulator. `run` calls it with everything installed."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import azure_cli
import gallery
import identity
import manage
import neighbours
import sdk
from stage import HERE, Stage

TRANSCRIPT = HERE / "transcript.md"
HEAD = """\
# What real clients ask the simulator

Written by `tests/clients/run`, which compares it each time. A line has the status, the request with its api-version,
and whose tokens it carried; behind a plus those of `x-ms-authorization-auxiliary`.
"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenon", type=Path, required=True)
    parser.add_argument("--az", type=Path, required=True)
    parser.add_argument("--keep", type=Path, required=True, help="where the transcript goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with Stage(options.tenon.absolute(), Path(folder)) as stage:
            az = azure_cli.Cli(options.az.absolute(), stage)
            steps = [
                ("az signs in to both tenants", lambda: azure_cli.sign_in(az)),
                ("az publishes an image", lambda: azure_cli.publish(az)),
                ("az makes the how-to's machine", lambda: azure_cli.consume(az)),
                ("tenon takes it over and manages it", lambda: manage.run(stage)),
                ("az deletes it", lambda: azure_cli.clean(az)),
                ("az's other commands", lambda: neighbours.run(az)),
                ("az manages and shares galleries", lambda: gallery.run(az)),
                ("the SDK makes a machine", lambda: sdk.run(stage)),
                ("the SDK signs in in every way", lambda: identity.run(stage)),
            ]
            for name, step in steps:
                step()
                print(f"ok    {name}", flush=True)
            return compare(HEAD + "\n".join(stage.transcript) + "\n", options.keep)


def compare(found: str, keep: Path) -> int:
    """Keeps the transcript, and compares it with the one of the repository."""
    keep.write_text(found)
    if os.environ.get("TENON_BLESS"):
        TRANSCRIPT.write_text(found)
    if TRANSCRIPT.exists() and TRANSCRIPT.read_text() == found:
        print("ok    the transcript is the one of the repository")
        return 0
    print(f"the clients asked something else than {TRANSCRIPT.name} says; see {keep},")
    print("and if that is right, run again with TENON_BLESS=1")
    return 1


if __name__ == "__main__":
    sys.exit(main())
