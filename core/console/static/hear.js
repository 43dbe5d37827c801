// Hears that something changed: an event says "look again". A page that nobody sees asks now and then instead, since a
// browser opens only six connections to one address and every stream holds one: a seventh tab would never load.
(function () {
  "use strict";
  window.hear = function (address, look, say) {
    var events = null, asking = null;
    function stop() {
      if (events) { events.close(); }
      clearInterval(asking);
      events = null;
    }
    function start() {
      stop();
      if (document.hidden || !window.EventSource) { asking = setInterval(look, 15000); look(); return; }
      var mine = events = new EventSource(address);
      mine.addEventListener("ready", function () { say("on"); look(); });
      mine.addEventListener("changed", look);
      mine.onerror = function () {
        say("off");
        // A refusal ends a stream for good (a proxy whose core restarts, a session that ended).
        if (mine.readyState === 2 && mine === events) { look(); asking = setInterval(start, 5000); }
      };
    }
    document.addEventListener("visibilitychange", start);
    addEventListener("pagehide", stop);
    addEventListener("pageshow", function (event) { if (event.persisted) { start(); } });
    start();
  };
}());
