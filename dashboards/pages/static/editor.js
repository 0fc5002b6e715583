// The editor of a contract: form, file and check follow the typing. Everything works without it: each button puts the form into the file.
"use strict";
(() => {
  const form = document.querySelector("form.editor");
  const file = document.getElementById("file");
  const place = document.getElementById("checked");
  const part = document.getElementById("form");
  if (!form || !file || !place || !part) return;
  const address = form.getAttribute("action");
  let typed = 0; // how often something was typed
  let known = 0; // as much of it as the page shows the consequences of
  let isAsking = false;
  let isLate = false; // something was left while a question was on its way
  let waiting = 0;
  let drawn = ""; // the fields as they were answered last

  const isField = (one) => Boolean(one && one.name && one.name.startsWith("f."));

  // One question at a time, with all that stands in the form. An answer to what is no longer on the page is thrown away.
  async function ask() {
    if (isAsking) {
      isLate = true;
      return;
    }
    isAsking = true;
    isLate = false;
    const asked = typed;
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(`${address}/check`, { method: "POST", body, credentials: "same-origin", redirect: "error" });
      if (answer.ok) {
        const said = await answer.json();
        if (asked === typed) put(said);
      }
      known = asked;
    } catch {
      // Offline: what was typed stays, and the buttons say what happens.
    }
    isAsking = false;
    if (isLate || (asked !== typed && !isField(document.activeElement))) later();
  }

  function put(said) {
    if (file.value !== said.file) {
      const [start, end, top] = [file.selectionStart, file.selectionEnd, file.scrollTop];
      file.value = said.file;
      file.setSelectionRange(start, end);
      file.scrollTop = top;
    }
    if (said.form !== drawn) draw(said.form);
    drawn = said.form;
    form.elements.namedItem("shown").value = said.shown;
    place.innerHTML = said.checked;
  }

  // The fields anew, with what is wrong and the next dates: what is open, and what somebody is in, stays.
  function draw(html) {
    const inside = (one) => one.querySelector("input, select, textarea")?.name;
    const open = new Set([...part.querySelectorAll("details[open]")].map(inside));
    const active = part.contains(document.activeElement) ? document.activeElement : null;
    const { id, value, selectionStart: start, selectionEnd: end } = active || {};
    part.innerHTML = html;
    for (const one of part.querySelectorAll("details")) if (open.has(inside(one))) one.open = true;
    const again = id && document.getElementById(id);
    if (!again) return;
    if (again.type !== "checkbox") again.value = value;
    again.focus({ preventScroll: true });
    if (typeof start === "number" && again.type === "text") again.setSelectionRange(start, end);
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 400);
  }

  form.addEventListener("input", (event) => {
    const isSure = ["sure", "has_read"].includes(event.target.name);
    if (!isField(event.target) && event.target !== file && !isSure) return;
    typed += 1;
    if (event.target === file) later(); // a field is put into the file when it is left: half a value would be wrong
  });
  form.addEventListener("change", (event) => { if (isField(event.target)) later(); });
  form.addEventListener("focusout", () => { if (typed !== known) later(); });

  // Who is quick has typed before this listens.
  const shown = (one) => (one.type === "checkbox" ? String(one.defaultChecked) : one.options ? ([...one.options].find((each) => each.defaultSelected) || one.options[0]).value : one.defaultValue);
  const now = (one) => (one.type === "checkbox" ? String(one.checked) : one.value);
  const early = [...form.elements].filter((one) => (one === file || isField(one)) && now(one) !== shown(one));
  if (early.length) typed += 1;
  if (early.some((one) => one !== document.activeElement || one === file)) later();

  place.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    const lines = file.value.split("\n");
    const line = Number(link.dataset.line) - 1;
    const start = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
    file.closest("details").open = true;
    file.focus();
    file.setSelectionRange(start + Number(link.dataset.column) - 1, start + (lines[line] || "").length);
    file.scrollTop = Math.max(0, (line - 4) * (file.scrollHeight / lines.length));
  });

  // What is not sent is kept in this window (live.js), so a switch of language loses nothing; who leaves is asked.
  let isSwitching = false;
  document.addEventListener("click", (event) => {
    isSwitching = Boolean(event.target.closest('a[href^="/language/"], a[href^="/theme/"]'));
  });
  window.addEventListener("beforeunload", (event) => {
    if ((typed || "typed" in form.dataset) && !isSwitching && !form.dataset.sent) event.preventDefault();
  });
})();
