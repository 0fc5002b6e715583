// The editor of a contract: the check follows the typing, and a field of the form changes the file. Everything works without it.
"use strict";
(() => {
  const form = document.querySelector("form.editor");
  const file = document.getElementById("file");
  const place = document.getElementById("checked");
  if (!form || !file || !place) return;
  const address = form.getAttribute("action");
  let asked = 0;
  let waiting;

  const post = (path, body) =>
    fetch(address + path, { method: "POST", body, credentials: "same-origin", redirect: "error" });

  async function check() {
    const mine = ++asked;
    try {
      const answer = await post("/check", new URLSearchParams({ file: file.value }));
      const text = await answer.text();
      if (mine === asked && answer.ok) place.innerHTML = text;
    } catch {
      // Offline: what was typed stays, and the buttons say what happens.
    }
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(check, 400);
  }

  file.addEventListener("input", later);
  form.addEventListener("change", async (event) => {
    if (!event.target.name.startsWith("f.")) return;
    const body = new URLSearchParams({ file: file.value, [event.target.name]: event.target.value });
    try {
      const answer = await post("/fill", body);
      if (answer.ok) {
        file.value = await answer.text();
        later();
      }
    } catch {
      // The button “put into the file” does the same.
    }
  });

  place.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    const lines = file.value.split("\n");
    const line = Number(link.dataset.line) - 1;
    const start = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
    file.focus();
    file.setSelectionRange(start + Number(link.dataset.column) - 1, start + (lines[line] || "").length);
    file.scrollTop = Math.max(0, (line - 4) * (file.scrollHeight / lines.length));
  });

  window.addEventListener("beforeunload", (event) => {
    if (file.value !== file.defaultValue && !form.dataset.sent) event.preventDefault();
  });
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) form.dataset.sent = "yes"; });
})();
