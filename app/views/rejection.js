// A rejection: writing it down, the time to breathe, the ways on.

import * as api from "../api.js";
import { attempt, button, choices, confirm, dialog, every, form, h, link, toast } from "../dom.js";
import { instant, label, left, soon } from "../words.js";

const CHANNELS = ["email", "phone", "portal", "letter", "in_person", "other"];
const ADDRESSES = ["person", "shared", "no_reply"];
const STAGES = ["application", "screening", "assessment", "interview", "final", "offer"];
const REASONS = ["not_stated", "skills", "experience", "qualifications", "interview_performance", "resume_presentation",
  "communication", "culture_fit", "stronger_candidate", "internal_hire", "role_cancelled", "work_authorization", "location",
  "compensation", "overqualified", "other"];

/** Asks for what is known; `done` is called when it is written down. */
export function recordRejection(application, done) {
  dialog(`A “no” from ${application.company}`, (close) => [
    h("p", {}, "That stings, and it says little about you. Write down what you know; nothing has to be answered today."),
    form({
      fields: [
        { name: "channel", label: "How it came", type: "select", options: choices(CHANNELS, "not sure") },
        { name: "reply_address", label: "Who reads a reply", type: "select", options: choices(ADDRESSES, "not sure") },
        { name: "stage_reached", label: "How far it had come", type: "select", options: choices(STAGES, "as the timeline says") },
        { name: "reason_code", label: "Why", type: "select", options: choices(REASONS), value: "not_stated" },
        { name: "reason_basis", label: "Who says so", type: "select", options: [["", "nobody said why"], ["stated", "they said so"], ["inferred", "it is my guess"]] },
        { name: "reason_text", label: "In their words", type: "textarea", rows: 3 },
        { name: "received_at", label: "When it came, if not now", type: "datetime-local", hint: "In the time of this device." },
      ],
      submit: "Write it down",
      cancel: close,
      send: async (fields) => {
        if (fields.received_at) fields.received_at = new Date(fields.received_at).toISOString();
        await api.post("/v1/rejections", { application_id: application.id, ...fields });
        close();
        toast("Written down. Take your time.");
        await done();
      },
    }),
  ]);
}

/** The time to breathe, by the clock of the service; `over` is called once when it has passed. */
export function cooloff(rejection, over) {
  const { received_at: from, cooloff_until: until } = rejection;
  const words = h("strong", {});
  const bar = h("progress", { "aria-label": "Time to breathe that has passed", max: 100 });
  const element = h("div", { class: "cooloff" },
    h("p", {}, "Nothing needs to be answered now. A walk, a meal, a night’s sleep: replies written later are the better ones."),
    bar, h("p", {}, words, " to breathe, until ", soon(until), "."));
  const draw = () => {
    words.textContent = left(until);
    bar.value = (100 * (api.now() - Date.parse(from))) / (Date.parse(until) - Date.parse(from));
  };
  draw();
  every(5000, element, () => (api.now() < Date.parse(until) ? draw() : over()));
  return element;
}

/** What stands in the middle of the page of a rejected application. */
export function rejectionPanel(rejection, refresh) {
  const { id, state, application_id: application, reply_address: address } = rejection;
  const nobody = address === "no_reply";
  const close = () => confirm("Let it rest?", "No reply is written, and nothing will remind you of one.", "Let it rest", async () => {
    await api.move(`/v1/rejections/${id}`, { to: "closed" });
    toast("It may rest.");
    await refresh();
  });
  const replied = () => attempt(async () => {
    await api.move(`/v1/rejections/${id}`, { to: "replied" });
    await refresh();
  });
  const can = (to) => rejection.allowed_transitions.includes(to);
  return [
    state === "cooling_off" && cooloff(rejection, refresh),
    state === "ready" && !nobody && h("p", {}, "A short, thankful reply keeps the door open. ", api.now() < Date.parse(rejection.reply_best_before)
      ? ["It is best sent before ", instant(rejection.reply_best_before), "."] : "It is not too late, and no reply is fine as well."),
    state === "ready" && nobody && h("p", {}, "Nobody reads replies at this address, so none is due."),
    state === "replied" && h("p", {}, "You replied ", instant(rejection.replied_at), ". Well done."),
    state === "closed" && h("p", {}, "It rests."),
    rejection.received_at && h("dl", {}, h("dt", {}, "Came"), h("dd", {}, instant(rejection.received_at), rejection.channel && `, ${label(rejection.channel).toLowerCase()}`),
      h("dt", {}, "At"), h("dd", {}, label(rejection.stage_reached)),
      h("dt", {}, "Why"), h("dd", {}, label(rejection.reason_code), rejection.reason_basis && `, ${rejection.reason_basis}`)),
    rejection.reason_text && h("blockquote", {}, rejection.reason_text),
    h("div", { class: "actions" },
      !nobody && ["cooling_off", "ready"].includes(state) && h("a", { class: "button primary", href: `#/applications/${application}/reply` },
        state === "ready" ? "Write a reply" : "Draft a reply for later"),
      link(`#/applications/${application}/reflect`, "What do I take from it?"),
      state === "ready" && can("replied") && button("I replied already", replied, { id: `replied-${id}` }),
      can("closed") && button("Let it rest", close, { id: `rest-${id}` })),
  ];
}
