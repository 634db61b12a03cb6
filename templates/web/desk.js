// One child: the preview follows the form; print, save, next child.

import { Combobox } from "./combobox.js";
import { encoded, frames, language, number, post, printPdf, Refused, save, say, told } from "./page.js";

const DEBOUNCE = 10; // milliseconds after a key before the preview is asked for: one is on its way at most
const IDLE = 10 * 60_000; // milliseconds without a touch before the form is emptied
const RETRIES = 4;

const $ = (id) => document.getElementById(id);
const form = $("order");
const state = $("state");
const note = $("note");
const pages = $("pages");
const summary = $("summary");

// --- choosing -----------------------------------------------------------------------------------

const listed = (option, what) => (option?.dataset[what] ?? "").split(" ");
const [handoutSelect, localeSelect] = [$("handout"), $("locale")]; // before the fields take their ids
const chosenHandout = () => handoutSelect.selectedOptions[0];
const isMissing = (option) =>
  Boolean(handoutSelect.value) && !listed(chosenHandout(), "locales").some((tag) => tag === option.value || option.value.startsWith(`${tag}_`));
const isDraft = (option) => Boolean(handoutSelect.value) && listed(chosenHandout(), "drafts").includes(option.value);

new Combobox(handoutSelect, { aside: (option) => option.dataset.note });
new Combobox(localeSelect, {
  aside: (option) => (isMissing(option) ? say("no_translation") : isDraft(option) ? say("draft") : ""),
  isOff: isMissing,
});

// --- what is wrong ------------------------------------------------------------------------------

const FIELDS = [...form.querySelectorAll("p.problem")].map((problem) => problem.id.replace("-problem", ""));
const visited = new Set();

const control = (field) => (field === "size" ? form.querySelector("fieldset") : $(field));

function tell(field, text) {
  const problem = $(`${field}-problem`);
  const target = control(field);
  problem.textContent = text;
  problem.hidden = !text;
  if (text) target.setAttribute("aria-invalid", "true");
  else target.removeAttribute("aria-invalid");
  const tied = (target.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== problem.id);
  if (text) tied.push(problem.id);
  if (tied.length) target.setAttribute("aria-describedby", tied.join(" "));
  else target.removeAttribute("aria-describedby");
}

/** Show faults at their fields: of all of them, or of those that were visited already. */
function showFaults(faults, { all = false } = {}) {
  const byField = new Map(faults.map((fault) => [fault.field, fault.said]));
  for (const field of FIELDS) if (all || visited.has(field) || !byField.has(field)) tell(field, byField.get(field) ?? "");
  if (!all) {
    if (!byField.size) summary.hidden = true;
    return;
  }
  summary.querySelector("ul").replaceChildren(
    ...faults.map((fault) => {
      const item = document.createElement("li");
      if (!FIELDS.includes(fault.field)) item.textContent = fault.said;
      else {
        const link = Object.assign(document.createElement("a"), { href: `#${fault.field}`, textContent: fault.said });
        link.addEventListener("click", (event) => {
          event.preventDefault();
          go(fault.field);
        });
        item.append(link);
      }
      return item;
    }),
  );
  summary.hidden = !faults.length;
  const first = FIELDS.find((field) => byField.has(field));
  if (first) go(first);
  else if (faults.length) summary.focus();
}

function go(field) {
  const target = field === "size" ? form.querySelector("fieldset input") : $(field);
  target.closest("details")?.setAttribute("open", "");
  target.focus();
}

// --- the preview --------------------------------------------------------------------------------

let done = ""; // what was made of the form as it stands: it is told until something is changed
let timer = 0;
let asking = null; // the AbortController of the preview that is on its way
let isStale = false; // whether something was typed since it was asked for

function soon() {
  clearTimeout(timer);
  timer = setTimeout(preview, DEBOUNCE);
}

/** Ask for the preview; while one is on its way, ask again when it is there: the latest wins. */
async function preview() {
  if (!handoutSelect.value) return $("handout").value ? showOld() : showNothing();
  if (asking) {
    isStale = true;
    return undefined;
  }
  asking = new AbortController();
  isStale = false;
  const working = setTimeout(() => {
    pages.classList.add("old");
    tellState(done || say("preview_working"));
  }, 150);
  try {
    await drawn(asking.signal);
    showFaults([]);
  } catch (error) {
    if (error.name !== "AbortError") {
      pages.classList.add("old");
      if (error instanceof Refused && error.status === 422) refuse(error);
      else tellState(told(error), true);
    }
  } finally {
    clearTimeout(working);
    asking = null;
    if (isStale) preview();
  }
  return undefined;
}

function refuse(error) {
  showFaults(error.faults);
  const others = error.faults.filter((fault) => !FIELDS.includes(fault.field)).map((fault) => fault.said);
  tellState(others.length ? others.join(" ") : pages.children.length ? say("preview_old") : "", others.length > 0);
}

async function drawn(signal) {
  const width = Math.round(Math.min(pages.clientWidth || 600, 760) * Math.min(window.devicePixelRatio, 2));
  const answer = await patient(() => post("/preview", encoded(form, { width }), { signal }), signal);
  const whole = new Response(await answer.blob());
  signal.throwIfAborted();
  let sheet = null;
  for await (const facts of frames(whole)) {
    if (facts.faults) throw new Refused(422, facts.faults);
    if (facts.pages) sheet = facts;
    else {
      const image = pages.children[facts.page - 1] ?? pages.appendChild(document.createElement("img"));
      image.alt = say("preview_page", { page: number(facts.page), pages: number(sheet.pages) });
      await setPicture(image, facts);
    }
  }
  while (pages.children.length > sheet.pages) forget(pages.lastElementChild);
  pages.classList.remove("old");
  $("empty").hidden = true;
  const notes = [sheet.blank && say("preview_blank"), sheet.draft && say("draft_note")].filter(Boolean);
  note.textContent = notes.join(" ");
  note.hidden = !notes.length;
  tellState(done || say("preview_ready", { count: number(sheet.pages) }));
}

async function setPicture(image, facts) {
  const old = image.src;
  image.width = facts.width;
  image.height = facts.height;
  image.src = URL.createObjectURL(new Blob([facts.data], { type: "image/png" }));
  await image.decode().catch(() => {});
  if (old) URL.revokeObjectURL(old);
}

function forget(image) {
  URL.revokeObjectURL(image.src);
  image.remove();
}

/** Ask, and ask again while the server is busy. */
async function patient(ask, signal) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 503 || attempt === RETRIES) throw error;
      tellState(say("busy"));
      await new Promise((done) => setTimeout(done, 400 * attempt + 400 * Math.random()));
      signal?.throwIfAborted();
    }
  }
}

function tellState(text, isTrouble = false) {
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("trouble", isTrouble);
}

/** Dim the pages: they are not of what stands in the form now. */
function showOld() {
  asking?.abort();
  pages.classList.add("old");
  tellState(pages.children.length ? say("preview_old") : "");
}

function showNothing() {
  asking?.abort();
  [...pages.children].forEach(forget);
  $("empty").hidden = false;
  note.hidden = true;
  tellState("");
}

// --- the sheet ----------------------------------------------------------------------------------

const fileName = () => `${[$("id").value.trim(), handoutSelect.value, localeSelect.value].filter(Boolean).join(".")}.pdf`;

const DOING = {
  queue: async (body) => (await (await patient(() => post("/print", body))).json()).said,
  print: async (body) => {
    printPdf(await (await patient(() => post("/sheet", body))).blob());
    return say("print_opened");
  },
  download: async (body) => {
    save(await (await patient(() => post("/sheet", body))).blob(), fileName());
    return say("saved");
  },
};
DOING.blank = DOING.print;

async function make(what, button) {
  const buttons = form.querySelectorAll("button");
  buttons.forEach((each) => (each.disabled = true));
  tellState(say("preview_working"));
  try {
    const said = await DOING[what](encoded(form, { do: what }));
    showFaults([], { all: true });
    done = said;
    tellState(said);
  } catch (error) {
    if (error instanceof Refused && error.status === 422) {
      tellState("");
      showFaults(error.faults, { all: true });
    } else tellState(told(error), true);
  } finally {
    buttons.forEach((each) => (each.disabled = false));
    if (document.activeElement === document.body) button?.focus();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  make(event.submitter?.value ?? "print", event.submitter);
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "p") {
    event.preventDefault(); // the sheet, not this page
    form.requestSubmit(form.querySelector("button.main"));
  }
});

// --- the next child -----------------------------------------------------------------------------

const forgotten = [...form.querySelectorAll("[data-forget]")]; // what the next child must not get

function forgetChild() {
  done = "";
  for (const field of forgotten) field.value = "";
  visited.clear();
  showFaults([], { all: true });
}

$("next").addEventListener("click", () => {
  forgetChild();
  soon();
  $("name").focus();
});

let idle = 0;
function touched() {
  clearTimeout(idle);
  idle = setTimeout(() => {
    if (!forgotten.some((field) => field.value)) return;
    forgetChild();
    showNothing();
    document.querySelectorAll("iframe.printer").forEach((frame) => frame.remove());
    tellState(say("expired"));
  }, IDLE);
}
["input", "keydown", "pointerdown"].forEach((name) => document.addEventListener(name, touched, { passive: true }));

// A page that the browser brings back from its memory begins empty.
window.addEventListener("pagehide", forgetChild);
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

/** Name on the buttons that print the language, or both, that they print in; none where none is chosen. */
function nameLanguage() {
  const chosen = [localeSelect, $("with")].map((select) => select.selectedOptions[0]).filter((option) => option?.value);
  const named = localeSelect.value ? chosen : [];
  const key = named.map((option) => option.value).join(" ");
  if (key === nameLanguage.shown) return; // what stands under a pressed mouse must not be replaced: no click would come
  nameLanguage.shown = key;
  form.querySelectorAll(".in-language").forEach((place) => {
    place.replaceChildren(
      ...named.flatMap((option, at) => [
        at ? " + " : " – ",
        Object.assign(document.createElement("bdi"), { lang: option.lang, textContent: option.dataset.own }),
      ]),
    );
  });
}

// --- the day ------------------------------------------------------------------------------------

const DAY = 86_400_000;
const NEAR = 14; // days that are told as "tomorrow" or "in 3 days"
const utc = (text) => {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  const day = parts ? new Date(Date.UTC(parts[1], parts[2] - 1, parts[3])) : null;
  return day && day.toISOString().startsWith(text.trim()) ? day : null; // February has no 30th
};

/** Say beside the field which day it is, in words and from today: what was meant is seen at once. */
function sayDay() {
  const [day, today] = [utc($("date").value), utc($("date").dataset.today)];
  if (!day) {
    $("date-day").textContent = "";
    return;
  }
  const long = new Intl.DateTimeFormat(language, { dateStyle: "full", timeZone: "UTC", calendar: "gregory" }).format(day);
  const away = Math.round((day - today) / DAY);
  const near = Math.abs(away) <= NEAR ? new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(away, "day") : "";
  $("date-day").textContent = [long, near].filter(Boolean).join(" – ");
}

form.addEventListener("input", (event) => {
  done = "";
  if (event.target.id === "date") sayDay();
  if (!event.target.name) return;
  nameLanguage();
  soon();
});
form.addEventListener("change", (event) => {
  done = "";
  if (FIELDS.includes(event.target.id)) visited.add(event.target.id);
  if (event.target.name === "handout") visited.add("locale"); // it may not have the language chosen before
  nameLanguage();
  soon();
});
form.addEventListener("focusout", (event) => {
  const field = event.target.id;
  if (FIELDS.includes(field) && (event.target.value || field === "locale")) {
    visited.add(field);
    soon();
  }
});
nameLanguage();
sayDay();
if ($("summary").hidden) $("handout").focus();
if (handoutSelect.value) soon();
