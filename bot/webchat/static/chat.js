// The chat page: posts what is typed, shows the lines that come back. No library, no state beyond the page.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const lines = $("lines"), box = $("box"), typing = $("typing"), trouble = $("trouble"), main = document.querySelector("main");
  const shown = new Map(), waiting = new Set();
  let last = "", source = null;
  const uuid = () => crypto.randomUUID ? crypto.randomUUID()
    : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  const make = (tag, text, into) => { const e = document.createElement(tag); if (text) e.textContent = text; if (into) into.append(e); return e; };
  const bottom = () => { main.scrollTop = main.scrollHeight; };

  function say(text) { trouble.textContent = text; trouble.hidden = !text; }
  function show(line) {
    const key = line.from === "guardian" ? line.id : line.line;
    let item = shown.get(key);
    if (item) { item.classList.remove("pending"); return; }
    document.body.classList.add("started");
    $("empty").hidden = true;
    lines.querySelectorAll(".choices").forEach((old) => old.remove());
    item = make("li", "", lines);
    item.className = line.from;
    shown.set(key, item);
    make("span", line.from === "guardian" ? "Anh/chị: " : "Trợ lý: ", item).className = "hidden";
    // The sources have their own fold below; the numbered list under the text is for channels without one.
    const text = line.sources && line.sources.length ? line.text.replace(/\n+(Nguồn|Sources):\n[\s\S]*$/, "") : line.text;
    linked(make("p", text, item));
    if (line.qr) { const img = make("img", "", item); img.src = line.qr; img.alt = "Mã VietQR để thanh toán"; }
    for (const one of line.files || []) addFile(one, item);
    for (const one of line.sources || []) addSource(one, item);
    if (line.at) addTime(line.at, item);
    if (/^(checkin|fees\.(paid|part|over|issued))/.test(line.key || "") && line.key !== "checkins.today") item.classList.add("news");
    const buttons = line.buttons || [], rates = buttons.filter((one) => one.code.startsWith("rate."));
    if (rates.length) addRating(rates, item);
    if (buttons.length > rates.length) addChoices(buttons.filter((one) => !rates.includes(one)), item);
    if (line.from === "school") { waiting.clear(); typing.hidden = true; }
    bottom();
    return item;
  }
  // Addresses can be pressed; a path of our own page too.
  function linked(paragraph) {
    const parts = paragraph.textContent.split(/(https?:\/\/[^\s]+|(?<=\s|^)\/verify#[\w-]+)/);
    if (parts.length > 1) paragraph.replaceChildren(...parts.map((part, place) => {
      if (place % 2 === 0) return part;
      const a = document.createElement("a");
      a.href = part; a.textContent = part.startsWith("/") ? "Mở trang quét thẻ" : part.length > 48 ? new URL(part).host + "/…" : part.replace(/#.*/, "#…"); a.target = "_blank"; a.rel = "noopener";
      return a;
    }));
  }
  function addFile(one, item) {
    const address = `data:${one.mime};base64,${one.data}`;
    if (/^image\/(png|jpeg)$/.test(one.mime)) { const img = make("img", "", item); img.src = address; img.alt = one.name; }
    else { const link = make("a", "Tải tệp: " + one.name, item); link.href = address; link.download = one.name; }
  }
  function addSource(one, item) {
    const fold = make("details", "", item);
    make("summary", "Nguồn: " + (one.law || one.title), fold);
    if (one.quote) make("blockquote", one.quote, fold);
    if (one.since) make("div", "Hiệu lực từ " + one.since, fold);
  }
  function addTime(at, item) {
    const time = make("time", new Date(at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" }), item);
    time.dateTime = at;
  }
  function addChoices(buttons, item) {
    const row = make("div", "", item);
    row.className = "choices"; row.role = "group"; row.ariaLabel = "Chọn nhanh";
    for (const one of buttons) make("button", one.label, row).onclick = () => send({ text: one.label, choice: one.code });
  }

  // Thumbs stay under their answer and are told quietly: what comes back is a line like any other.
  function addRating(rates, item) {
    const row = make("div", "", item);
    row.className = "rate"; row.role = "group"; row.ariaLabel = "Câu trả lời này thế nào?";
    for (const one of rates) {
      const button = make("button", one.label.replace(/^(👍|👎) .*/u, "$1"), row);
      button.type = "button"; button.ariaLabel = one.label; button.title = one.label;
      button.onclick = () => {
        row.querySelectorAll("button").forEach((other) => { other.ariaPressed = String(other === button); other.disabled = true; });
        send({ choice: one.code });
      };
    }
  }

  async function send(message) {
    const id = message.id || uuid();
    let why = "Chưa gửi được. Anh/chị kiểm tra mạng rồi bấm gửi lại ạ.";
    if (message.text) show({ from: "guardian", id, text: message.text, at: new Date().toISOString() })?.classList.add("pending");
    waiting.add(id); typing.hidden = false; bottom(); say("");
    for (const pause of [0, 1000, 3000, 8000]) {
      await new Promise((done) => setTimeout(done, pause));
      try {
        const answer = await fetch("/chat/messages", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...message, id }) });
        if (answer.ok) { shown.get(id)?.classList.remove("pending"); return; }
        if (answer.status === 429) { why = "Đang có nhiều người cùng mở trò chuyện từ mạng này. Anh/chị chờ một phút rồi gửi lại giúp em ạ."; break; }
        if (answer.status < 500) break;
      } catch { /* offline: try again, the id makes it harmless */ }
      say("Mạng chập chờn, em đang gửi lại…");
    }
    waiting.delete(id); typing.hidden = true;
    say(why);
    if (message.text && !message.choice) box.value = message.text;
    shown.get(id)?.remove(); shown.delete(id);
  }
  function listen() {
    if (source) source.close();
    source = new EventSource("/chat/lines/stream?after=" + last);
    source.addEventListener("ready", () => { say(""); $("status").textContent = "Trợ lý tự động của nhà trường"; });
    source.addEventListener("line", (event) => { const line = JSON.parse(event.data); last = line.line; show(line); });
    source.onerror = () => {
      $("status").textContent = "Đang kết nối lại…";
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
    };
  }
  // A browser that keeps no cookies in frames of other sites: the chat works in a page of its own.
  function alone() {
    say("Trình duyệt không cho trò chuyện ngay trong trang này. ");
    const link = make("a", "Mở trò chuyện trong trang riêng", trouble);
    link.href = "/chat"; link.target = "_blank"; link.rel = "noopener";
  }
  if (parent !== window) addEventListener("keydown", (event) => {
    if (event.key === "Escape") parent.postMessage("congtruong.close", "*");
  });
  async function begin() {
    try {
      const answer = await fetch("/chat/lines/all");
      if (answer.status === 403 && parent !== window) return alone();
      for (const line of (await answer.json()).lines || []) { show(line); last = line.line; }
    } catch { say("Chưa tải được cuộc trò chuyện. Anh/chị thử tải lại trang ạ."); }
    listen();
    const asked = new URLSearchParams(location.search), code = asked.get("lk");
    if (code) { history.replaceState(null, "", location.pathname); send({ link_code: code.slice(0, 32) }); }
  }

  $("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (text) { box.value = ""; grow(); send({ text }); }
    box.focus();
  });
  const grow = () => { box.style.height = "auto"; box.style.height = Math.min(box.scrollHeight + 3, 128) + "px"; };
  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("form").requestSubmit(); }
  });
  for (const button of document.querySelectorAll("nav button")) button.onclick = () => send({ text: button.textContent, choice: button.dataset.choice });
  begin();
})();
