// Shows both sheets and follows every save. No request leaves this machine.
"use strict";

const at = (id) => document.getElementById(id);
const handout = () => new URLSearchParams(location.search).get("handout") || "";
let chosen = "";
let shown = null;

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

const keyOf = (message) => `${message.context}\u0004${message.msgid}`;

function mark(message) {
  if (message.status !== "translated") return message.status;
  return message.findings.length ? "warned" : "";
}

async function refresh() {
  const answer = await fetch(`/state?handout=${encodeURIComponent(handout())}`);
  if (!answer.ok) return;
  const state = await answer.json();
  at("fault").hidden = !state.fault;
  at("fault").textContent = state.fault;
  at("handout").replaceChildren(
    ...state.handouts.map((id) => make("option", { value: id, textContent: id, selected: id === handout() })),
  );
  document.body.dataset.stamp = state.stamp;
  if (!state.scene) {
    at("tally").textContent = "No page can be laid out yet.";
    return;
  }
  shown = { ...state.scene, direction: state.direction };
  at("tag").textContent = shown.tag;
  document.title = `${shown.handout} in ${shown.tag}`;
  for (const side of ["english", "translated"]) draw(side, state.stamp);
  listWork();
  tell();
}

function draw(side, stamp) {
  const { pages, ratio } = shown.sides[side];
  const place = at(side);
  const drawn = [];
  for (let page = 0; page < pages; page += 1) {
    const source = `/picture?handout=${encodeURIComponent(shown.handout)}&side=${side}&page=${page}&stamp=${stamp}`;
    const sheet = make("div", { className: "page" }, make("img", { src: source, alt: `Page ${page + 1}` }));
    sheet.style.aspectRatio = String(ratio);
    drawn.push(sheet);
  }
  for (const message of shown.messages) {
    for (const [page, left, top, width, height] of message[side]) {
      const spot = make("button", { className: `spot ${mark(message)}`, type: "button", title: message.msgid });
      spot.dataset.key = keyOf(message);
      spot.setAttribute("aria-label", message.msgid);
      Object.assign(spot.style, {
        left: `${left * 100}%`, top: `${top * 100}%`, width: `${width * 100}%`, height: `${height * 100}%`,
      });
      spot.addEventListener("click", () => choose(message));
      drawn[page].append(spot);
    }
  }
  place.replaceChildren(place.firstElementChild, ...drawn);
}

function choose(message) {
  chosen = keyOf(message);
  tell();
  for (const side of ["english", "translated"]) {
    at(side).querySelector(".spot.chosen")?.scrollIntoView({ block: "nearest" });
  }
}

function tell() {
  for (const spot of document.querySelectorAll(".spot")) {
    spot.classList.toggle("chosen", spot.dataset.key === chosen);
  }
  const message = shown.messages.find((one) => keyOf(one) === chosen);
  if (!message) return;
  const list = make("dl");
  const row = (name, value, more = {}) => list.append(make("dt", { textContent: name }), make("dd", more, value));
  row("Where it stands (msgctxt)", make("code", { textContent: message.context }));
  row("English (msgid)", message.msgid, { lang: "en", dir: "ltr" });
  for (const text of message.strings) row("Translation", text || "(empty)", { lang: shown.tag, dir: "auto" });
  row("File", make("code", { textContent: `${message.file}:${message.line}` }));
  row("Status", make("b", { className: message.status, textContent: message.status }));
  for (const [level, words, cure] of message.findings) {
    row(level, make("span", { className: level === "critical" ? "critical" : "warned", textContent: cure ? `${words}: ${cure}` : words }));
  }
  for (const note of message.notes) row("Note", note);
  at("text").replaceChildren(list);
}

function listWork() {
  const work = shown.messages.filter((message) => mark(message));
  at("work").replaceChildren(...work.map((message) => {
    const button = make("button", { type: "button", className: mark(message), textContent: message.msgid });
    button.addEventListener("click", () => choose(message));
    return make("li", {}, button);
  }));
  const done = shown.messages.filter((message) => message.status === "translated").length;
  at("tally").textContent = `${done} of ${shown.messages.length} texts translated`;
}

at("handout").addEventListener("change", (event) => {
  location.search = `?handout=${encodeURIComponent(event.target.value)}`;
});
new EventSource("/events").addEventListener("message", refresh);
