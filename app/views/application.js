// One application: where it stands, what came of it, everything that happened.

import * as api from "../api.js";
import { attempt, badge, button, confirm, dialog, form, h, link, outside, pages, section, toast } from "../dom.js";
import { go, refresh } from "../router.js";
import { day, instant, label } from "../words.js";
import { FIELDS, moveDialog } from "./applications.js";
import { recordRejection, rejectionPanel } from "./rejection.js";

export async function application({ params }) {
  const path = `/v1/applications/${params.id}`;
  const [it, rejections] = await Promise.all([api.get(path), api.get("/v1/rejections", { application_id: params.id, limit: 1 })]);
  const rejection = it.status === "rejected" && rejections.data[0];
  return [
    h("p", {}, link("#/applications", "Applications")),
    h("header", { class: "title" },
      h("div", {}, h("h1", {}, it.job_title), h("p", { class: "lead" }, it.company, " ", badge(it.status))),
      h("div", { class: "actions" },
        button("Move", () => moveDialog(it, refresh), { class: "primary", id: "move" }),
        it.allowed_transitions.includes("rejected") && button("They said no", () => recordRejection(it, refresh), { id: "said-no" }),
        button("Edit", () => attempt(() => edit(path)), { id: "edit" }))),
    rejection && section("The “no”", { class: "card calm" }, rejectionPanel(rejection, refresh)),
    section("What is known", { class: "card" }, facts(it), it.notes && h("p", { class: "text" }, it.notes),
      h("div", { class: "actions" },
        button("Add a note", () => note(path), { id: "note" }),
        !["rejected", "saved"].includes(it.status) && link(`#/applications/${it.id}/reply`, "Write a message"),
        button("Delete", () => confirm("Delete this application?", "Its interviews, messages, reflections and its timeline go with it. Goals stay.", "Delete", async () => {
          await api.remove(path);
          toast("Deleted.");
          go("/applications");
        }), { class: "quiet", id: "delete" }))),
    section("Journey", { class: "card" }, await pages(`${path}/journey`, {}, entry, { tag: "ol", cls: "journey" })),
    section("Status history", { class: "card" }, timeline(`${path}/timeline`)),
  ];
}

function facts(it) {
  const rows = [
    ["Applied", it.applied_on && day(it.applied_on)], ["Since", instant(it.status_since)], ["Furthest", label(it.furthest_stage)],
    ["Look again", it.next_action_on && day(it.next_action_on)], ["Place", it.location], ["Found through", it.source],
    ["Contact", it.contact], ["Posting", it.url && outside(it.url)], ["Tags", it.tags.join(", ")],
  ];
  return h("dl", {}, rows.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

/** The answer's ETag goes back as If-Match: what somebody else changed meanwhile is not overwritten. */
async function edit(path) {
  const it = await api.get(path);
  dialog("Edit", (close) => form({
    fields: FIELDS.map((field) => ({ ...field, value: it[field.name] })),
    clears: true,
    cancel: close,
    send: async (fields) => {
      try {
        await api.patch(path, it, fields);
      } catch (problem) {
        if (problem.status !== 412) throw problem;
        close();
        toast("It was changed elsewhere meanwhile. Have a look at it, then change it again.");
        return refresh();
      }
      close();
      toast("Saved.");
      await refresh();
    },
  }));
}

function note(path) {
  dialog("A note", (close) => form({
    fields: [{ name: "note", label: "What happened", type: "textarea", rows: 4, required: true }],
    cancel: close,
    send: async (fields) => {
      await api.post(`${path}/notes`, fields);
      close();
      await refresh();
    },
  }));
}

/** One thing of the journey: a line of what it is, and what there is to say of it. */
function entry(it) {
  const more = {
    timeline_entry: ({ kind, from, to, note: words }) => [step(kind, from, to), words],
    interview: (of) => [`Interview, ${label(of.kind).toLowerCase()}: ${label(of.outcome).toLowerCase()}`, of.notes],
    rejection: (of) => ["A “no” came in", of.reason_text],
    message: (of) => [link(`#/messages/${of.id}`, `${label(of.kind)} (${of.status})`), of.subject],
    feedback_request: (of) => [`Feedback asked for: ${label(of.status).toLowerCase()}`, of.response_text ?? of.question],
    reflection: (of) => [link(`#/reflections/${of.id}`, "Reflection"), of.what_went_well],
    goal: (of) => [link("#/goals", `Goal: ${of.title}`), null],
    tombstone: () => [`${label(it.deleted_type ?? "something")}, removed since`, null],
  };
  const [title, words] = (more[it.type] ?? (() => [label(it.type), null]))(it[it.type] ?? {});
  return h("li", { class: `entry ${it.type}` }, h("span", { class: "soft" }, instant(it.at)), h("strong", {}, title), words && h("p", { class: "text" }, words));
}

function step(kind, from, to) {
  if (kind === "note") return "Note";
  if (kind === "override") return "Sent before the cool-off was over";
  const how = { reopen: " (they came back)", correction: " (corrected)" }[kind] ?? "";
  return `${from ? `${label(from)} → ` : ""}${to ? label(to) : ""}${how}`;
}

/** The bare steps, with when they were written down; read only when somebody wants to see them. */
function timeline(path) {
  const place = h("div", {});
  return h("details", { ontoggle: (event) => attempt(async () => {
    if (event.target.open) place.replaceChildren(await pages(path, {}, (it) => h("li", {},
      h("div", {}, h("strong", {}, step(it.kind, it.from, it.to)), h("p", { class: "text" }, it.note)),
      h("span", { class: "soft end" }, instant(it.occurred_at), h("br"), "written down ", instant(it.recorded_at))), { tag: "ol" }));
  }) }, h("summary", {}, "Every step, and when it was written down"), place);
}
