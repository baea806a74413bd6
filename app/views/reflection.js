// What one takes from a rejection, and the small goals that grow from it.

import * as api from "../api.js";
import { attempt, button, choices, form, h, link, section, toast } from "../dom.js";
import { go, refresh } from "../router.js";
import { dayOf, label } from "../words.js";
import { aim } from "./goals.js";

const AREAS = ["resume_review", "interview_practice", "skill_development", "company_research", "networking", "wellbeing"];
const answers = choices(["yes", "partly", "no"], "I do not know");

export async function reflect({ params }) {
  const about = await api.get(`/v1/applications/${params.id}`);
  return [
    h("p", {}, link(`#/applications/${about.id}`, `${about.job_title} at ${about.company}`)),
    h("h1", {}, "What do I take from it?"),
    h("p", { class: "lead" }, "A few honest words are enough. Leave out what you do not want to answer."),
    h("div", { class: "card" }, form({
      fields: [
        { name: "what_went_well", label: "What went well", type: "textarea", rows: 2 },
        { name: "resume_tailored", label: "Was the résumé made for this job?", type: "select", options: answers },
        { name: "company_researched", label: "Did I know the company?", type: "select", options: answers },
        { name: "skills_lacking", label: "Was a skill missing?", type: "select", options: answers },
        { name: "missing_skills", label: "Which ones", hint: "Separated by commas." },
        { name: "outside_my_control", label: "What nobody could have changed", type: "textarea", rows: 2 },
        { name: "improvements", label: "What I would like to work on", type: "checks", options: choices(AREAS) },
      ],
      send: async ({ missing_skills: skills, ...fields }) => {
        if (skills) fields.missing_skills = skills.split(",").map((it) => it.trim()).filter(Boolean);
        const made = await api.post("/v1/reflections", { application_id: about.id, ...fields });
        go(`/reflections/${made.id}`);
      },
    })),
  ];
}

export async function reflection({ params }) {
  const path = `/v1/reflections/${params.id}`;
  const [it, suggested, grown] = await Promise.all([
    api.get(path), api.get(`${path}/suggested-goals`), api.all("/v1/goals", { origin_type: "reflection" }),
  ]);
  const taken = new Set(grown.filter(({ origin }) => origin.id === params.id).map(({ origin }) => origin.suggestion));
  const rows = [
    ["Went well", it.what_went_well], ["Résumé for this job", it.resume_tailored && label(it.resume_tailored)],
    ["Knew the company", it.company_researched && label(it.company_researched)], ["Skill missing", it.skills_lacking && label(it.skills_lacking)],
    ["Which", it.missing_skills.join(", ")], ["Not in my hands", it.outside_my_control], ["To work on", it.improvements.map(label).join(", ")],
  ];
  return [
    it.application_id && h("p", {}, link(`#/applications/${it.application_id}`, "The application")),
    h("h1", {}, "Reflection"),
    h("div", { class: "card" }, h("p", { class: "soft" }, "Written ", dayOf(it.created_at)),
      h("dl", {}, rows.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))),
    section("Goals that could grow from it", { class: "card" }, suggested.data.length
      ? h("ul", { class: "rows", role: "list" }, suggested.data.map((one) => suggestion(one, taken.has(one.suggestion))))
      : h("p", { class: "soft" }, "None this time: there is nothing that you would have to do differently.")),
  ];
}

function suggestion({ suggestion: name, reason, goal }, taken) {
  const accept = () => attempt(async () => {
    await api.post("/v1/goals", goal);
    toast("It is one of your goals now.", ["To the goals", () => go("/goals")]);
    await refresh();
  });
  return h("li", {}, h("div", {}, h("strong", {}, goal.title), h("p", { class: "soft" }, `${aim(goal)}. ${reason}`)),
    taken ? h("span", { class: "soft" }, "You took it on") : button("Take it on", accept, { id: `accept-${name}`, "aria-label": `Take it on: ${goal.title}` }));
}
