"""Verdicts of the example policies, by tenon and by another engine."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from regopy import Interpreter

ROOT = Path.cwd()
TENON = Path(sys.argv[1]).resolve()
SPECS = ["vms", "fleet", "scale-set", "networks", "resources"]
WEIGHTS = {"TN4041": "forbids", "TN4042": "warns"}


def tenon(folder, *words, codes=(0, 1)):
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(
        [TENON, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    if done.returncode not in codes:
        raise SystemExit(f"tenon {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def ours(folder, plan, policy):
    """What tenon says: weight, words, address."""
    shown = json.loads(tenon(folder, "show", plan, "--policy", str(policy), "--json"))
    found = []
    for one in shown.get("diagnostics", []):
        if one["code"] == "TN4043":
            raise SystemExit(f"{policy} over {plan}: {one['message']}")
        if one["code"] in WEIGHTS:
            found.append((WEIGHTS[one["code"]], one["message"], one["addresses"][0]))
    return sorted(found)


def theirs(folder, plan, files):
    """The same from the other engine, rule by rule."""
    interpreter = Interpreter()
    rules = set()
    for path in files:
        text = path.read_text()
        interpreter.add_module(path.name, text)
        rules.update(re.findall(r"^((?:deny|violation|warn)\w*) contains", text, re.M))
    interpreter.set_input(json.loads((folder / plan).read_text()))
    found = []
    for rule in rules:
        weight = "warns" if rule.startswith("warn") else "forbids"
        for result in json.loads(str(interpreter.query(f"data.main.{rule}")))["expressions"][0]:
            found.append((weight, result["msg"], result["address"]))
    return sorted(found)


def plans(folder):
    """Plans that make, and plans that delete, what the examples ask for."""
    shutil.copytree(ROOT / "specs", folder / "specs")
    for name in SPECS:
        spec = ["--simulate", "-f", f"specs/{name}.yaml"]
        tenon(folder, *spec, "plan", "--out", f"{name}.json", codes=(0,))
        yield f"{name}.json"
        tenon(folder, *spec, "apply", "--auto-approve", codes=(0,))
        tenon(folder, *spec, "plan", "--destroy", "--out", f"{name}-gone.json")
        yield f"{name}-gone.json"


def main():
    everything = sorted((ROOT / "docs/policies").glob("*.rego"))
    failed = verdicts = 0
    with tempfile.TemporaryDirectory(prefix="tenon-policies-") as folder:
        folder = Path(folder)
        for plan in plans(folder):
            for policy, files in [(one, [one]) for one in everything] + [
                (ROOT / "docs/policies", everything)
            ]:
                one, two = ours(folder, plan, policy), theirs(folder, plan, files)
                verdicts += len(one)
                if one != two:
                    failed += 1
                    print(f"FAILED  {policy.name} over {plan}\n  tenon {one}\n  other {two}")
            print(f"ok      {plan}")
    if not verdicts:
        raise SystemExit("no policy said anything")
    print(f"{verdicts} verdicts, {failed} differences")
    sys.exit(1 if failed else 0)


main()
