"""The pack of a review: made in each of its forms, and checked against its fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from domain.saying import Said, said
from entente.cli.options import Json
from entente.cli.session import out, print_json, session, write_file
from entente.voice import spoken
from services.directory.reading import read_services
from services.directory.rows import names_of
from services.errors import Invalid
from services.reviews.pack_checking import Checked, check, check_file, pack_of_file
from services.reviews.pack_shapes import Pack, PackOfFile
from services.reviews.packs import Held, held_pack, issued_pack, pack_bytes

PACK_FORMS = (".html", ".pdf", ".json", ".csv", ".xlsx")


def check_pack(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="a review, or a pack as FILE.json")],
    against: Annotated[
        str | None, typer.Argument(help="the fingerprint on the paper, or the pack as FILE.json")
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(help="of packs of before: the name on them; default ENTENTE_ORGANISATION")
    ] = None,
    json: Json = False,
) -> None:
    """Whether a fingerprint, or a file, is that of a review's pack; a file alone is checked without any store."""
    if what.endswith(".json"):
        found = check_file(_kept(what))
        if against is not None:
            found = check(_kept(what), against, organisation or "")
    elif against is None:
        raise Invalid(
            said("it is not said what to compare"), place=what, mend=said("add the fingerprint, or FILE.json")
        )
    else:
        here = session(context)
        with here.read() as opened:
            held = held_pack(opened.store.seeing, here.who, what)
        made = held.pack
        name = organisation or here.settings.organisation
        found = (
            check_file(_kept(against), made) if against.endswith(".json") else check(made, against, name, held.meeting)
        )
    if json:
        print_json({**asdict(found), "same": found.is_same})
    else:
        out.print(_found(found), markup=False)
    if not found.is_same:
        raise typer.Exit(1)


def _kept(name: str) -> PackOfFile:
    try:
        return pack_of_file(Path(name).read_bytes(), name)
    except OSError as error:
        mend = error.strerror or said("look at its rights")
        raise Invalid(said("the file cannot be read"), place=name, mend=mend) from error


def _found(found: Checked) -> Said:
    told = {"review": found.review, "position": found.position, "given": found.given}
    if found.of is None and found.given in found.pack[: len(found.given)]:
        return said(
            "{review}, position {position}: not the same. The file names another fingerprint than its content has, {pack}",
            review=found.review, position=found.position, pack=found.pack,
        )  # fmt: skip
    if found.of is None:
        return said(
            "{review}, position {position}: not the same. Given {given}, the pack has {pack}", **told, pack=found.pack
        )
    if found.differs:
        parts = ", ".join(found.differs)
        return said(
            "{review}, position {position}: the pack is the same, what was signed is not: {parts}", **told, parts=parts
        )
    if found.of == "signed":
        return said("{review}, position {position}: the same, the fingerprint of what is signed {given}", **told)
    if found.of == "former":
        return said("{review}, position {position}: the same, the pack’s fingerprint of before {given}", **told)
    return said("{review}, position {position}: the same, the fingerprint of the pack {given}", **told)


def pack(
    context: typer.Context,
    review: str,
    target: Annotated[
        Path | None, typer.Option("--out", help="FILE.html, .pdf, .json, .csv or .xlsx; without it, JSON is printed")
    ] = None,
    position: Annotated[
        int | None, typer.Option(help="pin to this history position instead of the review's own")
    ] = None,
    issued: Annotated[bool, typer.Option("--issued", help="the pack that was issued before its hour")] = False,
    separator: Annotated[str, typer.Option(help="between the cells of a CSV; default by language")] = "",
    decimal: Annotated[str, typer.Option(help="before the decimals of a CSV; default by language")] = "",
    headers: Annotated[str, typer.Option(help="of a table: shown, or stable")] = "shown",
) -> None:
    """What the parties look at: figures, breaches, actions, decisions to take, pinned to a history position."""
    if target is not None:
        _require_form(target)
    if issued and position is not None:
        raise Invalid(said("--issued says the position"), place="--position", mend=said("leave it out"))
    here = session(context)
    suffix = target.suffix if target is not None else ""
    _require_heeded(suffix, separator, decimal, headers)
    with here.read() as opened:
        seeing = opened.store.seeing
        as_issued = issued_pack(seeing, here.who, review) if issued else None
        held = as_issued or held_pack(seeing, here.who, review, position=position)
        made = held.pack
        names = names_of(opened.store.read(here.who, read_services))
    if target is None:
        print_json(made)
        return
    if headers not in ("shown", "stable"):
        raise Invalid(
            said("no headers are “{headers}”", headers=headers), place="--headers", mend=said("shown or stable")
        )
    match suffix:
        case ".json":
            content = pack_bytes(made)
        case ".csv" | ".xlsx":
            content = _tabulated(made, suffix, spoken().code, (separator, decimal), is_stable=headers == "stable")
        case _:
            content = _written(held, suffix, spoken().code, here.settings.organisation, names)
    write_file(target, content, is_private=True)
    says = said(
        "{file}: position {position}, fingerprint {fingerprint}",
        file=str(target),
        position=made["position"],
        fingerprint=made["fingerprint"],
    )
    out.print(says, markup=False)


def _require_form(target: Path) -> None:
    """Raises Invalid for a file that is none of the forms of a pack."""
    if target.suffix not in PACK_FORMS:
        raise Invalid(
            said("“{suffix}” is not a form of a pack", suffix=target.suffix),
            place=str(target),
            mend=", ".join(PACK_FORMS),
        )


def _require_heeded(suffix: str, separator: str, decimal: str, headers: str) -> None:
    """Raises Invalid for what says how a table is written where none is."""
    says = said("this is written in tables alone (.csv, .xlsx)")
    for option, is_given, suffixes in (
        ("--separator", bool(separator), (".csv",)),
        ("--decimal", bool(decimal), (".csv",)),
        ("--headers", headers != "shown", (".csv", ".xlsx")),
    ):
        if is_given and suffix not in suffixes:
            raise Invalid(says, place=option, mend=said("leave it out"))


def _written(held: Held, suffix: str, language: str, organisation: str, people: Mapping[str, str]) -> bytes:
    """The web framework, and what makes PDF, are loaded only where pages are made."""
    from dashboards.pages.reviews.pack import pack_html
    from dashboards.pages.reviews.printing import pack_pdf

    if suffix == ".pdf":
        return pack_pdf(held.pack, language, organisation=organisation, people=people, told=held.told)
    return pack_html(held.pack, language, organisation=organisation, people=people, told=held.told).encode()


def _tabulated(made: Pack, suffix: str, language: str, signs: tuple[str, str], *, is_stable: bool) -> bytes:
    from dashboards.language import language as words_of
    from dashboards.pages.exports.spoken_tables import spoken as words_in
    from dashboards.pages.exports.spoken_tables import written
    from dashboards.pages.reviews.tables import pack as pack_table
    from dashboards.tables import STABLE, table_bytes

    how = written(language, *signs)
    words = STABLE if is_stable else words_in(words_of(language), "pack")
    return table_bytes("csv" if suffix == ".csv" else "xlsx", *pack_table(made), words=words, written=how)
