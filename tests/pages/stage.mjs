// Pages, pictures and texts of the built program, on the simulator: a fleet that
// gets a new image, a machine that goes, somebody's change in the portal, and
// what else a page has to show.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const EVIL = "x</script><script>alert(1)</script><!-- \u202e '\" & `y`";

export function stage(tenon, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync("specs", folder, { recursive: true });
  const run = (...words) => {
    const options = { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] };
    try {
      return execFileSync(tenon, words, options);
    } catch (error) {
      throw new Error(`tenon ${words.join(" ")} ended with ${error.status}`);
    }
  };
  const attempt = (...words) => {
    try {
      run(...words);
    } catch {
      // What it writes on the way is what is looked at.
    }
  };
  const write = (name, text) => writeFileSync(join(folder, name), text);
  const read = (name) => readFileSync(join(folder, name), "utf8");

  const fleet = read("fleet.yaml");
  const lock = read("tenon.lock");
  rmSync(join(folder, "tenon.lock"));
  write("before.yaml", before(fleet));
  run("apply", "-f", "before.yaml", "--simulate", "-y");
  write("tenon.lock", lock);
  // Somebody opens SSH in the portal.
  const world = join(".tenon", "worlds", "web-prod.json");
  write(world, read(world).replace('"10.0.0.0/8"', '"*"'));

  const pages = ["plan.html", "run.html", "destroy.html", "quiet.html", "problems.html", "hostile.html", "large.html"];
  run("plan", "-f", "fleet.yaml", "--simulate", "--out", "plan.json", "--html", "plan.html");
  write("hostile.yaml", fleet.replace('app: web,', `app: ${JSON.stringify(EVIL)},`));
  run("plan", "-f", "hostile.yaml", "--simulate", "--html", "hostile.html");
  write("large.yaml", fleet.replace("name: web-prod", "name: large").replace("default: 4}", "default: 250}")
    .replaceAll("/16]", "/8]").replace("10.20.0.0", "10.0.0.0").replace("10.20.1.0/24", "10.20.0.0/16"));
  attempt("plan", "-f", "large.yaml", "--simulate", "--out", "large.json", "--html", "large.html");
  write("problems.yaml", fleet.replace("size: Standard_E4s_v5", "size: Standard_E96s_v5"));
  attempt("plan", "-f", "problems.yaml", "--simulate", "--html", "problems.html");
  run("apply", "plan.json", "-f", "fleet.yaml", "--simulate", "-y", "--html", "run.html");
  run("plan", "-f", "fleet.yaml", "--simulate", "--html", "quiet.html");
  run("plan", "-f", "fleet.yaml", "--simulate", "--destroy", "--out", "destroy.json", "--html", "destroy.html");

  const mermaid = {};
  for (const spec of readdirSync("specs").filter((name) => name.endsWith(".yaml"))) {
    mermaid[spec] = run("graph", spec, "--format", "mermaid");
  }
  for (const plan of ["plan.json", "destroy.json", "large.json"]) {
    mermaid[plan] = run("graph", "--changes", plan, "--format", "mermaid");
    write(`${plan}.svg`, run("graph", "--changes", plan, "--format", "svg"));
  }
  const id = run("runs").trim().split(/\s+/)[0];
  mermaid.gantt = run("runs", id, "--format", "gantt");
  write("timeline.svg", run("runs", id, "--format", "svg"));
  write("graph.svg", run("graph", "fleet.yaml", "--format", "svg"));
  const svgs = ["plan.json.svg", "destroy.json.svg", "large.json.svg", "timeline.svg", "graph.svg"];
  // What the renderer's own tests hold, hostile names among it.
  const golden = "crates/tenon-render/tests/golden";
  for (const name of readdirSync(golden).filter((name) => /mermaid|gantt/.test(name))) {
    mermaid[name] = readFileSync(join(golden, name), "utf8").split("\n---\n")[1];
  }
  const plan = JSON.parse(read("plan.json"));
  const addresses = plan.changes.map((change) => change.address);
  return { pages, svgs, mermaid, addresses };
}

// The deployment as it was before the spec was edited.
function before(fleet) {
  const edits = [
    ['cost-center: "4720"', 'cost-center: "4711"'],
    ["default: 4}", "default: 3}"],
    [/version: 1\.4\.x .*/, "version: 1.4.1"],
    ["size: Standard_E4s_v5", "size: Standard_E2s_v5"],
    ["  db:\n    image: db\n    size", "  jump:\n    image: db\n    size: Standard_D2s_v5\n    subnet: web-vnet/app\n"
      + "    admin_username: azureuser\n    ssh_key: keys/ops.pub\n\n  db:\n    image: db\n    size"],
  ];
  return edits.reduce((text, [from, to]) => {
    const edited = text.replace(from, to);
    if (edited === text) throw new Error(`specs/fleet.yaml has no ${from} any more`);
    return edited;
  }, fleet);
}
