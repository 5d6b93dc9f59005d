import htmx from "htmx.org";
import { rowLinks } from "../elements/row-links";

/**
 * The table of a version: filters, sorts and pages are links and a form that work without this script. With it only the
 * table is swapped. Nothing of it is kept in the browser: going back asks the server again.
 */
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
htmx.config.selfRequestsOnly = true;
htmx.config.scrollBehavior = "auto";

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

let focused = "";
document.addEventListener("htmx:beforeRequest", () => {
  const now = document.activeElement;
  focused = now instanceof HTMLInputElement || now instanceof HTMLSelectElement ? now.name : (now?.textContent ?? "");
});
document.addEventListener("htmx:configRequest", withoutEmpty);
document.addEventListener("htmx:afterSettle", () => {
  live();
  rowLinks();
  carryQuestion();
  const again = [...document.querySelectorAll<HTMLElement>("#found :is(input, select, a.sort, .pager a)")];
  again.find((each) => (each as HTMLInputElement).name === focused || each.textContent === focused)?.focus();
});
live();
