/** Pages of collection rounds: a board that keeps itself fresh, a place to drop files, a page that waits for a check. */

const FRESH_MS = 5000;
const WAIT_MS = 2000;

/** `<div data-refresh="address" data-live>`: its lines are fetched again, unless somebody is choosing among them. */
function keepFresh(place: HTMLElement): void {
  const again = setInterval(async () => {
    if (document.hidden || place.querySelector("input:checked") || place.contains(document.activeElement)) return;
    const answer = await fetch(place.dataset.refresh ?? "", { credentials: "same-origin" }).catch(() => null);
    if (answer?.ok && !answer.redirected) place.innerHTML = await answer.text();
    else if (answer) clearInterval(again); // signed out, or no longer theirs: the page stays as it is
  }, FRESH_MS);
}

/** `<form data-drop>`: files dropped anywhere on it are handed in at once. */
function takeDrops(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>("input[type=file]");
  const label = form.querySelector<HTMLElement>(".round-drop");
  if (!input || !label) return;
  const show = (over: boolean): void => void label.classList.toggle("over", over);
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    show(true);
  });
  form.addEventListener("dragleave", () => show(false));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    show(false);
    if (!event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    name();
    form.requestSubmit();
  });
  const name = (): void => {
    const chosen = [...(input.files ?? [])].map((file) => file.name).join(", ");
    if (chosen && label.firstElementChild) label.firstElementChild.textContent = chosen;
  };
  input.addEventListener("change", name);
  form.addEventListener("submit", () => form.querySelector("[data-busy]")?.removeAttribute("hidden"));
}

/** `<input data-check-all="name">` chooses all boxes of that name in its form. */
function checkAll(box: HTMLInputElement): void {
  box.addEventListener("change", () => {
    for (const each of box.form?.querySelectorAll<HTMLInputElement>(`input[name="${box.dataset.checkAll}"]`) ?? [])
      each.checked = box.checked;
  });
}

/** `<button data-add-line>`: one more empty line in the table before it, numbered on. */
function addLines(button: HTMLButtonElement): void {
  const lines = button.closest("section")?.querySelector<HTMLTableSectionElement>("[data-lines-of]");
  const pattern = lines?.rows[lines.rows.length - 1]?.cloneNode(true) as HTMLTableRowElement | undefined;
  if (!lines || !pattern) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const line = pattern.cloneNode(true) as HTMLTableRowElement;
    const last = lines.rows[lines.rows.length - 1]?.querySelector<HTMLInputElement>("input")?.name.match(/\d+$/)?.[0] ?? "0";
    for (const field of line.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]")) {
      field.name = field.name.replace(/\d+$/, String(Number(last) + 1));
      field.ariaLabel = field.ariaLabel?.replace(/\d+$/, String(lines.rows.length + 1)) ?? null;
    }
    for (const said of line.querySelectorAll(".sr-only")) said.textContent = (said.textContent ?? "").replace(/\d+$/, String(lines.rows.length + 1));
    lines.append(line);
    line.querySelector<HTMLInputElement>("input")?.focus();
  });
}

document.querySelectorAll<HTMLButtonElement>("[data-add-line]").forEach(addLines);
document.querySelectorAll<HTMLElement>("[data-refresh][data-live]").forEach(keepFresh);
document.querySelectorAll<HTMLFormElement>("form[data-drop]").forEach(takeDrops);
document.querySelectorAll<HTMLInputElement>("input[data-check-all]").forEach(checkAll);
if (document.querySelector("[data-wait]")) setTimeout(() => location.reload(), WAIT_MS);
