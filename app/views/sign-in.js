// Sign in, create an account, ask for a way back in.

import * as api from "../api.js";
import { button, dialog, form, h } from "../dom.js";

const email = { name: "email", label: "E-mail", type: "email", autocomplete: "username", required: true };

/** `done` is called once somebody is signed in. */
export function signIn(done) {
  const place = h("div", { class: "card" });
  choose("login");
  return [
    h("h1", {}, "Take a “no” well, and go on"),
    h("p", { class: "lead" }, "Rebound keeps track of where your search stands, gives you time to breathe, and helps you to answer well."),
    place,
  ];

  function choose(action) {
    const fresh = action === "register";
    const password = {
      name: "password", label: "Password", type: "password", required: true,
      autocomplete: fresh ? "new-password" : "current-password",
      hint: fresh && "15 characters or more; a sentence is easy to keep in mind.",
    };
    const name = { name: "display_name", label: "How you want to be called", autocomplete: "nickname" };
    place.replaceChildren(
      h("h2", {}, fresh ? "Create an account" : "Sign in"),
      form({
        fields: fresh ? [email, password, name] : [email, password],
        submit: fresh ? "Create the account" : "Sign in",
        send: async (fields) => {
          if (fresh) fields.time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
          const answer = await api.signIn(action, fields);
          if (api.user) await done();
          else place.replaceChildren(h("p", { role: "status" }, answer.message));
        },
      }),
      h("p", { class: "actions" },
        button(fresh ? "I have an account" : "Create an account", () => {
          choose(fresh ? "login" : "register");
          place.querySelector("input").focus();
        }, { class: "quiet" }),
        !fresh && button("I forgot my password", forgotten, { class: "quiet" })),
    );
  }
}

function forgotten() {
  dialog("A new password", (close) => form({
    fields: [{ ...email, hint: "If it has an account, a mail with the way back in goes there." }],
    submit: "Send the mail",
    cancel: close,
    send: async (fields) => {
      const { message } = await api.post("/v1/auth/password-reset", fields);
      close();
      dialog("A new password", () => h("p", { role: "status" }, message));
    },
  }));
}
