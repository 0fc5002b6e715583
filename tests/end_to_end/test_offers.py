"""Offers and charters on the command line: files, lists, and the decisions of both parties."""

from __future__ import annotations

import json
from pathlib import Path

from tests.end_to_end.running import Entente
from tests.services.offered import CHARTER, OFFER, changed


def test_an_offer_is_published_and_its_charter_signed_refused_and_ended(tmp_path: Path) -> None:
    entente = Entente(f"sqlite:///{tmp_path / 'entente.db'}", tmp_path)
    later = changed(changed(CHARTER, "level", to="extended"), "effective", to="2027-01-01")
    entente.write("all.yaml", "\n---\n".join(map(json.dumps, (CHARTER, OFFER))))
    entente.write("later.yaml", json.dumps(later))
    done = entente.ok("apply", "all.yaml", who="digital-syndicate")
    assert done.splitlines() == ["offer it-support version 1: published", "charter it-support-hr version 1: proposed"]
    entente.ok("charters", "sign", "it-support-hr", who="digital-syndicate")
    signed = entente.ok("charters", "sign", "it-support-hr", "--proposal", "1", who="human-resources")
    assert signed.strip().endswith("wording 1 signed")
    entente.ok("apply", "later.yaml", who="digital-syndicate")
    entente.ok("charters", "refuse", "it-support-hr", "--reason", "too dear", who="human-resources")
    shown = entente.ok("charters", "show", "it-support-hr", "--language", "fr", who="human-resources")
    assert "  niveau : standard → extended" in shown.splitlines()
    assert "  refusé : too dear" in shown.splitlines() or "too dear" in shown
    prices = entente.ok("offers", "show", "it-support", who="human-resources")
    assert [line.split() for line in prices.splitlines() if line.startswith("standard")] == [
        ["standard", "2026-01-01", "hours", "48.00", "12000.00", "EUR"]
    ]
    entente.ok("charters", "terminate", "it-support-hr", "--until", "2027-12-31", who="human-resources")
    entente.ok("offers", "withdraw", "it-support", "--reason", "x", who="digital-syndicate")
    [offer], [charter] = (entente.json(one, "list", who="human-resources") for one in ("offers", "charters"))
    assert (offer["state"], offer["clients"]) == ("withdrawn", ["human-resources"])
    assert (charter["version"], charter["until"]) == (1, "2027-12-31")
