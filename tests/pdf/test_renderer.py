"""The renderer is imported without what it seldom needs, and has it when it does."""

from __future__ import annotations

import subprocess
import sys

import pytest


def told(program: str) -> str:
    """Return what a program prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["fontTools.subset", "fontTools.varLib"])
def test_the_subsetter_in_python_is_not_imported_for_a_sheet(module):
    assert told(f"import sys, careleaf.pdf.press; print({module!r} in sys.modules)") == "False"


def test_the_subsetter_in_python_is_there_where_harfbuzz_has_none():
    program = """
import careleaf.pdf.press
from weasyprint.pdf import fonts
print(fonts.subset.Options().__class__.__module__)
"""
    assert told(program) == "fontTools.subset"


def test_a_variable_font_is_still_pinned_by_the_real_function():
    program = """
import careleaf.pdf.press
from weasyprint.pdf import fonts
try:
    fonts.instantiateVariableFont(None, {})
except Exception as error:
    print(error.__traceback__.tb_next.tb_next.tb_frame.f_globals["__name__"])
"""
    assert told(program) == "fontTools.varLib.instancer"


def test_whoever_imports_them_after_the_renderer_gets_the_real_ones():
    program = """
import careleaf.pdf.press
from fontTools.varLib.instancer import OverlapMode
from fontTools import subset
print(OverlapMode.__module__, subset.__file__ != "")
"""
    assert told(program) == "fontTools.varLib.instancer True"


def test_the_collector_and_the_search_for_libraries_are_as_before_the_import():
    program = """
import ctypes.util, gc
find = ctypes.util.find_library
import careleaf.pdf.press
print(gc.isenabled(), ctypes.util.find_library is find)
"""
    assert told(program) == "True True"
