// Just enough of a browser to run the pages of this crate under node. Standard input is JSON: `html`, the page; `answers`, what
// requests are answered with in their order, as `[status, body]`; `worker`: "runs", "throws", "errs", "silent" or "absent";
// `cookies`; `hash`; `timers`, whether long waits end, and then at once. Prints one JSON line per thing that happened, and ends with the page's last word.
"use strict";
const vm = require("node:vm");
const threads = require("node:worker_threads");
const given = JSON.parse(require("node:fs").readFileSync(0, "utf8"));

const tell = (what) => console.log(JSON.stringify(what));
const end = (what) => { tell(what); process.exit(0); };
const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const decode = (text) => text.replace(/&([a-z#0-9]+);/g, (_, name) => entities[name]);

const elements = {};
for (const [, id, rest] of given.html.matchAll(/<\w+ id="([a-z]+)"([^>]*)>/g)) {
  const attributes = {};
  for (const [, name, value] of rest.matchAll(/([a-z-]+)="([^"]*)"/g)) { attributes[name] = decode(value); }
  let hidden = / hidden$/.test(rest);
  elements[id] = {
    value: 0, onclick: null,
    set textContent(text) { if (id !== "share") { tell({ [id]: text }); } },
    getAttribute: (name) => attributes[name],
    get hidden() { return hidden; },
    set hidden(now) {
      if (hidden !== now) { tell({ [now ? "hides" : "shows"]: id }); }
      hidden = now;
      // Who fails shows this last; a visitor would press it.
      if (id === "again" && !now) { setImmediate(() => this.onclick()); }
    },
  };
}

class XMLHttpRequest {
  open(method, path) { this.sent = { method, path, headers: {} }; }
  setRequestHeader(name, value) { this.sent.headers[name] = value; }
  send(body) {
    tell({ ...this.sent, body });
    const [status, text] = given.answers.shift();
    setImmediate(() => {
      this.status = status;
      this.responseText = text;
      if (status === 0) { this.onerror(); } else { this.onload(); }
    });
  }
}

class Worker {
  constructor(program) {
    if (given.worker === "throws") { throw new Error("refused by policy"); }
    if (given.worker === "errs") { setImmediate(() => this.onerror(new Error("refused by policy"))); }
    if (given.worker !== "runs") { return; }
    const glue = "const port = require('node:worker_threads').parentPort;" +
      "globalThis.postMessage = (data) => port.postMessage(data); port.on('message', (data) => onmessage({ data }));\n";
    this.thread = new threads.Worker(glue + program, { eval: true });
    this.thread.on("message", (data) => this.onmessage({ data }));
  }
  postMessage(data) { if (this.thread) { this.thread.postMessage(data); } }
  terminate() { if (this.thread) { this.thread.terminate(); } }
}

const SOON_MS = 1000;
const page = {
  document: { getElementById: (id) => elements[id], addEventListener: () => {} },
  navigator: { cookieEnabled: given.cookies },
  location: {
    hash: given.hash,
    replace: (to) => end({ goes: to }),
    reload: () => end({ reloads: true }),
  },
  history: { replaceState: (state, title, to) => tell({ becomes: to }) },
  Blob: class { constructor(parts) { this.text = parts.join(""); } },
  URL: { createObjectURL: (blob) => blob.text },
  setTimeout: (call, delay) => (delay < SOON_MS || given.timers ? setImmediate(call) : null),
  clearTimeout: clearImmediate,
  XMLHttpRequest,
};
if (given.worker !== "absent") { page.Worker = Worker; }
vm.createContext(page);
for (const [, script] of given.html.matchAll(/<script nonce="[^"]*">([^]*?)<\/script>/g)) { vm.runInContext(script, page); }
