"""A pytest plugin (`-p with_bed`): the program as it is with one value of a child more, a ward bed.

It adds the entry to the table before anything else is imported, as if it stood there; what a person
adds beside it, in templates and in the Makefile, is `BESIDE`.
"""

from __future__ import annotations

from careleaf import child

BED = child.ChildValue(
    key="bed",
    column="ward_bed",
    kind="words",
    said="bed",
    about="The bed on the ward.",
    metavar="TEXT",
    label="bed",
    hint="",
    needed=False,
    needed_in_list=False,
    is_forgotten=True,
    limit=20,
    sample="Window bed 7, ward B",
    stand_in="",
    room={"box": (40.0, 80.0)},
    room_large={"box": (26.0, 60.0)},
)

# File -> what stands there, and what stands there with the bed.
BESIDE = {
    "templates/labels.yaml": ("  timeline:\n", "  bed: {text: Bed}\n  timeline:\n"),
    "templates/web/labels.yaml": (
        "  paper: {text: Paper}\n",
        "  paper: {text: Paper}\n  bed: {text: Bed}\n"
        '  bed_too_long: {text: "This is too long. Use {most} characters or fewer."}\n'
        "  bed_cannot_print: {text: A character in this cannot be printed.}\n",
    ),
    "templates/page.html.j2": (
        "</dl>\n{% for section",
        '  {% if has("bed") %}\n'
        '  <div class="field"><dt>{{ label("bed") }}</dt><dd>{{ slot("bed", "box") }}</dd></div>\n'
        "  {% endif %}\n</dl>\n{% for section",
    ),
    "Makefile": ("INPUTS := HANDOUT", "INPUTS := BED HANDOUT"),
}

child.VALUES = (*child.VALUES, BED)
child.KEYS = (*child.KEYS, BED.key)
child.BY_KEY = {**child.BY_KEY, BED.key: BED}
child.NO_CHILD = {**child.NO_CHILD, BED.key: ""}
