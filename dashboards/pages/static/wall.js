// A wall screen asks for its page again by and by. Where nobody answers, what it shows stays, and is said to be of then.
"use strict";
(() => {
  const sheet = (page) => page.querySelector("link[rel=stylesheet]").getAttribute("href");

  async function look() {
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(30000) });
      if (answer.redirected || answer.status === 429 || answer.status >= 500) throw new Error("not now");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (sheet(page) !== sheet(document)) return location.reload();
      document.title = page.title;
      document.body.replaceWith(document.adoptNode(page.body));
    } catch {
      document.getElementById("lost").hidden = false;
    }
    later();
  }

  // A page that says that the key opens nothing any more is the last one.
  function later() {
    const every = Number(document.body.dataset.wall);
    if (every) setTimeout(look, every * 1000);
  }

  later();
})();
