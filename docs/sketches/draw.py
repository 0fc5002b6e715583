"""Sketches of the pages to come: static HTML with the program's own style, one file a page."""
import sys
from pathlib import Path
import jinja2
from dashboards.marks import mark, TONES
from dashboards import charts
HERE = Path(__file__).parent
STATIC = str(HERE.parents[1] / "dashboards/pages/static")
css = "\n".join(Path(STATIC, n + ".css").read_text() for n in ("tokens", "marks", "pages", "tables", "phone"))
css += Path(HERE, "new.css").read_text()
env = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True)
WORD = dict(met="tenue", late="en retard", missing="manquante", failed="non conforme", excused="excusée", pending="à venir", **{"at-risk": "à risque"}, safe="dans l’objectif", tight="sans marge", lost="perdu", kept="tenu", breached="non tenu")
def sign(n, w=None): return jinja2.utils.markupsafe.Markup(f'<span class="sign w-{TONES[n]}">{mark(n)} <span>{w or WORD[n]}</span></span>')
def cells(s, size=13):
    from dashboards.marks import Drawing
    d = Drawing(); names = {"k": "met", "l": "late", "m": "missing", "f": "failed", "e": "excused", "p": "pending", "r": "at-risk"}
    for i, c in enumerate(s): d.place(names[c], i * (size + 3), 1, size)
    w = len(s) * (size + 3)
    return jinja2.utils.markupsafe.Markup(f'<svg class="cells" width="{w}" height="{size+2}" viewBox="0 0 {w} {size+2}" role="img" aria-label="{len(s)}">{d.markup()}</svg>')
for f in HERE.glob("*.html.j2"):
    for theme in ("",) :
        out = env.get_template(f.name).render(css=css, mark=mark, sign=sign, cells=cells, static=STATIC)
        Path(HERE, "out").mkdir(exist_ok=True); Path(HERE, "out", f.name[:-3]).write_text(out)
