// Shortcuts, which can be turned off: `/` goes to the search, `g` then `t` to Today, `?` lists them. Rows that are chosen are counted,
// and the search completes what is typed. All of it works without this file, by links and forms.
"use strict";
(() => {
  const list = document.getElementById("keys");
  const opener = document.getElementById("keys-open");
  const isOff = () => {
    try { return localStorage.getItem("keys") === "off"; } catch { return false; }
  };
  const isTyping = (one) => one.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const isSeen = (one) => (one.checkVisibility ? one.checkVisibility() : one.offsetParent !== null);
  let began = 0; // when `g` was pressed

  function toSearch() {
    let field = [...document.querySelectorAll("main [type=search], header [type=search]")].find(isSeen);
    if (!field) {
      const menu = document.querySelector("details.menu");
      menu.open = true;
      field = menu.querySelector("[type=search]");
    }
    field.focus();
    field.select();
  }

  function show() {
    const button = list.querySelector("[data-toggle]");
    button.textContent = isOff() ? button.dataset.on : button.dataset.off;
    if (!list.open) list.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (isOff() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const isSecond = event.timeStamp - began < 1500;
    began = 0;
    if (event.key === "?") show();
    else if (list.open) return;
    else if (event.key === "/") toSearch();
    else if (event.key === "g") { began = event.timeStamp; return; }
    else if (event.key === "t" && isSecond) location.href = "/";
    else return;
    event.preventDefault();
  });
  opener.addEventListener("click", show);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("toggle" in button.dataset) {
      try { localStorage.setItem("keys", isOff() ? "on" : "off"); } catch { return; }
      show();
    } else list.close();
  });
  opener.hidden = false;
})();

// What opens above the page is closed by Escape, by a click elsewhere, and where another opens.
(() => {
  const close = (but) => {
    for (const one of document.querySelectorAll("details:is(.also, .me)[open]")) if (!but || !one.contains(but)) one.open = false;
  };
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector("details:is(.also, .me)[open]");
    if (!open) return;
    close();
    open.querySelector("summary").focus();
  });
})();

// Choosing rows: how many, and all of the page at once.
(() => {
  const rows = (form) => [...form.elements].filter((one) => one.name === "row");
  function count(form) {
    const every = rows(form);
    const chosen = every.filter((one) => one.checked).length;
    const says = form.querySelector("[data-count]");
    says.dataset.none = says.dataset.none || says.textContent;
    says.textContent = chosen ? form.dataset.many.replace("{n}", String(chosen)) : says.dataset.none;
    form.toggleAttribute("data-some", chosen > 0); // then it stays in sight
    const all = document.querySelector(`[data-picks="${form.id}"]`);
    if (all) {
      all.hidden = false;
      all.checked = chosen > 0 && chosen === every.length;
      all.indeterminate = chosen > 0 && chosen < every.length;
    }
  }
  const forms = () => document.querySelectorAll("form.together");
  document.addEventListener("change", (event) => {
    const picks = event.target.dataset.picks;
    if (picks) for (const one of rows(document.getElementById(picks))) one.checked = event.target.checked;
    forms().forEach(count);
  });
  window.addEventListener("pageshow", () => forms().forEach(count));
})();

// Completing what is typed into the search, or as the title of one of many, a quarter of a second after the last letter.
(() => {
  const LEAST = 2;
  let timer = 0;
  let asked = "";
  async function complete(field) {
    const typed = field.value.trim();
    if (typed.length < LEAST || typed === asked) return;
    asked = typed;
    try {
      const answer = await fetch(`/search/words?q=${encodeURIComponent(typed)}&among=${field.dataset.words || ""}`, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected || field.value.trim() !== typed) return;
      const words = await answer.json();
      document.getElementById("found").replaceChildren(...words.map((one) => new Option(one, one)));
    } catch {
      // Nobody answers: what is typed is searched for as it is.
    }
  }
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.dataset.words && (field.type !== "search" || field.name !== "q")) return;
    field.setAttribute("list", "found");
    clearTimeout(timer);
    timer = setTimeout(() => complete(field), 250);
  });
})();
