import htmx from "htmx.org";
import { rowLinks } from "../elements/row-links";

/**
 * The table of a version: filters, sorts and pages are links and a form that work without this script. With it only the
 * table is swapped, and where one looked and what one had open stays. Nothing of it is kept in the browser: going back
 * asks the server again. How htmx is set stands in the head of every page.
 */
const TABLE = "[data-live-table]";

function live(): void {
  const table = document.querySelector<HTMLElement>(TABLE);
  if (!table) return;
  for (const [name, value] of [
    ["hx-boost", "true"],
    ["hx-target", "#found"],
    ["hx-select", "#found"],
    ["hx-swap", "outerHTML show:none"],
    ["hx-push-url", "true"],
  ] as const) {
    table.setAttribute(name, value);
  }
  for (const link of table.querySelectorAll("tbody a")) link.setAttribute("hx-boost", "false"); // to the original
  for (const link of table.querySelectorAll<HTMLAnchorElement>("a[href$='#asked']")) link.hash = ""; // nothing is to jump
  const form = table.querySelector("form");
  form?.setAttribute("action", form.action.replace(/#.*/, ""));
  htmx.process(table);
}

/** Empty boxes say nothing: they stay out of the address. */
function withoutEmpty(event: Event): void {
  const detail = (event as CustomEvent<{ parameters?: FormData }>).detail;
  const parameters = detail.parameters;
  if (!(parameters instanceof FormData)) return;
  for (const name of new Set([...parameters.keys()])) {
    if (parameters.getAll(name).every((value) => value === "")) parameters.delete(name);
  }
}

/** The other views of the same rows ask the same question as the table. */
function carryQuestion(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("nav.views a")) {
    const kept = new URLSearchParams(location.search);
    for (const name of ["page", "after", "offset"]) kept.delete(name);
    link.search = kept.toString();
  }
}

const FIELDS = "#found :is(input, select, button, summary, a.sort, .chosen a, .pager a)";

/** What stays as it was when the table is swapped: where the focus is, what is open, how far the table is scrolled. */
const before = { focus: "", open: [] as boolean[], left: 0, scrolled: 0, top: 0 };
const sign = (each: Element): string => (each as HTMLInputElement).name || (each.textContent ?? "").replace(/[▲▼↕×]/g, "").trim();

document.addEventListener("htmx:beforeSwap", () => {
  const now = document.activeElement;
  before.focus = now ? sign(now) : "";
  [before.scrolled, before.top] = [window.scrollY, now?.getBoundingClientRect().top ?? 0];
  before.open = [...document.querySelectorAll<HTMLDetailsElement>("#found details")].map((each) => each.open);
  before.left = document.querySelector("#found .table-scroll")?.scrollLeft ?? 0;
});
document.addEventListener("htmx:configRequest", withoutEmpty);
document.addEventListener("htmx:afterSwap", () => {
  document.querySelectorAll<HTMLDetailsElement>("#found details").forEach((each, n) => (each.open = before.open[n] ?? false));
  const scroll = document.querySelector("#found .table-scroll");
  if (scroll) scroll.scrollLeft = before.left;
  window.scrollTo({ top: before.scrolled, behavior: "instant" });
});
document.addEventListener("htmx:afterSettle", () => {
  live();
  rowLinks();
  carryQuestion();
  const again = [...document.querySelectorAll<HTMLElement>(FIELDS)].find((each) => sign(each) === before.focus);
  (again ?? document.querySelector<HTMLElement>("#found .result-count"))?.focus({ preventScroll: true });
  if (again) window.scrollBy({ top: again.getBoundingClientRect().top - before.top, behavior: "instant" }); // stays under the finger
  const told = document.querySelector("[data-told]");
  if (told) told.textContent = document.getElementById("asked")?.innerText ?? "";
});
live();
