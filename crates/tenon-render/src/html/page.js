"use strict";
(() => {
const root = document.documentElement;
root.classList.add("js");
const all = (query, from = document) => Array.from(from.querySelectorAll(query));
const one = (query) => document.querySelector(query);

const dark = matchMedia("(prefers-color-scheme: dark)");
const remember = (theme) => { try { localStorage.setItem("tenon-theme", theme); } catch { /* a file may not */ } };
try { root.dataset.theme = localStorage.getItem("tenon-theme") || ""; } catch { /* likewise */ }
if (!root.dataset.theme) delete root.dataset.theme;
one("#theme").addEventListener("click", () => {
  const now = root.dataset.theme || (dark.matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
  remember(root.dataset.theme);
});

const changes = all(".change");
const search = one("#search");
const filters = all(".filter");
const texts = new Map();
const textOf = (change) => {
  if (!texts.has(change)) texts.set(change, change.textContent.toLowerCase());
  return texts.get(change);
};
const look = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = filters.filter((button) => button.ariaPressed === "true").map((button) => button.dataset.filter);
  let shown = 0;
  for (const change of changes) {
    const kinds = change.dataset.kinds.split(" ");
    const fits = (!wanted.length || wanted.some((kind) => kinds.includes(kind)))
      && words.every((word) => textOf(change).includes(word));
    change.hidden = !fits;
    if (fits) shown += 1;
  }
  const whole = `${changes.length} change${changes.length === 1 ? "" : "s"}`;
  one("#status").textContent = shown === changes.length ? whole : `${shown} of ${whole} shown`;
  one("#none").hidden = shown > 0;
};
if (search) {
  search.addEventListener("input", look);
  for (const button of filters) {
    button.addEventListener("click", () => {
      button.ariaPressed = button.ariaPressed === "true" ? "false" : "true";
      look();
    });
  }
  const unfold = one("#unfold");
  unfold.addEventListener("click", () => {
    const open = unfold.ariaPressed !== "true";
    unfold.ariaPressed = String(open);
    unfold.textContent = open ? "Close all" : "Open all";
    for (const change of changes) change.open = open;
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && typing) {
      search.value = "";
      look();
    } else if ((event.key === "j" || event.key === "k") && !typing) {
      const shown = changes.filter((change) => !change.hidden).map((change) => change.firstElementChild);
      const at = shown.indexOf(document.activeElement);
      const next = event.key === "j" ? at + 1 : Math.max(at - 1, 0);
      if (shown[next]) shown[next].focus();
    }
  });
}

const show = (change) => {
  if (!change) return;
  if (change.hidden) {
    search.value = "";
    for (const button of filters) button.ariaPressed = "false";
    look();
  }
  change.open = true;
  change.firstElementChild.focus();
  change.scrollIntoView({ block: "center" });
};
if (location.hash.startsWith("#change-")) show(document.getElementById(location.hash.slice(1)));

for (const frame of all(".frame")) {
  const view = frame.querySelector(".view");
  const svg = frame.querySelector("svg");
  const [, , wide, high] = svg.getAttribute("viewBox").split(" ").map(Number);
  let scale = 1;
  const resize = (to, x = view.clientWidth / 2, y = view.clientHeight / 2) => {
    const before = scale;
    scale = Math.min(4, Math.max(0.1, to));
    const [left, top] = [view.scrollLeft + x, view.scrollTop + y];
    svg.style.width = `${wide * scale}px`;
    svg.style.height = `${high * scale}px`;
    view.scrollLeft = left * scale / before - x;
    view.scrollTop = top * scale / before - y;
    view.classList.toggle("grab", svg.clientWidth > view.clientWidth || svg.clientHeight > view.clientHeight);
  };
  const fit = () => resize(Math.min(1, (view.clientWidth - 18) / wide));
  // On a phone all of it would be too small to read.
  const begin = () => resize(Math.min(1, Math.max(0.7, (view.clientWidth - 18) / wide)), 0, 0);
  const steps = { "+": () => resize(scale * 1.25), "−": () => resize(scale / 1.25), "1:1": () => resize(1), "↔": fit };
  for (const button of all("[data-zoom]", frame)) button.addEventListener("click", () => steps[button.dataset.zoom]());
  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = view.getBoundingClientRect();
    resize(scale * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  view.addEventListener("keydown", (event) => {
    const key = event.key === "-" ? "−" : event.key === "=" ? "+" : event.key === "0" ? "↔" : event.key;
    if (steps[key] && !event.ctrlKey) steps[key]();
  });
  let grip = null;
  let moved = false;
  view.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    grip = [event.clientX, event.clientY, view.scrollLeft, view.scrollTop];
    moved = false;
  });
  window.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const [x, y] = [event.clientX - grip[0], event.clientY - grip[1]];
    moved = moved || Math.hypot(x, y) > 4;
    if (!moved) return;
    view.classList.add("grabbing");
    view.scrollLeft = grip[2] - x;
    view.scrollTop = grip[3] - y;
  });
  window.addEventListener("pointerup", () => { grip = null; view.classList.remove("grabbing"); });
  const cards = all(".card", svg);
  cards.forEach((card, at) => {
    card.addEventListener("click", () => {
      if (!moved && card.dataset.change) show(document.getElementById(card.dataset.change));
    });
    card.addEventListener("pointerenter", () => {
      const near = new Set([at]);
      for (const line of all(".line[data-from]", svg)) {
        const ends = [Number(line.dataset.from), Number(line.dataset.to)];
        line.classList.toggle("dull", !ends.includes(at));
        if (ends.includes(at)) ends.forEach((end) => near.add(end));
      }
      cards.forEach((other, index) => other.classList.toggle("dull", !near.has(index)));
    });
    card.addEventListener("pointerleave", () => {
      for (const dull of all(".dull", svg)) dull.classList.remove("dull");
    });
  });
  begin();
}

let closed = [];
addEventListener("beforeprint", () => {
  closed = all("details:not([open])");
  for (const details of closed) details.open = true;
});
addEventListener("afterprint", () => { for (const details of closed) details.open = false; });
})();
