/** Brings the marked cell of a wide table into view, inside the table's own scroll area, and that area into the window. */
export function scrollToMarked(): void {
  const cell = document.querySelector<HTMLElement>("td[data-marked]");
  const area = cell?.closest<HTMLElement>(".table-scroll");
  if (!cell || !area) return;
  const naming = cell.parentElement?.querySelector<HTMLElement>(".naming");
  const number = cell.parentElement?.firstElementChild as HTMLElement | null;
  const kept = (number?.offsetWidth ?? 0) + (naming?.offsetWidth ?? 0); // columns that stay at the left
  area.scrollLeft = cell.offsetLeft - kept - (area.clientWidth - kept - cell.offsetWidth) / 2;
  area.scrollTop = cell.offsetTop - (area.clientHeight - cell.offsetHeight) / 2;
  const { top, bottom } = cell.getBoundingClientRect();
  if (top < 0 || bottom > window.innerHeight) cell.scrollIntoView({ block: "center", inline: "nearest" });
}
