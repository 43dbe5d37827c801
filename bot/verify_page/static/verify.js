// The card page: reads a QR code with the camera, here where the browser can, else one frame at a time in the server's
// memory. No library. Nothing is kept beyond the page; the ticket leaves the address bar at once.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const ticket = location.hash.slice(1);
  const sections = ["start", "scan", "form", "child", "confirm", "done", "gone"];
  const answer = { own: null, child: null };
  let stream = null, scanning = 0, whose = "own";
  history.replaceState(null, "", location.pathname);

  const say = (text) => { $("trouble").textContent = text; $("trouble").hidden = !text; };
  function go(section) {
    for (const one of sections) $(one).hidden = one !== section;
    $("step").textContent = { child: "Bước 2 / 2: con của anh/chị", confirm: "Kiểm tra rồi gửi", done: "Xong", gone: "" }[section]
      ?? (whose === "own" ? "Bước 1 / 2: thẻ của anh/chị" : "Bước 2 / 2: con của anh/chị");
    if (section !== "scan") closeCamera();
    const title = $(section).querySelector("h2");
    title.tabIndex = -1; title.focus({ preventScroll: true });
  }
  function closeCamera() {
    scanning += 1;
    for (const track of stream ? stream.getTracks() : []) track.stop();
    stream = null; $("video").srcObject = null;
  }

  // ---- reading a card
  const fields = (text) => text.split("|").map((part) => part.trim());
  function card(text) {
    const all = fields(text);
    if (![7, 11].includes(all.length) || !/^\d{12}$/.test(all[0]) || !/^\d{8}$/.test(all[3]) || !all[2]) return null;
    const born = new Date(+all[3].slice(4), +all[3].slice(2, 4) - 1, +all[3].slice(0, 2));
    return { text, name: all[2], end: all[0].slice(-3), years: (Date.now() - born) / 31557600000 };
  }
  async function openCamera() {
    say("");
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) { say("Trình duyệt này không mở được máy ảnh. Anh/chị nhập bằng tay giúp em ạ."); return type(); }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } }, audio: false });
    } catch {
      say("Chưa mở được máy ảnh. Anh/chị cho phép trang này dùng máy ảnh rồi thử lại, hoặc nhập bằng tay ạ.");
      return go(whose === "own" ? "start" : "child");
    }
    $("scan-title").textContent = whose === "own" ? "Đưa mã QR trên thẻ của anh/chị vào khung" : "Đưa mã QR trên thẻ của con vào khung";
    go("scan");
    const mine = scanning;
    $("video").srcObject = stream;
    await $("video").play().catch(() => {});
    watch(await reader(), mine);
  }
  async function reader() {
    if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async () => (await detector.detect($("video"))).map((one) => one.rawValue).find(card) || "";
    }
    return async () => {
      const jpeg = await picture();
      if (!jpeg) return "";
      const said = await fetch("/verify/frame", { method: "POST", headers: { "Content-Type": "image/jpeg", "X-Verify-Ticket": ticket }, body: jpeg });
      if (said.status === 410) { go("gone"); return ""; }
      return said.ok ? (await said.json()).text : "";
    };
  }
  function picture() {
    const video = $("video");
    if (!video.videoWidth) return null;
    const canvas = document.createElement("canvas"), side = Math.min(video.videoWidth, video.videoHeight);
    canvas.width = Math.min(video.videoWidth, side * 4 / 3); canvas.height = side;
    canvas.getContext("2d").drawImage(video, (video.videoWidth - canvas.width) / 2, (video.videoHeight - side) / 2, canvas.width, side, 0, 0, canvas.width, side);
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  }
  async function watch(read, mine) {
    const began = Date.now();
    while (scanning === mine) {
      const text = await read().catch(() => "");
      if (scanning !== mine) return;
      const found = text ? card(text) : null;
      if (found) return accept(found);
      if (text) $("hint").textContent = "Đây không phải mã QR của thẻ căn cước. Mã nằm ở góc trên mặt trước (thẻ cũ) hoặc mặt sau (thẻ mới).";
      else if (Date.now() - began > 15000) $("hint").textContent = "Chưa đọc được. Anh/chị đưa thẻ gần hơn, tránh loá sáng, lau ống kính; hoặc nhập bằng tay.";
      await new Promise((done) => setTimeout(done, 300));
    }
  }
  function accept(found) {
    if (whose === "own" && found.years < 18) { closeCamera(); say("Đây là thẻ của trẻ em. Bước này cần thẻ của anh/chị."); return go("start"); }
    answer[whose] = { card: found.text, shown: `${found.name}, số định danh kết thúc bằng ${found.end}` };
    next();
  }

  // ---- typing
  function type() {
    $("typed").reset();
    for (const input of $("typed").querySelectorAll("input")) input.removeAttribute("aria-invalid");
    $("class-row").hidden = whose === "own";
    $("form-title").textContent = whose === "own" ? "Nhập theo thẻ của anh/chị" : "Nhập thông tin của con";
    go("form");
  }
  function bornOn(text) {
    const found = /^(\d{1,2})[\/.\- ](\d{1,2})[\/.\- ](\d{4})$/.exec(text.trim());
    if (!found) return null;
    const [day, month, year] = found.slice(1).map(Number), made = new Date(Date.UTC(year, month - 1, day));
    return made.getUTCMonth() === month - 1 && made.getUTCDate() === day ? made.toISOString().slice(0, 10) : null;
  }
  $("typed").addEventListener("submit", (event) => {
    event.preventDefault();
    const number = $("number").value.replace(/[\s.\-]/g, ""), name = $("name").value.trim(), born = bornOn($("born").value);
    const needed = whose === "own";
    const bad = [[$("name"), !name], [$("number"), number ? !/^\d{12}$/.test(number) : needed], [$("born"), !born]];
    for (const [input, wrong] of bad) input.setAttribute("aria-invalid", String(wrong));
    const first = bad.find(([, wrong]) => wrong);
    if (first) { say("Anh/chị kiểm tra lại ô được đánh dấu: tên, số định danh 12 số, ngày sinh dạng 05/09/2015 ạ."); return first[0].focus(); }
    say("");
    answer[whose] = { typed: { full_name: name, number: number || null, born_on: born, class_name: needed ? "" : $("class").value.trim() }, shown: number ? `${name}, số định danh kết thúc bằng ${number.slice(-3)}` : name };
    next();
  });

  // ---- the way
  function next() {
    say("");
    if (whose === "own") { whose = "child"; $("own-done").textContent = `Đã đọc: ${answer.own.shown}`; return go("child"); }
    confirm();
  }
  function confirm() {
    $("summary").replaceChildren(...[["Phụ huynh: ", answer.own], ["Con: ", answer.child]].filter(([, one]) => one).map(([label, one]) => {
      const item = document.createElement("li"); item.textContent = label + one.shown; return item;
    }));
    go("confirm");
  }
  async function send() {
    $("send").disabled = true; say("");
    const body = { ticket };
    if (answer.own.card) body.card = answer.own.card; else body.typed = answer.own.typed;
    if (answer.child) { if (answer.child.card) body.child_card = answer.child.card; else body.child_typed = answer.child.typed; }
    try {
      const said = await fetch("/verify/submit", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      if (said.status === 202) { answer.own = answer.child = null; return go("done"); }
      if (said.status === 410) return go("gone");
      say("Chưa đọc được thông tin trên thẻ. Anh/chị làm lại từ đầu giúp em ạ.");
    } catch { say("Mạng chập chờn. Anh/chị bấm “Gửi” lần nữa ạ."); }
    finally { $("send").disabled = false; }
  }
  $("open").onclick = openCamera; $("child-open").onclick = openCamera;
  $("type").onclick = type; $("child-type").onclick = type;
  $("stop").onclick = () => { closeCamera(); type(); };
  $("child-skip").onclick = confirm;
  $("send").onclick = send;
  $("again").onclick = () => { answer.own = answer.child = null; whose = "own"; go("start"); };
  addEventListener("pagehide", closeCamera);
  go(/^[\w-]{30,100}$/.test(ticket) ? "start" : "gone");
})();
