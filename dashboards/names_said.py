"""What the program says speaks of people and services by their ids; people who read it know them by name."""

from __future__ import annotations

from collections.abc import Callable

from domain.saying import PLACE, Said, cut, said_from

PEOPLE = frozenset({"by", "who", "person"})
SERVICES = frozenset({"service", "service_of", "supplier", "client", "above"})
"""The places of templates that hold one's id."""


def with_names(text: str, person: Callable[[str], str], service: Callable[[str], str]) -> str:
    """The same sentence with names for ids. What stands in quotes was typed by somebody, and stays; so does a text without places."""
    if not isinstance(text, Said):
        return text
    values = {}
    for place in PLACE.finditer(text.template):
        name, before = place[1], text.template[: place.start()]
        value = text.values.get(name)
        if isinstance(value, Said):
            values[name] = with_names(value, person, service)
        elif value and before.count("“") == before.count("”"):
            if name in PEOPLE:
                values[name] = person(str(value))
            elif name in SERVICES:
                values[name] = service(str(value))
    spoken = said_from(text.template, {**text.values, **values})
    return spoken if text.most is None else cut(spoken, text.most)
