/** Brings the marked cell of a wide table into view, inside the table's own scroll area and nowhere else. */
export function scrollToMarked(): void {
  const cell = document.querySelector<HTMLElement>("td[data-marked]");
  const area = cell?.closest<HTMLElement>(".table-scroll");
  if (!cell || !area) return;
  area.scrollLeft = cell.offsetLeft - (area.clientWidth - cell.offsetWidth) / 2;
  area.scrollTop = cell.offsetTop - (area.clientHeight - cell.offsetHeight) / 2;
}
