// The gateway's page in headless Chromium: locked without the link, then browse, search, play a
// track, seek, play a video, look at a picture; no policy violation, no script error.
//
//   node page_test.mjs READY_FILE [CHROMIUM]
//
// The library must hold at least one folder, track, video and picture. Speaks the DevTools
// protocol over a pipe, so that nothing but node and Chromium is needed.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const patience_ms = 30_000;

class Browser {
  constructor(program) {
    this.profile = mkdtempSync(join(tmpdir(), "hearth-page-"));
    const flags = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio",
      "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--disable-sync", "--autoplay-policy=no-user-gesture-required", "--remote-debugging-pipe",
      `--user-data-dir=${this.profile}`, "about:blank",
    ];
    const stdio = ["ignore", "ignore", "ignore", "pipe", "pipe"];
    this.process = spawn(program, flags, { stdio, env: { ...process.env, HOME: this.profile } });
    this.waiting = new Map();
    this.listeners = [];
    this.number = 0;
    this.read(this.process.stdio[4]);
  }

  read(pipe) {
    let text = "";
    pipe.setEncoding("utf8");
    pipe.on("data", (chunk) => {
      const messages = (text + chunk).split("\0");
      text = messages.pop();
      messages.forEach((message) => this.take(JSON.parse(message)));
    });
  }

  take(message) {
    const settle = this.waiting.get(message.id);
    if (settle) {
      this.waiting.delete(message.id);
      settle(message);
    } else {
      this.listeners.forEach((listener) => listener(message));
    }
  }

  async send(method, params = {}, sessionId = undefined) {
    const id = ++this.number;
    const answer = await new Promise((settle) => {
      this.waiting.set(id, settle);
      this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
    assert.ok(!answer.error, `${method}: ${answer.error?.message}`);
    return answer.result;
  }

  async close() {
    const gone = new Promise((settle) => this.process.once("exit", settle));
    await this.send("Browser.close");
    await gone;
    rmSync(this.profile, { recursive: true, force: true });
  }
}

class Page {
  static async open(browser) {
    const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
    const attach = { targetId, flatten: true };
    const { sessionId } = await browser.send("Target.attachToTarget", attach);
    const page = new Page(browser, sessionId);
    await page.send("Page.enable");
    await page.send("Runtime.enable");
    const source = `window.violations = [];
      addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));`;
    await page.send("Page.addScriptToEvaluateOnNewDocument", { source });
    return page;
  }

  constructor(browser, sessionId) {
    this.browser = browser;
    this.session = sessionId;
    this.errors = [];
    browser.listeners.push(({ method, params }) => {
      if (method === "Runtime.exceptionThrown") {
        this.errors.push(params.exceptionDetails.exception?.description);
      }
    });
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  go(url) {
    return this.send("Page.navigate", { url });
  }

  async run(expression) {
    const params = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", params);
    assert.ok(!exceptionDetails, `${expression}: ${exceptionDetails?.exception?.description}`);
    return result.value;
  }

  /// Until `expression` is true in the page, whichever document that is by then.
  async until(expression) {
    const end = Date.now() + patience_ms;
    for (;;) {
      const value = await this.run(`(() => { try { return ${expression}; } catch { return false; } })()`);
      if (value) {
        return value;
      }
      const state = "document.body?.innerText.slice(0, 500)";
      assert.ok(Date.now() < end, `never: ${expression}\non the page: ${await this.run(state)}`);
      await this.run("new Promise((settle) => setTimeout(settle, 50))");
    }
  }
}

/// The first item of every kind, with its title; found through the API, as the page does.
const find_items = `(async () => {
  const ask = async (path) => (await fetch("/api/v1" + path)).json();
  const home = (await ask("/homes")).homes.find((one) => one.online).id;
  const found = {};
  const folders = [undefined];
  while (folders.length) {
    const parent = folders.shift();
    const { items } = await ask("/homes/" + home + "/items?limit=500" + (parent ? "&parent=" + parent : ""));
    for (const item of items) {
      found[item.kind] ??= item;
      if (item.kind === "container") {
        folders.push(item.id);
      }
    }
  }
  return found;
})()`;

const playing = (media, from) =>
  `!${media}.paused && !${media}.error && ${media}.readyState >= 2 && ${media}.currentTime > ${from}`;

async function search_and_click(page, item) {
  await page.run(`document.getElementById("words").value = ${JSON.stringify(item.title)};
    document.getElementById("search").requestSubmit()`);
  const card = `[...document.querySelectorAll('button.item[data-kind="${item.kind}"]')].find(
    (one) => one.querySelector(".title").textContent === ${JSON.stringify(item.title)})`;
  await page.until(`!!${card}`);
  await page.run(`${card}.click()`);
}

async function plays_and_seeks(page, item) {
  await search_and_click(page, item);
  const media = `document.getElementById("${item.kind}")`;
  await page.until(playing(media, 0.2));
  const duration = await page.run(`${media}.duration`);
  assert.ok(duration > 1, `duration of ${item.title}: ${duration}`);
  const place = duration * 0.6;
  await page.run(`${media}.currentTime = ${place}`);
  await page.until(playing(media, place + 0.2));
  await page.run(`${media}.currentTime = 0.1; ${media}.play()`);
  await page.until(`${playing(media, 0.2)} && ${media}.currentTime < ${place}`);
}

const steps = {
  async "is locked without the link"(page, { gateway }) {
    await page.go(`${gateway}/`);
    await page.until(`document.body.innerText.includes("locked")`);
  },
  async "opens with the link"(page, { gateway, token }) {
    await page.go(`${gateway}/login?token=${encodeURIComponent(token)}`);
    await page.until(`location.pathname === "/" && !!document.querySelector("a.item")`);
  },
  async "browses into a folder and back"(page, { items }) {
    await page.run(`document.querySelector("a.item").click()`);
    const folder = `document.querySelector('a.item[href$="${items.container.id}"]')`;
    await page.until(`!!${folder}`);
    await page.run(`${folder}.click()`);
    const title = JSON.stringify(items.container.title);
    await page.until(`document.getElementById("heading").textContent === ${title}`);
    await page.until(`document.querySelectorAll("#crumbs a").length >= 3`);
    await page.run(`document.querySelectorAll("#crumbs a")[1].click()`);
    await page.until(`!!${folder}`);
  },
  async "plays a track and seeks"(page, { items }) {
    await plays_and_seeks(page, items.audio);
  },
  async "plays a video and seeks"(page, { items }) {
    await plays_and_seeks(page, items.video);
    assert.ok((await page.run(`document.getElementById("video").videoWidth`)) > 0);
  },
  async "shows a picture"(page, { items }) {
    await search_and_click(page, items.image);
    const picture = `document.getElementById("picture")`;
    await page.until(`${picture}.complete && ${picture}.naturalWidth > 0`);
    await page.run(`document.getElementById("viewer").close()`);
  },
  async "labels every control"(page) {
    const unnamed = `[...document.querySelectorAll("button, a, input")].filter((one) =>
      !(one.textContent.trim() || one.labels?.length || one.getAttribute("aria-label"))).length`;
    assert.equal(await page.run(unnamed), 0);
  },
  async "breaks neither policy nor script"(page) {
    assert.deepEqual(await page.run("violations"), []);
    assert.deepEqual(page.errors, []);
  },
};

const [ready_file, program = "chromium"] = process.argv.slice(2);
const { gateway, token } = JSON.parse(readFileSync(ready_file, "utf8"));
const browser = new Browser(program);
try {
  const page = await Page.open(browser);
  const context = { gateway, token };
  for (const [name, step] of Object.entries(steps)) {
    await step(page, context);
    context.items ??= name.startsWith("opens") ? await page.run(find_items) : undefined;
    console.log(`ok: the page ${name}`);
  }
} finally {
  await browser.close();
}
