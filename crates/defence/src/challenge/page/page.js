// Solves the token of the page, brings it back and goes on. What it needs stands in attributes of the element `work`.
(function () {
  "use strict";
  var STEPS = 20000, SLICE_MS = 16, PATIENCE_MS = 8000, ANSWER_MS = 20000;
  var work = document.getElementById("work");
  var token = work.getAttribute("data-token"), bits = Number(work.getAttribute("data-bits"));
  var to = work.getAttribute("data-to"), ended = false;

  function show(id, visible) { document.getElementById(id).hidden = !visible; }

  function report(progress) {
    document.getElementById("bar").value = progress;
    document.getElementById("share").textContent = Math.floor(progress * 100) + "%";
  }

  function fail(reason) { show("doing", false); show(reason, true); show("again", true); }

  // XMLHttpRequest, for browsers without fetch: the same origin and the same cookies.
  function send(counter) {
    var request = new XMLHttpRequest();
    request.open("POST", "/.medward/challenge");
    request.timeout = ANSWER_MS;
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.onload = function () {
      if (request.status >= 200 && request.status < 300) { goOn(to); } else { fail("failed"); }
    };
    request.onerror = request.ontimeout = function () { fail("failed"); };
    request.send("token=" + encodeURIComponent(token) + "&counter=" + counter + "&to=" + encodeURIComponent(to));
  }

  function finish(counter) {
    if (!ended) { ended = true; report(1); send(counter); }
  }

  // In slices, so that the page still answers.
  function onThisThread() {
    var run = makeSolver().search(token, bits);
    (function slice() {
      var until = Date.now() + SLICE_MS, counter = null;
      while (counter === null && Date.now() < until) { counter = run.step(200); }
      if (counter !== null) { finish(counter); } else { report(run.progress()); setTimeout(slice, 0); }
    })();
  }

  var program = "onmessage = function (event) {\n" +
    "  var run = (" + makeSolver + ")().search(event.data.token, event.data.bits), counter = null;\n" +
    "  for (var steps = 200; counter === null; steps = " + STEPS + ") {\n" +
    "    counter = run.step(steps);\n" +
    "    postMessage({ counter: counter, progress: run.progress() });\n" +
    "  }\n" +
    "};";

  // Some browsers refuse such a Worker at once, some later, and some without a word.
  function inWorker() {
    var worker = new Worker(URL.createObjectURL(new Blob([program], { type: "text/javascript" })));
    var given = false;
    function giveUp() {
      if (!given) { given = true; worker.terminate(); onThisThread(); }
    }
    var watch = setTimeout(giveUp, PATIENCE_MS);
    worker.onerror = giveUp;
    worker.onmessage = function (event) {
      clearTimeout(watch);
      if (given) { return; }
      if (event.data.counter === null) { report(event.data.progress); return; }
      given = true;
      worker.terminate();
      finish(event.data.counter);
    };
    worker.postMessage({ token: token, bits: bits });
  }

  // Only a new page has a new token: this one may be spent or too old.
  document.getElementById("again").onclick = function () { goOn(to); };
  if (!navigator.cookieEnabled) { fail("cookies"); return; }
  show("doing", true);
  try { inWorker(); } catch (refused) { onThisThread(); }
})();
