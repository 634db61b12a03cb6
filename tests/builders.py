"""Small builders with good defaults, for handouts, folders of content and patients. All invented."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from careleaf.child import KEYS
from careleaf.desk.desk import Desk
from careleaf.model import Form, Order, Patient, Request
from careleaf.paths import Root

TODAY = date(2026, 11, 23)
STANDARD = Form()

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


def a_good_handout(**changes: Any) -> Yaml:
    """Return a handout that every check of handouts is content with."""
    sections = [
        a_section("about", "The main thing", {"type": "key", "text": "Rest well. Call us."}),
        a_section("why", "Why", {"type": "text", "text": "To see what is wrong."}),
        a_section("home", "At home", a_list("Drink water.", type="todo")),
        a_section("medicines", "Medicines", {"type": "medicines"}),
        a_section("warning-signs", "Get help", *map(a_call, ("emergency", "now", "watch"))),
        a_section(
            "contacts", "Who to call", {"type": "contacts"}, {"type": "teach-back", "ask": "When?"}
        ),
    ]
    return {**a_handout(), "sections": sections, **changes}


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
    return Desk.at(Root.at(folder), TODAY, use_stencil=False)


def write(path: Path, content: Yaml) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


def a_patient(name: str = "Sofia de Vries", procedure: date = TODAY, id: str = "P-0001") -> Patient:
    """Return an invented child; a value that is not named here is left out."""
    return Patient({**dict.fromkeys(KEYS, ""), "name": name, "date": procedure, "id": id})


def a_request(handout: str = "a-handout", **texts: str) -> Request:
    """Return a request by the names of its fields: `date`, `locale`, `with` ..."""
    return Request.read({"name": "Sofia de Vries", "date": str(TODAY), "handout": handout, **texts})


def an_order(
    handout: str = "a-handout",
    locale: str = "en",
    form: Form = STANDARD,
    patient: Patient | None = None,
) -> Order:
    return Order(patient or a_patient(), handout, locale, form)


def every_block() -> Yaml:
    """Return the handout `every-block`, which has each block type and kind of milestone."""
    timeline: list[Yaml] = [
        {"after": {"hours": 6}, "text": "Your child may drink."},
        {"after": {"days": 1}, "text": "Take the bandage off.", "icon": "bandage"},
        {"after": {"days": 1}, "text": "Let your child shower.", "icon": "shower"},
        {
            "from": {"days": 2},
            "to": {"days": 5},
            "text": "Stay home from school.",
            "icon": "school",
        },
        {"after": {"weeks": 6}, "text": "Come back to us."},
    ]
    all_blocks = a_section(
        "all",
        "What to do at home",
        {"type": "text", "text": "Some words before the days."},
        {"type": "timeline"},
        {"type": "tip", "text": "A tip that stands apart from the rest of the text."},
        {"type": "term", "term": "Biopsy", "means": "A small piece is taken out to be examined."},
        {"type": "steps", "intro": "One after the other:", "items": ["Wash your hands.", "Look."]},
        {"type": "todo", "items": [{"text": "Rest.", "icon": "rest"}, "Drink."]},
        {"type": "list", "items": [{"text": "No fever.", "icon": "thermometer"}, "No pain."]},
        {"type": "picture", "file": "hip.svg", "alt": "A circle on a square.", "width_mm": 30},
        {"type": "medicines", "rows": 2},
        {"type": "notes", "intro": "What you saw:", "lines": 2},
    )
    contacts = a_section(
        "contacts",
        "Who to call",
        {"type": "contacts", "intro": "Ask us."},
        {"type": "teach-back", "ask": "When would you call us?", "lines": 2},
    )
    learn = a_section(
        "learn", "Learn more", {"type": "learn-more", "text": "Go to {web_address}, code {code}."}
    )
    return a_handout(all_blocks, contacts, learn, id="every-block", timeline=timeline)


def a_sheet_of_every_block(folder: Path) -> Desk:
    """Return a desk with the handout `every-block` and its picture."""
    desk = a_desk(folder, every_block())
    a_picture(folder / "handouts" / "hip.svg")
    return desk


def a_picture(path: Path) -> None:
    square = '<rect width="9" height="9" fill="#ccc"/><circle cx="4.5" cy="4.5" r="3"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{square}</svg>'
    path.write_text(svg, "utf-8")
