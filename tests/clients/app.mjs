// The dashboard in a real browser: a seeker and a coach go their ways, by mouse and by keyboard, on a desk and on a
// phone, in light and dark. Run by run.sh: node app.mjs BASE_URL CHROMIUM SPREADSHEET PICTURES

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, executablePath, spreadsheet, pictures] = process.argv.slice(2);
const origin = new URL(base).origin;
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const profile = await mkdtemp(join(tmpdir(), "rebound-app-"));
const run = `${process.pid}-${Date.now()}`;
const password = "a lantern for the long evening";
const people = { seeker: `seeker-${run}@example.com`, coach: `coach-${run}@example.com` };
const faults = [];
const seen = {}; // pages of the seeker that are looked at in the end
let seenByCoach;
const refusals = []; // what the service refused, in order; each of them is provoked below
await mkdir(pictures, { recursive: true });

const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  timezoneId: "Europe/Berlin",
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
let page;
try {
  context.setDefaultTimeout(15_000);
  // This machine's clock is three days ahead, as some are: the service's clock is the one that counts.
  await context.addInitScript("{ const real = Date.now; Date.now = () => real() + 3 * 86400000; }");
  page = await open();
  await register();
  await addByKeyboard();
  await importSheet();
  await searchAndMove();
  await rejection();
  await reply();
  await reflectAndCheckIn();
  await keepDraft();
  await inviteCoach();
  const seeker = page;
  await coachSide();
  const coach = page;
  page = seeker;
  await seekerSees();
  await twoTabs();
  await mishaps();
  await lookAround("seeker", ["/", "/applications", "/applications?view=board", ...Object.values(seen), "/goals", "/coaching"]);
  page = coach;
  await lookAround("coach", ["/clients", seenByCoach]);
  page = seeker;
  await revoke();
  await sessionEnds();
} catch (error) {
  await page?.screenshot({ path: join(pictures, "failed.png"), fullPage: true });
  throw error;
} finally {
  await context.close();
  await rm(profile, { recursive: true, force: true });
}
assert.deepEqual(faults, []);
assert.deepEqual(refusals, [
  "422 /v1/auth/register", "422 /v1/applications", "412 /v1/applications/…", "409 /v1/messages/…/transitions",
  "422 /v1/messages/…/transitions", "401 /v1/goals", "503 /v1/goal-suggestions",
  "401 /v1/applications", "401 /v1/auth/refresh",
]);
console.log("    a seeker and a coach, by mouse and keyboard, 360 and 1280 px, light and dark: nothing to complain about");

async function open() {
  const page = await context.newPage();
  page.on("console", (message) => {
    const expected = /^Failed to load resource: (the server responded with a status of|net::ERR_FAILED)/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !expected) faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.stack}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== "data:") faults.push(`${page.url()} asks ${request.url()}`);
    const keyless = /^\/v1\/(auth\/|imports$|tone-checks$|templates\/.*\/render$)/.test(url.pathname);
    if (request.method() === "POST" && !keyless && !request.headers()["idempotency-key"]) faults.push(`no Idempotency-Key: ${url.pathname}`);
    if (request.method() === "PATCH" && !request.headers()["if-match"]) faults.push(`no If-Match: ${url.pathname}`);
  });
  page.on("response", (answer) => {
    if (answer.status() >= 400) refusals.push(`${answer.status()} ${new URL(answer.url()).pathname.replace(/[0-9a-f-]{36}/g, "…")}`);
  });
  await page.goto(`${base}/app`);
  return page;
}

/** An element by its role and its name. */
function the(role, name, exact = false) {
  return page.getByRole(role, { name, exact });
}

async function settled() {
  await page.locator("main:not([aria-busy])").waitFor();
}

async function visit(path) {
  await page.evaluate((to) => (location.hash = to), path);
  await settled();
}

async function focused() {
  return page.evaluate(() => document.activeElement.innerText || document.activeElement.name || document.activeElement.tagName);
}

async function register() {
  await look("sign-in", true);
  await the("button", "Create an account").click();
  await page.getByLabel("E-mail").fill(people.seeker);
  await page.getByLabel("Password").fill("short");
  await page.getByLabel("How you want to be called").fill("Ada <b>Okafor</b>");
  await the("button", "Create the account").click();
  const error = page.locator(".error:not([hidden])");
  await error.waitFor();
  await look("register");
  assert.match(await error.innerText(), /characters/);
  assert.equal(await focused(), "password", "the field with the error has the focus");
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await the("heading", "Hello, Ada <b>Okafor</b>").waitFor();
  assert.equal(await page.title(), "Hello, Ada <b>Okafor</b> · Rebound");
  const kept = await page.evaluate(() => [localStorage.length, document.cookie, Object.values(sessionStorage).join()]);
  assert.deepEqual(kept.slice(0, 2), [0, ""]);
  assert.ok(kept[2].includes("rbd_rt_") && !kept[2].includes("eyJ"), "the refresh token only");
  await page.reload();
  await the("heading", "Hello").waitFor();
}

/** From the top of the page by Tab and Enter alone; a wrong field; Escape; and the focus comes back. */
async function addByKeyboard() {
  await visit("/applications");
  await page.evaluate(() => document.activeElement.blur());
  await tabTo("To the content");
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "Applications");
  await tabTo("Add one");
  await page.keyboard.press("Enter");
  await the("dialog", "Add an application").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await focused(), "Add one", "a closed dialog gives the focus back");
  await page.keyboard.press("Enter");
  const inside = new Set();
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press("Tab");
    inside.add(await page.evaluate(() => document.activeElement === document.body || Boolean(document.activeElement.closest("dialog"))));
  }
  assert.deepEqual([...inside], [true], "a dialog keeps the focus");
  await look("dialog-add");
  await page.getByLabel("Company").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.type("Backend Engineer 🪁");
  await page.keyboard.press("Enter");
  await page.locator("dialog .error:not([hidden])").waitFor();
  assert.equal(await focused(), "company");
  await page.keyboard.type("<i>Juniper</i> Harbour");
  await page.keyboard.press("Enter");
  await the("heading", "Backend Engineer 🪁").waitFor();
  assert.ok((await page.locator(".lead").innerText()).startsWith("<i>Juniper</i> Harbour"));
  seen.application = new URL(page.url()).hash.slice(1);
}

async function tabTo(words) {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    if ((await focused()) === words) return;
  }
  assert.fail(`Tab does not reach ${words}`);
}

async function importSheet() {
  await visit("/applications");
  await the("button", "Import").click();
  await page.locator("input[type=file]").setInputFiles(spreadsheet);
  await the("button", "Have a look").click();
  await the("button", "Import them").click();
  await page.getByText("Imported.").waitFor();
  await page.locator(".rows > li").nth(5).waitFor();
}

/** The list is searched; on the board a card moves by keyboard and by mouse. */
async function searchAndMove() {
  await page.getByLabel("Search").fill("juniper backend");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelectorAll(".rows > li").length === 1);
  await the("link", "Board").click();
  const card = (column) => page.locator(`[data-statuses~="${column}"] .cards li`);
  await card("applied").waitFor();
  await card("applied").getByRole("button").focus();
  await page.keyboard.press("Enter");
  await look("dialog-move");
  await page.getByLabel("To", { exact: true }).selectOption("move screening");
  await the("button", "Move", true).click();
  await card("screening").waitFor();
  assert.match(await page.evaluate(() => document.activeElement.ariaLabel), /Move Backend Engineer/);
  const from = await card("screening").boundingBox();
  await page.mouse.move(from.x + 20, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 30, { steps: 3 });
  const slot = page.locator('.slot[data-status="interviewing"]');
  await slot.waitFor();
  assert.ok(!(await page.locator('.slot[data-status="applied"]').isVisible()), "only allowed moves are offered");
  const to = await slot.boundingBox();
  await page.mouse.move(to.x + 20, to.y + 10, { steps: 5 });
  await page.mouse.up();
  await card("interviewing").waitFor();
  await card("interviewing").getByRole("link").click();
  await the("heading", "Backend Engineer").waitFor();
  await the("button", "Edit").click();
  await page.getByLabel("Notes").fill("They value plain writing.");
  await page.getByLabel("Look at it again on").fill("2030-05-06");
  await the("button", "Save", true).click();
  await page.getByText("They value plain writing.").waitFor();
  // Two people at one thing: what somebody else wrote meanwhile is not overwritten.
  await the("button", "Edit").click();
  const { access_token: token } = await (await send("/v1/auth/login", { email: people.seeker, password })).json();
  const changed = await send(`/v1${seen.application}`, { location: "Lyon" }, { method: "PATCH", token });
  assert.equal(changed.status, 200);
  await page.getByLabel("Notes").fill("Overwritten.");
  await the("button", "Save", true).click();
  await page.getByText("It was changed elsewhere meanwhile.").waitFor();
  await page.getByText("Lyon").waitFor();
  await page.getByText("They value plain writing.").waitFor();
}

/** One request beside the browser. */
function send(path, body, { method = "POST", token } = {}) {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  return fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
}

/** Written down in calm words; the time to breathe is told by the service's clock, not by this machine's. */
async function rejection() {
  await the("button", "They said no").click();
  await look("dialog-rejection");
  await page.getByLabel("How it came").selectOption("email");
  await page.getByLabel("Who reads a reply").selectOption("person");
  await page.getByLabel("In their words").fill("<script>alert(1)</script> We went on with somebody else.");
  await the("button", "Write it down").click();
  const left = page.locator(".cooloff strong");
  await left.waitFor();
  assert.match(await left.innerText(), /^(24 hours|23 hours 59 minutes|23 hours 58 minutes)$/);
  await page.getByText("<script>alert(1)</script>").first().waitFor();
  await visit("/");
  await the("heading", "<i>Juniper</i> Harbour said no").waitFor();
  assert.ok((await page.locator("img[alt^='The pipeline']").getAttribute("alt")).includes("Applications: "));
  await page.waitForFunction(() => document.querySelector(".picture img").naturalWidth > 500);
  await page.getByText("The figures").click();
  await the("cell", /of \d+/).first().waitFor();
  await look("cool-off");
  const putOff = the("button", /^Put off: /);
  for (let i = 0; i < 50 && (await putOff.count()) === 0; i++) { // reminders are made in the background
    await page.waitForTimeout(200);
    await page.reload();
    await the("heading", "Reminders").waitFor();
  }
  await putOff.click();
  await the("button", "Put off", true).click();
  await page.getByText("Put off.").waitFor();
  await the("button", /^Dismiss: /).click();
  await page.getByText("No reminders.").waitFor();
  await visit(seen.application);
}

/** From a template; a finding behind an emoji is marked where it is; sent too early, it is explained. */
async function reply() {
  await the("link", "Draft a reply for later").click();
  const template = page.getByLabel("Begin with");
  await template.locator("option").nth(1).waitFor({ state: "attached" });
  await template.selectOption({ index: 1 });
  const text = the("textbox", "Text", true);
  await page.waitForFunction(() => document.querySelector("textarea").value.length > 40);
  await text.fill("  Dear 🪁 Ms. Okafor,\n\nThank you for your time. This 🪁 is your fault.\n\nKind regards,\nAda");
  const finding = page.locator(".findings li.blocker");
  await finding.waitFor();
  assert.equal(await page.locator("mark.blocker").innerText(), "your fault");
  await look("findings");
  await finding.getByRole("button", { name: "Show in the text: Blame" }).click();
  const selected = await text.evaluate((it) => it.value.slice(it.selectionStart, it.selectionEnd));
  assert.equal(selected, "your fault");
  await text.pressSequentially("a pity");
  await page.getByText("It reads well.").waitFor();
  assert.equal(await page.locator("mark").count(), 0);
  await page.getByLabel("Subject").fill("Thank you");
  await page.getByLabel("E-mail").fill("a.okafor@kite.example");
  await the("button", "Save", true).click();
  await page.getByText("Saved.").waitFor();
  assert.match(await the("link", "Open in the mail program").getAttribute("href"), /^mailto:a\.okafor@kite\.example\?/);
  seen.message = new URL(page.url()).hash.slice(1);
  await the("button", "Mark as sent").click();
  await the("dialog", "Still time to breathe").waitFor();
  await page.getByText("It has to go out as it is").click();
  await page.getByLabel("Why").fill("So.");
  await the("button", "Mark as sent all the same").click();
  await page.locator("dialog .error:not([hidden])").waitFor();
  await look("dialog-too-early");
  await page.getByLabel("Why").fill("She leaves the company tomorrow.");
  await page.keyboard.press("Enter");
  await page.getByText("You replied").waitFor();
  await page.getByText("Rejection reply (sent)").waitFor();
  await page.getByText("Every step, and when it was written down").click();
  await page.locator("details ol li").nth(3).waitFor();
}

async function reflectAndCheckIn() {
  await the("link", "What do I take from it?").click();
  await page.getByLabel("Was the résumé made for this job?").selectOption("no");
  await page.getByLabel("Interview practice").check();
  seen.reflect = new URL(page.url()).hash.slice(1);
  await the("button", "Save", true).click();
  await the("button", /Take it on/).first().click();
  seen.reflection = new URL(page.url()).hash.slice(1);
  await the("button", "To the goals").click();
  await the("heading", "Goals", true).waitFor();
  await the("button", "Add a goal").click();
  await page.getByLabel("What to do").fill("One walk around the block");
  await page.getByLabel("In", { exact: true }).selectOption("day");
  await page.getByLabel("About").selectOption("routine");
  await the("button", "Save", true).click();
  const goal = page.locator("article", { hasText: "One walk around the block" });
  await goal.getByRole("button", { name: "Done today" }).focus();
  await page.keyboard.press("Enter");
  await goal.getByText("1 of 1, done").waitFor();
  await goal.getByText("1 day in a row").waitFor();
  assert.match(await page.evaluate(() => document.activeElement.id), /^done-/, "the focus stays where it was");
  await the("button", "Undo").click();
  await goal.getByText("0 of 1").waitFor();
  await goal.getByRole("button", { name: "Rest today" }).click();
  await goal.getByText("1 day forgiven").waitFor();
  await visit("/");
  await the("heading", "Reminders").waitFor();
}

/** Whoever goes to another page while writing finds the draft again. */
async function keepDraft() {
  await visit("/applications?status=interviewing");
  await page.locator(".rows a").first().click();
  await the("link", "Write a message").click();
  await the("textbox", "Text", true).fill("Dear Ms. Okafor,\n\nThank you for the talk.\n\nKind regards,\nAda");
  await the("link", "Goals").click();
  await page.getByText("Your draft is kept.").waitFor();
  await page.goBack();
  await page.goBack();
  await the("link", "Thank you (draft)").click();
  await page.getByText("It reads well.").waitFor();
  assert.match(await the("textbox", "Text", true).inputValue(), /^Dear Ms\. Okafor/);
}

async function inviteCoach() {
  await visit("/coaching");
  await the("button", "Invite a coach").click();
  await page.getByLabel("Their e-mail").fill(people.coach);
  for (const scope of ["Reflections", "Feedback", "Wellbeing"]) {
    assert.ok(!(await page.getByLabel(scope).isChecked()), `${scope} is off unless one ticks it`);
  }
  await the("button", "Invite", true).click();
  await page.getByText("Invited", { exact: true }).waitFor();
  await the("button", /Change what/).click();
  await page.getByLabel("Reflections").check();
  await the("button", "Save", true).click();
  await page.locator(".chips", { hasText: "Reflections" }).waitFor();
}

async function coachSide() {
  const fields = { email: people.coach, password, display_name: "Coach Robin" };
  assert.equal((await send("/v1/auth/register", fields)).status, 201);
  page = await open();
  await page.getByLabel("E-mail").fill(people.coach);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await the("link", "Clients").click();
  await the("button", /Accept/).click();
  await the("link", "Ada <b>Okafor</b>").click();
  await the("heading", "The search so far").waitFor();
  await the("heading", "One walk around the block").waitFor();
  assert.equal(await page.getByRole("button", { name: /Done today/ }).count(), 0);
  await the("button", "Suggest a goal").click();
  await page.getByLabel("What to do").fill("Tell one story aloud");
  await page.getByLabel("Why").fill("It is where the interviews end.");
  await the("button", "Save", true).click();
  await the("listitem").filter({ hasText: "Tell one story aloud" }).waitFor();
  await the("button", "Add a note").click();
  await page.getByLabel("Note", { exact: true }).fill("Your reply was short & warm.");
  await page.getByLabel("Who reads it").selectOption("shared");
  await the("button", "Save", true).click();
  await page.getByText("Your reply was short & warm.").waitFor();
  seenByCoach = new URL(page.url()).hash.slice(1);
  await visit("/clients?signal=gone_quiet");
  await page.getByText("Nobody fits this search.").waitFor();
}

async function seekerSees() {
  await visit("/");
  await visit("/coaching");
  await page.getByText("Your reply was short & warm.").waitFor();
  await page.getByText("Who looked, and when").click();
  await page.locator("details .rows li").nth(2).waitFor();
  await visit("/goals");
  await the("button", "Take it on: Tell one story aloud").click();
  await the("heading", "Tell one story aloud").waitFor();
}

/** A copy of the tab must not use the same refresh token: it would look like a theft and end both. */
async function twoTabs() {
  const [copy] = await Promise.all([context.waitForEvent("page"), page.evaluate(() => void window.open("/app/"))]);
  await copy.getByRole("button", { name: "Sign in" }).waitFor();
  await copy.close();
  await page.reload();
  await the("heading", "Goals", true).waitFor();
}

async function lookAround(who, paths) {
  await page.bringToFront();
  for (const path of paths) {
    await visit(path);
    await look(`${who}${path.replace(/[0-9a-f-]{36}/g, "").replace(/\W+/g, "-")}`, true);
  }
}

/** What is shown, on a desk and on a phone, in light and dark: nothing wide, nothing that axe finds, all within reach. */
async function look(name, walking = false) {
  for (const [width, height] of [[360, 740], [1280, 900]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const picture = `${name}-${width}-${colorScheme}`;
      const fullPage = (await page.locator("dialog").count()) === 0;
      await page.screenshot({ path: join(pictures, `${picture}.png`), fullPage });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${picture} is too wide`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => axe.run());
      assert.deepEqual(violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join()}`), [], picture);
    }
    if (walking) await walk(`${name}-${width}`);
  }
}

/** By Tab alone everything is reached, in the order of the page, and one sees where one is. */
async function walk(name) {
  await page.evaluate(() => document.getElementById("toasts").replaceChildren()); // they come and go
  const reach = () => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter((it) => it.checkVisibility() && !it.disabled);
  const wanted = await page.evaluate(`(${reach})().length`);
  assert.equal(await page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count(), 0, name);
  await page.locator("#skip").focus();
  await page.keyboard.press("Tab"); // from here on the browser knows that a keyboard is used
  await page.keyboard.press("Shift+Tab");
  const order = [];
  for (let i = 0; i < wanted; i++) {
    if (i > 0) await page.keyboard.press("Tab");
    const place = await page.evaluate(`(() => {
      const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
      const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.bottom > 0 && box.top < innerHeight;
      return { index: (${reach})().indexOf(at), seen, html: at.outerHTML.slice(0, 120) };
    })()`);
    assert.ok(place.seen, `${name}: the focus is not seen on ${place.html}`);
    order.push(place.index);
  }
  assert.deepEqual(order, [...Array(wanted).keys()], name);
}

/** A token that is refused is renewed once; a busy service says when to come again; a retry has the same key. */
async function mishaps() {
  const refreshes = [];
  page.on("request", (request) => request.url().endsWith("/v1/auth/refresh") && refreshes.push(request));
  const once = (path, answer) => page.route(`**${path}*`, answer, { times: 1 });
  const problem = (status, code, headers) => (route) => route.fulfill({
    status, headers, contentType: "application/problem+json",
    body: JSON.stringify({ type: `/problems/${code}`, title: code, status, detail: "The service is busy.", code, request_id: "x" }),
  });
  await visit("/coaching");
  await once("/v1/goals", problem(401, "invalid_token"));
  await visit("/goals");
  await the("heading", "Goals", true).waitFor();
  assert.equal(refreshes.length, 1);

  await once("/v1/goal-suggestions", problem(503, "service_unavailable", { "Retry-After": "7" }));
  await visit("/coaching");
  await visit("/goals");
  await page.getByText("The service is busy. Try again in 7 seconds.").waitFor();
  await the("button", "Try again").click();
  await the("heading", "Goals", true).waitFor();

  const keys = [];
  page.on("request", (request) => request.url().endsWith("/check-ins") && keys.push(request.headers()["idempotency-key"]));
  await once("/check-ins", async (route) => {
    await route.fetch(); // it is carried out, and the answer gets lost
    await route.abort();
  });
  const goal = page.locator("article", { hasText: "One walk around the block" });
  await goal.getByRole("button", { name: "Done today" }).click();
  await page.getByText("The service cannot be reached.").waitFor();
  await goal.getByRole("button", { name: "Done today" }).click();
  await goal.getByText("1 of 1, done").waitFor();
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
}

async function revoke() {
  await visit("/coaching");
  await the("button", /^Revoke/).click();
  await the("button", "Revoke", true).click();
  await page.getByText("Revoked", { exact: true }).waitFor();
}

/** A session that was ended elsewhere shows the sign-in, and then what was asked for. */
async function sessionEnds() {
  const { access_token: token } = await (await send("/v1/auth/login", { email: people.seeker, password })).json();
  const { data } = await (await send("/v1/me/sessions", undefined, { method: "GET", token })).json();
  for (const { id } of data.filter((it) => !it.current)) {
    assert.equal((await send(`/v1/me/sessions/${id}`, undefined, { method: "DELETE", token })).status, 204);
  }
  await page.evaluate(() => (location.hash = "/applications"));
  await page.getByText("You have been signed out.").waitFor();
  await page.getByLabel("E-mail").fill(people.seeker);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await the("heading", "Applications", true).waitFor();
  await the("button", "Sign out").click();
  await the("button", "Sign in").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
}
