// The chat on a school's own site: one script tag puts a button at the bottom of the page, which opens the chat in a
// frame. <script src="https://…/chat/widget.js" data-label="Hỏi nhà trường" defer></script>
// Works with the keyboard alone (Enter opens, Escape closes, focus comes back) and fills the screen of a phone. It
// reads nothing of the page around it, and the page can read nothing of the chat.
"use strict";
(() => {
  const script = document.currentScript, home = new URL(script.src).origin;
  const label = script.dataset.label || "Hỏi nhà trường";
  const host = document.createElement("div"), root = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { all: initial; }
    button { position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; min-height: 48px; padding: 0 20px; border: 0;
      border-radius: 24px; background: #0b5d4f; color: #fff; font: 600 16px/1.2 system-ui, sans-serif; cursor: pointer;
      box-shadow: 0 2px 12px rgb(0 0 0 / .3); }
    button:focus-visible { outline: 3px solid #ffb300; outline-offset: 2px; }
    section { position: fixed; right: 16px; bottom: 76px; z-index: 2147483001; width: 400px; height: min(640px, calc(100vh - 92px));
      border-radius: 16px; overflow: hidden; background: #fff; box-shadow: 0 8px 40px rgb(0 0 0 / .35); }
    section[hidden] { display: none; }
    iframe { width: 100%; height: 100%; border: 0; display: block; }
    @media (max-width: 480px) {
      section { inset: 0 0 64px 0; width: auto; height: auto; border-radius: 0; }
      button { left: 16px; }
    }
    @media print { :host { display: none; } }`);
  root.adoptedStyleSheets = [style];
  const button = document.createElement("button"), panel = document.createElement("section");
  button.type = "button"; button.textContent = label;
  button.setAttribute("aria-expanded", "false"); button.setAttribute("aria-controls", "panel");
  panel.id = "panel"; panel.hidden = true; panel.setAttribute("role", "dialog"); panel.setAttribute("aria-label", label);
  let frame = null;

  function show(open) {
    if (open && !frame) {
      frame = document.createElement("iframe");
      frame.src = home + "/chat?frame"; frame.title = label; frame.allow = "";
      frame.addEventListener("load", () => frame.focus(), { once: true });
      panel.append(frame);
    }
    panel.hidden = !open;
    button.textContent = open ? "Đóng" : label;
    button.setAttribute("aria-expanded", String(open));
    if (open) frame.focus(); else button.focus();
  }
  button.addEventListener("click", () => show(panel.hidden));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !panel.hidden) show(false); });
  // Escape inside the frame: the chat says so, and only the chat can.
  addEventListener("message", (event) => {
    if (event.origin === home && frame && event.source === frame.contentWindow && event.data === "congtruong.close") show(false);
  });
  root.append(panel, button);
  const put = () => document.body.append(host);
  if (document.body) put(); else addEventListener("DOMContentLoaded", put);
})();
