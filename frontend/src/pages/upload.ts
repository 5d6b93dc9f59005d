/**
 * Files that go up in pieces: `<form data-upload>` with a file input. A file broken off goes on where it stopped, also after the
 * page or the server was started again. Without this script the form sends its files whole.
 */
const PIECE = 8 * 1024 * 1024;
const TRIES = 8;

type Task = { file: File; row: HTMLLIElement; key: string; paused: boolean; over: boolean; request?: XMLHttpRequest };

const form = document.querySelector<HTMLFormElement>("form[data-upload]");
const input = form?.querySelector<HTMLInputElement>("input[type=file]");
const list = document.querySelector<HTMLUListElement>("#coming");
const token = form?.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
const dataset = form?.querySelector<HTMLInputElement>("input[name=dataset]")?.value ?? "";
const korean = document.documentElement.lang !== "en";
const say = korean
  ? { pause: "멈춤", go: "이어서", cancel: "그만두기", done: "다 올렸습니다. 읽는 중입니다.", open: "확인하기", again: "연결이 끊겨 다시 잇는 중입니다.", stopped: "멈췄습니다.", failed: "올리지 못했습니다." }
  : { pause: "Pause", go: "Go on", cancel: "Cancel", done: "Uploaded. It is being read.", open: "Review", again: "Connection lost; trying again.", stopped: "Paused.", failed: "Upload failed." };

if (form && input && list) {
  form.querySelector("button")?.setAttribute("hidden", "");
  input.addEventListener("change", () => take(input.files));
  form.addEventListener("submit", (event) => (event.preventDefault(), take(input.files)));
  for (const kind of ["dragenter", "dragover"]) form.addEventListener(kind, (event) => (event.preventDefault(), form.classList.add("over")));
  form.addEventListener("dragleave", (event) => event.target === form && form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    take(event.dataTransfer?.files ?? null);
  });
}

let running = Promise.resolve();
const tasks: Task[] = [];

function take(files: FileList | null): void {
  for (const file of files ?? []) {
    const task: Task = { file, row: rowOf(file), key: "", paused: false, over: false };
    tasks.push(task);
    running = running.then(() => send(task, tasks.length === 1));
  }
  if (input) input.value = "";
}

function rowOf(file: File): HTMLLIElement {
  const row = document.createElement("li");
  row.className = "job";
  const head = document.createElement("div");
  head.className = "job-head";
  const name = document.createElement("strong");
  name.textContent = file.name;
  head.append(name);
  const bar = document.createElement("progress");
  bar.max = Math.max(file.size, 1);
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  const state = document.createElement("p");
  state.className = "job-state";
  row.append(head, bar, state);
  list?.append(row);
  return row;
}

function tell(task: Task, text: string, bad = false): void {
  const state = task.row.querySelector<HTMLElement>(".job-state");
  if (!state) return;
  state.textContent = text;
  state.classList.toggle("job-error", bad);
}

function show(task: Task, done: number): void {
  const bar = task.row.querySelector("progress");
  if (bar) bar.value = done;
  const megabytes = (bytes: number): string => (bytes / 1048576).toFixed(bytes < 10485760 ? 1 : 0);
  tell(task, `${megabytes(done)} / ${megabytes(task.file.size)} MB (${Math.floor((100 * done) / Math.max(task.file.size, 1))}%)`);
}

function button(task: Task, text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button small";
  made.textContent = text;
  made.addEventListener("click", act);
  task.row.querySelector(".job-head")?.append(made);
  return made;
}

async function send(task: Task, alone: boolean): Promise<void> {
  const { file } = task;
  let wake: () => void = () => undefined;
  const pause = button(task, say.pause, () => {
    task.paused = !task.paused;
    pause.textContent = task.paused ? say.go : say.pause;
    if (task.paused) task.request?.abort();
    wake();
  });
  const cancel = button(task, say.cancel, () => {
    task.over = true;
    task.request?.abort();
    wake();
  });
  try {
    const made = await fetch("/deposits/uploads/", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ dataset, name: file.name, size: file.size, fingerprint: `${file.name}|${file.size}|${file.lastModified}` }),
    });
    if (made.redirected) return void location.reload();
    const said = await made.json();
    if (!made.ok) throw new Error(said.error);
    task.key = said.key;
    let offset: number = said.offset;
    let failures = 0;
    while (offset < file.size && !task.over) {
      if (task.paused) {
        tell(task, say.stopped);
        await new Promise<void>((resolve) => (wake = resolve));
        offset = await whereAt(task, offset);
        continue;
      }
      show(task, offset);
      const next = await piece(task, offset);
      if (next === null) {
        if (task.over || task.paused) continue;
        if (++failures > TRIES) throw new Error(say.failed);
        tell(task, say.again);
        await new Promise((resolve) => setTimeout(resolve, Math.min(30000, 500 * 2 ** failures)));
        offset = await whereAt(task, offset);
      } else {
        failures = 0;
        offset = next;
      }
    }
    pause.remove();
    cancel.remove();
    if (task.over) {
      await fetch(`/deposits/uploads/${task.key}`, { method: "DELETE", headers: { "X-CSRFToken": token } });
      task.row.remove();
      return;
    }
    show(task, offset);
    tell(task, say.done);
    const open = document.createElement("a");
    open.className = "button small primary";
    open.href = `/deposits/${task.key}/`;
    open.textContent = say.open;
    task.row.querySelector(".job-head")?.append(open);
    if (alone && tasks.length === 1) location.assign(open.href);
  } catch (error) {
    pause.remove();
    cancel.remove();
    tell(task, (error as Error).message || say.failed, true);
  }
}

/** Sends one piece; the new offset, or null where the connection broke or somebody stopped it. */
function piece(task: Task, offset: number): Promise<number | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // tells how far it is, which fetch does not
    task.request = request;
    request.open("PATCH", `/deposits/uploads/${task.key}`);
    request.setRequestHeader("Content-Type", "application/offset+octet-stream");
    request.setRequestHeader("Upload-Offset", String(offset));
    request.setRequestHeader("X-CSRFToken", token);
    request.upload.addEventListener("progress", (event) => show(task, offset + event.loaded));
    request.addEventListener("load", () => resolve(request.status === 204 ? Number(request.getResponseHeader("Upload-Offset")) : null));
    for (const kind of ["error", "abort", "timeout"]) request.addEventListener(kind, () => resolve(null));
    request.timeout = 120000;
    request.send(task.file.slice(offset, offset + PIECE));
  });
}

async function whereAt(task: Task, offset: number): Promise<number> {
  try {
    const answer = await fetch(`/deposits/uploads/${task.key}`, { method: "HEAD" });
    if (answer.ok) return Number(answer.headers.get("Upload-Offset"));
    if (answer.status === 404) return task.file.size; // it is whole, and being read
  } catch {
    // still no connection: the next try asks again
  }
  return offset;
}
