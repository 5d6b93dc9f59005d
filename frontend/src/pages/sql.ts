/** The SQL desk: an editor that knows the tables, a run that can be cancelled, and answers without leaving the page. */
import { autocompletion, closeBrackets, closeCompletion, completionKeymap, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { HighlightStyle, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, keymap, lineNumbers, placeholder, tooltips, type DecorationSet } from "@codemirror/view";
import { tags } from "@lezer/highlight";

interface Column {
  name: string;
  label: string;
  type: string;
  unit: string;
  meaning: string;
  masked: boolean;
}

interface Table {
  name: string;
  dataset: string;
  title: string;
  columns: Column[];
}

const KOREAN = document.documentElement.lang !== "en";
const say = (korean: string, english: string): string => (KOREAN ? korean : english);
const KEYWORDS =
  "SELECT FROM WHERE GROUP BY ORDER BY LIMIT WITH AS JOIN LEFT JOIN ON USING HAVING DISTINCT UNION ALL CASE WHEN THEN ELSE END AND OR NOT IN IS NULL BETWEEN LIKE ILIKE DESC ASC OVER PARTITION BY QUALIFY PIVOT UNPIVOT DESCRIBE SUMMARIZE EXPLAIN count sum avg min max median round coalesce".split(
    " ",
  );

// the error's line -------------------------------------------------------------------------------------------------

const markLine = StateEffect.define<number>(); // 0: none
const wrongLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, change) {
    let next = change.docChanged ? Decoration.none : marks;
    for (const effect of change.effects) {
      if (!effect.is(markLine)) continue;
      const known = effect.value > 0 && effect.value <= change.state.doc.lines;
      next = known
        ? Decoration.set([Decoration.line({ class: "cm-wrong" }).range(change.state.doc.line(effect.value).from)])
        : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

// completion -------------------------------------------------------------------------------------------------------

const plain = (name: string): string => (/^[a-z_가-힣][\w가-힣]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

function completions(tables: Table[]): (context: CompletionContext) => CompletionResult | null {
  const ofTables: Completion[] = tables.flatMap((table) => [
    { label: table.name, apply: plain(table.name), detail: table.title, type: "class", boost: 1 },
    { label: table.title, apply: plain(table.name), detail: table.name, type: "class" },
  ]);
  const ofKeywords: Completion[] = KEYWORDS.map((word) => ({ label: word, type: "keyword", boost: -1 }));
  return (context) => {
    const word = context.matchBefore(/[\w가-힣ㄱ-ㅎ]+/);
    if (!word && !context.explicit) return null;
    const text = context.state.doc.toString().toLowerCase();
    const named = tables.filter((table) => text.includes(table.name) || text.includes(table.dataset));
    const options = [...ofTables, ...ofKeywords, ...named.flatMap(ofColumns)];
    return { from: word ? word.from : context.pos, options, validFor: /^[\w가-힣ㄱ-ㅎ]*$/ };
  };
}

function ofColumns(table: Table): Completion[] {
  return table.columns.flatMap((column) => {
    const kind = [column.type, column.unit].filter(Boolean).join(" ");
    const masked = column.masked ? say("가린 값", "masked") : "";
    const info = [column.label, column.meaning, masked, table.title].filter(Boolean).join(" · ");
    const apply = plain(column.name);
    const own: Completion = { label: column.name, apply, detail: [column.label, kind].filter(Boolean).join(" · "), info, type: "property", boost: 2 };
    return column.label && column.label !== column.name ? [own, { ...own, label: column.label, detail: `${column.name} · ${kind}` }] : [own];
  });
}

// the editor -------------------------------------------------------------------------------------------------------

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--sql-keyword)", fontWeight: "700" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--sql-text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--sql-number)" },
  { tag: [tags.lineComment, tags.blockComment], color: "var(--text-quiet)" },
]);
const look = EditorView.theme({
  "&": { fontSize: "1.5rem", backgroundColor: "var(--input-ground)", color: "var(--text)", height: "100%" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'D2Coding', monospace", lineHeight: "1.6" },
  ".cm-gutters": { backgroundColor: "var(--panel-quiet)", color: "var(--text-quiet)", border: "0" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-placeholder": { color: "var(--text-quiet)" },
  ".cm-wrong": { backgroundColor: "var(--bad-ground)", boxShadow: "inset 0.4rem 0 0 var(--bad)" },
  ".cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--text)", border: "0.1rem solid var(--line-strong)" },
  "&.cm-editor .cm-tooltip-autocomplete > ul": { minWidth: "min(25rem, calc(100vw - 2rem))", maxWidth: "min(70rem, calc(100vw - 2rem))" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "0.4rem 0.8rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--text-on-accent)" },
  ".cm-completionDetail": { marginLeft: "1em", fontStyle: "normal", opacity: "0.8" },
  ".cm-completionInfo": { padding: "0.8rem", maxWidth: "32rem" },
});

/** The example, line by line as it would be written. */
function sample(text: string): HTMLElement {
  const lines = document.createElement("span");
  for (const line of text.split("\n")) lines.append(...(lines.hasChildNodes() ? [document.createElement("br")] : []), line);
  return lines;
}

/** In a shadow tree, where styles come as objects: the policy of the page takes none written by scripts. */
function editor(area: HTMLTextAreaElement, tables: Promise<Table[]>, run: () => void, changed: () => void): EditorView {
  const host = document.createElement("div");
  host.className = "sql-editor";
  area.after(host);
  const root = host.attachShadow({ mode: "open" });
  const source = tables.then(completions, () => null);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }]),
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        sql({ dialect: PostgreSQL }).language,
        syntaxHighlighting(colours),
        autocompletion({ override: [async (context) => (await source)?.(context) ?? null], icons: false }),
        tooltips({ position: "fixed", tooltipSpace: () => ({ top: 0, left: 0, bottom: window.innerHeight, right: document.documentElement.clientWidth }) }),
        EditorView.domEventHandlers({ blur: (_, view) => void closeCompletion(view) }),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        placeholder(sample(area.placeholder)),
        wrongLine,
        look,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": document.getElementById("sql-label")?.textContent ?? "SQL", role: "textbox", "aria-multiline": "true" }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          changed();
        }),
      ],
    }),
  });
  area.hidden = true;
  document.getElementById("sql-label")?.addEventListener("click", () => view.focus());
  return view;
}

// values of parameters ---------------------------------------------------------------------------------------------

const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|(?<![\p{L}\p{N}_\])'":]):([\p{L}_][\p{L}\p{N}_]*)(?:::(\w+))?/gu;

function kindOf(name: string, cast: string | undefined): string {
  if (/^(date|timestamp)$/i.test(cast ?? "") || /(?:^|_)(?:date|day|since|until)$|일$|일자$|날짜$/i.test(name)) return "date";
  return /(?:^|_)month$|월$/i.test(name) ? "month" : "text";
}

/** One field for each `:name` of the text; what was filled in stays. */
function values(place: HTMLElement, text: string): void {
  const wanted = new Map([...text.matchAll(TOKENS)].filter((found) => found[1]).map((found) => [found[1] ?? "", kindOf(found[1] ?? "", found[2])]));
  for (const field of [...place.children]) {
    const name = field.querySelector("input")?.name.slice(2) ?? "";
    if (wanted.has(name)) wanted.delete(name);
    else field.remove();
  }
  for (const [name, kind] of wanted) {
    const field = document.createElement("div");
    field.className = "field";
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { id: `p-${name}`, name: `p-${name}`, type: kind, className: "input" });
    label.htmlFor = input.id;
    label.textContent = `:${name}`;
    field.append(label, input);
    place.append(field);
  }
}

// running ----------------------------------------------------------------------------------------------------------

/** A random UUID, also where the page came over plain HTTP. */
function newNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function start(form: HTMLFormElement): void {
  const find = <T extends HTMLElement>(selector: string): T => form.querySelector(selector) as T;
  const area = find<HTMLTextAreaElement>("#sql");
  const answer = document.getElementById("answer") as HTMLElement;
  const [runButton, stopButton, clock] = [find<HTMLButtonElement>("[data-run]"), find<HTMLButtonElement>("[data-stop]"), find("[data-clock]")];
  let running = "";

  const tables = form.dataset.tables
    ? fetch(form.dataset.tables).then(async (response) => (response.ok ? ((await response.json()) as { tables: Table[] }).tables : []))
    : Promise.resolve([]);
  const view = editor(area, tables, () => void run(), () => {
    const place = form.querySelector<HTMLElement>("[data-values]");
    if (place) values(place, area.value);
  });
  find("[data-hint]").hidden = false;
  void tables.then((found) => tableList(found, view));

  const show = (html: string): void => {
    answer.innerHTML = html; // our own template, escaped there
    const line = Number(answer.querySelector<HTMLElement>("[data-error-line]")?.dataset.errorLine ?? 0);
    view.dispatch({ effects: markLine.of(line || 0) });
    for (const opener of answer.querySelectorAll<HTMLElement>("[data-chart-open]")) opener.hidden = false;
  };

  async function run(): Promise<void> {
    if (running) return;
    closeCompletion(view);
    running = newNumber();
    const began = performance.now();
    const tick = setInterval(() => (clock.textContent = `${((performance.now() - began) / 1000).toFixed(1)}${say("초", " s")}`), 100);
    runButton.disabled = true;
    stopButton.hidden = clock.hidden = false;
    answer.setAttribute("aria-busy", "true");
    const body = new FormData(form);
    body.set("part", "1");
    body.set("number", running);
    try {
      const response = await fetch(form.action, { method: "POST", body });
      if (!response.ok) throw new Error(String(response.status));
      show(await response.text());
      if (form.dataset.cancel) window.history.replaceState(null, "", address(form.dataset.cancel, running).replace(/cancel\/$/, ""));
    } catch {
      show(`<div class="notice bad" role="alert"><p>${say("서버에 닿지 못했습니다. 연결을 확인하고 다시 실행하십시오.", "The server could not be reached. Check the connection and run it again.")}</p></div>`);
    } finally {
      clearInterval(tick);
      running = "";
      runButton.disabled = false;
      stopButton.hidden = true;
      answer.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("submit", (event) => {
    if ((event.submitter as HTMLElement | null)?.hasAttribute("formaction")) return;
    event.preventDefault();
    void run();
  });
  stopButton.addEventListener("click", () => {
    if (!running || !form.dataset.cancel) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", find<HTMLInputElement>("[name=csrfmiddlewaretoken]").value);
    void fetch(address(form.dataset.cancel, running), { method: "POST", body });
  });
  answer.addEventListener("click", (event) => void clicked(event, answer, show));
  for (const opener of answer.querySelectorAll<HTMLElement>("[data-chart-open]")) opener.hidden = false;
  const line = Number(answer.querySelector<HTMLElement>("[data-error-line]")?.dataset.errorLine ?? 0);
  if (line) view.dispatch({ effects: markLine.of(line) });
}

const address = (pattern: string, number: string): string => pattern.replace("00000000-0000-0000-0000-000000000000", number);

/** Another page of the answer, or its picture. */
async function clicked(event: Event, answer: HTMLElement, show: (html: string) => void): Promise<void> {
  const target = event.target as HTMLElement;
  const link = target.closest<HTMLAnchorElement>("[data-answer-pages] a");
  if (link) {
    event.preventDefault();
    const response = await fetch(`${link.href}&part=1`);
    if (response.ok) show(await response.text());
    answer.querySelector<HTMLElement>(".table-scroll")?.focus();
    return;
  }
  const opener = target.closest<HTMLElement>("[data-chart-open]");
  const box = answer.querySelector<HTMLElement>("[data-chart]");
  if (!opener || !box) return;
  event.preventDefault();
  if (!box.hidden) {
    box.hidden = true;
    return;
  }
  const { chartFrom } = await import("./chart");
  await chartFrom(box, opener.dataset.chartOpen ?? "");
}

/** The list of tables: filtered as one types, each opening to its columns; a click puts a name into the text. */
function tableList(tables: Table[], view: EditorView): void {
  const put = (text: string): void => {
    view.dispatch(view.state.replaceSelection(text));
    view.focus();
  };
  const items = [...document.querySelectorAll<HTMLLIElement>(".sql-table-list > li")];
  for (const item of items) {
    const table = tables.find((each) => each.name === item.dataset.table);
    if (!table) continue;
    const fold = document.createElement("details");
    const head = document.createElement("summary");
    head.append(...item.childNodes);
    const columns = document.createElement("ul");
    columns.append(button(plain(table.name), say("표 이름 넣기", "Put the table's name"), put));
    for (const column of table.columns) {
      const said = [column.label, column.type, column.unit, column.masked ? say("가린 값", "masked") : ""].filter(Boolean).join(" · ");
      columns.append(button(plain(column.name), said, put));
    }
    fold.append(head, columns);
    item.append(fold);
  }
  const filter = document.querySelector<HTMLElement>("[data-sql-filter]");
  const input = filter?.querySelector("input");
  if (!filter || !input || items.length < 8) return;
  filter.hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.trim().toLowerCase();
    for (const item of items) item.hidden = !(item.dataset.words ?? "").toLowerCase().includes(words);
  });
}

function button(name: string, said: string, put: (text: string) => void): HTMLLIElement {
  const item = document.createElement("li");
  const press = document.createElement("button");
  press.type = "button";
  const code = document.createElement("code");
  code.textContent = name;
  const more = document.createElement("span");
  more.className = "quiet";
  more.textContent = said;
  press.append(code, more);
  press.addEventListener("click", () => put(name));
  item.append(press);
  return item;
}

const form = document.querySelector<HTMLFormElement>("form[data-sql]");
if (form) start(form);
