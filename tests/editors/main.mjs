// Runs all checks, and says of each what came of it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { documents } from "./documents.mjs";
import { editor } from "./editor.mjs";

const [tenon, home] = process.argv.slice(2).map((path) => resolve(path));
const folder = mkdtempSync(join(tmpdir(), "tenon-editors-"));
let failed = 0;

/** Notes what came of a check: `problem` is empty where all is well. */
function report(what, problem = "") {
  if (problem) failed += 1;
  console.log(`${problem ? "FAILED" : "ok    "}  ${what}${problem ? `\n        ${problem}` : ""}`);
}

try {
  const around = { tenon, home, folder, root: process.cwd(), report };
  await documents(around);
  await editor(around);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failed ? `${failed} checks failed` : "all checks passed");
process.exit(failed ? 1 : 0);
