// The page of `esker graph --format html`, in a headless Chromium: it is searched, clicked and looked at.
//
//     ESKER=…/esker CHROMIUM=chromium [DJANGO=…] [SCREENSHOTS=…] node --test tests/page
//
// With DJANGO, the root of an unpacked django, a real package is looked at too.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const { ESKER, CHROMIUM, DJANGO, SCREENSHOTS } = process.env;
const scratch = mkdtempSync(join(tmpdir(), "esker-page-"));
let browser;

before(async () => {
  // In a container there is no sandbox to be had; what is opened are pages of our own.
  browser = await puppeteer.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
});

after(async () => {
  await browser?.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** A root with these files, and the page of its graph. */
function pageOf(name, files) {
  const root = join(scratch, name);
  for (const [path, text] of Object.entries({ "esker.toml": "", ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return built(root, name);
}

function built(root, name) {
  const page = join(scratch, `${name}.html`);
  execFileSync(ESKER, ["-C", root, "--no-cache", "-o", page, "graph", "--format", "html"]);
  return pathToFileURL(page).href;
}

/** Opens a page. Nothing it does may go wrong, and nothing may be loaded but the page itself. */
async function open(address) {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  page.troubles = [];
  page.on("pageerror", (error) => page.troubles.push(error.message));
  page.on("console", (message) => message.type() === "error" && page.troubles.push(message.text()));
  page.on("dialog", (dialog) => {
    page.troubles.push(`dialog ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== address.split("#")[0]) page.troubles.push(`loads ${request.url()}`);
  });
  await page.goto(address);
  await settle(page);
  return page;
}

/** Until what was asked for is drawn. */
const settle = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

async function close(page, name) {
  if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  assert.deepEqual(page.troubles, []);
  await page.close();
}

const text = (page, selector) => page.$eval(selector, (element) => element.innerText.replace(/\s+/g, " ").trim());
const paths = (page, list) => page.$$eval(`${list} .row`, (rows) => rows.map((row) => row.dataset.path));
const title = (page) => text(page, "#details h2");

/** Where a file or package is on the screen. */
const place = (page, path) =>
  page.evaluate((path) => {
    const { map, model } = globalThis.esker;
    const { x, y, width, height } = map.bounds(map.visible(model.find(path)));
    const canvas = document.getElementById("map").getBoundingClientRect();
    return { x: canvas.x + x + width / 2, y: canvas.y + y + height / 2 };
  }, path);

/** The files that are lit up, by what they are to the selection. */
const lit = (page) =>
  page.evaluate(() => {
    const { model, light } = globalThis.esker;
    const names = ["", "selected", "dependents", "dependencies", "both"];
    const found = {};
    light.roles.forEach((role, file) => role && (found[names[role]] ??= []).push(model.paths[file]));
    return found;
  });

/** The color in the middle of a file's box on the canvas. */
const color = (page, path) =>
  page.evaluate((path) => {
    const { map, model } = globalThis.esker;
    const { x, y, width, height } = map.bounds(map.visible(model.find(path)));
    const at = [(x + width * 0.5) * devicePixelRatio, (y + height * 0.8) * devicePixelRatio];
    return Array.from(map.context.getImageData(...at, 1, 1).data).join();
  }, path);

const SMALL = {
  "app/main.py": "import lib.core\nimport app.views",
  "app/views.py": "def f():\n    import lib.text\nimport app.models",
  "app/models.py": "import app.views",
  "lib/core.py": "import lib.text",
  "lib/text.py": "",
  "alone.py": "",
};

test("a click on a file lights up what depends on it and what it depends on", async () => {
  const page = await open(pageOf("clicks", SMALL));
  const before = await color(page, "app/main.py");
  const { x, y } = await place(page, "lib/core.py");
  await page.mouse.click(x, y);
  await settle(page);
  assert.equal(await title(page), "core.py");
  assert.deepEqual(await lit(page), { selected: ["lib/core.py"], dependents: ["app/main.py"], dependencies: ["lib/text.py"] });
  assert.notEqual(await color(page, "app/main.py"), before);
  assert.equal(await text(page, ".tabs"), "1 depend on it 1 it depends on");
  assert.deepEqual(await paths(page, "#details"), ["app/main.py"]);
  assert.match(await text(page, "#details .row"), /line 1$/);
  assert.match(page.url(), /#lib%2Fcore.py$/);
  await page.keyboard.press("Escape");
  assert.deepEqual(await lit(page), {});
  await close(page, "click");
});

test("the search finds files, marks why, and Enter goes to the first", async () => {
  const page = await open(pageOf("search", SMALL));
  await page.keyboard.press("/");
  await page.keyboard.type("lib te");
  assert.deepEqual(await paths(page, "#tree"), ["lib/text.py"]);
  assert.equal(await text(page, "#hits"), "1 file found");
  await page.keyboard.press("Enter");
  assert.equal(await title(page), "text.py");
  assert.deepEqual((await lit(page)).dependents, ["app/main.py", "app/models.py", "app/views.py", "lib/core.py"]);
  await page.click("#transitive");
  assert.deepEqual((await lit(page)).dependents, ["app/views.py", "lib/core.py"]);
  await page.click("#search", { clickCount: 3 });
  await page.keyboard.type("nothing like it");
  assert.equal(await text(page, "#hits"), "nothing found");
  await close(page, "search");
});

test("kinds that are taken away take their edges with them, and the cycles that need them", async () => {
  const page = await open(pageOf("kinds", { "a.py": "import b", "b.py": "def f():\n    import a" }));
  assert.equal(await text(page, "#summary"), "2 files · 2 import edges · 1 cycle of 2 files");
  await page.click("#cycles");
  assert.deepEqual(await paths(page, "#tree"), ["", "a.py", "b.py"]);
  await page.click("input[name=lazy] + span");
  assert.equal(await text(page, "#summary"), "2 files · 1 import edge · no cycles");
  assert.deepEqual(await paths(page, "#tree"), []);
  await close(page, "kinds");
});

test("packages are opened and closed, on the map and in the tree", async () => {
  const page = await open(pageOf("packages", SMALL));
  const isOpen = () => page.evaluate(() => globalThis.esker.map.boxOf.get(globalThis.esker.model.find("lib")).open);
  assert.equal(await isOpen(), true);
  await page.click("#collapse");
  assert.equal(await isOpen(), false);
  const { x, y } = await place(page, "lib");
  await page.mouse.click(x, y, { clickCount: 2 });
  await settle(page);
  assert.equal(await isOpen(), true);
  assert.equal(await title(page), "lib");
  assert.deepEqual(await lit(page), { selected: ["lib/core.py", "lib/text.py"], dependents: ["app/main.py", "app/models.py", "app/views.py"] });
  assert.ok(!(await paths(page, "#tree")).includes("app/main.py"));
  await page.click('#tree .row[data-path="app"]');
  assert.ok((await paths(page, "#tree")).includes("app/main.py"));
  await close(page, "packages");
});

test("an address leads to a file", async () => {
  const page = await open(`${pageOf("address", SMALL)}#app%2Fviews.py`);
  assert.equal(await title(page), "views.py");
  assert.ok((await paths(page, "#tree")).includes("app/views.py"));
  await close(page, "address");
});

test("names of files are text, whatever is in them", async () => {
  const names = [
    "</script><script>globalThis.hacked = 1</script>.py",
    "<img src=x onerror='globalThis.hacked = 1'>.py",
    'a" onmouseover="globalThis.hacked = 1" x=".py',
    "${globalThis.hacked = 1}<!--.py",
    "\u2028line\u202e.py",
  ];
  const page = await open(pageOf("hostile", Object.fromEntries(names.map((name) => [name, ""]))));
  const found = await page.evaluate(() => globalThis.esker.model.paths.slice(0, globalThis.esker.model.fileCount));
  assert.deepEqual(found.sort(), [...names].sort());
  for (const name of names) {
    await page.evaluate((name) => globalThis.esker.select(globalThis.esker.model.find(name), true), name);
    await page.evaluate((name) => globalThis.esker.search(name.slice(0, 4)), name);
    const { x, y } = await place(page, name);
    await page.mouse.move(x, y);
    await settle(page);
    assert.equal(await page.$eval("#details h2", (element) => element.textContent), name.split("/").at(-1));
  }
  assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
  assert.equal(await page.$("img"), null);
  await close(page, "hostile");
});

test("eight thousand files are few elements and little waiting", async () => {
  const files = { "hub/__init__.py": "", "hub/core.py": "" };
  for (let number = 0; number < 8000; number += 1) {
    const next = `pack${(number * 7 + 1) % 400}.m${(number * 7 + 1) % 8000}`;
    files[`pack${number % 400}/m${number}.py`] = `import hub.core\nimport ${next}\n`;
  }
  const page = await open(pageOf("large", files));
  assert.match(await text(page, "#summary"), /^8,002 files/);
  const milliseconds = await page.evaluate(() => {
    const { model } = globalThis.esker;
    const start = performance.now();
    globalThis.esker.select(model.find("hub/core.py"), true);
    globalThis.esker.search("m7");
    return performance.now() - start;
  });
  // A tenth of this on an idle machine.
  assert.ok(milliseconds < 2000, `${milliseconds} ms`);
  assert.match(await text(page, ".tabs"), /^8,000 depend on it/);
  assert.ok((await page.$$eval("*", (elements) => elements.length)) < 700);
  await close(page, "large");
});

test("django as it is", { skip: !DJANGO }, async () => {
  const page = await open(built(DJANGO, "django"));
  await page.type("#search", "crypto");
  await page.keyboard.press("Enter");
  await settle(page);
  assert.equal(await title(page), "crypto.py");
  const dependents = (await lit(page)).dependents.length + ((await lit(page)).both?.length ?? 0);
  const told = execFileSync(ESKER, ["-C", DJANGO, "--no-cache", "affected", "--dependents-only", "django/utils/crypto.py"]);
  assert.equal(dependents, told.toString().trim().split("\n").length);
  await close(page, "django");
});
