"""The modules that matter for safety, each with the test files that must see a break of it.

The first test files are the quickest to see one: a run stops at the first test that fails.
"""

_LANGUAGE = (
    "tests/language/test_critical.py",
    "tests/language/test_catalogue.py",
    "tests/language/test_plurals.py",
    "tests/language/test_touching.py",
    "tests/language/test_locale_tags.py",
    "tests/language/test_cldr.py",
    "tests/language/test_localize.py",
)
_CRITICAL = (
    *_LANGUAGE[:1],
    "tests/language/test_touching.py",
    "tests/language/test_wrong_translations.py",
)
_PO = (*_LANGUAGE, "tests/language/test_wrong_translations.py")
_SIGNED = ("tests/language/test_signoff.py",)
_TYPED = ("tests/sheet/test_typed.py", "tests/test_child.py", "tests/sheet/test_personalize.py")
_DESK = (
    "tests/desk/test_desk.py",
    "tests/language/test_localize.py",
    "tests/batch/test_real_desk.py",
)
_LISTS = ("tests/lists/test_roster.py", "tests/lists/test_roster_safety.py")
_FHIR = ("tests/lists/test_fhir.py", "tests/lists/test_fhir_safety.py")
_CONTENT = ("tests/content/test_loading.py", "tests/language/test_localize.py")
_BATCH = ("tests/batch/test_run.py", "tests/batch/test_real_desk.py")

MODULES: dict[str, tuple[str, ...]] = {
    "careleaf/child.py": ("tests/test_child.py", *_TYPED[:1], "tests/desk/test_desk.py"),
    "careleaf/model.py": (*_TYPED, "tests/lists/test_roster.py"),
    "careleaf/content/codes.py": ("tests/content/test_codes.py",),
    "careleaf/content/quantities.py": _CONTENT,
    "careleaf/content/validating.py": _CONTENT,
    "careleaf/language/affixes.py": _PO,
    "careleaf/language/catalogue.py": _PO,
    "careleaf/language/cldr.py": _LANGUAGE,
    "careleaf/language/critical.py": _CRITICAL,
    "careleaf/language/locale_tags.py": _LANGUAGE,
    "careleaf/language/localize.py": _LANGUAGE,
    "careleaf/language/plurals.py": _LANGUAGE,
    "careleaf/language/po_header.py": _PO,
    "careleaf/language/signoff.py": _SIGNED,
    "careleaf/sheet/personalize.py": _TYPED,
    "careleaf/sheet/typed.py": _TYPED,
    "careleaf/stencil/bidi.py": ("tests/stencil/test_bidi.py",),
    "careleaf/desk/content.py": _DESK,
    "careleaf/desk/desk.py": (*_DESK, "tests/desk/test_inputs.py"),
    "careleaf/desk/inputs.py": ("tests/desk/test_desk.py", "tests/desk/test_inputs.py"),
    "careleaf/desk/requests.py": _DESK,
    "careleaf/lists/delimited.py": _LISTS,
    "careleaf/lists/intake.py": (*_LISTS, *_FHIR),
    "careleaf/lists/json_lines.py": _LISTS,
    "careleaf/lists/rows.py": _LISTS,
    "careleaf/lists/tasks.py": (*_LISTS, *_FHIR),
    "careleaf/lists/fhir/faults.py": _FHIR,
    "careleaf/lists/fhir/files.py": _FHIR,
    "careleaf/lists/fhir/moments.py": _FHIR,
    "careleaf/lists/fhir/people.py": _FHIR,
    "careleaf/lists/fhir/references.py": _FHIR,
    "careleaf/lists/fhir/rows.py": _FHIR,
    "careleaf/batch/manifest.py": _BATCH,
    "careleaf/batch/output_folder.py": _BATCH,
    "careleaf/batch/writer.py": _BATCH,
}  # fmt: skip
