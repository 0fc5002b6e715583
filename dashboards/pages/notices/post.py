"""`/post`: the mails that were written into a folder instead of being sent, as those to whom they went read them. For a demonstration,
where nobody signs in: there is no such page where people do."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from fastapi import APIRouter, Request, Response

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from services.directory.names import Directory

MOST: Final = 40


class Mail(NamedTuple):
    to: str
    subject: str
    text: str


def add_post(router: APIRouter, pages: Pages) -> None:
    folder = pages.post
    if folder is None:
        return

    @router.get("/post")
    def post(request: Request) -> Response:
        view = View(pages, request)
        return view.render("notices/post.html", mails=list(islice(_of_reader(view, folder), MOST)))


def _of_reader(view: View, folder: Path) -> Iterator[Mail]:
    """The newest first; one's own, or all for who sees everything."""
    address = None if view.who.sees_everything else _address(view)
    for path in sorted(folder.glob("*.eml"), reverse=True):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if address in (None, str(mail["To"])):
            yield Mail(str(mail["To"]), str(mail["Subject"]), _text(mail))


def _address(view: View) -> str:
    found = Directory(view.seen.history).named(view.who.person or "").email
    return found or "nobody"


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""
