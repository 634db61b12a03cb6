// What every script of the page shares: its words, its requests, and answers that come in pieces.

export const words = JSON.parse(document.getElementById("words").textContent);
export const language = document.documentElement.lang;

const isRightToLeft = document.documentElement.dir === "rtl";

/** The page's words for `key`, with each {name} filled; isolated where directions may mix. */
export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (whole, name) => {
    if (!(name in values)) return whole;
    return isRightToLeft ? `\u2068${values[name]}\u2069` : values[name];
  });
}

export const number = (value) => new Intl.NumberFormat(language).format(value);

/** A request that was refused: `faults` as the server told them. */
export class Refused extends Error {
  constructor(status, faults) {
    super(`status ${status}`);
    this.status = status;
    this.faults = faults;
  }

  /** What to tell the person at the desk. */
  get said() {
    const key = { 401: "stale", 403: "stale", 408: "still_busy", 413: "too_large", 503: "still_busy" }[this.status];
    if (key) return say(key);
    const told = this.faults.map((fault) => fault.said || [fault.field, fault.message].filter(Boolean).join(": "));
    return this.status === 422 && told.length ? told.join(" ") : [say("failed"), ...told].join(" ");
  }
}

/** What to tell of anything that went wrong with a request. */
export const told = (error) => (error instanceof Refused ? error.said : say("offline"));

/** POST a form; once more with a new key where the server was started again since the page was loaded.
 *  Raises Refused, or a TypeError where the server does not answer. */
export async function post(address, body, settings = {}) {
  try {
    return await postOnce(address, body, settings);
  } catch (error) {
    const key = error instanceof Refused && error.faults[0]?.code === "request.form-too-old" ? await newKey() : "";
    if (!key) throw error;
    document.querySelectorAll("input[name=form_key]").forEach((field) => (field.value = key));
    body.set("form_key", key);
    return postOnce(address, body, settings);
  }
}

/** The key of this page as the server gives it now; nothing where it wants a person to sign in first. */
async function newKey() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "manual" });
  if (!answer.ok) return "";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("input[name=form_key]")?.value ?? "";
}

async function postOnce(address, body, { signal, accept = "application/json" }) {
  const answer = await fetch(address, {
    method: "POST",
    body,
    signal,
    headers: { Accept: accept },
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
  });
  if (answer.ok) return answer;
  const faults = await answer.json().then((json) => json.faults ?? [], () => []);
  throw new Refused(answer.status, faults);
}

/** The fields of a form as a short body. */
export function encoded(form, more = {}) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  return body;
}

/** The frames of an answer as they come: a line of JSON, and after a line with "size" so many bytes. */
export async function* frames(answer) {
  const reader = answer.body.getReader();
  let held = [];
  let size = 0;
  let ended = false;
  const more = async () => {
    const { value, done } = await reader.read();
    if (done) ended = true;
    else {
      held.push(value);
      size += value.length;
    }
    return !done;
  };
  const take = (count) => {
    const all = held.length === 1 ? held[0] : joined(held, size);
    held = count < all.length ? [all.subarray(count)] : [];
    size -= count;
    return all.subarray(0, count);
  };
  try {
    for (;;) {
      let end = lineEnd(held);
      while (end < 0 && (await more())) end = lineEnd(held);
      if (end < 0) {
        if (size) throw new TypeError("half an answer");
        return;
      }
      const facts = JSON.parse(new TextDecoder().decode(take(end + 1)));
      if (facts.size !== undefined) {
        while (size < facts.size && (await more()));
        if (size < facts.size) throw new TypeError("half an answer");
        facts.data = take(facts.size);
      }
      yield facts;
    }
  } finally {
    if (!ended) reader.cancel().catch(() => {});
  }
}

function joined(parts, size) {
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function lineEnd(parts) {
  let at = 0;
  for (const part of parts) {
    const found = part.indexOf(10);
    if (found >= 0) return at + found;
    at += part.length;
  }
  return -1;
}

// --- a PDF on its way to paper or to disk -------------------------------------------------------

const KEEP_FOR_PRINTER = 120_000; // milliseconds that a sheet is held for the browser's print dialog

// A tablet shows no PDF inside a page, and a Chromium that a program drives has no print dialog:
// without a screen it even ends when it is asked to print a PDF.
const canPrintFrames = navigator.pdfViewerEnabled && !navigator.webdriver;

/** Let the browser print a PDF: its dialog, over a hidden frame; else the PDF in a tab, to print from there. */
export function printPdf(blob) {
  const address = URL.createObjectURL(blob);
  document.querySelectorAll("iframe.printer").forEach((old) => old.remove());
  if (!canPrintFrames) {
    if (!window.open(address, "_blank")) save(blob, "sheet.pdf");
    return setTimeout(() => URL.revokeObjectURL(address), KEEP_FOR_PRINTER);
  }
  const frame = document.createElement("iframe");
  frame.className = "printer";
  frame.title = say("preview");
  frame.tabIndex = -1;
  frame.setAttribute("aria-hidden", "true");
  frame.addEventListener("load", () => {
    try {
      frame.contentWindow.focus();
      frame.contentWindow.print();
    } catch {
      window.open(address, "_blank");
    }
  });
  frame.src = address;
  document.body.append(frame);
  return setTimeout(() => {
    frame.remove();
    URL.revokeObjectURL(address);
  }, KEEP_FOR_PRINTER);
}

/** Let the browser save a file. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// The language of the page changes as soon as it is chosen.
document.querySelectorAll("select[data-submits]").forEach((select) =>
  select.addEventListener("change", () => {
    const { form } = select;
    if (form.matches("#order")) [form.action, form.method] = ["/", "post"]; // what was typed goes along
    form.submit();
  }),
);
