// Applications as a list and as a board; adding one, or a whole spreadsheet.

import * as api from "../api.js";
import { attempt, badge, button, choices, dialog, form, h, link, pages, toast, unique } from "../dom.js";
import { go, refresh } from "../router.js";
import { day, label, plural } from "../words.js";
import { recordRejection } from "./rejection.js";

export const LIVE = ["saved", "applied", "screening", "interviewing", "offer"];
export const CLOSED = ["accepted", "declined", "rejected", "ghosted", "withdrawn"];

export async function applications({ query }) {
  const board = query.get("view") === "board";
  const [q, status] = [query.get("q") ?? "", query.get("status") ?? ""];
  const to = (changes) => `/applications?${new URLSearchParams({ view: board ? "board" : "list", q, status, ...changes })}`;
  const search = h("form", { role: "search", class: "search", onsubmit: (event) => {
    event.preventDefault();
    const asked = new FormData(event.target);
    go(to({ q: asked.get("q"), ...(board ? {} : { status: asked.get("status") }) }));
  } },
    h("div", { class: "field wide" }, h("label", { for: "q" }, "Search"), h("input", { id: "q", name: "q", type: "search", value: q, placeholder: "Company, title, place, notes" })),
    !board && h("div", { class: "field" }, h("label", { for: "status" }, "Status"), h("select", { id: "status", name: "status" },
      choices([...LIVE, ...CLOSED], "any").map(([value, words]) => h("option", { value, selected: value === status }, words)))),
    h("button", { type: "submit", id: "find" }, "Find"));
  const view = (name, words) => h("a", { class: "button", href: `#${to({ view: name })}`, "aria-current": (board ? "board" : "list") === name && "true" }, words);
  return [
    h("header", { class: "title" }, h("h1", {}, "Applications"),
      h("div", { class: "actions" }, button("Add one", add, { class: "primary", id: "add" }), button("Import", importSheet, { id: "import" }))),
    h("div", { class: "bar" }, search, h("div", { class: "actions", role: "group", "aria-label": "View" }, view("list", "List"), view("board", "Board"))),
    board ? await boardOf(q) : h("div", { class: "card" }, await pages("/v1/applications", { q, status, sort: "-updated_at" }, row, {
      empty: q || status ? "Nothing fits this search." : "Nothing here yet. Add the first one, or import a spreadsheet.",
    })),
  ];
}

/** One application in a list; a coach's view shows the same without the link. */
export const row = (it, linked = true) => h("li", {},
  h("div", {}, h("strong", {}, linked === false ? it.job_title : link(`#/applications/${it.id}`, it.job_title)), h("br"), `${it.company}${it.location ? `, ${it.location}` : ""}`),
  h("div", { class: "end" }, badge(it.status), h("br"), h("span", { class: "soft" }, it.applied_on ? ["applied ", day(it.applied_on)] : "not applied yet")));

// The board. A card is moved by its button, which a keyboard and a finger can press, or dragged with a mouse.

async function boardOf(q) {
  const columns = await Promise.all([...LIVE.map((status) => [status]), CLOSED].map((statuses) => column(statuses, q)));
  return h("div", { class: "board", role: "region", "aria-label": "Board", tabindex: 0 }, columns);
}

async function column(statuses, q) {
  const closed = statuses.length > 1;
  const id = unique("column");
  const query = { status: statuses.join(","), q, sort: "-updated_at" };
  const slots = statuses.map((status) => h("div", { class: "slot", "data-status": status }, closed ? label(status) : "Here"));
  return h("section", { class: "column", "aria-labelledby": id, "data-statuses": statuses.join(" ") },
    h("h2", { id }, closed ? "Closed" : label(statuses[0])), slots,
    await pages("/v1/applications", query, card, { limit: 10, empty: "None", cls: "cards" }));
}

let dragged = null;

function card(it) {
  const element = h("li", { class: "card", draggable: "true", ondragstart, ondragend: () => (dragged = drop(false)) },
    link(`#/applications/${it.id}`, h("strong", {}, it.job_title)), h("span", {}, it.company),
    CLOSED.includes(it.status) && badge(it.status),
    button("Move", () => moveDialog(it, place), { id: `move-${it.id}`, "aria-label": `Move ${it.job_title} at ${it.company}` }));
  return element;

  function ondragstart(event) {
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", it.job_title);
    dragged = { it, place };
    setTimeout(() => drop(true)); // a change during the event itself would end the drag in Chromium
  }

  /** Puts the card where it belongs now, and the focus with it. */
  function place(changed) {
    const list = document.querySelector(`[data-statuses~="${changed.status}"] ul`);
    if (!list) return refresh();
    list.hidden = false;
    list.previousElementSibling.hidden = true;
    const fresh = card(changed);
    list.prepend(fresh);
    const old = element.parentElement;
    element.remove();
    if (old.children.length === 0) old.previousElementSibling.hidden = false;
    fresh.querySelector("button").focus();
  }
}

/** Shows where the dragged card may be put, or nothing any more. */
function drop(on) {
  for (const slot of document.querySelectorAll(".slot")) {
    const allowed = on && dragged?.it.allowed_transitions.includes(slot.dataset.status);
    slot.classList.toggle("open", Boolean(allowed));
    slot.ondragover = allowed ? (event) => event.preventDefault() : null;
    slot.ondrop = allowed ? (event) => {
      event.preventDefault();
      const { it, place } = dragged;
      attempt(() => moveTo(it, { to: slot.dataset.status }, place));
    } : null;
  }
  return null;
}

/** Moves an application; a rejection is asked about in its own words. */
async function moveTo(it, body, done) {
  if (body.to === "rejected" && !body.reopen && !body.correction) {
    return recordRejection(it, async () => done(await api.get(`/v1/applications/${it.id}`)));
  }
  const changed = await api.move(`/v1/applications/${it.id}`, body);
  toast(`${it.job_title}: ${label(changed.status).toLowerCase()}.`);
  await done(changed);
}

/** Every move that an application allows: on, back because they called again, or a slip of the finger put right. */
export function moveDialog(it, done) {
  const others = [...LIVE, ...CLOSED].filter((to) => to !== it.status && !it.allowed_transitions.includes(to));
  const group = (kind, names, words) => names.map((to) => [`${kind} ${to}`, `${label(to)}${words}`]);
  const options = [
    ...group("move", it.allowed_transitions, ""),
    ...group("reopen", it.allowed_by_reopen, " (they came back)"),
    ...group("correction", others, " (the last step was a slip)"),
  ];
  dialog(`Move ${it.job_title}`, (close) => [
    h("p", {}, "Now: ", badge(it.status)),
    form({
      fields: [
        { name: "to", label: "To", type: "select", options, value: options[0]?.[0] },
        { name: "note", label: "Note", type: "textarea", rows: 2, hint: "A move back needs a word on what happened." },
        { name: "occurred_at", label: "When, if not now", type: "datetime-local", hint: "In the time of this device." },
      ],
      submit: "Move",
      cancel: close,
      send: async ({ to, note, occurred_at: at }) => {
        const [kind, status] = to.split(" ");
        const body = { to: status, note, occurred_at: at && new Date(at).toISOString() };
        if (kind !== "move") body[kind] = true;
        if (body.to !== "rejected") await moveTo(it, body, (changed) => (close(), done(changed)));
        else close(), await moveTo(it, body, done);
      },
    }),
  ]);
}

export const FIELDS = [
  { name: "company", label: "Company", required: true, autocomplete: "organization" },
  { name: "job_title", label: "Job title", required: true, autocomplete: "off" },
  { name: "applied_on", label: "Applied on", type: "date" },
  { name: "next_action_on", label: "Look at it again on", type: "date" },
  { name: "location", label: "Place" },
  { name: "source", label: "Found through" },
  { name: "url", label: "Link to the posting", type: "url" },
  { name: "contact", label: "Contact" },
  { name: "notes", label: "Notes", type: "textarea", rows: 3 },
];

function add() {
  const status = { name: "status", label: "Status", type: "select", options: choices(LIVE), value: "applied" };
  dialog("Add an application", (close) => form({
    fields: [...FIELDS.slice(0, 2), status, ...FIELDS.slice(2)],
    submit: "Add",
    cancel: close,
    send: async (fields) => {
      const made = await api.post("/v1/applications", fields);
      close();
      toast("Added.");
      go(`/applications/${made.id}`);
    },
  }));
}

/** The file goes to the service as it is: first a trial that changes nothing, then for real. */
function importSheet() {
  dialog("Import a spreadsheet", (close) => {
    const report = h("div", { role: "status" });
    const file = h("input", { type: "file", id: unique("file"), accept: ".csv,.tsv,.txt,.xlsx" });
    const send = async (trial) => {
      const [sheet] = file.files;
      if (!sheet) return report.replaceChildren("Choose a file first.");
      const type = sheet.name.endsWith(".xlsx") ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv";
      const answer = await api.call("POST", "/v1/imports", { query: { dry_run: trial }, body: sheet, type });
      if (!answer.rows) return close(), toast("The file is large: it is read in the background.");
      const refused = answer.rows.filter((it) => it.outcome === "refused").slice(0, 20);
      report.replaceChildren(
        h("p", {}, `${trial ? "Would be added" : "Added"}: ${answer.created} of ${plural(answer.total, "row")}; there already: ${answer.skipped}; not readable: ${answer.refused}.`),
        h("ul", {}, refused.map((it) => h("li", {}, `Line ${it.line}: ${it.detail}`))),
        trial && answer.created > 0 ? button("Import them", () => attempt(() => send(false), report), { class: "primary" }) : "");
      if (!trial) await refreshBehind();
    };
    const refreshBehind = async () => (close(), toast("Imported."), refresh());
    return [h("p", {}, "CSV or Excel, with a column for the company and one for the job. Nothing is changed before you say so."),
      h("label", { for: file.id }, "File"), file, h("div", { class: "actions" },
        button("Have a look", () => attempt(() => send(true), report), { class: "primary" }), button("Cancel", close)), report];
  });
}
