// The shell: who is signed in, which page is shown.

import * as api from "./api.js";
import { attempt, toast } from "./dom.js";
import { route, show } from "./router.js";
import { application } from "./views/application.js";
import { applications } from "./views/applications.js";
import { client, clients } from "./views/coach.js";
import { coaching } from "./views/coaching.js";
import { elsewhere, today } from "./views/today.js";
import { goals } from "./views/goals.js";
import { message, write } from "./views/message.js";
import { reflect, reflection } from "./views/reflection.js";
import { signIn } from "./views/sign-in.js";

route("", signedIn(today));
route("applications", signedIn(applications));
route("applications/:id", signedIn(application));
route("applications/:id/reply", signedIn(write));
route("applications/:id/reflect", signedIn(reflect));
route("messages/:id", signedIn(message));
route("reflections/:id", signedIn(reflection));
route("goals", signedIn(goals));
route("coaching", signedIn(coaching));
route("clients", signedIn(clients));
route("clients/:id", signedIn(client));
route("go/:collection/:id", signedIn(elsewhere));

/** Without a session every address shows the sign-in; afterwards it shows what was asked for. */
function signedIn(view) {
  return (context) => (api.user ? view(context) : signIn(welcome));
}

/** The frame around the pages, for whoever is signed in. */
function frame() {
  document.body.classList.toggle("signed-in", Boolean(api.user));
  document.getElementById("who").textContent = api.user?.display_name ?? api.user?.email ?? "";
}

/** Coaches get one more entry in the navigation: those whom somebody has invited. */
async function welcome() {
  await show();
  const invitations = await attempt(() => api.get("/v1/coach/invitations", { limit: 1 }));
  document.getElementById("clients").hidden = !invitations?.data.length;
}

document.getElementById("sign-out").addEventListener("click", async () => {
  await api.signOut();
  location.hash = "#/";
  await show();
});
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.querySelector("#main h1")?.focus();
});
api.session.addEventListener("changed", frame);
api.session.addEventListener("ended", () => {
  toast("You have been signed out. Please sign in again.");
  show();
});
window.addEventListener("hashchange", () => show());

await attempt(api.resume);
if (api.user) await welcome();
else await show();
