// The pages in a real browser: they must work under their own Content-Security-Policy and load nothing from
// elsewhere. Run by run.sh: node browser.mjs BASE_URL CHROMIUM PICTURE

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, executablePath, picture] = process.argv.slice(2);
const origin = new URL(base).origin;
const profile = await mkdtemp(join(tmpdir(), "rebound-browser-"));
const faults = [];

const account = await post("/v1/auth/register", {
  email: `browser-${process.pid}-${Date.now()}@example.com`,
  password: "a lantern for the long evening",
});
await post("/v1/applications", { company: "Kite & Anchor", job_title: "Backend Engineer" }, account.access_token);
const document = await (await fetch(`${base}/openapi.json`)).json();

const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  viewport: { width: 1280, height: 1000 },
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  watch(page);
  for (const path of ["/", "/problems", "/problems/not_found"]) {
    await readPage(page, path);
  }
  await readReference(page);
  await tryItOut(page);
  await page.screenshot({ path: picture, fullPage: true });
} finally {
  await context.close();
  await rm(profile, { recursive: true, force: true });
}
assert.deepEqual(faults, []);
console.log("    pages, reference, Authorize, Try it out: no violation, no error, nothing from elsewhere");

async function post(path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 201, path);
  return answer.json();
}

/** Notes whatever a page complains about or asks of somebody else. */
function watch(page) {
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== "data:") faults.push(`${page.url()} asks ${request.url()}`);
  });
  page.on("response", (answer) => {
    if (answer.status() >= 400) faults.push(`${answer.url()}: ${answer.status()}`);
  });
}

/** A small page: it has a heading, and its own style counts. */
async function readPage(page, path) {
  await page.goto(base + path);
  assert.ok((await page.locator("h1").innerText()).length > 3, path);
  const width = await page.evaluate("getComputedStyle(document.body).maxWidth");
  assert.equal(width, "672px", `${path}: its style is in force`);
}

/** The reference shows every operation with a summary, and the tags in the order of the document. */
async function readReference(page) {
  await page.goto(`${base}/docs`);
  await page.locator(".opblock-tag").first().waitFor();
  const tags = await page.locator(".opblock-tag").evaluateAll((all) => all.map((tag) => tag.dataset.tag));
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  assert.deepEqual(tags, document.tags.map((tag) => tag.name));
  for (const tag of await page.locator(".opblock-tag").all()) {
    await tag.click();
  }
  await page.locator(".opblock").nth(operations.length - 1).waitFor();
  const summaries = await page.locator(".opblock .opblock-summary-description").allInnerTexts();
  assert.equal(summaries.length, operations.length);
  assert.deepEqual(summaries.filter((summary) => summary.trim().length < 5), []);
  const shown = await page.locator(".opblock-summary-path").evaluateAll((all) => all.map((path) => path.dataset.path));
  const wanted = tags.flatMap((tag) =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.values(item).filter((operation) => operation.tags.includes(tag)).map(() => path),
    ),
  );
  assert.deepEqual(shown, wanted);
}

/** Signs in with a token and lists the applications, as a newcomer would. */
async function tryItOut(page) {
  await page.locator(".auth-wrapper .btn.authorize").click();
  const way = page.locator(".auth-container", { hasText: "access_token" });
  await way.locator("input").fill(account.access_token);
  await way.locator(".auth-btn-wrapper .btn.authorize").click();
  await way.locator(".auth-btn-wrapper .btn-done").click();
  const operation = page.locator("#operations-Applications-list_applications");
  await operation.locator(".opblock-summary-control").click();
  await operation.locator(".execute").click();
  const answer = operation.locator(".live-responses-table .response").first();
  assert.match(await answer.locator(".response-col_status").innerText(), /^200/);
  const body = await answer.locator(".highlight-code").first().innerText();
  assert.ok(body.includes("Kite & Anchor"), body);
}
