"use strict";
// Short tones for those who look elsewhere; each meaning has its own melody. Frequencies in hertz.
const TUNES = {
  start: [[660, .07]], look: [[740, .08]], good: [[660, .1], [880, .18]],
  wait: [[520, .16], [440, .22]], stop: [[330, .2], [262, .3]],
};
let audio = null;
function play(name) {
  const tune = TUNES[name];
  if (!tune) return;
  try {
    audio = audio || new AudioContext();
    let at = audio.currentTime + .02;
    for (const [hertz, seconds] of tune) {
      const tone = audio.createOscillator(), loud = audio.createGain();
      tone.frequency.value = hertz;
      loud.gain.setValueAtTime(.0001, at);
      loud.gain.exponentialRampToValueAtTime(.25, at + .02);
      loud.gain.exponentialRampToValueAtTime(.0001, at + seconds);
      tone.connect(loud).connect(audio.destination);
      tone.start(at); tone.stop(at + seconds + .02);
      at += seconds;
    }
  } catch (error) { /* a kiosk without a loudspeaker still works */ }
}
