/** Buttons that copy a command: `<button data-copy="#id-of-the-text">`. Shown only where copying is possible. */
export function copyButtons(): void {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    button.hidden = false;
    const label = button.textContent ?? "";
    button.addEventListener("click", async () => {
      const text = document.querySelector(button.dataset.copy ?? "")?.textContent?.trim() ?? "";
      await navigator.clipboard.writeText(text);
      button.textContent = button.dataset.done ?? label;
      setTimeout(() => (button.textContent = label), 2000);
    });
  }
}
