// Elements, dialogs, forms, toasts and lists. Text becomes text nodes: there is no way in here to pass markup.

import { get, Problem } from "./api.js";
import { label } from "./words.js";

let count = 0;
/** An id that nothing else on the page has. */
export const unique = (start = "x") => `${start}-${++count}`;

/** An element. Attributes that are null or false are left out; functions are listeners; `value` is the property. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (name === "value" && tag !== "option" && tag !== "li") element.value = value ?? "";
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...shown(children));
  return element;
}
/** What is there of nested lists in which parts may be absent. */
export const shown = (parts) => [parts].flat(Infinity).filter((part) => part !== null && part !== undefined && part !== false);

export const button = (text, onclick, attributes) => h("button", { type: "button", onclick, ...attributes }, text);
export const link = (href, ...children) => h("a", { href }, ...children);
export const badge = (value, kind = "status") => h("span", { class: `badge ${kind}-${value}` }, label(value));
/** A link to a page of somebody's choosing: only where it leads to the web. */
export function outside(address) {
  const safe = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
  return safe ? h("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, address) : address;
}
/** A part of the page with a heading, which is its name too. */
export function section(title, attributes, ...children) {
  const id = unique("section");
  return h("section", { "aria-labelledby": id, ...attributes }, h("h2", { id }, title), ...children);
}
/** Runs `step` again and again for as long as the element is on the page. */
export function every(milliseconds, element, step) {
  const timer = setInterval(() => (element.isConnected ? step() : clearInterval(timer)), milliseconds);
}

/** A passing word at the edge of the page, read out by screen readers. With an action it stays until it is used. */
export function toast(text, action) {
  const item = h("li", {}, h("span", {}, text));
  const close = () => item.remove();
  if (action) item.append(button(action[0], () => (close(), attempt(action[1]))));
  item.append(button("×", close, { "aria-label": "Dismiss", class: "quiet" }));
  const list = document.getElementById("toasts");
  list.append(item);
  while (list.children.length > 3) list.firstChild.remove();
  if (!action) setTimeout(close, 8000);
}

/** Does something; what is refused is said: at `place`, or as a toast. */
export async function attempt(step, place) {
  try {
    return await step();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (place) place.replaceChildren(problem.words);
    else if (problem.status !== 401) toast(problem.words);
  }
}

/** A modal dialog. The browser keeps the focus in it and gives it back; `body` gets the function that closes it. */
export function dialog(title, body) {
  const id = unique("dialog");
  const opener = document.activeElement?.id;
  const close = () => element.close();
  const element = h("dialog", { "aria-labelledby": id, onclose: () => {
    element.remove();
    // The page may have been shown anew meanwhile, so that what had the focus is another element of the same name.
    if (opener && document.activeElement === document.body) document.getElementById(opener)?.focus();
  } });
  element.append(
    h("header", {}, h("h2", { id }, title), button("×", close, { "aria-label": "Close", class: "quiet" })),
    ...shown(body(close)),
  );
  document.body.append(element);
  element.showModal();
  const first = element.querySelector("form :is(input, select, textarea), .first");
  first?.focus();
}

/** A dialog that asks before something that cannot be undone. */
export function confirm(title, text, word, step) {
  dialog(title, (close) => [
    h("p", {}, text),
    h("div", { class: "actions" }, button(word, () => attempt(async () => (close(), await step())), { class: "primary" }),
      button("Leave it", close, { class: "first" })),
  ]);
}

/**
 * A form for one request. A field is {name, label, type?, options?, value?, hint?, required?, …attributes of the input}.
 * `send` gets the members; what the service refuses is shown at the field that its JSON Pointer names, the rest on top.
 * With `clears`, an emptied field is sent as null; without, it is left out.
 */
export function form({ fields, submit = "Save", clears = false, send, cancel, extra }) {
  const alert = h("div", { role: "alert", class: "alert", hidden: true });
  const controls = fields.map(field);
  const save = h("button", { class: "primary", type: "submit" }, submit);
  const element = h("form", { novalidate: true, onsubmit }, alert, controls.map((control) => control.row), extra,
    h("div", { class: "actions" }, save, cancel && button("Cancel", cancel)));
  element.addEventListener("input", (event) => controls.find((control) => control.row.contains(event.target))?.blame(null));
  return element;

  async function onsubmit(event) {
    event.preventDefault();
    if (save.getAttribute("aria-disabled")) return;
    save.setAttribute("aria-disabled", "true");
    alert.hidden = true;
    controls.forEach((control) => control.blame(null));
    try {
      const members = {};
      for (const control of controls) {
        const value = control.read();
        if (value !== null) members[control.name] = value;
        else if (clears) members[control.name] = null;
      }
      await send(members);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      show(problem);
    } finally {
      save.removeAttribute("aria-disabled");
    }
  }

  function show(problem) {
    const rest = [];
    let first = null;
    for (const { pointer, detail } of problem.errors) {
      const control = controls.find(({ name }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
      if (control) control.blame(detail);
      else rest.push(`${pointer.slice(1).replaceAll("/", ", ")}: ${detail}`);
      first ??= control;
    }
    alert.replaceChildren(h("p", {}, problem.words), ...rest.map((text) => h("p", {}, text)));
    alert.hidden = false;
    first?.input.focus();
  }
}

function field({ name, label: text, type = "text", options, value, hint, ...attributes }) {
  const id = unique("field");
  const error = h("p", { id: `${id}-error`, class: "error", hidden: true });
  const help = hint && h("p", { id: `${id}-hint`, class: "hint" }, hint);
  const described = `${help ? `${id}-hint ` : ""}${id}-error`;
  const many = type === "checks";
  let input;
  if (many) {
    const boxes = options.map(([key, words]) => h("label", {},
      h("input", { type: "checkbox", value: key, checked: value?.includes(key) }), words));
    input = h("fieldset", { "aria-describedby": described }, h("legend", {}, text), help, boxes, error);
  } else if (type === "select") {
    const choices = options.map((option) => h("option", { value: option[0], selected: option[0] === (value ?? "") }, option[1]));
    input = h("select", { id, name, "aria-describedby": described, ...attributes }, choices);
  } else {
    const tag = type === "textarea" ? "textarea" : "input";
    input = h(tag, { id, name, type: tag === "input" && type, "aria-describedby": described, ...attributes, value });
  }
  const mark = attributes.required ? null : h("span", { class: "hint" }, " optional");
  const row = many ? input : h("div", { class: `field field-${type}` }, h("label", { for: id }, text, type !== "select" && mark), help, input, error);
  return {
    name, row,
    input: many ? input.querySelector("input") : input,
    read() {
      if (many) return [...input.querySelectorAll(":checked")].map((box) => box.value);
      if (input.value === "") return null;
      return type === "number" ? Number(input.value) : input.value;
    },
    blame(words) {
      error.textContent = words ?? "";
      error.hidden = !words;
      if (words) this.input.setAttribute("aria-invalid", "true");
      else this.input.removeAttribute("aria-invalid");
    },
  };
}

/** Choices for a select from names of the API. */
export const choices = (names, none) => [...(none === undefined ? [] : [["", none]]), ...names.map((name) => [name, label(name)])];

/** A list that is read page by page. `item` makes an <li> of each; `add` puts a new one on top. */
export async function pages(path, query, item, { empty = "Nothing here yet.", limit = 25, tag = "ul", name, cls = "rows" } = {}) {
  const list = h(tag, { class: cls, "aria-label": name, role: "list" });
  const nothing = h("p", { class: "soft" }, empty);
  const more = button("Show more", () => attempt(() => fetchPage(true)));
  let cursor = null;
  await fetchPage(false);
  return h("div", {}, nothing, list, more);

  async function fetchPage(asked) {
    const page = await get(path, { limit, ...query, cursor });
    const items = page.data.map(item);
    list.append(...items);
    cursor = page.next_cursor;
    more.hidden = !cursor;
    nothing.hidden = list.children.length > 0;
    list.hidden = !nothing.hidden;
    if (asked && items.length) {
      const target = items[0].querySelector("a, button") ?? items[0];
      if (target === items[0]) target.tabIndex = -1;
      target.focus();
    }
  }
}
