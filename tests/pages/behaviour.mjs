// What a reader does with a page: searches, filters, opens, zooms, prints.

const shown = (page) => page.locator(".change:visible").count();

export async function behaves(page, made, problem, shots) {
  const expect = (truth, what) => {
    if (!truth) problem(what);
  };
  const all = await shown(page);
  const status = () => page.locator("#status").textContent();
  expect(await page.locator("code").filter({ hasText: "vms.web-2" }).count() > 0, "vms.web-2 is on the page");

  await page.keyboard.press("/");
  expect(await page.evaluate(() => document.activeElement.id) === "search", "`/` goes to the search");
  await page.keyboard.type("web-4 trusted");
  expect(await shown(page) === 1, "a search shows what has all words");
  expect((await status()) === `1 of ${all} changes shown`, `the number is told: ${await status()}`);
  await page.keyboard.type(" nothing-has-this");
  expect(await page.locator("#none").isVisible(), "nothing found is said");
  await page.keyboard.press("Escape");
  expect(await shown(page) === all, "Escape shows everything");

  await page.locator("[data-filter=replace]").click();
  expect(await shown(page) === 1, "a filter shows one action");
  await page.locator("[data-filter=drift]").click();
  expect(await shown(page) === 2, "two filters show both");
  await page.locator("[data-filter=replace]").click();
  await page.locator("[data-filter=drift]").click();

  await page.locator(".change > summary").first().focus();
  await page.keyboard.press("Enter");
  expect(await page.locator(".change").first().evaluate((one) => one.open), "Enter opens a change");
  await page.keyboard.press("j");
  const second = await page.evaluate(() => document.activeElement.parentElement.id);
  expect(second === "change-1", "`j` goes to the next change");
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  const first = await page.evaluate(() => document.activeElement.parentElement.id);
  expect(first === "change-0", "`k` goes back and stays at the first");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  expect(outline !== "none", "what has the focus is seen");

  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.locator("#theme").click();
  expect(await ground() !== light, "the button turns the page dark");
  await page.screenshot({ path: `${shots}.png`, fullPage: true });
  await page.locator("#theme").click();
  expect(await ground() === light, "and light again");

  const picture = page.locator("#picture");
  const wide = () => picture.locator("svg").evaluate((svg) => svg.getBoundingClientRect().width);
  const before = await wide();
  await picture.locator("[data-zoom='+']").click();
  expect(await wide() > before, "the picture zooms by a button");
  await picture.locator(".view").focus();
  await page.keyboard.press("0");
  expect(await wide() <= before, "and by a key, to fit");
  await picture.locator(".card.delete").click();
  const opened = await page.evaluate(() => document.querySelector(".change.delete").open);
  expect(opened, "a card of the picture opens its change");
}

export async function printed(page, made, problem, shots) {
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.evaluate(() => { document.documentElement.dataset.theme = "dark"; });
  await page.emulateMedia({ media: "print" });
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  if (ground !== "rgb(255, 255, 255)") problem(`it is printed on ${ground}`);
  const text = await page.evaluate(() => document.body.innerText);
  for (const address of made.addresses) {
    if (!text.includes(address)) problem(`${address} is not printed`);
  }
  if (await page.locator("#search").isVisible()) problem("the search is printed");
  await page.emulateMedia({ media: null });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  if (await page.locator("details[open]").count()) problem("printing leaves changes open");
  const pdf = await page.pdf({ path: `${shots}.pdf`, format: "A4" });
  if (pdf.length < 10_000) problem("there is little on paper");
}

export async function withoutScript(page, made, problem) {
  const text = await page.locator("body").textContent();
  for (const address of made.addresses) {
    if (!text.includes(address)) problem(`${address} is not there`);
  }
  if (await page.locator(".scripted").first().isVisible()) problem("a button stands there that does nothing");
  await page.locator(".change > summary").first().click();
  if (!(await page.locator(".change .body").first().isVisible())) problem("a change does not open");
}
