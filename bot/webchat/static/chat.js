// The chat page: posts what is typed, shows the lines that come back. No library, no state beyond the tab.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const lines = $("lines"), box = $("box"), typing = $("typing"), trouble = $("trouble"), below = $("below"), main = document.querySelector("main");
  const shown = new Map(), waiting = new Set();
  const MOST = 4000, SLOW = 20000, FRESH = 30000, TWICE = 1500, PLACE = { timeZone: "Asia/Ho_Chi_Minh" };
  let last = "", source = null, words = WORDS.vi, quiet = false, day = "", slow = 0, pressed = ["", 0], asked = [null, 0];
  const uuid = () => crypto.randomUUID ? crypto.randomUUID()
    : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  const make = (tag, text, into) => { const e = document.createElement(tag); if (text) e.textContent = text; if (into) into.append(e); return e; };
  const near = () => main.scrollHeight - main.scrollTop - main.clientHeight < 120;
  const bottom = () => { main.scrollTop = main.scrollHeight; };

  // What was not sent yet, and what is being typed, outlives a reload of this tab; some frames keep nothing.
  const recall = (name) => { try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; } };
  const keep = (name, value) => { try { sessionStorage.setItem(name, JSON.stringify(value)); } catch { /* then not */ } };
  const unsent = new Map();

  function say(text) { trouble.textContent = text; trouble.hidden = !text; }
  function speak(locale) {
    if (!WORDS[locale] || words === WORDS[locale]) return;
    words = WORDS[locale];
    document.documentElement.lang = locale;
    for (const one of document.querySelectorAll("[data-word]")) one.textContent = words[one.dataset.word];
    for (const one of document.querySelectorAll("[data-label]")) one.ariaLabel = words[one.dataset.label];
    box.placeholder = words.hint;
  }
  // What was asked stays in sight above a long answer, a code to pay by is whole; who reads further up is not torn away.
  function settle(follow, code) {
    const [item, at] = code ? [code, Date.now()] : asked;
    if (!follow) { below.hidden = false; return; }
    bottom();
    if (item?.isConnected && Date.now() - at < FRESH) {
      const over = main.getBoundingClientRect().top + 8 - item.getBoundingClientRect().top;
      if (over > 0) main.scrollTop -= over;
    }
  }
  function show(line) {
    const own = line.from === "guardian", key = own ? line.id : line.line;
    let item = shown.get(key);
    if (item) { item.classList.remove("pending"); return item; }
    const follow = own || waiting.size > 0 || near(), buttons = line.buttons || [], rates = buttons.filter((one) => one.code.startsWith("rate."));
    document.body.classList.add("started");
    $("empty").hidden = true;
    if ((own && !quiet) || buttons.length) lines.querySelectorAll(".choices").forEach((old) => old.remove());
    speak(line.locale);
    if (line.at) addDay(line.at);
    item = make("li", "", lines);
    item.className = line.from;
    if (line.locale) item.lang = line.locale;
    shown.set(key, item);
    make("span", own ? words.me : words.them, item).className = "hidden";
    // The sources have their own fold below; the numbered list under the text is for channels without one.
    const text = line.sources && line.sources.length ? line.text.replace(/\n+(Nguồn|Sources):\n[\s\S]*$/, "") : line.text;
    linked(make("p", text, item));
    if (line.qr) addCode(line.qr, item);
    for (const one of line.files || []) addFile(one, item);
    for (const one of line.sources || []) addSource(one, item);
    if (line.at) addTime(line.at, item);
    if (/^(checkin|fees\.(paid|part|over|issued))/.test(line.key || "") && line.key !== "checkins.today") item.classList.add("news");
    if (rates.length) addRating(rates, item);
    if (buttons.length > rates.length) addChoices(buttons.filter((one) => !rates.includes(one)), item);
    if (own) asked = [item, Date.now()];
    else { quiet = line.quiet ?? (line.key === "ask.answer" ? false : quiet); waiting.clear(); rest(); }
    settle(follow, item.querySelector("img.qr"));
    return item;
  }
  function rest() { clearTimeout(slow); typing.hidden = true; }
  function think() {
    if (quiet) return;
    clearTimeout(slow);
    typing.className = ""; typing.lastElementChild.textContent = words.typing; typing.hidden = false;
    slow = setTimeout(() => { typing.className = "slow"; typing.lastElementChild.textContent = words.slow; }, SLOW);
  }
  // Addresses can be pressed; a path of our own page too.
  function linked(paragraph) {
    const parts = paragraph.textContent.split(/(https?:\/\/[^\s]+|\/verify#[\w-]+)/);
    if (parts.length > 1) paragraph.replaceChildren(...parts.map((part, place) => {
      if (place % 2 === 0) return part;
      const a = document.createElement("a");
      a.href = part; a.textContent = part.startsWith("/") ? words.scan : part.length > 48 ? new URL(part).host + "/…" : part.replace(/#.*/, "#…"); a.target = "_blank"; a.rel = "noopener";
      return a;
    }));
  }
  // Who pays on this very phone cannot scan it: the saved picture is opened in the bank's app.
  function addCode(address, item) {
    const img = make("img", "", item), link = make("a", words.save, item);
    img.src = address; img.alt = words.qr; img.className = "qr";
    link.href = address; link.download = "ma-qr.png"; link.className = "save";
  }
  function addFile(one, item) {
    const address = `data:${one.mime};base64,${one.data}`;
    if (/^image\/(png|jpeg)$/.test(one.mime)) { const img = make("img", "", item); img.onload = () => { if (near() || asked[0] === item) settle(true); }; img.src = address; img.alt = one.name; }
    else { const link = make("a", words.file + one.name, item); link.href = address; link.download = one.name; }
  }
  function addSource(one, item) {
    const fold = make("details", "", item);
    make("summary", words.source + (one.law || one.title), fold);
    if (one.quote) make("blockquote", one.quote, fold).lang = "vi";
    if (one.since) make("div", words.since + one.since, fold);
  }
  function addDay(at) {
    const of = (when) => new Date(when).toLocaleDateString("sv", PLACE), on = of(at);
    if (on === day || (!day && on === of(Date.now()))) { day = on; return; }
    day = on;
    const text = on === of(Date.now()) ? words.today : new Date(at).toLocaleDateString(words === WORDS.en ? "en-GB" : "vi-VN", { ...PLACE, weekday: "long", day: "2-digit", month: "2-digit" });
    make("li", text, lines).className = "day";
  }
  function addTime(at, item) {
    const time = make("time", new Date(at).toLocaleTimeString("vi-VN", { ...PLACE, hour: "2-digit", minute: "2-digit" }), item);
    time.dateTime = at;
  }
  function addChoices(buttons, item) {
    const row = make("div", "", item);
    row.className = "choices"; row.role = "group"; row.ariaLabel = words.choose;
    for (const one of buttons) make("button", one.label, row).onclick = (event) => { byKeyboard(event); send({ text: one.label, choice: one.code }); };
  }
  // A button that goes away takes the keyboard's place with it; a finger must not open the keyboard of the screen.
  function byKeyboard(event) { if (event.detail === 0) box.focus(); }

  // Thumbs stay under their answer and are told quietly: what comes back is a line like any other.
  function addRating(rates, item) {
    const row = make("div", "", item);
    row.className = "rate"; row.role = "group"; row.ariaLabel = words.rate;
    for (const one of rates) {
      const button = make("button", one.label.replace(/^(👍|👎) .*/u, "$1"), row), all = row.getElementsByTagName("button");
      button.type = "button"; button.ariaLabel = one.label; button.title = one.label;
      button.onclick = async (event) => {
        byKeyboard(event);
        for (const other of all) { other.ariaPressed = String(other === button); other.disabled = true; }
        if (!await send({ choice: one.code })) for (const other of all) { other.ariaPressed = null; other.disabled = false; }
      };
    }
  }

  // True when the server has it. What could not be sent stays where it is, with a button: its id makes it harmless twice.
  async function send(message) {
    const id = message.id || uuid(), again = { ...message, id };
    const item = message.text ? show({ from: "guardian", id, text: message.text, at: new Date().toISOString() }) : null;
    let why = "unsent";
    item?.classList.add("pending"); item?.classList.remove("failed");
    if (message.text) { unsent.set(id, again); keep("unsent", [...unsent.values()]); }
    waiting.add(id); if (!message.choice?.startsWith("rate.")) think();
    bottom(); say("");
    for (const pause of [0, 1000, 3000, 8000]) {
      await new Promise((done) => setTimeout(done, pause));
      try {
        const answer = await fetch("/chat/messages", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(again) });
        if (answer.ok) { unsent.delete(id); keep("unsent", [...unsent.values()]); item?.classList.remove("pending"); say(""); return true; }
        if (answer.status === 429) { why = "crowd"; break; }
        if (answer.status < 500) { why = "stale"; break; }
      } catch { /* offline: try again, the id makes it harmless */ }
      say(words.trying);
    }
    waiting.delete(id); if (!waiting.size) rest();
    say(words[why]);
    item?.classList.replace("pending", "failed");
    if (!message.choice?.startsWith("rate.")) {
      const button = make("button", words.again, item || trouble);
      button.className = "again"; button.onclick = (event) => { byKeyboard(event); button.remove(); send(again); };
    }
    settle(near());
    return false;
  }
  addEventListener("online", () => document.querySelectorAll("button.again").forEach((one) => one.onclick({ detail: 1 })));
  function listen() {
    if (source) source.close();
    source = new EventSource("/chat/lines/stream?after=" + last);
    source.addEventListener("ready", () => { $("status").textContent = words.status; if (!trouble.querySelector("button")) say(""); });
    source.addEventListener("line", (event) => { const line = JSON.parse(event.data); last = line.line; show(line); });
    source.onerror = () => {
      $("status").textContent = words.connecting;
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
    };
  }
  // A browser that keeps no cookies in frames of other sites: the chat works in a page of its own.
  function alone() {
    say(words.framed);
    const link = make("a", words.alone, trouble);
    link.href = "/chat"; link.target = "_blank"; link.rel = "noopener";
  }
  if (parent !== window) addEventListener("keydown", (event) => {
    if (event.key === "Escape") parent.postMessage("congtruong.close", "*");
  });
  async function begin() {
    const kept = recall("unsent") || [];
    try {
      const answer = await fetch("/chat/lines/all");
      if (answer.status === 403 && parent !== window) return alone();
      const known = (await answer.json()).lines || [], newest = known[known.length - 1];
      for (const line of known) { show(line); last = line.line; }
      asked = [null, 0]; bottom();
      if (newest?.from === "guardian" && Math.abs(Date.now() - new Date(newest.at)) < SLOW) think();
    } catch { say(words.unread); }
    listen();
    for (const one of kept) if (!shown.has(one.id)) send(one);
    keep("unsent", [...unsent.values()]);
    const query = new URLSearchParams(location.search), code = query.get("lk");
    if (code) { history.replaceState(null, "", location.pathname); send({ link_code: code.slice(0, 32) }); }
  }

  $("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (text.length > MOST) say(words.long(MOST, text.length));
    else if (text) { box.value = ""; keep("draft", ""); grow(); send({ text }); }
    box.focus();
  });
  const grow = () => { box.style.height = "auto"; box.style.height = Math.min(box.scrollHeight + 3, 128) + "px"; };
  box.addEventListener("input", () => { grow(); keep("draft", box.value); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("form").requestSubmit(); }
  });
  below.onclick = () => { asked = [null, 0]; bottom(); };
  main.addEventListener("scroll", () => { if (near()) below.hidden = true; });
  for (const button of document.querySelectorAll("nav button")) button.onclick = () => {
    const choice = button.dataset.choice, now = Date.now(), [before, at] = pressed;
    pressed = [choice, now];
    if (before !== choice || now - at > TWICE) send({ text: button.textContent, choice });
  };
  if (!box.value) { box.value = recall("draft") || ""; grow(); }
  begin();
})();
