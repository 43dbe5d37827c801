// Guards against a hasty hand: what cannot be taken back asks first, and a second press does nothing while the first
// is on its way. Without JavaScript the forms work as before.
(function () {
  "use strict";
  var sent = [];
  document.addEventListener("submit", function (event) {
    var form = event.target, question = event.submitter && event.submitter.dataset.ask;
    if (sent.indexOf(form) >= 0 || (question && !confirm(question))) { event.preventDefault(); return; }
    sent.push(form);
    setTimeout(function () { sent = sent.filter(function (one) { return one !== form; }); }, 10000);
  });
  addEventListener("pageshow", function () { sent = []; });
}());
