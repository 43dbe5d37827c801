// Finds rows of the table below a search field, by the beginnings of words, without marks: "dat 2b". A number of three
// digits and more is found inside longer ones. What is typed goes nowhere: no name stands in an address or a log; it
// is there again after "back". Without JavaScript there is no field, and the browser's own search finds.
(function () {
  "use strict";
  var box = document.querySelector(".find");
  if (!box || !String.prototype.normalize || !document.querySelector("main table tbody th")) { return; }
  var field = box.querySelector("input"), told = box.querySelector("[role=status]"), rows = null;
  function folded(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d");
  }
  function known() {
    return Array.prototype.map.call(document.querySelectorAll("main table tbody tr"), function (row) {
      var text = folded(Array.prototype.map.call(row.cells, function (cell) { return cell.textContent; }).join(" "));
      return { row: row, words: " " + text.replace(/[^a-z0-9]+/g, " "), digits: text.replace(/(\d)[ .]+(?=\d)/g, "$1") };
    });
  }
  function find() {
    var wanted = folded(field.value).replace(/(\d)[ .]+(?=\d)/g, "$1").split(/[^a-z0-9]+/).filter(Boolean), left = 0;
    rows = rows || known();
    rows.forEach(function (one) {
      var fits = wanted.every(function (word) {
        return one.words.indexOf(" " + word) >= 0 || (/^\d{3,}$/.test(word) && one.digits.indexOf(word) >= 0);
      });
      one.row.hidden = !fits;
      left += fits ? 1 : 0;
    });
    told.textContent = !wanted.length ? "" : left ? left + " dòng" : "Không có dòng nào như vậy.";
    history.replaceState({ find: field.value }, "");
  }
  box.hidden = false;
  field.addEventListener("input", find);
  field.addEventListener("keydown", function (press) {
    var link = press.key === "Enter" && document.querySelector("main table tbody tr:not([hidden]) a");
    if (link) { press.preventDefault(); link.focus(); }
  });
  if (history.state && history.state.find) { field.value = history.state.find; find(); }
  if (field.hasAttribute("autofocus")) { field.focus(); }
}());
