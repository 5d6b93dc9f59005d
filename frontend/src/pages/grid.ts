/**
 * A table to edit by hand: `<div id="sheet">`. Keyboard like a spreadsheet, paste from one, checks on the spot, drafts saved by
 * themselves. Only the rows in sight are in the page.
 */
type Column = { name: string; label: string; type: string; word: string; unit: string; locked: boolean };
type Edits = { cells: Record<string, Record<string, string | null>>; added: Record<string, string | null>[]; removed: number[] };
type Row = { base: number | null; cells: string[]; gone: boolean };

const ROW = 44; // px, as .sheet tr in deposits.css
const MORE = 8; // rows beyond the edges
const SAVE_AFTER = 700;

const root = document.querySelector<HTMLElement>("#sheet");
if (root) void begin(root);

async function begin(root: HTMLElement): Promise<void> {
  const data = root.dataset;
  const answer = await fetch(data.rows ?? "");
  if (!answer.ok) return;
  const said = (await answer.json()) as { columns: Column[]; rows: string[][]; edits: Partial<Edits>; saved: number };
  new Sheet(root, said.columns, said.rows, said.edits, said.saved);
}

class Sheet {
  private rows: Row[] = [];
  private at = { row: 0, column: 0 };
  private wrong = new Map<string, string>();
  private past: { rows: Row[]; at: { row: number; column: number } }[] = [];
  private timer = 0;
  private saving: Promise<void> = Promise.resolve();
  private editor: HTMLInputElement | null = null;
  private readonly table: HTMLTableElement;
  private readonly body: HTMLTableSectionElement;
  private readonly scroll: HTMLElement;
  private readonly state: HTMLElement;
  private readonly note: HTMLElement;
  private drawn = "";

  constructor(
    private readonly root: HTMLElement,
    private readonly columns: Column[],
    private readonly base: string[][],
    edits: Partial<Edits>,
    private saved: number,
  ) {
    this.table = root.querySelector("table.sheet") as HTMLTableElement;
    this.scroll = root.querySelector(".sheet-scroll") as HTMLElement;
    this.state = root.querySelector(".sheet-state") as HTMLElement;
    this.note = root.querySelector(".sheet-wrong") as HTMLElement;
    this.open(edits);
    this.table.append(this.head());
    this.body = this.table.createTBody();
    this.table.setAttribute("aria-colcount", String(columns.length + 1));
    this.table.setAttribute("aria-describedby", "sheet-help");
    this.scroll.addEventListener("scroll", () => this.draw(), { passive: true });
    this.table.addEventListener("mousedown", (event) => this.pressed(event));
    this.table.addEventListener("keydown", (event) => this.key(event));
    this.table.addEventListener("paste", (event) => this.paste(event));
    this.table.addEventListener("copy", (event) => this.copy(event));
    for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-do]")) button.addEventListener("click", () => this.act(button.dataset.do ?? ""));
    root.querySelector<HTMLAnchorElement>("a[data-do=review]")?.addEventListener("click", (event) => void this.review(event));
    window.addEventListener("beforeunload", (event) => this.timer && event.preventDefault());
    this.draw(true);
    this.tell();
    void this.check(this.changed());
  }

  /** The rows as the draft left them. */
  private open(edits: Partial<Edits>): void {
    const gone = new Set(edits.removed ?? []);
    this.rows = this.base.map((cells, base) => {
      const mine = edits.cells?.[String(base)] ?? {};
      return { base, gone: gone.has(base), cells: this.columns.map((c, i) => (c.name in mine ? (mine[c.name] ?? "") : (cells[i] ?? ""))) };
    });
    for (const cells of edits.added ?? []) this.rows.push({ base: null, gone: false, cells: this.columns.map((c) => cells[c.name] ?? "") });
  }

  private edits(): Edits {
    const found: Edits = { cells: {}, added: [], removed: [] };
    for (const row of this.rows) {
      if (row.base === null) {
        if (row.cells.some((cell) => cell.trim())) found.added.push(Object.fromEntries(this.columns.map((c, i) => [c.name, row.cells[i] || null])));
      } else if (row.gone) found.removed.push(row.base);
      else {
        const before = this.base[row.base] ?? [];
        const mine = this.columns.flatMap((c, i) => (row.cells[i] !== before[i] ? [[c.name, row.cells[i] || null]] : []));
        if (mine.length) found.cells[row.base] = Object.fromEntries(mine);
      }
    }
    return found;
  }

  private changed(): [number, number][] {
    return this.rows.flatMap((row, r) =>
      row.cells.flatMap((cell, c): [number, number][] => (cell && (row.base === null || cell !== this.base[row.base]?.[c]) ? [[r, c]] : [])),
    );
  }

  private head(): HTMLTableSectionElement {
    const head = document.createElement("thead");
    const row = head.insertRow();
    row.setAttribute("aria-rowindex", "1");
    const corner = document.createElement("th");
    corner.scope = "col";
    corner.textContent = this.root.dataset.sayRow ?? "";
    row.append(corner);
    for (const column of this.columns) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = column.label;
      const type = document.createElement("small");
      type.textContent = column.unit ? `${column.word} · ${column.unit}` : column.word;
      cell.append(type);
      row.append(cell);
    }
    return head;
  }

  /** Draws the rows in sight between two empty ones that are as high as the rest. */
  private draw(anew = false): void {
    const first = Math.max(0, Math.floor(this.scroll.scrollTop / ROW) - MORE);
    const last = Math.min(this.rows.length, first + Math.ceil(this.scroll.clientHeight / ROW) + 2 * MORE);
    const now = `${first}-${last}`;
    if (!anew && now === this.drawn) return;
    if (this.editor) return;
    this.drawn = now;
    this.table.setAttribute("aria-rowcount", String(this.rows.length + 1));
    const held = this.table.contains(document.activeElement);
    this.body.replaceChildren(this.space(first), ...this.rows.slice(first, last).map((row, i) => this.line(row, first + i)), this.space(this.rows.length - last));
    if (held) this.cell()?.focus({ preventScroll: true });
  }

  private space(rows: number): HTMLTableRowElement {
    const row = document.createElement("tr");
    row.setAttribute("aria-hidden", "true");
    row.className = "space";
    const cell = row.insertCell();
    cell.colSpan = this.columns.length + 1;
    cell.height = String(rows * ROW);
    row.hidden = rows === 0;
    return row;
  }

  private line(row: Row, r: number): HTMLTableRowElement {
    const line = document.createElement("tr");
    line.setAttribute("aria-rowindex", String(r + 2));
    line.classList.toggle("gone", row.gone);
    line.classList.toggle("new", row.base === null);
    const number = document.createElement("th");
    number.scope = "row";
    number.textContent = row.base === null ? `+${r + 1}` : String(row.base + 1);
    if (row.gone) number.title = this.root.dataset.sayGone ?? "";
    if (row.base === null) number.title = this.root.dataset.sayNew ?? "";
    line.append(number);
    this.columns.forEach((column, c) => line.append(this.box(row, r, column, c)));
    return line;
  }

  private box(row: Row, r: number, column: Column, c: number): HTMLTableCellElement {
    const cell = document.createElement("td");
    cell.setAttribute("role", "gridcell");
    cell.setAttribute("aria-colindex", String(c + 2));
    cell.dataset.at = `${r}:${c}`;
    cell.textContent = row.cells[c] ?? "";
    cell.tabIndex = r === this.at.row && c === this.at.column ? 0 : -1;
    cell.classList.toggle("number", ["integer", "number", "percent"].includes(column.type));
    cell.classList.toggle("changed", row.base !== null && row.cells[c] !== this.base[row.base]?.[c]);
    if (!this.opens(r, c)) cell.setAttribute("aria-readonly", "true");
    const wrong = this.wrong.get(`${column.name}\n${row.cells[c]}`);
    if (wrong && !row.gone) {
      cell.setAttribute("aria-invalid", "true");
      cell.title = wrong;
    }
    return cell;
  }

  private cell(): HTMLTableCellElement | null {
    return this.body.querySelector(`td[data-at="${this.at.row}:${this.at.column}"]`);
  }

  private go(row: number, column: number): void {
    this.at = { row: Math.max(0, Math.min(row, this.rows.length - 1)), column: Math.max(0, Math.min(column, this.columns.length - 1)) };
    const top = this.at.row * ROW;
    const head = (this.table.tHead?.offsetHeight ?? 0) + ROW;
    if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
    else if (top + head > this.scroll.scrollTop + this.scroll.clientHeight) this.scroll.scrollTop = top + head - this.scroll.clientHeight;
    this.draw(true);
    const cell = this.cell();
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
    const wrong = cell?.getAttribute("aria-invalid") ? cell.title : "";
    this.note.hidden = !wrong;
    this.note.textContent = wrong;
  }

  private pressed(event: MouseEvent): void {
    const cell = (event.target as Element).closest<HTMLElement>("td[data-at]");
    if (!cell || this.editor?.parentElement === cell) return;
    event.preventDefault();
    this.finish(true);
    const [row = 0, column = 0] = (cell.dataset.at ?? "0:0").split(":").map(Number);
    const again = row === this.at.row && column === this.at.column && this.table.contains(document.activeElement);
    this.go(row, column);
    // a second press: no "dblclick" comes, since the cell of the first press was drawn anew
    if (event.detail > 1 || (again && matchMedia("(pointer: coarse)").matches)) this.edit();
  }

  private key(event: KeyboardEvent): void {
    if (this.editor) return this.typing(event);
    const { row, column } = this.at;
    const page = Math.max(1, Math.floor(this.scroll.clientHeight / ROW) - 2);
    const whole = event.ctrlKey || event.metaKey;
    const goals: Record<string, [number, number]> = {
      ArrowDown: [row + 1, column], ArrowUp: [row - 1, column], ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1],
      PageDown: [row + page, column], PageUp: [row - page, column],
      Home: [whole ? 0 : row, 0], End: [whole ? this.rows.length - 1 : row, this.columns.length - 1],
    };
    const goal = goals[event.key];
    if (goal) {
      event.preventDefault();
      this.go(...goal);
    } else if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      this.edit();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.change([[row, column, ""]]);
    } else if (whole && event.key.toLowerCase() === "z") {
      event.preventDefault();
      this.act("undo");
    } else if (event.key.length === 1 && !whole && !event.altKey) {
      this.edit("");
    } else if (event.key === "Process") this.edit(""); // Korean letters are on their way
  }

  private typing(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const steps: Record<string, [number, number]> = { Enter: [event.shiftKey ? -1 : 1, 0], Tab: [0, event.shiftKey ? -1 : 1] };
    const step = steps[event.key];
    if (event.key === "Escape") this.finish(false);
    else if (!step) return;
    event.preventDefault();
    if (step) {
      this.finish(true);
      this.go(this.at.row + step[0], this.at.column + step[1]);
    }
  }

  private edit(start?: string): void {
    const cell = this.cell();
    const column = this.columns[this.at.column];
    const row = this.rows[this.at.row];
    if (!cell || !column || !row || row.gone) return;
    if (!this.opens(this.at.row, this.at.column)) {
      this.note.hidden = false;
      this.note.textContent = this.root.dataset.sayLocked ?? "";
      return;
    }
    const input = document.createElement("input");
    input.value = start ?? row.cells[this.at.column] ?? "";
    input.setAttribute("aria-label", column.label);
    if (["integer", "number", "percent", "year"].includes(column.type)) input.inputMode = "decimal";
    cell.replaceChildren(input);
    this.editor = input;
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
    input.addEventListener("blur", () => this.finish(true));
  }

  private finish(keep: boolean): void {
    const input = this.editor;
    if (!input) return;
    this.editor = null;
    const { row, column } = this.at;
    if (keep && input.value !== this.rows[row]?.cells[column]) this.change([[row, column, input.value]]);
    else this.draw(true);
    this.cell()?.focus({ preventScroll: true });
  }

  /** Whether a cell can be written: all of a new row, of the others those that are not starred. */
  private opens(r: number, c: number): boolean {
    const row = this.rows[r];
    const column = this.columns[c];
    return row !== undefined && column !== undefined && (row.base === null || !column.locked);
  }

  private remember(): void {
    this.past.push({ rows: this.rows.map((row) => ({ ...row, cells: [...row.cells] })), at: { ...this.at } });
    if (this.past.length > 50) this.past.shift();
  }

  private change(cells: [number, number, string][]): void {
    if (!cells.some(([r, c]) => this.opens(r, c))) return;
    this.remember();
    this.put(cells);
  }

  private put(cells: [number, number, string][]): void {
    const open = cells.filter(([r, c]) => this.opens(r, c));
    for (const [r, c, text] of open) (this.rows[r] as Row).cells[c] = text.trim();
    this.draw(true);
    this.later();
    void this.check(open.map(([r, c]) => [r, c]));
  }

  private act(what: string): void {
    this.finish(true);
    if (what === "add") {
      this.remember();
      this.rows.push({ base: null, gone: false, cells: this.columns.map(() => "") });
      this.go(this.rows.length - 1, 0);
    } else if (what === "remove") {
      const row = this.rows[this.at.row];
      if (!row) return;
      this.remember();
      if (row.base === null) this.rows.splice(this.at.row, 1);
      else row.gone = !row.gone;
      this.go(this.at.row, this.at.column);
    } else if (what === "undo") {
      const before = this.past.pop();
      if (!before) return;
      this.rows = before.rows;
      this.go(before.at.row, before.at.column);
    }
    this.later();
  }

  /** A block from a spreadsheet goes into the cells from here on, into new rows where there are none; into an open cell goes a single value. */
  private paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const block = table(text);
    const single = block.length === 1 && block[0]?.length === 1;
    if (!text || (this.editor && single)) return;
    event.preventDefault();
    this.finish(false);
    this.remember();
    const cells: [number, number, string][] = [];
    block.forEach((line, i) => {
      const r = this.at.row + i;
      if (r >= this.rows.length) this.rows.push({ base: null, gone: false, cells: this.columns.map(() => "") });
      line.forEach((value, j) => this.at.column + j < this.columns.length && cells.push([r, this.at.column + j, value]));
    });
    this.put(cells);
  }

  private copy(event: ClipboardEvent): void {
    if (this.editor) return;
    event.preventDefault();
    event.clipboardData?.setData("text/plain", this.rows[this.at.row]?.cells[this.at.column] ?? "");
  }

  /** Asks whether cells can be read as their types; what cannot is marked with a sentence. */
  private async check(cells: [number, number][]): Promise<void> {
    const asked = [...new Set(cells.map(([r, c]) => `${this.columns[c]?.name}\n${this.rows[r]?.cells[c] ?? ""}`))].filter((each) => !each.endsWith("\n"));
    for (let i = 0; i < asked.length; i += 2000) {
      const some = asked.slice(i, i + 2000);
      const answer = await this.post(this.root.dataset.check ?? "", { cells: some.map((each) => each.split(/\n([\s\S]*)/, 2)) });
      if (!answer.ok) return;
      const told = (await answer.json()).cells as string[];
      some.forEach((each, n) => (told[n] ? this.wrong.set(each, told[n]) : this.wrong.delete(each)));
    }
    this.draw(true);
    this.tell();
  }

  private later(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), SAVE_AFTER);
    this.tell(this.root.dataset.saySaving);
  }

  private save(): Promise<void> {
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.saving = this.saving.then(async () => {
      try {
        const answer = await this.post(this.root.dataset.save ?? "", { edits: this.edits(), saved: this.saved });
        const said = await answer.json();
        if (!answer.ok) throw new Error(said.error);
        this.saved = said.saved;
        this.tell(this.root.dataset.saySaved);
      } catch (error) {
        this.tell(`${this.root.dataset.sayFailed}. ${(error as Error).message}`);
      }
    });
    return this.saving;
  }

  private async review(event: MouseEvent): Promise<void> {
    event.preventDefault();
    const link = event.currentTarget as HTMLAnchorElement;
    this.finish(true);
    await this.save();
    location.assign(link.href);
  }

  private tell(said = ""): void {
    const found = this.edits();
    const rows = Object.keys(found.cells).length + found.added.length + found.removed.length;
    const wrong = this.table.querySelectorAll("td[aria-invalid]").length;
    const parts = [`${this.root.dataset.sayChanges} ${rows}`, wrong ? `${this.root.dataset.sayWrong} ${wrong}` : "", said];
    this.state.textContent = parts.filter(Boolean).join(" · ");
  }

  private post(address: string, body: unknown): Promise<Response> {
    return fetch(address, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": this.root.dataset.token ?? "" }, body: JSON.stringify(body) });
  }
}

/** Rows and cells of a text that a spreadsheet copied: tabs and line ends, cells with either in quotes. */
function table(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^\t\n\r]*))(\t|\r?\n|\r|$)/gy;
  for (let found = cell.exec(text); found; found = cell.exec(text)) {
    rows[rows.length - 1]?.push(found[1] !== undefined ? found[1].replaceAll('""', '"') : (found[2] ?? ""));
    if (found[3] === "") break;
    if (found[3] !== "\t") rows.push([]);
  }
  while (rows.length > 1 && rows[rows.length - 1]?.every((each) => each === "")) rows.pop();
  return rows;
}
