// Asks every few seconds how far the line is, shows it, and goes on when it is the visitor's turn. Whoever stops asking loses
// the place. What it needs stands in attributes of the element `room`.
(function () {
  "use strict";
  var EVERY_MS = 5000, ANSWER_MS = 15000;
  var room = document.getElementById("room"), to = room.getAttribute("data-to"), timer;

  function show(id, visible) { document.getElementById(id).hidden = !visible; }

  function estimate(seconds) {
    if (seconds < 60) { return room.getAttribute("data-soon"); }
    return room.getAttribute("data-minutes").replace("{n}", String(Math.ceil(seconds / 60)));
  }

  function report(answer) {
    var inLine = answer.position !== null;
    if (inLine) {
      document.getElementById("position").textContent = String(answer.position);
      document.getElementById("wait").textContent = estimate(answer.estimated_seconds);
    }
    show("line", inLine);
    show("full", !inLine);
    show("lost", false);
  }

  function later() {
    clearTimeout(timer);
    // Not all at the same moment, though all may have come at the same moment.
    timer = setTimeout(poll, EVERY_MS + Math.random() * EVERY_MS / 5);
  }

  // XMLHttpRequest, for browsers without fetch: the same origin and the same cookies.
  function poll() {
    var request = new XMLHttpRequest();
    request.open("GET", "/.medward/waiting");
    request.timeout = ANSWER_MS;
    request.setRequestHeader("Accept", "application/json");
    request.onload = function () {
      var answer = null;
      try { answer = JSON.parse(request.responseText); } catch (malformed) { show("lost", true); }
      if (answer && answer.admitted) { goOn(to); return; }
      if (answer && "position" in answer) { report(answer); } else { show("lost", true); }
      later();
    };
    request.onerror = request.ontimeout = function () { show("lost", true); later(); };
    request.send();
  }

  // A phone stops timers of what it does not show: ask as soon as it is looked at again.
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "visible") { clearTimeout(timer); poll(); }
  });
  later();
})();
