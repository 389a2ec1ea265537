// Opens every page and picture in Chromium, and fails with a list of what is
// wrong with them.

import { createRequire } from "node:module";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { behaves, printed, withoutScript } from "./behaviour.mjs";
import { stage } from "./stage.mjs";

const { values: options } = parseArgs({
  options: { tenon: { type: "string" }, home: { type: "string" }, chromium: { type: "string" } },
});
const home = resolve(options.home);
const packages = createRequire(join(home, "package.json"));
const { chromium } = packages("playwright-core");
const axe = readFileSync(packages.resolve("axe-core/axe.min.js"), "utf8");
const mermaidScript = join(home, "node_modules", "mermaid", "dist", "mermaid.min.js");

const shots = join(home, "screenshots");
rmSync(shots, { recursive: true, force: true });
mkdirSync(shots, { recursive: true });
const work = join(home, "work");
const made = stage(resolve(options.tenon), work);
const address = (name) => pathToFileURL(join(work, name)).href;

const problems = [];
const problem = (where, what) => problems.push(`${where}: ${what}`);

// No page may reach for anything, so the browser gets no network either.
const browser = await chromium.launch({
  executablePath: options.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"],
});

const screens = [
  { name: "desktop", viewport: { width: 1280, height: 900 } },
  { name: "phone", viewport: { width: 390, height: 844 } },
];

async function open(name, settings) {
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  const where = `${name} (${settings.label})`;
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problem(where, `console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problem(where, `script: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== address(name)) problem(where, `asks for ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    problem(where, `dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.goto(address(name));
  return { page, where, close: () => context.close() };
}

async function accessible(page, where) {
  // The protocol may add what the page's policy forbids to others.
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  for (const violation of found.violations) {
    const nodes = violation.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ");
    problem(where, `axe ${violation.id}: ${violation.help} at ${nodes} (${violation.nodes.length})`);
  }
}

// Every page once on each screen and once in each scheme; the two that people
// see most in all four ways.
const everyWay = ["plan.html", "run.html"];
for (const name of made.pages) {
  for (const { name: screen, viewport } of screens) {
    for (const colorScheme of ["light", "dark"]) {
      if (!everyWay.includes(name) && (screen === "phone") !== (colorScheme === "dark")) continue;
      const label = `${screen}-${colorScheme}`;
      const { page, where, close } = await open(name, { viewport, colorScheme, label });
      await page.screenshot({ path: join(shots, `${name}-${label}.png`), fullPage: true });
      // What is folded is part of the page for those who do not see it, too;
      // opened, everything is looked at.
      if (name === "large.html") await accessible(page, where);
      const opens = await page.evaluate(() => {
        const began = performance.now();
        for (const details of document.querySelectorAll("details")) details.open = true;
        document.body.getBoundingClientRect();
        return performance.now() - began;
      });
      if (opens > 2000) problem(where, `opening everything takes ${Math.round(opens)} ms`);
      if (name !== "large.html") await accessible(page, where);
      if (everyWay.includes(name)) {
        await page.screenshot({ path: join(shots, `${name}-${label}-open.png`), fullPage: true });
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) problem(where, `is ${wide} pixels wider than the screen`);
      await close();
    }
  }
}

for (const [name, check] of [["plan.html", behaves], ["plan.html", printed], ["run.html", printed]]) {
  const settings = { viewport: screens[0].viewport, colorScheme: "light", label: check.name };
  const { page, where, close } = await open(name, settings);
  await check(page, made, (what) => problem(where, what), join(shots, `${name}-${check.name}`));
  await close();
}
{
  const settings = { viewport: screens[0].viewport, javaScriptEnabled: false, label: "no script" };
  const { page, where, close } = await open("plan.html", settings);
  await withoutScript(page, made, (what) => problem(where, what));
  await close();
}

for (const name of made.svgs) {
  for (const colorScheme of ["light", "dark"]) {
    const settings = { viewport: { width: 1280, height: 800 }, colorScheme, label: colorScheme };
    const { page, close } = await open(name, settings);
    await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`) });
    await close();
  }
}

// Mermaid as hosts use it, with what they forbid a text to change.
const drawing = await (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();
await drawing.setContent("<!doctype html><title>Mermaid</title><div id=out></div>");
await drawing.addScriptTag({ path: mermaidScript });
let number = 0;
for (const [name, text] of Object.entries(made.mermaid)) {
  number += 1;
  const said = await drawing.evaluate(async ([text, id]) => {
    try {
      globalThis.mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });
      await globalThis.mermaid.parse(text);
      const { svg } = await globalThis.mermaid.render(id, text);
      document.getElementById("out").innerHTML = svg;
      const shown = document.getElementById("out").textContent;
      if (/Unsupported markdown|¶|ﬂ/.test(shown)) return `draws ${shown.slice(0, 200)}`;
      return document.querySelector("#out script") ? "makes a script" : "";
    } catch (error) {
      return String(error.message || error);
    }
  }, [text, `m${number}`]);
  if (said) problem(`Mermaid of ${name}`, said);
  await drawing.locator("#out").screenshot({ path: join(shots, `mermaid-${name.replace(/\W+/g, "-")}.png`) });
}

await browser.close();
if (problems.length) {
  console.error(`${problems.length} problems with pages:\n  ${problems.join("\n  ")}`);
  process.exit(1);
}
console.log(`${made.pages.length} pages on ${screens.length} screens, ${made.svgs.length} pictures and `
  + `${number} Mermaid texts are well; screenshots are in ${options.home}/screenshots`);
