// The language server with the schema of specs: examples and specs of the
// documentation are taken, mistakes are seen, keys are offered and explained.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { MISTAKES } from "./mistakes.mjs";
import { Server } from "./server.mjs";
import { run } from "./tenon.mjs";

export async function editor(around) {
  const { home, root } = around;
  const program = join(home, "node_modules/yaml-language-server/bin/yaml-language-server");
  const schema = pathToFileURL(join(root, "docs/schemas/spec.json")).href;
  const with_schema = new Server(program, settings({ [schema]: ["*.yaml"] }));
  const alone = new Server(program, settings({}));
  try {
    await with_schema.begin(root);
    await examples(around, with_schema);
    await pages(around, with_schema);
    await mistakes(around, with_schema);
    await help(around, with_schema);
    await alone.begin(around.folder);
    await modeline(around, alone);
  } finally {
    with_schema.end();
    alone.end();
  }
}

function settings(schemas) {
  return {
    yaml: { validate: true, hover: true, completion: true, schemas, schemaStore: { enable: false }, format: {} },
  };
}

const said = (diagnostics) =>
  diagnostics.map((one) => `${one.range.start.line + 1}: ${one.message}`).join("; ");

async function examples({ root, report }, server) {
  for (const name of readdirSync(join(root, "specs")).filter((name) => name.endsWith(".yaml"))) {
    const path = join(root, "specs", name);
    report(`specs/${name} is taken`, said(await server.open(path, readFileSync(path, "utf8"))));
  }
}

/** Specs in the pages: blocks that begin a spec and that the program takes. */
async function pages(around, server) {
  const { root, folder, report } = around;
  let seen = 0;
  for (const page of readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"))) {
    const text = readFileSync(join(root, "docs", page), "utf8");
    for (const [, block] of text.matchAll(/^```yaml\n([^]*?)^```/gm)) {
      if (!/^tenon: 1$/m.test(block)) continue;
      const path = join(folder, `page-${seen}.yaml`);
      writeFileSync(path, block);
      const { status } = run(around, ["validate", "-f", path], { codes: [0, 1] });
      if (status === 0) {
        seen += 1;
        report(`a spec of docs/${page} is taken`, said(await server.open(path, block)));
      }
    }
  }
}

/** The example, without the line that names the schema where it lies. */
function fleet(root) {
  return readFileSync(join(root, "specs/fleet.yaml"), "utf8").replace(/^# yaml-language-server:.*/, "#");
}

async function mistakes({ root, folder, report }, server) {
  const spec = fleet(root);
  for (const [index, [what, from, to, at]] of MISTAKES.entries()) {
    const text = spec.replace(from, to);
    if (text === spec) throw new Error(`${what}: the example changed`);
    const line = text.slice(0, text.indexOf(at)).split("\n").length - 1;
    const found = await server.open(join(folder, `mistake-${index}.yaml`), text);
    const right = found.some((one) => one.range.start.line === line);
    report(`${what}: ${said(found).slice(0, 120)}`, right ? "" : `nothing in line ${line + 1}: ${said(found)}`);
  }
}

async function help({ root, folder, report }, server) {
  const spec = fleet(root);
  const path = join(folder, "help.yaml");
  // A new line among the keys of a machine, and the beginning of a key in it.
  const text = spec.replace("    image: db\n", "    image: db\n    o\n");
  await server.open(path, text);
  const place = (found, column) => ({ line: text.slice(0, text.indexOf(found)).split("\n").length - 1, character: column });
  const offered = await server.at("textDocument/completion", path, place("    o\n", 5));
  const item = (offered?.items ?? []).find((one) => one.label === "os_disk");
  const words = JSON.stringify(item?.documentation ?? "");
  report("keys are offered with what they mean", /OS disk/i.test(words) ? "" : `os_disk: ${words}`);
  const hover = await server.at("textDocument/hover", path, place("    zone: \"1\"", 6));
  const told = JSON.stringify(hover?.contents ?? "");
  report("a key is explained", /zone/i.test(told) && told.length > 40 ? "" : told);
  const enumerated = await server.at("textDocument/completion", path, place("  web_count: {type:", 20));
  const labels = (enumerated?.items ?? []).map((one) => one.label);
  report("words of a list are offered", labels.includes("integer") ? "" : labels.join(", "));
}

/** `tenon init` says where its schema is; nothing else tells the server. */
async function modeline(around, server) {
  const { folder, report } = around;
  for (const example of ["minimal", "fleet", "how-to"]) {
    const home = join(folder, `init-${example}`);
    mkdirSync(home);
    run(around, ["init", "--example", example], { cwd: home });
    const path = join(home, "tenon.yaml");
    const text = readFileSync(path, "utf8");
    report(`init --example ${example} is taken`, said(await server.open(path, text)));
    const wrong = join(home, "wrong.yaml");
    const found = await server.open(wrong, text.replace("\nlocation: ", "\nlokation: "));
    const seen = found.some((one) => /lokation/.test(one.message));
    report(`its modeline counts: ${said(found).slice(0, 80)}`, seen ? "" : "a mistake was not seen");
  }
}
