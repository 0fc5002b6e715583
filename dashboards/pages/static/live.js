// Forms: what cannot be sent is said, and stays where it was typed.
"use strict";
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sure) {
    form.dataset.sent = event.submitter?.value || "yes";
    return;
  }
  event.preventDefault();
  const button = event.submitter;
  let isThere = false;
  try {
    isThere = (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(8000) })).ok;
  } catch {
    // Nobody answers.
  }
  let note = form.querySelector(".unsent");
  if (isThere) {
    if (note) note.remove();
    form.dataset.sure = "yes";
    form.requestSubmit(button && button.form === form ? button : undefined);
    delete form.dataset.sure;
    return;
  }
  if (!note) {
    note = document.createElement("p");
    note.className = "problem unsent";
    note.setAttribute("role", "alert");
    if (button && form.contains(button)) button.before(note); else form.append(note);
  }
  note.textContent = document.body.dataset.unsent;
});

// What is shown this once is copied by a button beside it.
for (const button of document.querySelectorAll("button[data-copies]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const from = document.getElementById(button.dataset.copies);
    await navigator.clipboard.writeText(from.value ?? from.textContent);
    button.textContent = button.dataset.done;
  });
}

// A page that answers a form stands at an address that can be opened again.
if (document.body.dataset.here) history.replaceState(history.state, "", document.body.dataset.here);

// What was typed and not sent is kept in this window while it shows other pages: a switch of language, a way back, a page loaded again.
(() => {
  const here = new URL(location.href);
  here.searchParams.delete("sent");
  const key = `typed ${here.pathname}${here.search}`;
  const name = (one) => `${one.form.getAttribute("action")} ${one.name}`;
  const byDefault = (one) =>
    one.type === "select-one" ? ([...one.options].find((each) => each.defaultSelected) || one.options[0] || one).value : one.defaultValue;
  const fields = () =>
    [...document.querySelectorAll("form textarea, form input, form select")].filter(
      (one) => one.form.method === "post" && one.name && !/^(hidden|checkbox|radio|submit|password)$/.test(one.type) && one.autocomplete !== "one-time-code");
  // Of a form whose next page is only read, what was sent is kept, too: one goes back to it. That page keeps nothing of its own; once
  // it sends what was read for good, nothing is left of it.
  const isRead = (form) => form.dataset.reads && form.dataset.reads === form.dataset.sent;
  const reading = document.querySelector("form[data-read-by]");
  const based = (form) => form.elements.namedItem("based_on");

  function forget() {
    try {
      const stale = Object.keys(sessionStorage).filter((one) => one === `typed ${here.pathname}` || one.startsWith(`typed ${here.pathname}?`));
      for (const one of stale) sessionStorage.removeItem(one);
    } catch {
      // Nothing was kept.
    }
  }

  function keep() {
    if (reading) {
      if (reading.dataset.sent === reading.dataset.readBy) forget();
      return;
    }
    const kept = {};
    for (const one of fields()) {
      if ((one.form.dataset.sent && !isRead(one.form)) || one.value === byDefault(one)) continue;
      kept[name(one)] = one.value;
      if (based(one.form)) kept[name(based(one.form))] = based(one.form).value;
    }
    try {
      if (Object.keys(kept).length) sessionStorage.setItem(key, JSON.stringify(kept)); else sessionStorage.removeItem(key);
    } catch {
      // No room, or not allowed: the fields are empty when one comes back.
    }
  }

  function put() {
    if (reading) return;
    let kept = {};
    try { kept = JSON.parse(sessionStorage.getItem(key) || "{}"); } catch { return; }
    for (const one of fields()) {
      const value = kept[name(one)];
      if (value === undefined || one.value !== byDefault(one)) continue;
      one.value = value;
      if (based(one.form) && name(based(one.form)) in kept) based(one.form).value = kept[name(based(one.form))];
      for (let place = one.closest("details"); place; place = place.parentElement.closest("details")) place.open = true;
      one.dispatchEvent(new Event("input", { bubbles: true }));
      one.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  window.addEventListener("pagehide", keep);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) delete form.dataset.sent;
  });
  document.addEventListener("DOMContentLoaded", put);
})();

// Live figures: when the program has judged more, this page is asked for again, and what differs is put in where it stands.
// Scroll, focus, open details and what was typed stay. Where rows would move, all of it waits until the reader asks for it, so that
// what is shown is of one moment; of times that pass meanwhile it is said that they have.
(() => {
  const bar = document.getElementById("live");
  if (!bar || !window.EventSource) return;
  const says = bar.querySelector("[data-says]");
  const button = bar.querySelector("button");
  const words = bar.dataset;
  const LEAST = 5000; // milliseconds between two looks
  let shown = Number(words.position);
  let wanted = shown;
  let source = null;
  let timer = 0;
  let last = 0;
  let isAsking = false;
  let spoken = 0;
  let fresh = null; // a page whose rows stand otherwise
  let told = Number(words.now); // microseconds since 1970, as the program counts
  let toldAt = Date.now();

  const isOff = () => {
    try { return localStorage.getItem("live") === "off"; } catch { return false; }
  };
  const say = (text) => { if (says.textContent !== text) says.textContent = text; };

  function listen() {
    if (source || isOff() || document.hidden) return;
    source = new EventSource("/live");
    source.onopen = () => say(words.on);
    source.onmessage = (message) => {
      const [position, time] = message.data.split(" ").map(Number);
      wanted = position;
      if (time > now()) [told, toldAt] = [time, Date.now()];
      over();
      if (wanted !== shown) later();
    };
    source.onerror = () => {
      say(words.lost);
      if (source && source.readyState === EventSource.CLOSED) {
        source = null;
        look().catch(() => {});
        setTimeout(listen, 60000);
      }
    };
  }

  function leave() {
    if (source) source.close();
    source = null;
    clearTimeout(timer);
    timer = 0;
  }

  function later() {
    if (timer || isAsking) return;
    const wait = Math.max(200, last + LEAST - Date.now()) + Math.random() * 500;
    timer = setTimeout(ask, wait);
  }

  // Whoever is let in no more, or was signed out elsewhere, is led to where one signs in: what was shown does not stay.
  async function look() {
    const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Live": "1" } });
    if (answer.redirected && new URL(answer.url).pathname === "/sign-in") location.reload();
    return answer;
  }

  async function ask() {
    timer = 0;
    isAsking = true;
    const began = Date.now();
    const aim = wanted;
    try {
      const answer = await look();
      if (!answer.ok || answer.redirected) throw new Error("no page");
      put(new DOMParser().parseFromString(await answer.text(), "text/html"));
      shown = aim;
    } catch {
      say(words.lost);
    }
    isAsking = false;
    last = Date.now() + 9 * (Date.now() - began); // a slow page is asked for less often
    if (wanted !== shown) later();
  }

  const now = () => told + (Date.now() - toldAt) * 1000;

  // A time that has passed is no more said to be left, whatever waits to be shown.
  function over() {
    bar.dataset.now = String(now());
    for (const one of document.querySelectorAll("main [data-until]")) {
      if (Number(one.dataset.until) <= now() && one.textContent !== one.dataset.over) one.textContent = one.dataset.over;
    }
  }

  const kept = (node) => node.nodeType === 1 && (node.matches("form, script, #live, #news") || node.contains(document.activeElement));
  const rows = (node) => node.nodeType === 1 && /^(UL|OL|TBODY|MAIN|SECTION|ASIDE|DIV|DL|TABLE)$/.test(node.nodeName);
  const nodes = (parent) => [...parent.childNodes].filter((one) => one.nodeType === 1 || (one.nodeType === 3 && one.data.trim()));

  function name(node) {
    if (node.nodeType !== 1) return "#text";
    const link = /^(LI|TR)$/.test(node.nodeName) ? node.querySelector("a[href]") : null;
    return node.nodeName + (node.id ? "#" + node.id : "") + (link ? " " + link.getAttribute("href") : "");
  }

  const isSame = (a, b) => a.length === b.length && a.every((one, at) => name(one) === name(b[at]));

  const isLeft = (one) => one.nodeName === "FORM" || one.id === "live" || one.id === "news";
  const isDrawn = (one) => one.nodeName.toLowerCase() === "svg";

  // Whether all could be put in without moving a row, or what the reader is at.
  function fits(old, other) {
    if (old.nodeType === 3 || isLeft(old) || isDrawn(old)) return true;
    const mine = nodes(old);
    const theirs = nodes(other);
    if (isSame(mine, theirs)) return mine.every((one, at) => fits(one, theirs[at]));
    return !rows(old) && !kept(old);
  }

  function sync(old, other, moved) {
    if (old.nodeType === 3) {
      if (old.data.trim() !== other.data.trim()) {
        old.data = other.data;
        moved.add(old.parentElement);
      }
      return;
    }
    if (isLeft(old)) return;
    if (isDrawn(old)) {
      if (old.outerHTML !== other.outerHTML) {
        const place = old.parentElement;
        old.replaceWith(document.importNode(other, true));
        moved.add(place);
      }
      return;
    }
    for (const { name: key, value } of [...other.attributes]) {
      if (key !== "open" && old.getAttribute(key) !== value) old.setAttribute(key, value);
    }
    for (const { name: key } of [...old.attributes]) {
      if (key !== "open" && key !== "class" && !other.hasAttribute(key)) old.removeAttribute(key);
    }
    const mine = nodes(old);
    const theirs = nodes(other);
    if (isSame(mine, theirs)) {
      mine.forEach((one, at) => sync(one, theirs[at], moved));
      return;
    }
    old.replaceChildren(...[...other.childNodes].map((one) => document.importNode(one, true)));
    moved.add(old);
  }

  function put(page) {
    const main = page.querySelector("main");
    const foot = page.querySelector("footer");
    if (!main || !foot) return;
    const moved = new Set();
    const isWhole = fits(document.querySelector("main"), main);
    fresh = isWhole ? null : page;
    news(isWhole ? 0 : differing(document.querySelector("main"), main));
    if (isWhole) {
      sync(document.querySelector("main"), main, moved);
      sync(document.querySelector("footer"), foot, new Set());
    }
    over();
    for (const one of moved) {
      let row = one.closest("li, tr, p, .clause, dl > div") || one;
      while (getComputedStyle(row).display === "inline") row = row.parentElement; // no rule through a heading's words
      row.classList.add("moved");
      setTimeout(() => row.classList.remove("moved"), 5000);
    }
    if (moved.size && Date.now() - spoken > 10000) {
      spoken = Date.now();
      say(words.changed.replace("{n}", String(moved.size)));
      setTimeout(() => { if (source) say(words.on); }, 5000);
    }
  }

  // How many rows came or went.
  function differing(old, other) {
    const count = (root) => {
      const found = new Map();
      for (const row of root.querySelectorAll("li, tr")) found.set(name(row), (found.get(name(row)) || 0) + 1);
      return found;
    };
    const before = count(old);
    const after = count(other);
    let sum = 0;
    for (const key of new Set([...before.keys(), ...after.keys()])) sum += Math.abs((before.get(key) || 0) - (after.get(key) || 0));
    return Math.max(1, sum);
  }

  function news(count) {
    const note = document.getElementById("news");
    note.hidden = !count;
    if (count) note.querySelector("button").textContent = (count === 1 ? words.one : words.many).replace("{n}", String(count));
  }

  const details = (root) => [...root.querySelectorAll("details")];
  const about = (one) => (one.querySelector("summary") || one).textContent.replace(/\d+/g, "").trim();

  // All of it, rows too: details that were open are open again, and the page stands where it stood.
  document.getElementById("news").addEventListener("click", (event) => {
    if (!event.target.closest("button") || !fresh) return;
    const main = document.querySelector("main");
    const open = new Set(details(main).filter((one) => one.open).map(about));
    const [x, y] = [scrollX, scrollY];
    const other = document.importNode(fresh.querySelector("main"), true);
    for (const one of details(other)) if (open.has(about(one))) one.open = true;
    main.replaceChildren(...other.childNodes);
    sync(document.querySelector("footer"), fresh.querySelector("footer"), new Set());
    fresh = null;
    news(0);
    over();
    scrollTo(x, y);
    const first = main.querySelector("h1");
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    say(words.on);
  });

  button.addEventListener("click", () => {
    const next = isOff() ? "on" : "off";
    try { localStorage.setItem("live", next); } catch { return; }
    if (next === "off") { leave(); say(words.off); } else { listen(); }
    button.textContent = next === "off" ? words.start : words.stop;
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", listen);

  setInterval(over, 1000);
  bar.hidden = false;
  if (isOff()) { say(words.off); button.textContent = words.start; }
  listen();
})();

// What waits for a first event is asked for again when more was judged; all else stays as it is: a key is shown this once.
(() => {
  const place = document.getElementById("came");
  if (!place || !window.EventSource) return;
  let isAsking = false;
  let isWanted = false;
  async function ask() {
    isWanted = true;
    if (isAsking) return;
    isAsking = true;
    while (isWanted) {
      isWanted = false;
      const answer = await fetch(place.dataset.from, { credentials: "same-origin", headers: { "X-Live": "1" } }).catch(() => null);
      if (!answer || !answer.ok || answer.redirected) break;
      const other = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("came");
      if (other && other.innerHTML !== place.innerHTML) place.replaceChildren(...other.childNodes);
      await new Promise((resolve) => setTimeout(resolve, 1000)); // a busy house judges many times a second
    }
    isAsking = false;
  }
  new EventSource("/live").onmessage = ask;
})();
