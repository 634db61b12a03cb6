"""Imports run one way, and a guard that shows it would see one that does not."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [LINT_IMPORTS, "--no-cache", "--no-logo", "--config", folder / "pyproject.toml"]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True)


@pytest.fixture
def a_package(tmp_path):
    """A package named careleaf with a few empty modules, under the contracts of the real one."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), "utf-8")
    (tmp_path / "careleaf").mkdir()
    for module in (
        "__init__",
        "errors",
        "content/__init__",
        "pdf/__init__",
        "pdf/press",
        "pdf/renderer",
        "sheet/__init__",
    ):
        (tmp_path / "careleaf" / module).parent.mkdir(exist_ok=True)
        (tmp_path / "careleaf" / f"{module}.py").touch()
    return tmp_path


def test_every_import_of_the_program_runs_one_way():
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout


def test_a_package_without_a_backward_import_passes(a_package):
    (a_package / "careleaf" / "pdf" / "renderer.py").write_text(
        "import careleaf.errors\nimport weasyprint\n"
    )

    assert lint_imports(a_package).returncode == 0


def test_a_backward_import_is_found(a_package):
    (a_package / "careleaf" / "errors.py").write_text("import careleaf.pdf.press\n")

    result = lint_imports(a_package)

    assert result.returncode == 1
    assert "careleaf.errors is not allowed to import careleaf.pdf" in result.stdout


def test_a_backward_import_inside_the_content_folder_is_found(a_package):
    content = a_package / "careleaf" / "content"
    (content / "fields.py").write_text("import careleaf.content.blocks\n")
    (content / "blocks.py").touch()

    result = lint_imports(a_package)

    assert result.returncode == 1
    assert (
        "careleaf.content.fields is not allowed to import careleaf.content.blocks" in result.stdout
    )


def test_weasyprint_outside_its_module_is_found(a_package):
    (a_package / "careleaf" / "sheet" / "compose.py").write_text("import weasyprint\n")

    result = lint_imports(a_package)

    assert result.returncode == 1
    assert "Only one module imports WeasyPrint BROKEN" in result.stdout


def test_a_module_that_has_no_place_in_the_order_is_found(a_package):
    (a_package / "careleaf" / "utils.py").touch()

    result = lint_imports(a_package)

    assert result.returncode == 1
    assert "utils" in result.stdout


# What belongs to the renderer: its pages and boxes. `pdf.boxes` gives values in their place.
RENDERER_S_OWN = re.compile(r"\._page_box\b|\.document\.(pages|fonts)\b|content_box_x|\bTextBox\"")


def those_who_walk_boxes(folder: Path) -> set[str]:
    """Return the folders and modules of the program that touch the renderer's boxes."""
    return {
        "/".join(path.relative_to(folder).with_suffix("").parts[:2])
        for path in folder.rglob("*.py")
        if RENDERER_S_OWN.search(path.read_text("utf-8"))
    }


def test_the_renderer_s_boxes_are_walked_in_the_pdf_folder_alone():
    walking = those_who_walk_boxes(ROOT / "careleaf")

    assert walking == {"pdf/boxes", "pdf/painting", "pdf/press"}


def test_a_module_that_walks_boxes_elsewhere_is_found(tmp_path):
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "sheet.py").write_text("for page in made.document.pages: ...")

    assert those_who_walk_boxes(tmp_path) == {"checks/sheet"}


# --- names and sizes ----------------------------------------------------------------------------

MODULES = sorted((ROOT / "careleaf").rglob("*.py"))


def test_a_class_name_means_one_thing_in_the_whole_program():
    names = Counter(
        name
        for path in MODULES
        for name in re.findall(r"^class ([A-Z]\w*)", path.read_text("utf-8"), re.M)
    )

    assert [name for name, count in names.items() if count > 1] == []


def test_no_module_is_longer_than_400_lines():
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in MODULES
    }

    assert {path: size for path, size in sizes.items() if size > 400} == {}


def test_every_folder_says_its_rule_in_the_first_line_of_its_init():
    folders = [path for path in MODULES if path.name == "__init__.py"]

    assert len(folders) > 12
    assert [str(path) for path in folders if not path.read_text("utf-8").startswith('"""')] == []
