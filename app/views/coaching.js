// The seeker's side of coaching: who may see what, until when, and who looked.

import * as api from "../api.js";
import { attempt, badge, button, confirm, dialog, form, h, pages, section, toast } from "../dom.js";
import { refresh } from "../router.js";
import { instant, label, today } from "../words.js";

const SCOPES = ["applications", "insights", "goals", "suggest_goals", "notes", "reflections", "feedback", "wellbeing"];
const OPEN = SCOPES.slice(0, 5); // the last three are for those who name them
const scopes = (value) => ({
  name: "scopes", label: "What the coach may see and do", type: "checks", value,
  options: SCOPES.map((it) => [it, OPEN.includes(it) ? label(it) : `${label(it)} (private; off unless you tick it)`]),
});
/** A day as the instant at which it is over on this device; a day is what one wants to say, an instant what is kept. */
const endOf = (date) => date && new Date(`${date}T23:59:59`).toISOString();

export async function coaching() {
  const [links, notes] = await Promise.all([
    pages("/v1/coach-links", {}, coach, { empty: "Nobody sees anything of you. That is a fine choice.", cls: "grid" }),
    pages("/v1/coach-notes", {}, (it) => h("li", {}, h("p", { class: "text" }, it.text), h("span", { class: "soft" }, instant(it.created_at))), { empty: "No notes for you." }),
  ]);
  return [
    h("header", { class: "title" }, h("h1", {}, "Coaching"), button("Invite a coach", invite, { class: "primary", id: "invite" })),
    h("p", { class: "lead" }, "A coach sees what you allow, for as long as you want, and every look is written down."),
    links,
    section("Notes from your coach", { class: "card" }, notes),
  ];
}

function coach(it) {
  const path = `/v1/coach-links/${it.id}`;
  const log = h("div", {});
  const open = ["invited", "active"].includes(it.status);
  return h("li", { class: "card" },
    h("h2", {}, it.coach_email), h("p", {}, badge(it.status), h("span", { class: "soft" }, " since ", instant(it.status_since))),
    h("ul", { class: "chips", "aria-label": "May" }, it.scopes.map((scope) => h("li", {}, label(scope)))),
    it.ends_at && h("p", {}, "Ends ", instant(it.ends_at)),
    h("details", { ontoggle: (event) => attempt(async () => {
      if (event.target.open) log.replaceChildren(await pages(`${path}/access-log`, {}, (look) => h("li", {}, label(look.view), h("span", { class: "soft end" }, instant(look.occurred_at))), { empty: "No look so far." }));
    }) }, h("summary", {}, "Who looked, and when"), log),
    open && h("div", { class: "actions" },
      button("Change", () => attempt(() => change(path)), { id: `change-${it.id}`, "aria-label": `Change what ${it.coach_email} may see` }),
      button("Revoke", () => confirm("Revoke?", `${it.coach_email} sees nothing of you from now on.`, "Revoke", async () => {
        await api.move(path, { to: "revoked" });
        toast("Revoked.");
        await refresh();
      }), { id: `revoke-${it.id}`, "aria-label": `Revoke ${it.coach_email}` })));
}

function invite() {
  dialog("Invite a coach", (close) => form({
    fields: [
      { name: "coach_email", label: "Their e-mail", type: "email", required: true },
      scopes(OPEN),
      { name: "ends_at", label: "Until", type: "date", min: today() },
    ],
    submit: "Invite",
    cancel: close,
    send: async ({ ends_at: end, ...fields }) => {
      await api.post("/v1/coach-links", { ...fields, ends_at: endOf(end) });
      close();
      toast("Invited.");
      await refresh();
    },
  }));
}

async function change(path) {
  const it = await api.get(path);
  dialog(`What ${it.coach_email} may see`, (close) => form({
    fields: [scopes(it.scopes)],
    cancel: close,
    send: async (fields) => {
      await api.patch(path, it, fields);
      close();
      toast("Changed. It holds from now on.");
      await refresh();
    },
  }));
}
