// Keeps the page of the day fresh: an event says "look again", then the changing part is asked for. A press is not lost
// to a change that comes while it lasts, and does not hit what a change has just moved under the pointer.
(function () {
  "use strict";
  var box = document.getElementById("today"), line = document.getElementById("line");
  line.hidden = false; // without JavaScript nothing is followed
  var busy = false, again = false, pressed = 0, x = -1, y = -1, moved = 0;
  function under() {
    var hit = x < 0 ? null : document.elementFromPoint(x, y), one = hit && hit.closest("button, a");
    return one && box.contains(one) ? one.getAttribute("aria-label") || one.href : "";
  }
  function point(event) { x = event.clientX; y = event.clientY; }
  addEventListener("pointermove", point);
  addEventListener("pointerdown", function (event) { point(event); pressed = Date.now(); });
  addEventListener("pointerup", function () { pressed = 0; });
  function pressing() { return Date.now() - pressed < 1500; }
  function later() { again = true; setTimeout(function () { if (again) { refresh(); } }, 200); }
  box.addEventListener("click", function (event) {
    if (event.detail && Date.now() - moved < 700) { event.preventDefault(); event.stopPropagation(); }
  }, true);
  function say(state) { line.textContent = line.dataset[state]; line.className = "pill " + (state === "on" ? "good" : "warn"); }
  function unsent() {
    return Array.prototype.some.call(document.querySelectorAll("textarea"), function (one) { return one.value.trim(); });
  }
  function refresh() {
    if (busy) { again = true; return; }
    if (pressing()) { later(); return; }
    busy = true;
    again = false;
    fetch(box.dataset.source, { credentials: "same-origin" }).then(function (answer) {
      if (answer.status === 401 && !unsent()) { location.href = "/console/sign-in"; }
      return answer.ok ? answer.text() : null;
    }).then(function (html) {
      if (pressing() && html !== null) { later(); return; }
      var before = under(), focused = document.activeElement && document.activeElement.getAttribute("aria-label");
      if (html !== null) { box.innerHTML = html; }
      if (focused && html !== null) {
        Array.prototype.forEach.call(box.querySelectorAll("[aria-label]"), function (one) {
          if (one.getAttribute("aria-label") === focused) { one.focus(); }
        });
      }
      if (under() !== before) { moved = Date.now(); }
    }).catch(function () { say("off"); }).then(function () {
      busy = false;
      if (again && !pressing()) { refresh(); }
    });
  }
  hear(box.dataset.events, refresh, say);
}());
