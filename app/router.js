// From the address after the # to a page. A view is an async function of {params, query} that gives the page's elements.

import { Problem } from "./api.js";
import { button, h, shown } from "./dom.js";

const routes = [];
/** Pages that belong to an entry of the navigation with another name. */
const ROOMS = { messages: "applications", reflections: "applications" };
let turn = 0;

/** `applications/:id` -> the view that shows it. */
export function route(pattern, view) {
  const names = [];
  const expression = pattern.replace(/:(\w+)/g, (_, name) => (names.push(name), "([^/]+)"));
  routes.push({ expression: new RegExp(`^${expression}$`), names, view });
}

/** Goes to a page of the app. */
export function go(path) {
  if (location.hash === `#${path}`) show();
  else location.hash = path;
}

/** Shows the present page anew, and leaves the focus and the place where they were. */
export const refresh = () => show({ stay: true });

export async function show({ stay = false } = {}) {
  const mine = ++turn;
  const main = document.getElementById("main");
  const [path, search] = location.hash.replace(/^#\/?/, "").split("?");
  const found = routes.map((it) => ({ ...it, match: path.match(it.expression) })).find((it) => it.match);
  const params = Object.fromEntries(found?.names.map((name, i) => [name, decodeURIComponent(found.match[i + 1])]) ?? []);
  if (!stay) document.querySelectorAll("dialog").forEach((open) => open.close());
  main.setAttribute("aria-busy", "true");
  let page;
  try {
    page = found ? await found.view({ params, query: new URLSearchParams(search) }) : missing();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 401) return;
    page = problem.status === 404 ? missing() : refused(problem);
  }
  if (mine !== turn || !page) return; // somebody went on meanwhile, or the view went elsewhere
  const focused = document.activeElement?.id;
  const scrolled = window.scrollY;
  main.replaceChildren(...shown(page));
  main.removeAttribute("aria-busy");
  const heading = main.querySelector("h1");
  document.title = `${heading.textContent} · Rebound`;
  const place = ROOMS[path.split("/")[0]] ?? path.split("/")[0];
  document.querySelectorAll("nav a").forEach((link) => {
    if (place === link.hash.slice(2)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
  heading.tabIndex = -1;
  const before = stay && focused && document.getElementById(focused);
  if (turn > 1) (before || heading).focus({ preventScroll: true }); // the first page is read from its top
  window.scrollTo(0, stay ? scrolled : 0);
}

const missing = () => [h("h1", {}, "Not here"), h("p", {}, "There is nothing at this address, or it is not yours."),
  h("p", {}, h("a", { href: "#/" }, "To the first page"))];

const refused = (problem) => [h("h1", {}, "That did not work"), h("p", { role: "alert" }, problem.words),
  button("Try again", () => show(), { class: "primary" })];
