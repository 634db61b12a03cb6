// A list: drop it, mend it, print it. Nothing is kept but what stands on the page.

import { encoded, frames, number, post, printPdf, Refused, save, say, told } from "./page.js";

const $ = (id) => document.getElementById(id);
const DEBOUNCE = 250;

/** Begin anew with the page as it is: after it was loaded, and after a list was read into it. */
function begin() {
  if ($("bring")) bring();
  if ($("table")) table();
}

// --- bringing a list ----------------------------------------------------------------------------

function bring() {
  const form = $("bring");
  const file = $("file");
  const drop = $("drop");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (file.files.length) read(new FormData(form));
  });
  file.addEventListener("change", () => file.files.length && read(new FormData(form)));
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
    });
  }
  drop.addEventListener("drop", (event) => {
    const [dropped] = event.dataTransfer.files;
    if (!dropped) return;
    const data = new FormData(form);
    data.set("file", dropped);
    read(data);
  });
}

/** Send the list, and put the page that comes back in this one's place: no history, no stored form. */
async function read(data) {
  const status = $("bring-state");
  status.textContent = say("preview_working");
  try {
    const answer = await fetch("/list", { method: "POST", body: data, headers: { Accept: "text/html" }, cache: "no-store" });
    if (!(answer.headers.get("content-type") ?? "").startsWith("text/html")) {
      throw new Refused(answer.status, (await answer.json()).faults ?? []);
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    $("main").replaceChildren(...document.importNode(page.querySelector("main"), true).childNodes);
    begin();
    ($("table")?.querySelector('[aria-invalid="true"]') ?? $("main").querySelector("button.main, [role=alert]") ?? $("main")).focus();
  } catch (error) {
    status.textContent = told(error);
  }
}

// --- the table ----------------------------------------------------------------------------------

function table() {
  const form = $("table");
  const state = $("run-state");
  let timer = 0;
  let asking = null;
  let stopping = null;

  form.addEventListener("input", (event) => {
    if (!event.target.name?.includes(".")) return;
    clearTimeout(timer);
    timer = setTimeout(check, DEBOUNCE);
  });

  async function check() {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await post("/list/check", encoded(form), { signal: asking.signal });
      show((await answer.json()).lines);
    } catch (error) {
      if (error.name !== "AbortError") state.textContent = told(error);
    }
  }

  function show(lines) {
    let wrong = 0;
    for (const { line, faults } of lines) {
      const row = form.querySelector(`tr[data-line="${line}"]`);
      row.classList.toggle("wrong", faults.length > 0);
      row.querySelector(".mark-state").textContent = say(faults.length ? "to_mend" : "ready");
      for (const problem of row.querySelectorAll("[data-problem]")) {
        const column = problem.dataset.problem;
        problem.textContent = faults.filter((fault) => fault.column === column).map((fault) => fault.said).join(" ");
        const cell = column && row.querySelector(`[name="${line}.${column}"]`);
        if (cell && problem.textContent) cell.setAttribute("aria-invalid", "true");
        else if (cell) cell.removeAttribute("aria-invalid");
      }
      wrong += faults.length > 0;
    }
    $("ready-count").textContent = say("ready_count", { count: number(lines.length - wrong) });
    $("mend-count").textContent = say("mend_count", { count: number(wrong) });
    $("mend-count").hidden = !wrong;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter) make(event.submitter.dataset.do);
  });

  async function make(what) {
    const buttons = [...form.querySelectorAll(".actions button")];
    const bar = $("bar");
    stopping = new AbortController();
    buttons.forEach((button) => (button.disabled = true));
    $("run").hidden = false;
    bar.value = 0;
    state.textContent = say("preview_working");
    try {
      const body = encoded(form, { do: what === "zip" ? "zip" : "pdf" });
      const answer = await post("/list/make", body, { signal: stopping.signal });
      for await (const facts of frames(answer)) {
        if (facts.faults) throw new Refused(422, facts.faults);
        if (facts.data) hand(what, facts);
        else {
          bar.max = facts.total;
          bar.value = facts.done;
          state.textContent = say("progress", { done: number(facts.done), total: number(facts.total) });
        }
      }
    } catch (error) {
      state.textContent = error.name === "AbortError" ? say("stopped") : told(error);
    } finally {
      buttons.forEach((button) => (button.disabled = false));
      $("run").hidden = true;
    }
  }

  function hand(what, facts) {
    const type = what === "zip" ? "application/zip" : "application/pdf";
    const blob = new Blob([facts.data], { type });
    if (what === "print") printPdf(blob);
    else save(blob, what === "zip" ? "sheets.zip" : "sheets.pdf");
    state.textContent = say("list_done", { made: number(facts.made), refused: number(facts.refused) });
  }

  $("stop").addEventListener("click", () => stopping?.abort());
}

// A page that the browser brings back from its memory begins empty.
window.addEventListener("pagehide", () => $("table")?.replaceChildren());
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

begin();
