"""The page lays out ahead what may be asked for, while nobody asks."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from builders import TODAY, a_clinic, a_desk, a_good_handout

from careleaf.errors import HandoutError
from careleaf.paths import PROGRAM, Root
from careleaf.web import renders
from careleaf.web.renders import Renders, Stand, Warm
from careleaf.web.settings import Limits


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    a_desk(tmp_path, a_good_handout(), clinic=a_clinic(locale="nl"))
    for tag in ("de", "nl"):
        shutil.copytree(PROGRAM / "locales" / tag, tmp_path / "locales" / tag)
    return Stand(Root.at(tmp_path), TODAY, "as it is")


class Asked(Renders):
    """Renders that note what they are asked instead of starting a process."""

    def __init__(self) -> None:
        super().__init__(1, Limits())
        self.asked: list[str] = []
        self.fault: Exception | None = None

    async def _ask(self, work) -> object:
        assert isinstance(work, Warm)
        self.asked.append(work.edition.locale)
        if self.fault:
            raise self.fault
        return True


def laid_out(stand: Stand, pool: Asked) -> list[str]:
    asyncio.run(pool.lay_out_ahead(stand))
    return pool.asked


def test_the_clinics_own_language_comes_first(stand):
    assert laid_out(stand, Asked()) == ["nl", "en", "de"]


def test_a_sheet_that_cannot_be_made_keeps_no_other_back(stand):
    pool = Asked()
    pool.fault = HandoutError("no", code="several")

    assert len(laid_out(stand, pool)) == 3


def test_without_stencils_nothing_is_laid_out_ahead(stand):
    pressed = Stand(stand.root, stand.today, stand.content, use_stencil=False)

    assert laid_out(pressed, Asked()) == []


def test_who_wants_a_sheet_goes_first(stand, monkeypatch):
    monkeypatch.setattr(renders, "IDLE_SECONDS", 0.001)
    pool = Asked()

    async def busy_then_free() -> tuple[list[str], list[str]]:
        async with pool.place():
            ahead = asyncio.create_task(pool.lay_out_ahead(stand))
            await asyncio.sleep(0.5)
            during = list(pool.asked)
        await ahead
        return during, pool.asked

    during, after = asyncio.run(busy_then_free())

    assert (during, len(after)) == ([], 3)
