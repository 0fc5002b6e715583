"""`demo` and `serve` as somebody starts them: pages in both languages, time that passes, an end when told to."""

from __future__ import annotations

import re
import signal
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

from tests.end_to_end.agreements import contract, event
from tests.end_to_end.running import Entente, Server, wait_until
from tests.lacking import well

LINK = re.compile(r'href="(/[^"#]*)')


def test_the_demo_shows_a_year_and_goes_on_where_it_was_ended(tmp_path: Path) -> None:
    entente = Entente("", tmp_path)
    with entente.serving("--fresh", verb="demo", ends_with=signal.SIGINT) as server:
        assert server.get("/").status_code == 200
        every_kind_of_page(server)
        every_row_of_today_leads_to_its_thing(server)
        people_are_at_work(server)
        they_meet_by_the_agenda(server)
        contracts = [one["id"] for one in server.json("/v1/contracts")]
        assert len(contracts) > 3
        position = server.json("/readyz")["position"]
    assert (tmp_path / "entente-demo.db").exists()
    with entente.serving(verb="demo") as again:
        assert [one["id"] for one in again.json("/v1/contracts")] == contracts
        assert again.json("/readyz")["position"] >= position
        assert again.get("/", **{"accept-language": "fr"}).status_code == 200
    stored = Entente("sqlite:///entente-demo.db", tmp_path)
    assert "no difference" in stored.ok("replay")


def every_kind_of_page(server: Server) -> None:
    """One page of every kind that links lead to from the first one, in both languages."""
    kinds: dict[tuple[str, ...], str] = {("", "1"): "/"}
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        page(server, path, "fr")
        for found in map(unescape, LINK.findall(page(server, path, "en"))):
            if kind(found) not in kinds and not found.startswith(("/static", "/language", "/theme", "/v1")):
                kinds[kind(found)] = found
                waiting.append(found)
    assert {name for name, *_ in kinds} >= {"contracts", "commitments", "breaches", "actions", "reviews", "quarantine"}
    assert len(kinds) > 10
    missing = server.get("/contracts/absent", accept="text/html")
    assert missing.status_code == 404
    assert "Traceback" not in missing.text
    assert "entente_commitment_ratio" in server.get("/metrics").text


def they_meet_by_the_agenda(server: Server) -> None:
    """Decisions took effect with the second signature, minutes were refused once, a review was skipped; actions that were decided are
    done by steps, some went up the ladder, and what they did is found."""
    reviews = [one for one in server.json("/v1/reviews") if one["contract"] == "canteen-deliveries"]
    signed = [one for one in reviews if one["state"] == "signed" and one["took_effect"]]
    assert len(signed) >= 3
    assert [one["id"] for one in reviews if one["refusals"]]
    assert len([one for one in reviews if one["state"] == "skipped"]) == 1
    actions = [server.json(f"/v1/actions/{one['id']}") for one in server.json("/v1/actions")]
    assert any(one["steps"] and one["done"] == "1.0000" for one in actions)
    verdicts = {each["verdict"] for one in actions for each in one["checks"]}
    assert "holding" in verdicts
    assert {"effective", "ineffective", "worse", "short"} & verdicts


def people_are_at_work(server: Server) -> None:
    """Excuses were asked for and answered, and some wait; a version was refused with a reason, and its next waits to be signed."""
    states = {one["state"] for one in server.json("/v1/excuses") if one["asked_by"] != "entente"}
    assert {"asked", "accepted"} <= states
    versions = server.json("/v1/contracts/it-support-education")["versions"]
    assert [one["state"] for one in versions][-2:] == ["refused", "proposed"]
    assert any("quatre jours" in (one["refusal"] or "") for one in versions)


def every_row_of_today_leads_to_its_thing(server: Server) -> None:
    """Whoever one is, and whatever one chose: the page that opens holds what the link names."""
    followed = 0
    for who in re.findall(r'<button name="value" value="([^"]+)"', page(server, "/", "en")):
        links = {link for scope in ("own", "mine", "all") for link in rows_of_today(server, f"/?scope={scope}", who)}
        for path, _, place in (link.partition("#") for link in sorted(links)):
            answer = server.get(path, accept="text/html", cookie=f"as={who}")
            assert answer.status_code == 200, (who, path, answer.text)
            assert not place or f'id="{place}"' in answer.text, (who, path, place)
        followed += len(links)
    assert followed > 30


def rows_of_today(server: Server, path: str, who: str) -> set[str]:
    main = re.search(r"<main.*?</main>", server.get(path, accept="text/html", cookie=f"as={who}").text, re.DOTALL)
    assert main, (path, who)
    return {unescape(link) for link in re.findall(r'href="(/[^"]*)"', main[0])}


def kind(path: str) -> tuple[str, ...]:
    """What sort of page stands there: its section, how deep, and which view of one thing."""
    first, *rest = path.partition("?")[0].strip("/").split("/")
    return first, str(1 + len(rest)), *(last for last in rest[-1:] if last in ("pack", "explain"))


def page(server: Server, path: str, language: str) -> str:
    answer = server.get(path, **{"accept-language": language, "accept": "text/html"})
    assert answer.status_code in well(path), (path, language, answer.text)
    assert "Traceback" not in answer.text
    if answer.headers["content-type"].startswith("text/html"):
        assert f'<html lang="{language}"' in answer.text, (path, language)
    return answer.text


def test_time_passes_by_itself_and_what_is_due_is_missing(entente: Entente) -> None:
    entente.env |= {"ENTENTE_SETTLE": "0", "ENTENTE_OUTAGE": "0"}
    now = datetime.now(UTC)
    yesterday = (now - timedelta(days=1)).date().isoformat()
    text = contract("to-marketing", "marketing", valid=f"{{from: {yesterday}}}")
    entente.write("contract.yaml", text.replace("within: 4 h", "within: 2 s"))
    entente.ok("apply", "contract.yaml", "--sign", "supplier,client")
    with entente.serving("--time", "live") as server:
        opened = datetime.now(UTC).isoformat()
        data = {"for": "marketing"}
        assert server.push(event("1", "request.opened", opened, data, subject="a")).json()["accepted"] == 1
        path = "/v1/occurrences?commitment=to-marketing/requests/answered"
        wait_until(lambda: [one["verdict"] for one in server.json(path)] == ["missing"])
        late = datetime.now(UTC).isoformat()
        server.push(event("2", "request.closed", late, data, subject="a"))
        wait_until(lambda: [one["verdict"] for one in server.json(path)] == ["late"])
    assert "no difference" in entente.ok("replay")
