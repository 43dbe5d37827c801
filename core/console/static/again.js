// Loads a page anew every half minute, but never while somebody corrects something on it.
(function () {
  "use strict";
  setInterval(function () {
    var form = document.activeElement && document.activeElement.closest("form, details");
    if (!document.hidden && !form && !document.querySelector("main details[open]")) { location.reload(); }
  }, 30000);
}());
