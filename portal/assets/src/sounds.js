// Three calm sounds, made here from a few tones that die away. One round of each is computed once and played in a loop,
// so that it goes on in a tab that nobody looks at, where the browser lets timers run once a minute only.
const RATE = 22_050; // samples a second: calm tones need no more
const ROUND = 5; // seconds from one ringing to the next

// Each tone: when it begins, its pitch, how fast it dies away, and the overtones that make it glass, wood or water.
const GLASS = [[1, 1], [2.76, 0.35], [5.4, 0.12]];
const WOOD = [[1, 1], [3.93, 0.25]];
const WATER = [[1, 1], [2, 0.2]];
const SOUNDS = {
  glass: { overtones: GLASS, fades: 2.2, tones: [[0, 659.25], [0.45, 880]] },
  wood: { overtones: WOOD, fades: 7, tones: [[0, 392], [0.18, 493.88], [0.36, 587.33], [0.9, 493.88]] },
  water: { overtones: WATER, fades: 3.5, tones: [[0, 293.66], [0.35, 440], [0.7, 369.99]], bends: 0.04 },
};
const FIRST = 'glass';

let context = null;
let gain = null;
let playing = null;
let refused = false;

function speaker() {
  if (context) return context;
  context = new AudioContext({ latencyHint: 'playback' });
  gain = context.createGain();
  gain.connect(context.destination);
  return context;
}

function round({ overtones, fades, tones, bends = 0 }) {
  const buffer = context.createBuffer(1, ROUND * RATE, RATE);
  const samples = buffer.getChannelData(0);
  for (const [begins, pitch] of tones) {
    for (let i = Math.round(begins * RATE); i < samples.length; i += 1) {
      const t = i / RATE - begins;
      const loud = Math.min(1, t / 0.012) * Math.exp(-fades * t);
      if (t > 0.1 && loud < 0.0005) break;
      const bent = pitch * t * (1 + bends * Math.exp(-9 * t));
      for (const [times, share] of overtones) samples[i] += 0.22 * loud * share * Math.exp(-times * t) * Math.sin(2 * Math.PI * times * bent);
    }
  }
  return buffer;
}

// Begins, unless it sounds already. Gives whether the browser lets it be heard: some want a press on the page first.
export async function begin(name, loudness) {
  if (name === 'none' || !('AudioContext' in window)) return true;
  speaker();
  gain.gain.value = (loudness / 100) ** 2; // as ears hear it
  if (!playing) {
    playing = context.createBufferSource();
    playing.buffer = round(SOUNDS[name] ?? SOUNDS[FIRST]);
    playing.loop = true;
    playing.connect(gain);
    playing.start();
  }
  return allowed();
}

// A context that waits for a press never answers: it is asked for a moment only, and not again until there was one.
export async function allowed() {
  if (!context) return true;
  if (context.state !== 'running' && !refused) {
    await Promise.race([context.resume(), new Promise((done) => { setTimeout(done, 250); })]);
    refused = context.state !== 'running';
  }
  return context.state === 'running';
}

// There was a press: now it may be let.
export function pressed() {
  refused = false;
}

export function end() {
  playing?.stop();
  playing = null;
}

// Plays it once, to hear what one has chosen.
export async function taste(name, loudness) {
  end();
  if (!(await begin(name, loudness)) || !playing) return;
  playing.loop = false;
  playing.onended = ({ target }) => { if (target === playing) playing = null; };
}
