"use strict";
// One sign a meaning, told apart by its shape alone.
const line = (inner) => `<svg viewBox="0 0 100 100" fill="none" stroke="currentColor" stroke-width="6" stroke-linecap="round" stroke-linejoin="round">${inner}</svg>`;
const SIGNS = {
  card: line('<rect x="10" y="12" width="80" height="50" rx="7"/><rect x="20" y="26" width="17" height="15" rx="3"/><path d="M48 28h30M48 40h22"/><path d="M50 94V72M40 81l10-10 10 10"/>'),
  qr: line('<rect x="12" y="12" width="28" height="28"/><rect x="60" y="12" width="28" height="28"/><rect x="12" y="60" width="28" height="28"/><path d="M60 60h10v10M88 60v10M60 88h10M82 82h6v6"/>'),
  phone: line('<rect x="28" y="8" width="44" height="84" rx="8"/><path d="M38 32h24M38 44h24M38 56h10M46 80h8"/>'),
  face: line('<circle cx="50" cy="50" r="40"/><path d="M35 42v4M65 42v4M34 62q16 14 32 0"/>'),
  clock: line('<circle cx="50" cy="50" r="40"/><path d="M50 26v24l16 12"/>'),
  check: line('<circle cx="50" cy="50" r="43" fill="currentColor" stroke="none"/><path d="M30 52l14 14 27-31" stroke="#fff" stroke-width="10"/>'),
  saved: line('<rect x="8" y="8" width="84" height="84" rx="14" fill="currentColor" stroke="none"/><path d="M28 40l11 11 21-24" stroke="#fff" stroke-width="8"/><path d="M28 74h44" stroke="#fff" stroke-width="8" stroke-dasharray="1 14"/>'),
  person: line('<circle cx="34" cy="36" r="13"/><path d="M10 88c0-20 10-30 24-30s24 10 24 30"/><circle cx="73" cy="46" r="9"/><path d="M64 88c0-14 3-22 10-22s16 8 16 22"/>'),
  stop: line('<path d="M33 8h34l25 25v34L67 92H33L8 67V33z"/><path d="M50 28v28" stroke-width="10"/><path d="M50 74v1" stroke-width="11"/>'),
  arrow: line('<path d="M6 36h42V12l46 38-46 38V64H6z" fill="currentColor" stroke="#fff" stroke-width="5"/>'),
  eye: line('<path d="M6 50q44-46 88 0q-44 46-88 0z" fill="#fff"/><circle cx="50" cy="50" r="14" fill="currentColor"/>'),
  lock: line('<rect x="20" y="44" width="60" height="44" rx="8"/><path d="M32 44V32a18 18 0 0 1 36 0v12"/>'),
};
