// Guards against a hasty hand: what cannot be taken back asks first, and a second press does nothing while the first
// is on its way. Enter in a field of a form with several buttons ("Duyệt", "Từ chối") only goes to them: it would press
// the first, whatever the reason says that was just typed. Without JavaScript the forms work as before.
(function () {
  "use strict";
  var sent = [];
  document.addEventListener("submit", function (event) {
    var form = event.target, question = event.submitter && event.submitter.dataset.ask;
    if (sent.indexOf(form) >= 0 || (question && !confirm(question))) { event.preventDefault(); return; }
    sent.push(form);
    setTimeout(function () { sent = sent.filter(function (one) { return one !== form; }); }, 10000);
  });
  document.addEventListener("keydown", function (event) {
    var buttons = event.key === "Enter" && event.target.tagName === "INPUT" && event.target.form
      ? event.target.form.querySelectorAll("button") : [];
    if (buttons.length > 1) { event.preventDefault(); buttons[0].focus(); }
  });
  addEventListener("pageshow", function () { sent = []; });
}());
