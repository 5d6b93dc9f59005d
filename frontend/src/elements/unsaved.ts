/** `<form data-unsaved="words">`: whoever changed it is asked before leaving; a bar of it says that it is not saved. */
export function keepUnsaved(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-unsaved]")) {
    let changed = Boolean(document.querySelector(".notice.told.bad")); // shown again because it could not be saved
    const told = document.createElement("p");
    told.className = "unsaved";
    told.setAttribute("role", "status");
    (form.querySelector("[data-unsaved-here]") ?? form).append(told);
    const tell = (): void => void (told.textContent = changed ? (form.dataset.unsaved ?? "") : "");
    const change = (): void => {
      changed = true;
      tell();
    };
    form.addEventListener("input", change);
    form.addEventListener("change", change);
    form.addEventListener("submit", () => (changed = false));
    window.addEventListener("beforeunload", (event) => changed && event.preventDefault());
    tell();
  }
}
