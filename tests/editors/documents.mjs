// Ajv on the published schemas, on documents that the program writes, and on
// its SARIF logs.

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { run } from "./tenon.mjs";

const NAMES = ["spec", "lock", "plan", "events", "report"];

export async function documents(around) {
  const { home, root, folder, report } = around;
  const require = createRequire(join(home, "node_modules", "x.js"));
  const Ajv = require("ajv").default;
  const formats = require("ajv-formats").default;
  const YAML = require("yaml");
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false, allErrors: true });
  formats(ajv);

  const checks = {};
  for (const name of NAMES) {
    const schema = JSON.parse(readFileSync(join(root, "docs/schemas", `${name}.json`), "utf8"));
    try {
      checks[name] = ajv.compile(schema);
      report(`docs/schemas/${name}.json compiles in strict mode`);
    } catch (error) {
      report(`docs/schemas/${name}.json compiles in strict mode`, error.message);
      checks[name] = Object.assign(() => true, { errors: [] });
    }
  }
  const fits = (what, check, document) =>
    report(what, check(document) ? "" : JSON.stringify(check.errors.slice(0, 5)));

  cpSync(join(root, "specs"), join(folder, "specs"), { recursive: true });
  fits("specs/tenon.lock", checks.lock, YAML.parse(readFileSync(join(folder, "specs/tenon.lock"), "utf8")));
  const spec = ["--simulate", "-f", "specs/fleet.yaml"];
  run(around, [...spec, "plan", "--out", "plan.json"]);
  const plan = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"));
  fits("a saved plan", checks.plan, plan);
  const told = run(around, ["--simulate", "apply", "plan.json", "--json", "--report", "report.json"]);
  const lines = told.stdout.trim().split("\n").map((line) => JSON.parse(line));
  const wrong = lines.find((line) => !checks.events(line));
  report(`${lines.length} events`, wrong ? JSON.stringify([wrong, checks.events(wrong), checks.events.errors]) : "");
  fits("a report", checks.report, JSON.parse(readFileSync(join(folder, "report.json"), "utf8")));
  delete plan.digest;
  report("a plan without its digest is refused", checks.plan(plan) ? "it is taken" : "");

  sarif(around, require, Ajv, formats);
}

/** Logs of a broken spec and of a plan, against the schema of SARIF 2.1.0. */
function sarif(around, require, Ajv, formats) {
  const { home, folder, report } = around;
  const path = process.env.TENON_SARIF_SCHEMA
    ?? join(home, "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
  const schema = JSON.parse(readFileSync(path, "utf8"));
  // The copy of that package is of the draft before; the one of OASIS is not.
  const Draft = schema.$schema.includes("draft-04") ? require("ajv-draft-04").default : Ajv;
  const ajv = new Draft({ strict: false, allErrors: true, unicodeRegExp: false });
  formats(ajv);
  const check = ajv.compile(schema);
  const text = readFileSync(join(folder, "specs/fleet.yaml"), "utf8");
  writeFileSync(
    join(folder, "specs/broken.yaml"),
    text.replace("  size: Standard_D2s_v5", "  sizes: Standard_D2s_v5").replace("image: db", "image: dbb"),
  );
  writeFileSync(join(folder, "specs/open.yaml"), text.replace('"${vars.ops_cidr}"', "Internet"));
  for (const [what, words, codes] of [
    ["validate of a broken spec", ["-f", "specs/broken.yaml", "validate"], [1]],
    ["plan of a spec with warnings", ["--simulate", "-f", "specs/open.yaml", "plan"], [0]],
    ["plan of a broken spec", ["--simulate", "-f", "specs/broken.yaml", "plan"], [1]],
  ]) {
    run(around, [...words, "--sarif", "log.sarif"], { codes });
    const log = JSON.parse(readFileSync(join(folder, "log.sarif"), "utf8"));
    const results = log.runs[0].results;
    const problem = check(log) ? "" : JSON.stringify(check.errors.slice(0, 5));
    report(`SARIF of ${what}: ${results.length} results`, results.length ? problem : "nothing is in it");
  }
  const log = JSON.parse(readFileSync(join(folder, "log.sarif"), "utf8"));
  delete log.runs[0].tool;
  report("SARIF without its tool is refused", check(log) ? "it is taken" : "");
}
