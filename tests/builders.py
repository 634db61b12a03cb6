"""Small builders with good defaults, for handouts, folders of content and patients. All invented."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from careleaf.desk import Desk
from careleaf.model import Form, Order, Patient
from careleaf.paths import Root

TODAY = date(2026, 11, 23)

Yaml = dict[str, Any]


def a_call(tier: str = "emergency", do: str = "Call {emergency_phone} at once if:") -> Yaml:
    return {"type": "call", "tier": tier, "do": do, "signs": ["Your child passes out."]}


def a_list(*items: str, type: str = "list") -> Yaml:
    return {"type": type, "items": list(items or ("Drink water.", "Sleep early."))}


def a_section(id: str = "home", title: str = "What to do at home", *blocks: Yaml) -> Yaml:
    return {"id": id, "title": title, "blocks": list(blocks or (a_list(),))}


def a_handout(*sections: Yaml, **changes: Any) -> Yaml:
    """Return a handout as its YAML holds it: a key message, what is given, and three tiers."""
    key = a_section("about", "The main thing", {"type": "key", "text": "Rest, and call us."})
    tiers = a_section("signs", "When to get help", *map(a_call, ("emergency", "now", "watch")))
    return {
        "id": "a-handout",
        "title": "A test: what comes after",
        "code": "T001",
        "kind": "home-care",
        "version": "1.0",
        "reviewed": TODAY,
        "sections": [key, *(sections or (a_section(),)), tiers],
        **changes,
    }


def a_clinic(**changes: Any) -> Yaml:
    return {
        "name": "Test Clinic",
        "ward_phone": "555-555-0142",
        "nurse_line": "811",
        "emergency_phone": "911",
        "web_address": "https://handouts.example.org",
        "region": "CA",
        "paper": "a4",
        **changes,
    }


def a_desk(folder: Path, *handouts: Yaml, clinic: Yaml | None = None) -> Desk:
    """Return a desk over a folder of its own with these handouts, in English."""
    (folder / "handouts").mkdir(parents=True, exist_ok=True)
    for handout in handouts or (a_handout(),):
        write(folder / "handouts" / f"{handout['id']}.yaml", handout)
    write(folder / "clinic.yaml", clinic or a_clinic())
    return Desk(Root.at(folder), TODAY, use_stencil=False)


def write(path: Path, content: Yaml) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


def a_patient(name: str = "Sofia de Vries", procedure: date = TODAY, id: str = "P-0001") -> Patient:
    return Patient(name, procedure, id)


def an_order(
    handout: str = "a-handout",
    locale: str = "en",
    form: Form = Form(),  # noqa: B008  frozen
    patient: Patient | None = None,
) -> Order:
    return Order(patient or a_patient(), handout, locale, form)
