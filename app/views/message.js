// Writing a message: from a template, with the tone check while one writes, until it is marked as sent.

import * as api from "../api.js";
import { attempt, badge, button, choices, confirm, dialog, form, h, link, section, toast, unique } from "../dom.js";
import { go } from "../router.js";
import { instant, label, plural, soon, utf16 } from "../words.js";

const KINDS = ["rejection_reply", "feedback_request", "thank_you", "networking"];
const PAUSE = 500; // milliseconds without a key before the tone is checked

export async function write({ params }) {
  const about = await api.get(`/v1/applications/${params.id}`);
  const kind = about.status === "rejected" ? "rejection_reply" : "thank_you";
  return editor({ kind, status: "draft", application_id: about.id, body: "", subject: "" }, about);
}

export async function message({ params }) {
  const it = await api.get(`/v1/messages/${params.id}`);
  const about = it.application_id && (await api.get(`/v1/applications/${it.application_id}`));
  return ["draft", "ready"].includes(it.status) ? editor(it, about) : finished(it, about);
}

const title = (about, words) => [about && h("p", {}, link(`#/applications/${about.id}`, `${about.job_title} at ${about.company}`)), h("h1", {}, words)];

function finished(it, about) {
  return [title(about, it.subject ?? label(it.kind)), h("div", { class: "card" },
    h("p", {}, badge(it.status), it.sent_at && [" ", instant(it.sent_at)]),
    it.override_reason && h("p", { class: "soft" }, `Sent all the same: ${it.override_reason}`),
    h("p", { class: "text" }, it.body))];
}

function editor(start, about) {
  let it = start; // as the service has it
  const input = (name, words, type, more) => {
    const id = unique("m");
    const control = h("input", { id, name, type, value: it[name] ?? "", oninput: changed, autocomplete: "off", ...more });
    return { name, control, row: h("div", { class: "field" }, h("label", { for: id }, words), control) };
  };
  const name = input("recipient_name", "To whom", "text", { oninput: () => (changed(), later()), maxlength: 200 });
  const email = input("recipient_email", "E-mail", "email");
  const subject = input("subject", "Subject", "text", { maxlength: 200 });
  const kind = h("select", { id: unique("m"), disabled: Boolean(it.id), onchange: () => (attempt(templates), check()) },
    choices(KINDS).map(([value, words]) => h("option", { value, selected: value === it.kind }, words)));
  const places = h("div", { class: "places" });
  const choose = h("select", { id: unique("m"), onchange: () => attempt(fill) });
  const shade = h("div", { class: "shade", "aria-hidden": "true" });
  const findings = h("ul", { class: "findings", role: "list" });
  const verdict = h("p", { class: "verdict", role: "status" });
  const body = h("textarea", { id: unique("m"), value: it.body, oninput: changed, rows: 10, spellcheck: "true", "aria-describedby": (verdict.id = unique("m")) });
  const error = h("div", { role: "alert", class: "alert", hidden: true });
  const state = h("span", { class: "soft" });
  const mail = h("a", { class: "button" }, "Open in the mail program");
  const page = [
    title(about, "A message"),
    h("div", { class: "two" },
      h("div", { class: "card" }, error,
        h("div", { class: "pair" }, h("div", { class: "field" }, h("label", { for: kind.id }, "What for"), kind),
          !it.id && h("div", { class: "field" }, h("label", { for: choose.id }, "Begin with"), choose)),
        places, h("div", { class: "pair" }, name.row, email.row), subject.row,
        h("div", { class: "field" }, h("label", { for: body.id }, "Text"), h("div", { class: "paper" }, shade, body))),
      section("How it reads", { class: "card", id: "tone" }, verdict, findings,
        h("p", { class: "soft" }, "Rules, no guesses: the same text always gets the same words. You decide.")),
      h("div", { class: "actions" },
        button("Save", () => attempt(save), { class: "primary", id: "save" }), mail, button("Mark as sent", () => attempt(() => sent()), { id: "sent" }),
        it.id && button("Discard", () => attempt(discard), { class: "quiet", id: "discard" }), state)),
  ];
  let found = it.tone?.findings ?? [];
  let timer, asked, filling, template, rendered;
  let unsaved = false;
  const gone = new AbortController();
  // Going to another page of the app keeps what was written; closing the tab is asked about.
  window.addEventListener("hashchange", () => {
    gone.abort();
    if (unsaved && body.value.trim() && body.value !== rendered) attempt(async () => (await save(), toast("Your draft is kept.")));
  }, gone);
  window.addEventListener("beforeunload", (event) => unsaved && event.preventDefault(), gone);
  paint();
  offer();
  tell(it.tone ?? { findings: [] });
  if (!it.id) attempt(templates);
  return page;

  // What was written, and the message at the service.

  function changed() {
    unsaved = true;
    state.textContent = "Not saved.";
    mail.hidden = true;
    error.hidden = true;
    paint();
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  }

  function offer() {
    const address = it.mailto_url ?? "";
    mail.hidden = !address.startsWith("mailto:");
    mail.href = address;
  }

  async function save() {
    const words = { subject: subject.control.value || null, body: body.value, recipient_name: name.control.value || null, recipient_email: email.control.value || null };
    const path = `/v1/messages/${it.id}`;
    try {
      if (it.id) it = await api.patch(path, it, words);
      else {
        const fields = Object.entries({ ...words, kind: kind.value, application_id: it.application_id }).filter(([, value]) => value !== null);
        it = await api.post("/v1/messages", Object.fromEntries(fields));
        kind.disabled = true;
        if (!gone.signal.aborted) history.replaceState(null, "", `#/messages/${it.id}`);
      }
    } catch (problem) {
      error.replaceChildren(h("p", {}, problem.words), ...(problem.errors ?? []).map((one) => h("p", {}, `${label(one.pointer.slice(1))}: ${one.detail}`)));
      error.hidden = false;
      throw problem;
    }
    unsaved = false;
    state.textContent = "Saved.";
    offer();
    tell(it.tone);
  }

  /** Saved, ready, sent: what the service has against the last step is explained, and may be overridden with a reason. */
  async function sent() {
    await save();
    const path = `/v1/messages/${it.id}`;
    if (it.status === "draft") it = await api.move(path, { to: "ready" });
    try {
      await api.move(path, { to: "sent" });
    } catch (problem) {
      if (!["cooloff_active", "tone_blocked"].includes(problem.code)) throw problem;
      return override(problem);
    }
    toast("Marked as sent. Well done.");
    go(it.application_id ? `/applications/${it.application_id}` : "/");
  }

  function override(problem) {
    const cooling = problem.code === "cooloff_active";
    dialog(cooling ? "Still time to breathe" : "Better not like this", (close) => [
      cooling && h("p", {}, "The first heat has not passed. The draft is kept, and it can go out from ", soon(problem.body.cooloff_until), "; a reply is never too late then."),
      problem.body.findings?.length > 0 && h("ul", { class: "findings" }, problem.body.findings.map((one) => h("li", { class: one.severity }, h("strong", {}, label(one.rule)), h("p", {}, one.suggestion)))),
      h("div", { class: "actions" }, button(cooling ? "Keep it for later" : "Change it", close, { class: "primary first" })),
      h("details", {}, h("summary", {}, "It has to go out as it is"), form({
        fields: [{ name: "reason", label: "Why", required: true, hint: "At least 10 characters. It stays with the message and in the journey." }],
        submit: "Mark as sent all the same",
        send: async (fields) => {
          await api.move(`/v1/messages/${it.id}`, { to: "sent", override_reason: fields.reason ?? "" }).catch((refusal) => {
            for (const one of refusal.errors ?? []) one.pointer = one.pointer.replace("/override_reason", "/reason");
            throw refusal;
          });
          close();
          go(`/applications/${it.application_id}`);
        },
      })),
    ]);
  }

  async function discard() {
    unsaved = false;
    await api.move(`/v1/messages/${it.id}`, { to: "discarded" });
    toast("Discarded.");
    go(it.application_id ? `/applications/${it.application_id}` : "/");
  }

  // Templates: plain {{places}}, filled in by the service.

  async function templates() {
    if (it.id) return;
    const list = await api.all("/v1/templates", { kind: kind.value });
    choose.replaceChildren(h("option", { value: "" }, "an empty page"), ...list.map((one) => h("option", { value: one.id }, one.name)));
    choose.known = new Map(list.map((one) => [one.id, one]));
    template = undefined;
    places.replaceChildren();
  }

  async function fill() {
    template = choose.known.get(choose.value);
    const guess = { sender_name: api.user.display_name, company: about?.company, job_title: about?.job_title };
    places.replaceChildren(...(template?.placeholders ?? []).filter((place) => place !== "recipient_name").map((place) => {
      const id = unique("p");
      return h("div", { class: "field" }, h("label", { for: id }, label(place)), h("input", { id, name: place, value: guess[place] ?? "", oninput: later }));
    }));
    if (!body.value.trim() || body.value === rendered) return render();
    if (template) confirm("Begin anew?", "The text of the template takes the place of what you wrote.", "Begin anew", render);
  }

  /** Until somebody writes into the text itself, it follows what is filled in. */
  function later() {
    clearTimeout(filling);
    if (template && body.value === rendered) filling = setTimeout(() => attempt(render), PAUSE);
  }

  async function render() {
    if (!template) return;
    const filled = [...places.querySelectorAll("input"), name.control].filter((one) => one.value && template.placeholders.includes(one.name));
    const variables = Object.fromEntries(filled.map((one) => [one.name, one.value]));
    const text = await api.ask(`/v1/templates/${template.id}/render`, { variables });
    subject.control.value = text.subject ?? "";
    body.value = rendered = text.body;
    changed();
  }

  // The tone check. A span counts Unicode scalar values of the text as the service keeps it: without blanks at the ends.

  async function check() {
    asked?.abort();
    asked = new AbortController();
    if (!body.value.trim()) return tell({ findings: [], verdict: null });
    const draft = { kind: kind.value, body: body.value, subject: subject.control.value || undefined };
    try {
      tell(await api.ask("/v1/tone-checks", draft, asked.signal));
    } catch (problem) {
      if (problem.name !== "AbortError") verdict.textContent = problem.words ?? String(problem);
    }
  }

  function tell(tone) {
    found = tone.findings;
    const blockers = found.filter((one) => one.severity === "blocker").length;
    const unread = tone.language === "unsupported" ? "This language is not one that the check reads, so it says nothing." : "Write, and this says how it reads.";
    verdict.textContent = { clean: "It reads well.", advice: `${plural(found.length, "thought")}; it can go out like this.`,
      blocked: `${plural(blockers, "place")} to change first${found.length > blockers ? `, and ${plural(found.length - blockers, "thought")}` : ""}.` }[tone.verdict] ?? unread;
    verdict.className = `verdict ${tone.verdict}`;
    findings.replaceChildren(...found.map((one) => h("li", { class: one.severity },
      h("strong", {}, label(one.rule)), one.excerpt && h("q", {}, one.excerpt), h("p", {}, one.suggestion),
      range(one) && button("Show", () => {
        const [control, from, to] = range(one);
        control.focus();
        control.setSelectionRange(from, to);
      }, { "aria-label": `Show in the text: ${label(one.rule)}` }))));
    paint();
  }

  /** Where a finding stands in the field; nothing when it is about something missing or the text has moved on. */
  function range({ in: part, span, excerpt }) {
    const control = part === "subject" ? subject.control : body;
    const before = control.value.length - control.value.trimStart().length;
    const kept = control.value.slice(before);
    const [from, to] = [span.start, span.end].map((place) => before + utf16(kept, place));
    return excerpt && control.value.slice(from, to) === excerpt ? [control, from, to] : null;
  }

  /** The text once more behind the field, with the findings marked; it also gives the field its height. */
  function paint() {
    const marks = found.map((one) => ({ one, at: range(one) })).filter(({ at }) => at?.[0] === body).sort((a, b) => a.at[1] - b.at[1]);
    const parts = [];
    let done = 0;
    for (const { one, at: [, from, to] } of marks) {
      if (from < done) continue;
      parts.push(body.value.slice(done, from), h("mark", { class: one.severity }, body.value.slice(from, to)));
      done = to;
    }
    shade.replaceChildren(...parts, `${body.value.slice(done)}\n`);
  }
}
