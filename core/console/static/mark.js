// The mark in the navigation: how many guardians wait for a person. An event says "look again".
(function () {
  "use strict";
  var mark = document.getElementById("desk-mark");
  if (!mark) { return; }
  var title = document.title;
  function show(found) {
    mark.hidden = !found.waiting;
    mark.textContent = found.waiting;
    mark.className = found.urgent ? "mark urgent" : "mark";
    mark.setAttribute("aria-label", found.waiting + " phụ huynh đang chờ" + (found.urgent ? ", có việc khẩn" : ""));
    document.title = (found.urgent ? "🔴 KHẨN · " : found.waiting ? "(" + found.waiting + ") " : "") + title;
  }
  function look() {
    fetch(mark.dataset.source, { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (found) { if (found) { show(found); } })
      .catch(function () {});
  }
  look();
  hear(mark.dataset.events, look, function () {});
}());
