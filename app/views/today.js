// The first page: what to do next, what cools off, what the service will remind of, the picture of the search.

import * as api from "../api.js";
import { attempt, button, dialog, form, h, link, pages, section, toast } from "../dom.js";
import { refresh } from "../router.js";
import { day, dayOf, instant, label, plural, soon } from "../words.js";
import { cooloff } from "./rejection.js";

export async function today() {
  const [actions, cooling, signals] = await Promise.all([
    api.get("/v1/next-actions"),
    api.get("/v1/rejections", { state: "cooling_off", sort: "-received_at", limit: 3 }),
    api.get("/v1/signals"),
  ]);
  const coolingApplications = await Promise.all(cooling.data.map((it) => api.get(`/v1/applications/${it.application_id}`)));
  return [
    h("h1", {}, `Hello${api.user.display_name ? `, ${api.user.display_name}` : ""}`),
    cooling.data.map((rejection, i) => section(`${coolingApplications[i].company} said no`, { class: "card calm" },
      cooloff(rejection, refresh),
      h("p", {}, link(`#/applications/${rejection.application_id}`, `${coolingApplications[i].job_title}, the whole story`)))),
    h("div", { class: "columns" }, section("Next", { class: "card" }, actions.data.length
      ? h("ul", { class: "rows", role: "list" }, actions.data.map(action))
      : h("p", { class: "soft" }, "Nothing is waiting for you. That is fine too.")),
    h("div", {}, section("Reminders", { class: "card" }, await reminders()),
    signals.data.length > 0 && section("Worth a look", { class: "card" },
      h("p", { class: "soft" }, "What your own records say. Only you see this, and a coach whom you let."),
      signals.data.map(signal)))),
    await pipeline("/v1/insights/pipeline"),
  ];
}

function action({ kind, reason, due_at, due_on, resource }) {
  return h("li", {},
    h("p", {}, reason, due_at && [" ", soon(due_at)], due_on && [" ", day(due_on)]),
    resource && where(resource, kind) && link(where(resource, kind), label(kind), h("span", { class: "for-readers" }, `: ${reason}`)));
}

function where({ type, id }, kind) {
  if (kind === "reflect") return `#/applications/${id}/reflect`;
  const pages = { application: `#/applications/${id}`, goal: "#/goals" };
  const byWay = { interview: "interviews", rejection: "rejections", feedback_request: "feedback-requests" };
  return pages[type] ?? (byWay[type] && `#/go/${byWay[type]}/${id}`);
}

/** A thing that hangs on an application is shown there. */
export async function elsewhere({ params }) {
  const { application_id: id } = await api.get(`/v1/${params.collection}/${params.id}`);
  location.replace(`#/applications/${id}`);
}

/** A signal with its rule and its evidence: never only a verdict. */
export function signal({ rule, threshold, count, evidence, since, advice }) {
  return h("details", { class: "signal" },
    h("summary", {}, label(rule), h("span", { class: "soft" }, " since ", dayOf(since))),
    h("p", {}, advice),
    h("p", { class: "soft" }, `${threshold.words} Counted: ${count}, from ${plural(evidence.length, "record")}.`));
}

function reminders() {
  const query = { status: "due,snoozed,scheduled" };
  return pages("/v1/reminders", query, reminder, { limit: 5, empty: "No reminders. They come from days and instants that you write down." });
}

function reminder(it) {
  const address = it.application_id ? `#/applications/${it.application_id}` : it.resource.type === "goal" ? "#/goals" : null;
  const name = it.about ?? label(it.kind);
  const move = (to, more) => async () => {
    await api.move(`/v1/reminders/${it.id}`, { to, ...more });
    toast(to === "snoozed" ? "Put off." : "Done with.");
    await refresh();
  };
  return h("li", {},
    h("p", {}, address ? link(address, name) : name, h("span", { class: "soft" }, ` ${label(it.kind)}, `, instant(it.snoozed_until ?? it.remind_at))),
    h("div", { class: "actions" },
      it.allowed_transitions.includes("snoozed") && button("Put off", () => snooze(move), { id: `snooze-${it.id}`, "aria-label": `Put off: ${name}` }),
      it.allowed_transitions.includes("dismissed") && button("Dismiss", () => attempt(move("dismissed")), { "aria-label": `Dismiss: ${name}` })));
}

function snooze(move) {
  dialog("Put off", (close) => form({
    fields: [{ name: "days", label: "Until", type: "select", options: [["1", "tomorrow"], ["3", "in three days"], ["7", "in a week"]] }],
    submit: "Put off",
    cancel: close,
    send: async ({ days }) => {
      const until = new Date(api.now() + days * 86_400_000).toISOString();
      close();
      await move("snoozed", { snooze_until: until })();
    },
  }));
}

const STAGES = ["applied", "screening", "interviewing", "offer", "accepted"];

/**
 * The pipeline as a picture and as figures. The picture becomes an <img> from a data: address: a browser runs no script
 * in it and lets it load nothing, whatever is in it, and its own style sheet (light and dark) works.
 */
export async function pipeline(path) {
  const [svg, figures] = await Promise.all([api.get(path, {}, { accept: "image/svg+xml" }), api.get(path)]);
  const plain = svg.replace(/<style>.*?<\/style>/s, ""); // parsing one counts as an inline style for the policy
  const description = new DOMParser().parseFromString(plain, "image/svg+xml").querySelector("desc")?.textContent ?? "";
  const picture = h("img", { src: `data:image/svg+xml,${encodeURIComponent(svg)}`, alt: `The pipeline. ${description}` });
  const percent = (share) => `${Math.round(share * 100)}\u00a0%`;
  const rows = STAGES.map((stage) => [stage, figures.reached[stage]]).map(([stage, { k, n, rate, ci95, claim }]) => h("tr", {},
    h("th", { scope: "row" }, label(stage)), h("td", {}, `${k} of ${n}`),
    h("td", {}, claim === "insufficient" ? "too few to say" : `${percent(rate)} (${percent(ci95[0])} to ${percent(ci95[1])})`)));
  return section("The search so far", { class: "card" },
    figures.applications === 0
      ? h("p", { class: "soft" }, "The picture grows with the applications.")
      : [h("div", { class: "picture", tabindex: 0, role: "region", "aria-label": "Picture of the pipeline" }, picture),
        h("details", {}, h("summary", {}, "The figures"),
          h("table", {}, h("thead", {}, h("tr", {}, ["Reached", "Count", "Share, and its 95 % range"].map((it) => h("th", { scope: "col" }, it)))),
            h("tbody", {}, rows)),
          h("p", { class: "soft" }, `${plural(figures.waiting, "application")} waiting for a first answer, in no share.`))]);
}
