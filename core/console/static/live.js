// Keeps the page of the day fresh: an event says "look again", then the changing part is asked for.
(function () {
  "use strict";
  var box = document.getElementById("today"), line = document.getElementById("line");
  var busy = false, again = false;
  function say(state) { line.textContent = line.dataset[state]; line.className = "pill " + (state === "on" ? "good" : "warn"); }
  function refresh() {
    if (busy) { again = true; return; }
    busy = true;
    fetch(box.dataset.source, { credentials: "same-origin" }).then(function (answer) {
      if (answer.status === 401) { location.href = "/console/sign-in"; }
      return answer.ok ? answer.text() : null;
    }).then(function (html) {
      var focused = document.activeElement && document.activeElement.getAttribute("aria-label");
      if (html !== null) { box.innerHTML = html; }
      if (focused && html !== null) {
        Array.prototype.forEach.call(box.querySelectorAll("[aria-label]"), function (one) {
          if (one.getAttribute("aria-label") === focused) { one.focus(); }
        });
      }
    }).catch(function () { say("off"); }).then(function () {
      busy = false;
      if (again) { again = false; refresh(); }
    });
  }
  if (!window.EventSource) { setInterval(refresh, 10000); return; }
  var events = new EventSource(box.dataset.events);
  events.addEventListener("ready", function () { say("on"); refresh(); });
  events.addEventListener("changed", refresh);
  events.onerror = function () { say("off"); };
}());
