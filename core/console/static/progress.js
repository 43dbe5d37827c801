// Keeps the progress of an announcement fresh until everything is settled.
(function () {
  "use strict";
  var box = document.getElementById("progress");
  function again() {
    if (!box.querySelector("[data-open=yes]")) { return; }
    setTimeout(function () {
      fetch(box.dataset.source, { credentials: "same-origin" })
        .then(function (answer) { return answer.ok ? answer.text() : null; })
        .then(function (html) { if (html !== null) { box.innerHTML = html; } })
        .catch(function () {}).then(again);
    }, 2000);
  }
  again();
}());
