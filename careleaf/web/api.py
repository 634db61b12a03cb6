"""The JSON API for integrators; its description is /openapi.json."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, create_model
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from careleaf.child import VALUES, ChildValue
from careleaf.errors import HandoutError
from careleaf.model import Order
from careleaf.model import Request as SheetRequest
from careleaf.web.answers import as_pdf, asked_as_bytes, faults_json
from careleaf.web.app_state import state_of
from careleaf.web.fields import order as order_of
from careleaf.web.openapi import PDF, REFUSED, ApiModel, Described, FaultOut, says
from careleaf.web.watcher import LocaleChoice, Snapshot

LONGEST = 500  # characters of any value: what is meant is told by the desk


class Validity(ApiModel):
    """Whether a sheet could be made."""

    valid: bool
    faults: list[FaultOut]


class HandoutOut(ApiModel):
    """A handout."""

    id: str
    code: str = Field(description="The code that a family can look up.")
    kind: str
    version: str
    reviewed: date
    titles: dict[str, str] = Field(
        description="The title by locale tag: the locales it can be printed in."
    )
    drafts: list[str] = Field(description="Locale tags whose wording nobody has approved yet.")
    codes: dict[str, list[str]] = Field(description="Procedure codes: snomed, cpt, icd10pcs.")


class HandoutsOut(ApiModel):
    """Every handout, and the faults of those that cannot be used."""

    handouts: list[HandoutOut]
    faults: list[FaultOut]


class LocaleOut(ApiModel):
    """A language that sheets are made in."""

    tag: str
    name: str = Field(description="In its own words.")
    english: str
    direction: str = Field(description="ltr or rtl.")


class LocalesOut(ApiModel):
    """The languages."""

    locales: list[LocaleOut]


Text = Annotated[str, Field(max_length=LONGEST)]


class SheetWish(BaseModel):
    """What is asked for besides the child; `SheetIn` adds a field for each of a child's values."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, hide_input_in_errors=True
    )

    handout: Text = Field(description="A handout's id.", examples=["bone-biopsy"])
    locale: Text = Field(
        "", description="A locale tag; empty for the one that clinic.yaml states.", examples=["nl"]
    )
    size: Text = Field("", description="a4 or letter; empty for the clinic's own.")
    large_print: bool = False
    second: Text = Field(
        "", alias="with", description="A second language beside the first, or empty."
    )

    @property
    def request(self) -> SheetRequest:
        """The same as a request."""
        texts = self.model_dump(by_alias=True)
        return SheetRequest.read({**texts, "large_print": "yes" if self.large_print else ""})


def _field(value: ChildValue) -> tuple[Any, Any]:
    default = ... if value.needed else ""
    return Text, Field(default, description=value.about, examples=[value.sample])


if TYPE_CHECKING:
    SheetIn = SheetWish
else:
    SheetIn = create_model(
        "SheetIn",
        __base__=SheetWish,
        __doc__="One sheet to make.",
        **{value.key: _field(value) for value in VALUES},
    )


CHECKED: Described = {422: says("What has to be put right, by field.")}

router = APIRouter(prefix="/api/v1", tags=["sheets"], responses=REFUSED)


@router.get("/handouts", operation_id="handouts", summary="List the handouts")
async def handouts(request: Request) -> HandoutsOut:
    """Every handout, with the languages it can be printed in."""
    snapshot = await state_of(request).snapshot()
    listed = [
        HandoutOut(
            id=one.id,
            code=one.code,
            kind=one.kind,
            version=one.version,
            reviewed=one.reviewed,
            titles=one.titles,
            drafts=list(one.drafts),
            codes={system: list(numbers) for system, numbers in one.codes.items()},
        )
        for one in snapshot.handouts
    ]
    return HandoutsOut(handouts=listed, faults=[_out(fault) for fault in snapshot.faults])


@router.get("/locales", operation_id="locales", summary="List the languages")
async def locales(request: Request) -> LocalesOut:
    """Every language that sheets are made in."""
    state = state_of(request)
    snapshot = await state.snapshot()
    choices: tuple[LocaleChoice, ...] = state.watcher.locales(
        snapshot.desk, state.watcher.words("en")
    )
    return LocalesOut(
        locales=[
            LocaleOut(tag=one.tag, name=one.own, english=one.english, direction=one.direction)
            for one in choices
        ]
    )


@router.post(
    "/validate",
    operation_id="validate",
    summary="Check a sheet",
    responses={422: says("A field is missing, unknown or of the wrong type.")},
)
async def validate(request: Request, sheet: SheetIn) -> Validity:
    """Whether this sheet could be asked for: nothing is made."""
    snapshot = await state_of(request).snapshot()
    try:
        _order(sheet, snapshot)
    except HandoutError as fault:
        return Validity(valid=False, faults=[FaultOut(**one) for one in faults_json(fault)])
    return Validity(valid=True, faults=[])


@router.post(
    "/sheets",
    operation_id="make_sheet",
    summary="Make a sheet",
    responses={**PDF, **CHECKED},
    response_class=Response,
)
async def make(request: Request, sheet: SheetIn) -> Response:
    """The sheet as a PDF. Nothing about the child is kept."""
    state = state_of(request)
    snapshot = await state.snapshot()
    try:
        order = _order(sheet, snapshot)
        async with state.pool.place() as pool:
            made = await pool.make(snapshot.stand, order)
    except HandoutError as fault:
        return JSONResponse({"faults": faults_json(fault)}, 422)
    state.watcher.used(order.locale)
    return as_pdf(made, order, as_bytes=asked_as_bytes(request))


def _order(sheet: SheetIn, snapshot: Snapshot) -> Order:
    """Return the order; without a language in the clinic's own. Raises HandoutError or Faults."""
    if not sheet.locale.strip() and not snapshot.own_locale:
        raise HandoutError(
            "there is no language",
            "locale",
            "name it, or set `locale` in clinic.yaml",
            "locale.not-stated",
        )
    return order_of(snapshot.desk, sheet.request)


def _out(fault: HandoutError) -> FaultOut:
    return FaultOut(field=fault.where, message=fault.message, hint=fault.hint, code=fault.code)
