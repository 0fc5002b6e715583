"""Takes pictures of the pages of a running program: wide and phone, light and dark, and prints the packs.

    python tests/pictures.py http://127.0.0.1:8000 build/pictures [--language fr] [PATH…]

Without paths it follows the links from today's page, one page of each sort. Drives a real Chromium through its own
debugging protocol, because a headless window cannot be narrower than 500 pixels.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from itertools import count
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)
SIZES = {"wide": (1280, 900, False), "phone": (390, 844, True)}
SORTS = (
    r"/portfolio",
    r"/contracts",
    r"/contracts/[^/]+",
    r"/contracts/[^/]+/versions/\d+",
    r"/commitments/[^/?]+/[^/?]+/[^/?]+",
    r"/commitments/.+\?.*why=.+",
    r"/breaches",
    r"/breaches/[^/?]+",
    r"/actions",
    r"/actions/[^/?]+",
    r"/reviews",
    r"/reviews/[^/]+",
    r"/reviews/[^/]+/pack",
    r"/quarantine",
    r"/style",
)


class Browser:
    """One tab of a Chromium, over its debugging protocol."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = count(1)
        self._events: list[str] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        wanted = next(self._ids)
        await self._socket.send(json.dumps({"id": wanted, "method": method, "params": parameters}))
        while True:
            message = json.loads(await self._socket.recv())
            if message.get("id") == wanted:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                result: dict[str, Any] = message["result"]
                return result
            self._events.append(message.get("method", ""))

    async def open(self, address: str) -> None:
        """Goes there and waits until the page is complete."""
        answer = await self.call("Page.navigate", url=address)
        if answer.get("errorText"):
            raise SystemExit(f"{address}: {answer['errorText']}; is the program running there?")
        while (await self.evaluate("document.readyState + location.href")).find("complete" + address.split("#")[0]) < 0:
            await asyncio.sleep(0.02)

    async def evaluate(self, expression: str) -> Any:
        return (await self.call("Runtime.evaluate", expression=expression, returnByValue=True))["result"].get("value")

    async def look(self, size: str, scheme: str) -> None:
        width, height, is_phone = SIZES[size]
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=is_phone
        )
        await self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    async def picture(self, file: Path) -> None:
        sizes = await self.call("Page.getLayoutMetrics")
        width, height = sizes["cssLayoutViewport"]["clientWidth"], min(9000, sizes["cssContentSize"]["height"])
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = await self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        await asyncio.to_thread(file.write_bytes, base64.b64decode(shot["data"]))

    async def print(self, file: Path) -> None:
        await self.call("Emulation.setEmulatedMedia", features=[])
        paper = await self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        await asyncio.to_thread(file.write_bytes, base64.b64decode(paper["data"]))


def start() -> tuple[subprocess.Popen[str], str]:
    """A Chromium and the address of its first tab. Exits 3 where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        print("no Chromium here; install one, for instance Debian's package chromium", file=sys.stderr)
        raise SystemExit(3)
    folder = tempfile.mkdtemp(prefix="pictures-")
    running = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"], stderr=subprocess.PIPE, text=True
    )
    assert running.stderr is not None
    for line in running.stderr:
        if found := re.search(r"DevTools listening on ws://([^/]+)/", line):
            with urllib.request.urlopen(f"http://{found[1]}/json/list") as answer:
                tabs = json.load(answer)
            return running, next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
    raise RuntimeError("Chromium ended before it listened")


async def sorts(browser: Browser, site: str) -> list[str]:
    """The first page of each sort, found by following links."""
    found: dict[str, str] = {}
    waiting, seen = ["/"], {"/"}
    while waiting and len(seen) < 120 and len(found) < len(SORTS):
        await browser.open(site + waiting.pop(0))
        links = await browser.evaluate(
            "[...document.querySelectorAll('main a, header a')].map(a => a.getAttribute('href'))"
        )
        for link in (link.split("#")[0] for link in links or () if link and link.startswith("/")):
            sort = next((sort for sort in SORTS if re.fullmatch(sort, link)), None)
            if sort and link not in seen and sort not in found:
                found[sort] = link
                seen.add(link)
                waiting.append(link)
    return ["/", *found.values()]


def name_of(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")[:80] or "today"


async def take(site: str, folder: Path, languages: list[str], paths: list[str]) -> int:
    """Returns how many pages were wider than a phone, which is a fault."""
    running, address = start()
    wide = 0
    try:
        async with connect(address, max_size=None) as socket:
            browser = Browser(socket)
            await browser.call("Page.enable")
            for path in paths or await sorts(browser, site):
                for language in languages:
                    await browser.call("Network.setCookie", name="language", value=language, url=site)
                    wide += await pictures(browser, site + path, folder / f"{name_of(path)}-{language}")
    finally:
        running.terminate()
        running.wait()
    return wide


async def pictures(browser: Browser, address: str, file: Path) -> bool:
    for size, scheme in (("wide", "light"), ("phone", "light"), ("wide", "dark")):
        await browser.look(size, scheme)
        await browser.open(address)
        await browser.picture(file.with_name(f"{file.name}-{size}{'-dark' if scheme == 'dark' else ''}.png"))
    if address.endswith("/pack"):
        await browser.print(file.with_name(f"{file.name}.pdf"))
    await browser.look("phone", "light")
    await browser.open(address)
    width = await browser.evaluate("document.documentElement.scrollWidth")
    if width > SIZES["phone"][0]:
        print(f"{address} is {width} px wide on a phone", file=sys.stderr)
    return bool(width > SIZES["phone"][0])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("site")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", action="append", choices=("en", "fr"))
    parser.add_argument("paths", nargs="*")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    wide = asyncio.run(take(wanted.site.rstrip("/"), wanted.folder, wanted.language or ["en", "fr"], wanted.paths))
    raise SystemExit(1 if wide else 0)


if __name__ == "__main__":
    main()
