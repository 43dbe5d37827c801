"use strict";
// Shows what the kiosk says and sends buttons back; it keeps nothing and decides nothing.
const $ = (id) => document.getElementById(id);
let texts = {}, language = "vi", home = "vi", view = null, foot = null, lastWord = Date.now(), nameTimer = 0, shownAs = "", typed = "";

function say(keys, values = {}) {
  for (const key of keys) {
    if (!key) continue;
    const forms = view && view.mode !== "attendance" ? [key + "." + view.mode, key] : [key];
    for (const one of forms) {
      const text = (texts[language] || {})[one];
      if (text !== undefined) return addressed(text).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
    }
  }
  return "";
}

// The sentences speak to pupils; guardians and visitors are grown up, and Vietnamese says so in every sentence.
function addressed(text) {
  if (language !== "vi" || !view || !["guardian", "visitor"].includes(view.mode)) return text;
  const [first, inside] = view.mode === "visitor" ? ["Quý khách", "quý khách"] : ["Anh/chị", "anh/chị"];
  return text.replace(/(?<!\p{L})Em(?!\p{L})/gu, first).replace(/(?<!\p{L})em(?!\p{L})/gu, inside);
}

function draw() {
  if (!view) return;
  document.documentElement.lang = language;
  document.body.dataset.tone = view.tone;
  document.body.dataset.screen = view.screen;
  document.body.dataset.visit = view.visit;
  document.body.dataset.camera = view.camera;
  $("mode").textContent = say(["mode." + view.mode]);
  $("title").textContent = say([view.title], { name: view.name });
  $("text").textContent = say([view.text, view.fallback]);
  const hint = view.hint ? say([view.hint, view.screen === "looking" ? view.fallback : null]) : "";
  $("hint").textContent = hint;
  $("hint").hidden = !hint;
  $("sign").innerHTML = SIGNS[view.sign] || "";
  $("sign").hidden = view.camera;
  $("way").innerHTML = view.way ? SIGNS[view.way === "blink" ? "eye" : "arrow"] : "";
  $("way").hidden = !view.way;
  document.body.dataset.way = view.way || "";
  $("bar").hidden = view.progress === null;
  $("fill").style.width = 100 * (view.progress || 0) + "%";
  $("language").textContent = (texts[language === "vi" ? "en" : "vi"] || {})["language.name"] || "";
  mirror();
  keypad();
  buttons();
  drawFoot();
}

function mirror() {
  const on = view.camera, camera = $("camera");
  $("mirror").hidden = !on;
  if (on && camera.dataset.visit !== String(view.visit)) {
    camera.dataset.visit = view.visit;
    camera.src = "/camera.mjpeg?" + view.visit;
  } else if (!on && camera.dataset.visit) {
    delete camera.dataset.visit;
    camera.removeAttribute("src");
  }
}

function keypad() {
  const pad = $("keypad"), shown = view.digits ? view.visit + language : "";
  pad.hidden = !view.digits;
  $("sign").hidden = $("sign").hidden || Boolean(view.digits);
  if (pad.dataset.shown === shown) return;
  pad.dataset.shown = shown;
  typed = "";
  if (!view.digits) return pad.replaceChildren();
  const visit = view.visit, count = view.digits, boxes = document.createElement("output");
  const write = () => { boxes.textContent = typed.padEnd(count, "–").split("").join(" "); };
  const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "erase", "0"].map((name) => {
    const key = document.createElement("button");
    key.type = "button";
    key.dataset.key = name;
    key.textContent = name === "erase" ? say(["key.erase"]) : name;
    key.onclick = () => {
      if (typed.length === count) return;
      typed = name === "erase" ? typed.slice(0, -1) : typed + name;
      write();
      if (typed.length === count) post("/code", { visit, code: typed });
    };
    return key;
  });
  write();
  pad.replaceChildren(boxes, ...keys);
}

function buttons() {
  const wanted = view.buttons.map((name) => name + language + view.visit).join();
  if ($("buttons").dataset.shown === wanted) return;
  $("buttons").dataset.shown = wanted;
  $("buttons").replaceChildren(...view.buttons.map((name, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.button = name;
    button.className = index === 0 && name === "retry" ? "first" : "";
    button.textContent = say(["button." + name]);
    const visit = view.visit;
    button.onclick = () => post("/press", { visit, button: name });
    return button;
  }));
}

function drawFoot() {
  if (!foot) return;
  const state = foot.blocked ? "blocked" : foot.online ? "online" : "offline";
  $("net").textContent = (state === "online" ? "● " : "▲ ") + say(["status." + state]);
  $("net").className = state === "online" ? "" : "off";
  const counts = [["queued", foot.queued], ["parked", foot.parked]].filter(([, count]) => count > 0);
  $("queue").textContent = counts.map(([name, count]) => say(["status." + name], { count })).join(" · ");
  $("school").textContent = foot.school;
  const parts = foot.emulated.map((part) => say(["emulated." + part])).join(", ");
  $("badge").hidden = foot.emulated.length === 0;
  $("badge").textContent = say(["emulated.badge"], { parts });
}

// A name goes by this page's own clock too, so that a lost connection cannot leave it standing.
function guardName() {
  clearTimeout(nameTimer);
  if (view && view.name) nameTimer = setTimeout(dropName, view.name_ms);
}
function dropName() {
  if (!view || !view.name) return;
  view.name = null;
  view.title = view.title.replace(".greeting", ".title");
  draw();
}

function take(told) {
  lastWord = Date.now();
  $("veil").hidden = true;
  const before = shownAs;
  foot = told.foot;
  if (!told.view) return;
  if (!view) language = home = foot.language;
  view = told.view;
  shownAs = view.visit + view.screen;
  if (view.screen === "idle" && before !== shownAs) language = home;
  guardName();
  draw();
  if (view.sound && foot.sound && before !== shownAs) play(view.sound);
}

function veil() {
  dropName();
  $("veil-title").textContent = say(["link.lost.title"]);
  $("veil-text").textContent = say(["link.lost.text"]);
  $("veil").hidden = false;
}

function post(path, body) {
  return fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }).catch(veil);
}

async function demo() {
  const answer = await fetch("/demo/people");
  if (!answer.ok) return;
  const { people, tricks } = await answer.json();
  const panel = $("demo"), trick = document.createElement("select"), title = document.createElement("h2");
  title.textContent = say(["demo.title"]);
  trick.id = "trick";
  trick.setAttribute("aria-label", say(["demo.trick"]));
  trick.replaceChildren(...tricks.map((name) => new Option(say(["demo.trick." + name]), name)));
  const tap = (text, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.tap = index;
    button.textContent = text;
    button.onclick = () => post("/demo/tap", { person: index, trick: trick.value });
    return button;
  };
  const wire = document.createElement("button");
  let cut = false;
  wire.type = "button";
  wire.id = "wire";
  wire.textContent = say(["demo.cut"]);
  wire.onclick = () => { cut = !cut; wire.textContent = say([cut ? "demo.mend" : "demo.cut"]); post("/demo/network", { cut }); };
  panel.replaceChildren(title, trick, ...people.map((one) => tap(say(["demo.tap"], { name: one.name }) + (one.class_name ? " · " + one.class_name : ""), one.index)), tap(say(["demo.unknown"]), -1), wire);
  panel.hidden = false;
  document.body.classList.add("with-demo");
}

async function main() {
  texts = await (await fetch("/texts.json")).json();
  document.oncontextmenu = () => false; // a finger that rests on the glass is no wish for a menu
  $("language").onclick = () => { language = language === "vi" ? "en" : "vi"; draw(); };
  const source = new EventSource("/events");
  source.onmessage = (message) => take(JSON.parse(message.data));
  source.addEventListener("beat", () => { lastWord = Date.now(); $("veil").hidden = true; });
  setInterval(() => { if (Date.now() - lastWord > 6000) veil(); }, 1000);
  setInterval(() => { $("clock").textContent = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" }); }, 1000);
  demo().catch(() => {});
}
main();
