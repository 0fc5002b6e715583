import sys
from pathlib import Path
from playwright.sync_api import sync_playwright
names = sys.argv[1:] or [p.stem for p in Path("out").glob("*.html")]
with sync_playwright() as pw:
    b = pw.chromium.launch(executable_path="/usr/bin/chromium", chromium_sandbox=False)
    for w, scheme in ((1280, "light"), (390, "light"), (1280, "dark")):
        c = b.new_context(viewport={"width": w, "height": 800}, color_scheme=scheme); p = c.new_page()
        for n in names:
            p.goto(f"file://{Path.cwd()}/out/{n}.html"); 
            p.screenshot(path=f"out/{n}-{w}-{scheme}.png", full_page=True)
            over = p.evaluate("document.documentElement.scrollWidth")
            if over > w: print(n, w, "scrolls", over)
    b.close()
