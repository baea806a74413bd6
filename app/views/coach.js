// The coach's side: invitations, the clients with what their records say, one client.

import * as api from "../api.js";
import { attempt, badge, button, choices, confirm, dialog, form, h, link, pages, section, toast } from "../dom.js";
import { go, refresh } from "../router.js";
import { dayOf, instant, label, plural } from "../words.js";
import { row } from "./applications.js";
import { goal, goalDialog } from "./goals.js";
import { pipeline, signal } from "./today.js";

const SIGNALS = ["low_wellbeing", "consider_coaching", "gone_quiet", "interview_losses", "early_losses", "goal_slipping"];

export async function clients({ query }) {
  const [q, wanted] = [query.get("q") ?? "", query.get("signal") ?? ""];
  const invitations = await api.get("/v1/coach/invitations", { status: "invited" });
  const search = h("form", { role: "search", class: "search", onsubmit: (event) => {
    event.preventDefault();
    go(`/clients?${new URLSearchParams(new FormData(event.target))}`);
  } },
    h("div", { class: "field wide" }, h("label", { for: "q" }, "Search"), h("input", { id: "q", name: "q", type: "search", value: q, placeholder: "Name or address" })),
    h("div", { class: "field" }, h("label", { for: "signal" }, "Signal"), h("select", { id: "signal", name: "signal" },
      choices(SIGNALS, "any or none").map(([value, words]) => h("option", { value, selected: value === wanted }, words)))),
    h("button", { type: "submit", id: "find" }, "Find"));
  return [
    h("h1", {}, "Clients"),
    invitations.data.length > 0 && section("Invitations", { class: "card calm" }, h("ul", { class: "rows", role: "list" }, invitations.data.map(invitation))),
    h("div", { class: "bar" }, search),
    await pages("/v1/coach/clients", { q, signal: wanted }, person, { empty: q || wanted ? "Nobody fits this search." : "No clients yet. Whoever invites you appears here.", cls: "grid" }),
  ];
}

function invitation(it) {
  const answer = (to, words) => button(words, () => attempt(async () => {
    await api.move(`/v1/coach/invitations/${it.id}`, { to });
    toast(to === "active" ? `${it.seeker_name} is your client now.` : "Declined.");
    await refresh();
  }), { id: `${to}-${it.id}`, class: to === "active" && "primary", "aria-label": `${words}: ${it.seeker_name}` });
  return h("li", {}, h("div", {}, h("strong", {}, it.seeker_name), h("p", { class: "soft" }, `${it.seeker_email}. You may see: ${it.scopes.map(label).join(", ").toLowerCase()}.`)),
    h("div", { class: "actions" }, answer("active", "Accept"), answer("declined", "Decline")));
}

/** Sorted by the service: the most urgent signal first, then by name. A count that was not granted is not shown. */
function person(it) {
  const { counts } = it;
  const facts = [
    counts.live_applications !== null && plural(counts.live_applications, "live application"),
    counts.rejections_in_90_days !== null && `${plural(counts.rejections_in_90_days, "rejection")} in 90 days`,
  ].filter(Boolean);
  return h("li", { class: "card" }, h("h2", {}, link(`#/clients/${it.seeker_id}`, it.name)),
    h("p", { class: "soft" }, facts.join(", "), it.last_activity_at && [facts.length > 0 && "; ", "last active ", dayOf(it.last_activity_at)]),
    it.signals.length ? it.signals.map(signal) : h("p", {}, facts.length ? "No signal." : "They share no figures."));
}

export async function client({ params }) {
  const path = `/v1/coach/clients/${params.id}`;
  const it = (await api.all("/v1/coach/clients", {}, 10_000)).find((one) => one.seeker_id === params.id);
  if (!it) return [h("h1", {}, "Not your client"), h("p", {}, "They have not invited you, or the link has ended."), link("#/clients", "Clients")];
  const may = (scope) => it.scopes.includes(scope);
  const parts = await Promise.all([
    may("insights") && pipeline(`${path}/insights/pipeline`),
    may("goals") && listed("Goals", pages(`${path}/goals`, { status: "active,paused" }, (one) => h("li", {}, goal(one, false)), { cls: "grid" })),
    may("suggest_goals") && listed("Suggested goals", pages(`${path}/goal-suggestions`, {}, (one) => h("li", {}, h("strong", {}, one.title), badge(one.status)), { empty: "None so far." }),
      button("Suggest a goal", () => goalDialog("Suggest a goal", `${path}/goal-suggestions`, "Suggested.", true), { id: "suggest" })),
    may("notes") && listed("Notes", pages(`${path}/notes`, {}, (one) => note(path, one), { empty: "None so far." }), button("Add a note", () => write(path), { id: "note" })),
    may("applications") && listed("Applications", pages(`${path}/applications`, { sort: "-updated_at" }, (one) => row(one, false), { limit: 10 })),
  ]);
  return [
    h("p", {}, link("#/clients", "Clients")), h("h1", {}, it.name),
    h("p", { class: "lead" }, it.email, it.ends_at && [", until ", instant(it.ends_at)]),
    it.signals.length > 0 && section("What the records say", { class: "card" }, it.signals.map(signal)),
    parts,
  ];
}

const listed = async (title, list, ...more) => section(title, { class: "card" }, await list, more);

function note(path, it) {
  return h("li", {}, h("div", {}, h("p", { class: "text" }, it.text), h("span", { class: "soft" }, it.visibility === "shared" ? "Your client reads it too, " : "Only you read it, ", instant(it.created_at))),
    button("Delete", () => confirm("Delete this note?", it.text, "Delete", async () => {
      await api.remove(`${path}/notes/${it.id}`);
      await refresh();
    }), { class: "quiet", id: `delete-${it.id}`, "aria-label": `Delete the note: ${it.text.slice(0, 40)}` }));
}

function write(path) {
  dialog("A note", (close) => form({
    fields: [
      { name: "text", label: "Note", type: "textarea", rows: 4, required: true },
      { name: "visibility", label: "Who reads it", type: "select", options: [["private", "only I"], ["shared", "my client too"]], value: "private" },
    ],
    cancel: close,
    send: async (fields) => {
      await api.post(`${path}/notes`, fields);
      close();
      await refresh();
    },
  }));
}
