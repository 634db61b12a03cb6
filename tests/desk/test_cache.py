"""Every clinical fact the two handouts owe a family stands in the English PDF."""

from __future__ import annotations

from datetime import date
from functools import cache

import pypdfium2
import pytest
from builders import a_request

from careleaf.desk.desk import Desk
from careleaf.paths import Root

BONE = {
    "a small sample is taken out to be examined": "a small sample of bone is taken out to be examined",
    "reason: a diagnosis": "find out what is wrong (a diagnosis)",
    "reason: has a treatment worked": "check if a treatment has worked",
    "always under anaesthesia": "Your child always gets anaesthesia for this",
    "in a deep sleep, not awake": "Your child is in a deep sleep and is not awake for it",
    "who tells more": "The doctor or nurse specialist will tell you more about it",
    "the rest of the preparation": "and how else to prepare",
    "fear is told before the day": "Is your child afraid of the biopsy or the anaesthesia? Tell the doctor or nurse specialist before the day",
    "questions help to relax": "Let your child ask questions. This often helps a child to relax.",
    "child life staff": "child life staff to support you and your child",
    "a hollow needle into the hip bone": "A hollow needle goes into the hip bone",
    "gently pushing and turning": "with a gentle pushing and turning movement",
    "a small core comes out": "A small core of bone comes out.",
    "its length": "about 0.5 to 1 cm long",
    "its width": "a few millimetres across",
    "both hips, both sides": "It is done on both hips, so your child will have a bandage on both sides.",
    "most often with an aspiration": "Most often, a bone marrow aspiration is done at the same time.",
    "who does it": "The doctor or the nurse specialist does the biopsy.",
    "how long it takes": "It takes about 20 minutes in all.",
    "sore and bruised": "may feel very sore and look bruised",
    "paracetamol is often enough": "often enough for the pain: acetaminophen",
    "bandages the day after": "Tuesday, November 24, 2026 The day after You may take the bandages off both hips.",
    "everyday things after a day": "Your child normally has no more trouble from the hips and can do everyday things again.",
    "wounds closed after a day": "The wounds are nearly always closed.",
    "shower and bath": "From this day on your child may shower and take a bath.",
    "results after a week": "Monday, November 30, 2026 1 week after the procedure The results are usually ready.",
    "who answers questions": "Ask the paediatrician or the nurse specialist any questions",
}  # fmt: skip

HOME = {
    "what an aspiration is": "In a bone marrow aspiration, a small amount of bone marrow fluid is taken out through a needle.",
    "sore for several days": "The place where the needle went in may feel sore for several days.",
    "what helps": "Help the pain with pain medicine and ice packs.",
    "normal activities the next day": "Your child can likely do normal activities again.",
    "who calls with the results": "The doctor or nurse will call you with the results.",
    "a general idea, own pace": "This sheet gives you a general idea. Each child gets better at a different pace.",
    "rest": "Let your child rest when tired.",
    "school the day after": "Tuesday, November 24, 2026 The day after Most children can go back to school.",
    "restarting medicines, new ones": "The doctor will tell you if and when your child can start any medicines again, and will explain any new ones.",
    "the label": "Read and follow every instruction on the label.",
    "not on a prescription": "If your child has no prescription pain medicine, ask the doctor",
    "over the counter": "without a prescription (over the counter)",
    "on a prescription": "If your child has a prescription pain medicine, give it as prescribed.",
    "stored safely": "Store prescription pain medicine where no one else can get to it.",
    "leftovers": "Get rid of leftovers quickly and safely.",
    "drop-off": "Your pharmacy or hospital may take them back.",
    "ice": "Put ice or a cold pack on the place for 10 to 20 minutes at a time.",
    "a thin cloth": "Put a thin cloth between the ice and the skin.",
    "appointments": "Go to every appointment.",
    "problems": "Call the doctor or the nurse advice line if your child has problems: 811.",
    "know the results": "Ask for the test results, so that you know them.",
    "a list of medicines": "Keep a list of the medicines your child takes.",
    "emergency": "Call 911 at once if: Your child passes out (loses consciousness).",
    "call now": "Call the doctor or the nurse advice line (811) now, or get care right away",
    "the site": "The place where the needle went in is more tender, painful, red or swollen.",
    "fever": "Your child has a fever over 38 °C (100.4 °F).",
    "bleeding or pus": "Blood or pus comes from the place where the needle went in.",
    "watch": "Watch your child closely, and call the doctor or the nurse advice line (811) if: Your child is not getting better as expected.",
    "learn more": "Go to https://handouts.example.org and enter the code K050 in the search box.",
    "no replacement": "This sheet does not replace the advice of your own doctor or nurse.",
}  # fmt: skip


@cache
def read(handout: str) -> str:
    """Return what a reader of the English sheet for a procedure on 23 November 2026 sees."""
    desk = Desk.at(Root.at(), date(2026, 11, 23))
    order = desk.order(
        a_request(handout, name="Anna Example", date="2026-11-23", locale="en", id="C-1")
    )
    pages = pypdfium2.PdfDocument(desk.make(order).pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    kept = "".join(char for char in text if char not in "\u2068\u2069\u2022")
    return " ".join(kept.replace("\u00a0", " ").split())


@pytest.mark.parametrize("words", BONE.values(), ids=BONE.keys())
def test_the_bone_biopsy_sheet_says(words: str) -> None:
    assert words in read("bone-biopsy")


@pytest.mark.parametrize("words", HOME.values(), ids=HOME.keys())
def test_the_sheet_for_home_says(words: str) -> None:
    assert words in read("bone-marrow-biopsy-at-home")


@pytest.mark.parametrize("handout", ["bone-biopsy", "bone-marrow-biopsy-at-home"])
def test_a_mistranslation_of_the_source_appears_nowhere(handout: str) -> None:
    assert "epidural" not in read(handout).lower()
