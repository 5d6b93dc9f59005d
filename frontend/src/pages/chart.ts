/** A quick picture of a table: bars, lines or points, chosen by what its columns hold; the reader may choose otherwise.
 *
 * `<div data-chart-source="…rows.json"></div>` is drawn when this is loaded; other pages call `drawChart`. The library
 * is fetched when the first picture is drawn. Nothing is compiled from text: expressions run in an interpreter.
 */
import type { TopLevelSpec } from "vega-lite";
import type { View } from "vega";

export interface Column {
  name: string;
  type: string; // of the bank: text, integer, number, date, datetime …
}

export interface Data {
  columns: Column[];
  rows: (string | number | boolean | null)[][];
  truncated?: boolean;
}

type Kind = "bar" | "line" | "point";
type Role = "time" | "number" | "category";

const column = (data: Data, n: number): Column => data.columns[n] ?? { name: "", type: "text" };

interface Choice {
  kind: Kind;
  x: number;
  y: number;
  color: number; // -1: none
}

const KOREAN = document.documentElement.lang !== "en";
const say = (korean: string, english: string): string => (KOREAN ? korean : english);
const COLOURS = ["#2f6fde", "#e07a00", "#1a8f6b", "#b0338f", "#7a5ad9", "#8a6d1b", "#d6453d", "#5b6b7b"];
const MOST_BARS = 40;
const MOST_COLOURS = COLOURS.length;
const DAY = /^\d{4}-\d{2}(-\d{2}([ T]\d{2}:\d{2}.*)?)?$/;

/** What a column is in a picture. */
function roleOf(data: Data, n: number): Role {
  const { name, type } = column(data, n);
  const values = data.rows.slice(0, 200).map((row) => row[n]).filter((value) => value !== null);
  if (type === "date" || type === "datetime") return "time";
  if (values.length && values.every((value) => typeof value === "string" && DAY.test(value))) return "time";
  if (type !== "integer" && type !== "number") return "category";
  const year = values.length > 0 && values.every((value) => Number(value) >= 1900 && Number(value) <= 2100);
  return year && /year|년|연도/i.test(name) ? "category" : "number";
}

/** Bars for categories, a line for time, points for two numbers. */
function suggested(roles: Role[]): Choice | null {
  const first = (role: Role, after = -1): number => roles.findIndex((each, n) => each === role && n > after);
  const number = first("number");
  if (number < 0) return null;
  const time = first("time");
  const category = first("category");
  if (time >= 0) return { kind: "line", x: time, y: number, color: category };
  if (category >= 0) return { kind: "bar", x: category, y: number, color: -1 };
  const second = first("number", number);
  return second >= 0 ? { kind: "point", x: number, y: second, color: -1 } : null;
}

function distinct(data: Data, n: number): number {
  return new Set(data.rows.map((row) => row[n])).size;
}

function specOf(data: Data, roles: Role[], choice: Choice, ink: string, faint: string): TopLevelSpec {
  const { kind, x, y, color } = choice;
  const rows = kind === "bar" ? data.rows.slice(0, MOST_BARS * (color >= 0 ? MOST_COLOURS : 1)) : data.rows;
  const values = rows.map((row) => Object.fromEntries(row.map((value, n) => [`c${n}`, value])));
  const type = { time: "temporal", number: "quantitative", category: "nominal" } as const;
  const across = kind === "bar" && roles[x] === "category" && distinct({ ...data, rows }, x) > (window.innerWidth < 768 ? 2 : 6); // names stand upright beside one another where there is room, else below one another
  const along = {
    field: `c${x}`,
    type: kind === "bar" && roles[x] !== "time" ? ("nominal" as const) : type[roles[x] ?? "category"],
    title: column(data, x).name,
    sort: null,
    axis: { labelLimit: across ? 160 : 120, labelAngle: 0, format: undefined },
  };
  const value = {
    field: `c${y}`,
    type: "quantitative" as const,
    title: column(data, y).name,
    scale: { zero: kind === "bar" },
    axis: { tickMinStep: column(data, y).type === "integer" ? 1 : undefined },
    stack: color >= 0 && kind === "bar" ? ("zero" as const) : null,
  };
  const coloured =
    color >= 0 && distinct(data, color) <= MOST_COLOURS
      ? { color: { field: `c${color}`, type: "nominal" as const, title: column(data, color).name, scale: { range: COLOURS } } }
      : {};
  const mark =
    kind === "line"
      ? { type: "line" as const, point: rows.length <= 60, color: COLOURS[0], tooltip: false }
      : { type: kind, color: COLOURS[0], opacity: kind === "point" ? 0.6 : 1, filled: true, tooltip: false };
  return {
    width: "container",
    height: across ? { step: 24 } : 300,
    autosize: { type: "fit-x", contains: "padding" },
    background: "transparent",
    data: { values },
    mark,
    encoding: across ? { y: along, x: value, ...coloured } : { x: along, y: value, ...coloured },
    config: {
      font: "Pretendard, sans-serif",
      axis: { labelColor: ink, titleColor: ink, gridColor: faint, domainColor: faint, tickColor: faint, labelFontSize: 12, titleFontSize: 12 },
      legend: { labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12 },
      view: { stroke: null },
    },
  } as TopLevelSpec;
}

const NAMES: Record<Kind, string> = { bar: say("막대", "Bars"), line: say("선", "Line"), point: say("점", "Points") };

/** Draw `data` in `box`, with what can be chosen above it. */
export async function drawChart(box: HTMLElement, data: Data): Promise<void> {
  const roles = data.columns.map((_, n) => roleOf(data, n));
  const start = suggested(roles);
  box.hidden = false;
  if (!start || !data.rows.length) {
    box.replaceChildren(note(say("그림에는 수가 든 열과, 나눌 열이 하나씩 필요합니다. 묶어서 세어 보십시오.", "A picture needs a column of numbers and one to tell them apart. Group and count.")));
    return;
  }
  const choice: Choice = { ...start };
  const controls = document.createElement("div");
  controls.className = "chart-choices";
  const picture = document.createElement("div");
  picture.className = "chart-picture";
  picture.setAttribute("role", "img");
  const told = note("");
  let shown: View | null = null;

  const all = data.columns.map((each, n) => [String(n), each.name] as const);
  const numbers = all.filter(([n]) => roles[Number(n)] === "number");
  const none = [["-1", say("없음", "None")] as const];
  const redraw = async (): Promise<void> => {
    shown?.finalize();
    shown = await render(picture, data, roles, choice);
    const what = `${column(data, choice.y).name} / ${column(data, choice.x).name}`;
    picture.setAttribute("aria-label", `${NAMES[choice.kind]} · ${what} · ${data.rows.length.toLocaleString()}${say("행", " rows")}`);
    const bars = choice.kind === "bar" && data.rows.length > MOST_BARS && choice.color < 0;
    const cut = bars ? say(`앞의 ${MOST_BARS}개만 그렸습니다.`, `The first ${MOST_BARS} are drawn.`) : data.truncated ? say(`앞의 ${data.rows.length.toLocaleString()}행만 그렸습니다.`, `The first ${data.rows.length.toLocaleString()} rows are drawn.`) : "";
    told.textContent = cut;
    told.hidden = !cut;
  };
  const pick = (label: string, options: readonly (readonly [string, string])[], value: string, chosen: (value: string) => void): void => {
    const field = document.createElement("label");
    field.textContent = label;
    const select = document.createElement("select");
    select.className = "input";
    for (const [id, name] of options) select.append(new Option(name, id, false, id === value));
    select.addEventListener("change", () => {
      chosen(select.value);
      void redraw();
    });
    field.append(select);
    controls.append(field);
  };
  pick(say("모양", "Shape"), Object.entries(NAMES), choice.kind, (kind) => (choice.kind = kind as Kind));
  pick(say("가로", "Along"), all, String(choice.x), (n) => (choice.x = Number(n)));
  pick(say("값", "Value"), numbers, String(choice.y), (n) => (choice.y = Number(n)));
  pick(say("색", "Colour"), [...none, ...all.filter(([n]) => roles[Number(n)] === "category")], String(choice.color), (n) => (choice.color = Number(n)));
  box.replaceChildren(controls, picture, told);
  await redraw();
}

async function render(picture: HTMLElement, data: Data, roles: Role[], choice: Choice): Promise<View> {
  const [vega, lite, interpreter] = await Promise.all([import("vega"), import("vega-lite"), import("vega-interpreter")]);
  const style = getComputedStyle(picture);
  const ink = style.color;
  const faint = style.getPropertyValue("--line").trim() || "#d8dce2";
  const spec = lite.compile(specOf(data, roles, choice, ink, faint)).spec;
  const view = new vega.View(vega.parse(spec, undefined, { ast: true }), {
    expr: interpreter.expressionInterpreter,
    renderer: "canvas",
    container: picture,
    hover: false,
    logLevel: 1, // errors only
  });
  return view.runAsync();
}

function note(text: string): HTMLParagraphElement {
  const line = document.createElement("p");
  line.className = "quiet";
  line.textContent = text;
  return line;
}

/** Fetch what `url` says and draw it. */
export async function chartFrom(box: HTMLElement, url: string): Promise<void> {
  box.hidden = false;
  box.replaceChildren(note(say("그리는 중입니다.", "Drawing.")));
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) {
    box.replaceChildren(note(say("그릴 자료를 가져오지 못했습니다. 질의를 다시 실행하십시오.", "The rows could not be fetched. Run the query again.")));
    return;
  }
  await drawChart(box, (await response.json()) as Data);
}

for (const box of document.querySelectorAll<HTMLElement>("[data-chart-source]")) void chartFrom(box, box.dataset.chartSource ?? "");
