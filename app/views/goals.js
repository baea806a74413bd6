// Goals: progress, streaks that forgive a bad day, check-ins.

import * as api from "../api.js";
import { attempt, badge, button, choices, dialog, form, h, section, toast } from "../dom.js";
import { refresh } from "../router.js";
import { day, label, plural, today } from "../words.js";

const CATEGORIES = ["applications", "resume_review", "interview_practice", "skill_development", "company_research", "networking", "profile", "routine", "support", "wellbeing"];
const MEASURES = ["check_ins", "applications_submitted", "networking_activities", "feedback_requests_sent", "reflections_written", "interviews_prepared"];
const VERBS = { active: "Go on", paused: "Pause", completed: "Reached", archived: "Put away" };

/** "3 a week", "once, by 1 March". */
export const aim = ({ kind, target_count: count, period }) => (kind === "recurring" ? `${count} ${label(period)}` : plural(count, "time"));

export async function goals() {
  const [mine, offered] = await Promise.all([api.all("/v1/goals"), api.get("/v1/goal-suggestions", { status: "open" })]);
  const of = (...statuses) => mine.filter((it) => statuses.includes(it.status)).map(goal);
  const [active, paused, over] = [of("active"), of("paused"), of("completed", "archived")];
  return [
    h("header", { class: "title" }, h("h1", {}, "Goals"), button("Add a goal", () => goalDialog("Add a goal", "/v1/goals", "Added."), { class: "primary", id: "add" })),
    offered.data.length > 0 && section("Your coach suggests", { class: "card calm" }, h("ul", { class: "rows", role: "list" }, offered.data.map(suggestion))),
    active.length ? section("Going on", { class: "group" }, h("div", { class: "grid" }, active)) : h("p", { class: "card soft" }, "No goal yet. A small one is a good one: something that can be done today."),
    paused.length > 0 && section("Paused", { class: "group" }, h("div", { class: "grid" }, paused)),
    over.length > 0 && h("details", {}, h("summary", {}, `Reached and put away (${over.length})`), h("div", { class: "grid" }, over)),
  ];
}

/** A goal as a card; without buttons for a coach. */
export function goal(it, own = true) {
  const { progress, measure, period } = it;
  const unit = { day: "day", week: "week", month: "month" }[period];
  const measured = measure !== "check_ins";
  const can = own !== false && it.status === "active";
  const one = (kind, words) => button(words, () => attempt(() => checkIn(it, { kind })), { id: `${kind}-${it.id}`, "aria-label": `${words}: ${it.title}`, class: kind === "done" && !progress.met && "primary" });
  return h("article", { class: "card goal" },
    h("h3", {}, it.title),
    h("p", { class: "soft" }, `${label(it.category)} · ${aim(it)}`, it.due_on && [", by ", day(it.due_on)], it.status !== "active" && [" ", badge(it.status)]),
    h("div", { class: "progress" },
      h("progress", { "aria-label": `Progress: ${it.title}`, max: progress.target, value: String(Math.min(progress.done, progress.target)) }),
      h("span", {}, `${progress.done} of ${progress.target}${progress.met ? ", done" : ""}`)),
    unit && h("p", {}, progress.streak.current > 0 ? h("strong", {}, `${plural(progress.streak.current, unit)} in a row`) : "A new streak can begin any day",
      progress.streak.longest > progress.streak.current && h("span", { class: "soft" }, `, longest ${progress.streak.longest}`)),
    progress.excused.length > 0 && h("details", {}, h("summary", {}, `${plural(progress.excused.length, unit ?? "day")} forgiven`),
      h("ul", {}, progress.excused.map((gap) => h("li", {}, day(gap.period_start), `: ${label(gap.reason).toLowerCase()}`)))),
    measured && h("p", { class: "soft" }, `Counts ${label(measure).toLowerCase()} by itself.`),
    own !== false && h("div", { class: "actions" },
      can && !measured && one("done", progress.met ? "Once more" : "Done today"),
      can && period === "day" && !progress.met && one("rest", "Rest today")),
    own !== false && h("div", { class: "actions small" },
      it.allowed_transitions.map((to) => button(VERBS[to] ?? label(to), () => attempt(async () => {
        await api.move(`/v1/goals/${it.id}`, { to });
        await refresh();
      }), { class: "quiet", id: `${to}-${it.id}`, "aria-label": `${VERBS[to] ?? label(to)}: ${it.title}` }))));
}

async function checkIn(it, fields) {
  const path = `/v1/goals/${it.id}/check-ins`;
  const made = await api.post(path, { occurred_on: today(), ...fields });
  await refresh();
  toast(fields.kind === "rest" ? "Rest well. The streak is not broken." : "Noted. Well done.", ["Undo", async () => {
    await api.remove(`${path}/${made.id}`);
    await refresh();
  }]);
}

function suggestion(it) {
  const answer = (to, words) => button(words, () => attempt(async () => {
    await api.move(`/v1/goal-suggestions/${it.id}`, { to });
    toast(to === "accepted" ? "It is one of your goals now." : "Declined.");
    await refresh();
  }), { id: `${to}-${it.id}`, class: to === "accepted" && "primary", "aria-label": `${words}: ${it.title}` });
  return h("li", {}, h("div", {}, h("strong", {}, it.title), h("p", { class: "soft" }, `${aim(it)}. ${it.reason ?? ""}`)),
    h("div", { class: "actions" }, answer("accepted", "Take it on"), answer("declined", "No, thanks")));
}

/** A new goal, of one's own or as a coach's suggestion. */
export function goalDialog(title, path, said, reason) {
  dialog(title, (close) => form({
    fields: [
      { name: "title", label: "What to do", required: true },
      reason ? { name: "reason", label: "Why", type: "textarea", rows: 2 } : { name: "notes", label: "Notes", type: "textarea", rows: 2 },
      { name: "category", label: "About", type: "select", options: choices(CATEGORIES) },
      { name: "target_count", label: "How often", type: "number", value: 1, min: 1, max: 1000, required: true },
      { name: "period", label: "In", type: "select", options: [["day", "a day"], ["week", "a week"], ["month", "a month"], ["", "all, once"]], value: "week" },
      { name: "measure", label: "What counts", type: "select", options: choices(MEASURES), value: "check_ins" },
      { name: "due_on", label: "Until, for something to do once", type: "date" },
    ],
    cancel: close,
    send: async (fields) => {
      await api.post(path, { kind: fields.period ? "recurring" : "one_off", ...fields });
      close();
      toast(said);
      await refresh();
    },
  }));
}
