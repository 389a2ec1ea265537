"""Runs shellcheck over every script of pipeline files.

Usage: scripts.py SHELLCHECK FILE...
"""

import subprocess
import sys

from ruamel.yaml import YAML


def scripts(node, at):
    """Yields every `run`, `script` and `before_script` below a node."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from scripts(item, f"{at}[{index}]")
    elif isinstance(node, dict):
        for key, value in node.items():
            here = f"{at}.{key}"
            if key in ("run", "script", "before_script"):
                if isinstance(value, str):
                    yield here, value
                    continue
                if isinstance(value, list) and all(isinstance(v, str) for v in value):
                    yield here, "\n".join(value)
                    continue
            yield from scripts(value, here)


def main():
    shellcheck, *files = sys.argv[1:]
    bad = 0
    found = 0
    for file in files:
        with open(file, encoding="utf-8") as opened:
            document = YAML(typ="safe").load(opened)
        for at, script in scripts(document, ""):
            found += 1
            # SC2154, SC2034: variables that the host sets, or reads.
            checked = subprocess.run(
                [shellcheck, "--shell=bash", "--exclude=SC2154,SC2034", "-"],
                input=script,
                text=True,
                capture_output=True,
                check=False,
            )
            if checked.returncode:
                bad += 1
                print(f"{file}{at}\n{checked.stdout}")
    if not found:
        sys.exit("no scripts in these files")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
