/**
 * Tables whose rows open: `<table data-row-links>`, each row holding one link in its first cell.
 * A click anywhere in the row follows the link; arrow keys, Home and End move between the rows' links.
 */
export function rowLinks(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>("table[data-row-links]")) {
    table.addEventListener("click", (event) => openRow(event));
    table.addEventListener("keydown", (event) => moveBetweenRows(table, event));
  }
}

function openRow(event: MouseEvent): void {
  const target = event.target as Element;
  if (target.closest("a, button, input, label") || getSelection()?.toString()) return;
  const link = target.closest("tbody tr")?.querySelector<HTMLAnchorElement>("a[href]");
  if (!link) return;
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else location.assign(link.href);
}

function moveBetweenRows(table: HTMLTableElement, event: KeyboardEvent): void {
  const links = [...table.querySelectorAll<HTMLAnchorElement>("tbody tr > :first-child a[href]")];
  const at = links.indexOf(event.target as HTMLAnchorElement);
  const goal = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (at < 0 || goal === undefined) return;
  event.preventDefault();
  links[Math.max(0, Math.min(goal, links.length - 1))]?.focus();
}
