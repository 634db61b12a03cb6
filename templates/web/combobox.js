// A <select> to type into, as the ARIA Authoring Practices describe an editable combobox with a list.
// The select leaves the page and knows the options; a hidden field takes its name. While the text
// names no option, nothing is chosen, and the server refuses that at this field: what stands in the
// field and what is printed never differ. Without this script the select is used as it is.

import { say, number } from "./page.js";

const LIMIT = 60; // choices drawn at once

/** Letters without marks and case: "Étude" is found by "etude". */
export const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim();

export class Combobox {
  /** `aside(option)` says what stands beside a choice, `isOff(option)` whether it can be chosen. */
  constructor(select, { aside = () => "", isOff = () => false } = {}) {
    this.select = select;
    this.aside = aside;
    this.isOff = isOff;
    this.options = [...select.options].filter((option) => option.value).map((option) => this.#read(option));
    this.here = -1;
    this.shown = [];
    this.#build();
    this.show();
  }

  #read(option) {
    const finds = JSON.parse(option.dataset.finds);
    return { option, group: option.parentElement.label ?? "", label: option.textContent.trim(), finds, keys: finds.map(plain) };
  }

  #build() {
    const { select } = this;
    const id = select.id;
    this.input = document.createElement("input");
    this.input.id = id;
    select.removeAttribute("id");
    Object.assign(this.input, { type: "text", autocomplete: "off", spellcheck: false });
    this.input.dir = "auto";
    const list = `${id}-list`;
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": list,
      "aria-haspopup": "listbox", "aria-required": "true",
    })) this.input.setAttribute(name, value);
    for (const name of ["aria-describedby", "aria-invalid"])
      if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
    this.list = document.createElement("div");
    this.list.id = list;
    this.list.className = "choices";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", say("choices"));
    this.heard = document.createElement("p");
    this.heard.className = "unseen";
    this.heard.setAttribute("role", "status");
    const box = document.createElement("div");
    box.className = "combo";
    this.field = Object.assign(document.createElement("input"), { type: "hidden", name: select.name, value: select.value });
    select.replaceWith(box);
    box.append(this.input, this.list, this.heard, this.field);

    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("click", () => this.open());
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("blur", () => this.#leave());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.#choose(this.shown[Number(row.dataset.at)]);
    });
  }

  get value() {
    return this.select.value;
  }

  /** Write the chosen option's words into the field. */
  show() {
    const chosen = this.options.find((one) => one.option.value === this.select.value);
    this.input.value = chosen ? (chosen.option.dataset.own ?? chosen.label) : "";
    if (chosen?.option.lang) this.input.lang = chosen.option.lang;
  }

  open(text = "") {
    this.shown = this.#matching(text);
    this.here = text ? -1 : this.shown.findIndex((one) => one.option.value === this.value);
    this.#draw();
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.#point();
    if (text) this.heard.textContent = this.shown.length ? say("found", { count: number(this.shown.length) }) : say("not_found");
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** The options that hold every word typed, the best first: a whole code, a beginning, a word, the rest. */
  #matching(text) {
    const parts = plain(text).split(/\s+/).filter(Boolean);
    if (!parts.length) return this.options.slice(0, LIMIT);
    const whole = plain(text);
    const found = [];
    for (const one of this.options) {
      let best = Infinity;
      let also = "";
      one.keys.forEach((key, at) => {
        if (!parts.every((part) => key.includes(part))) return;
        const rank = key === whole ? 0 : key.startsWith(whole) ? 1 : ` ${key}`.includes(` ${parts[0]}`) ? 2 : 3;
        if (rank < best) [best, also] = [rank, one.finds[at]];
      });
      if (best < Infinity) found.push({ ...one, best, also: plain(one.label).includes(plain(also)) ? "" : also });
    }
    return found.sort((a, b) => a.best - b.best).slice(0, LIMIT);
  }

  #draw() {
    const rows = [];
    let group = null;
    let parent = null;
    const grouped = !this.shown.some((one) => one.best !== undefined) && this.shown.some((one) => one.group);
    this.shown.forEach((one, at) => {
      if (grouped && one.group !== group) {
        group = one.group;
        parent = document.createElement("div");
        parent.setAttribute("role", "group");
        const head = Object.assign(document.createElement("div"), { className: "group", textContent: group, id: `${this.list.id}-g${at}` });
        head.setAttribute("role", "presentation");
        parent.setAttribute("aria-labelledby", head.id);
        parent.append(head);
        rows.push(parent);
      }
      const row = this.#row(one, at);
      if (parent) parent.append(row);
      else rows.push(row);
    });
    if (!rows.length) {
      const nothing = Object.assign(document.createElement("div"), { className: "nothing", textContent: say("not_found") });
      nothing.setAttribute("role", "option");
      nothing.setAttribute("aria-disabled", "true");
      rows.push(nothing);
    }
    this.list.replaceChildren(...rows);
  }

  #row(one, at) {
    const row = document.createElement("div");
    row.id = `${this.list.id}-${at}`;
    row.dataset.at = at;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(one.option.value === this.value));
    if (this.isOff(one.option)) row.setAttribute("aria-disabled", "true");
    if (one.option.lang) row.lang = one.option.lang;
    const text = (className, content, dir = "") => {
      row.append(Object.assign(document.createElement("span"), { className, dir, textContent: content }));
    };
    text("", one.label);
    const aside = this.aside(one.option);
    if (aside) text("aside", aside);
    if (one.also) text("also", one.also, "auto");
    return row;
  }

  #point() {
    this.list.querySelector(".here")?.classList.remove("here");
    const row = this.list.querySelector(`[data-at="${this.here}"]`);
    if (!row) return this.input.removeAttribute("aria-activedescendant");
    row.classList.add("here");
    row.scrollIntoView({ block: "nearest" });
    return this.input.setAttribute("aria-activedescendant", row.id);
  }

  #typed() {
    const text = this.input.value;
    this.open(text);
    const whole = text.trim() ? this.shown.find((one) => one.best === 0 && !this.isOff(one.option)) : undefined;
    this.#set(whole?.option.value ?? "", { kind: "input" });
  }

  #key(event) {
    const count = this.shown.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!this.isOpen) return this.open();
      if (count) this.here = (this.here + step + (this.here < 0 && step < 0 ? 1 : 0) + count) % count;
      return this.#point();
    }
    if (event.key === "Enter") {
      event.preventDefault(); // never sends the form from here
      const best = this.shown[Math.max(this.here, 0)];
      if (!this.isOpen) this.open();
      else if (best) this.#choose(best);
    } else if (event.key === "Escape") {
      if (this.isOpen) this.close();
      else if (this.input.value) {
        this.input.value = "";
        this.#set("");
      }
    } else if (event.key === "Tab" && this.isOpen && this.shown[this.here]?.best !== undefined) {
      this.#choose(this.shown[this.here]);
    }
    return undefined;
  }

  #choose(one) {
    if (this.isOff(one.option)) return;
    this.#set(one.option.value);
    this.show();
    this.close();
  }

  /** Choose an option by its value, or none; one that is off may be `sent` all the same: the server says why not. */
  #set(value, { sent = value, kind = "change" } = {}) {
    if (this.select.value === value && this.field.value === sent) return;
    this.select.value = value;
    this.field.value = sent;
    this.field.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  /** On leaving, take what was meant: a whole code, or the one choice that is left. */
  #leave() {
    this.close();
    const text = this.input.value;
    const chosen = this.options.find((one) => one.option.value === this.value);
    if (chosen && [chosen.label, chosen.option.dataset.own].includes(text)) return;
    const found = text.trim() ? this.#matching(text) : [];
    const meant = found.length === 1 || found[0]?.best === 0 ? found[0] : undefined;
    if (meant && !this.isOff(meant.option)) this.#choose(meant);
    else this.#set("", { sent: meant?.option.value ?? "" });
  }
}
