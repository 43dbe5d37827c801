// Says beside a typed day which one was read, with its weekday: "thứ Ba, 01/12/2026". Without JavaScript the field
// works as before.
(function () {
  "use strict";
  var NAMES = ["Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"];
  function words(field) {
    var found = /^\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(?:20)?(\d{2})\s*$/.exec(field.value);
    if (!found) { return ""; }
    var day = Number(found[1]), month = Number(found[2]), year = 2000 + Number(found[3]);
    var read = new Date(year, month - 1, day);
    return read.getMonth() === month - 1 && read.getDate() === day ? NAMES[read.getDay()] : "";
  }
  Array.prototype.forEach.call(document.querySelectorAll("input.day"), function (field) {
    var said = document.createElement("small");
    said.className = "weekday";
    said.setAttribute("role", "status");
    field.insertAdjacentElement("afterend", said);
    function say() {
      said.textContent = words(field);
      var typed = field.value.trim();
      var wrong = !field.validity.patternMismatch && typed && !said.textContent && !/^\d{4}-/.test(typed);
      field.setCustomValidity(wrong ? "Không có ngày này. Thầy cô viết ngày/tháng/năm, ví dụ 31/12/2026." : "");
    }
    field.addEventListener("input", say);
    say();
  });
}());
