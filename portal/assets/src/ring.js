// What rings: sound, a notice of the browser, a mark in the title, words for screen readers, and clocks that run. All of
// it falls silent the moment somebody has come, before anything is fetched.
import * as sounds from './sounds.js';

const strip = document.getElementById('help-strip');
const LONG = 60; // seconds; after that one is told at once, and not when one pauses
const SOON = 300; // ms in which another tab can say that it shows it
const QUIET = 'quiet-calls'; // what one has silenced, from page to page: numbers only
const LATER = 1000; // ms; those whose ring has ended are told so by their own name, too: one look of each is enough
const MARK = '● ';

const channel = 'BroadcastChannel' in window ? new BroadcastChannel('ring') : null;
let listens = () => true; // one tab of a browser rings for all of them
const anchors = new WeakMap(); // clock → [what the page said, when this tab read it]
const heard = new Set(); // calls whose end this tab listens for
const told = new Set(); // what was said aloud: once is enough
const notices = new Map();
const seen = new Set(); // shown by a tab that somebody looks at
const paused = new Set(); // fell silent by an event; what is fetched next tells whether it rings on
let looking = 0;
let written = ''; // when the strip that this tab has was written

const key = (card) => `${card.dataset.call}.${card.dataset.round}`;
const rings = () => [...strip.querySelectorAll('[data-rings]')];
const loud = () => rings().filter((card) => !('silent' in card.dataset) && !silenced().includes(key(card)) && !paused.has(card.dataset.call));

function silenced() {
  return (sessionStorage.getItem(QUIET) ?? '').split(' ');
}

function hush(name) {
  if (!silenced().includes(name)) sessionStorage.setItem(QUIET, [...silenced(), name].slice(-20).join(' '));
  act();
}

// The time is the server's: a clock counts on from what the page said when it came.
function seconds(clock) {
  const { dateTime, dataset } = clock;
  const [said, when] = anchors.get(clock) ?? [];
  if (said === dateTime + dataset.elapsed) return Number(dataset.elapsed) + (performance.now() - when) / 1000;
  anchors.set(clock, [dateTime + dataset.elapsed, performance.now()]);
  return Number(dataset.elapsed);
}

function tick() {
  for (const clock of document.querySelectorAll('[data-elapsed]')) {
    const whole = Math.max(0, Math.floor(seconds(clock)));
    const shown = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
    if (clock.textContent !== shown) clock.textContent = shown;
  }
  act();
}

async function act() {
  const now = loud();
  const sounding = now.length > 0 && listens();
  if (!sounding) sounds.end();
  const may = !sounding || await sounds.begin(strip.firstElementChild.dataset.sound, Number(strip.firstElementChild.dataset.loudness));
  if (sounding && !loud().length) sounds.end(); // somebody came while the browser thought about it
  for (const button of strip.querySelectorAll('[data-sound-on]')) button.hidden = may;
  for (const card of rings()) for (const button of card.querySelectorAll('[data-hush]')) button.hidden = !may || !now.includes(card) || strip.firstElementChild.dataset.sound === 'none';
  const bare = document.title.startsWith(MARK) ? document.title.slice(MARK.length) : document.title;
  const title = rings().length ? MARK + bare : bare;
  if (document.title !== title) document.title = title;
}

function say(region, words, once) {
  if (!words || told.has(once)) return;
  told.add(once);
  const line = document.createElement('p');
  line.textContent = words;
  document.getElementById(region).replaceChildren(line);
}

// Politely at first; it speaks up when it has rung for long, or when there is nobody else left to ring.
function announce() {
  for (const card of rings()) {
    const isLong = seconds(card.querySelector('[data-elapsed]')) >= LONG || 'all' in card.dataset;
    if (isLong) say('help-say-now', card.dataset.sayNow, `${key(card)}!`);
    else say('help-say', card.dataset.say, key(card));
  }
}

function notify() {
  const shown = new Set(rings().map(key));
  for (const [name, notice] of notices) if (!shown.has(name)) { notice?.close(); notices.delete(name); }
  const choice = strip.firstElementChild?.dataset;
  if (!choice || !('notifies' in choice) || !('Notification' in window) || Notification.permission !== 'granted' || !document.hidden || !listens()) return;
  for (const card of loud()) {
    if (notices.has(key(card))) continue;
    notices.set(key(card), null);
    const href = card.dataset.href;
    setTimeout(() => {
      if (seen.has(key(card)) || !rings().some((each) => key(each) === key(card))) return;
      try {
        const notice = new Notification(choice.words, { tag: `ring-${key(card)}`, lang: document.documentElement.lang });
        notice.onclick = () => { window.focus(); window.location.assign(href); };
        notices.set(key(card), notice);
      } catch { /* phones show notices by other means: there, the strip and the sound must do */ }
    }, SOON);
  }
}

// Somebody has come, or it is over: silence at once, and then a look at how it stands.
function listenFor(card) {
  const id = card.dataset.call;
  if (heard.has(id)) return;
  heard.add(id);
  document.addEventListener(`live:call-${id}`, () => {
    paused.add(id);
    act();
    clearTimeout(looking);
    looking = setTimeout(() => document.dispatchEvent(new Event('help:look')), LATER * (0.5 + Math.random()));
  });
}

document.addEventListener(`live:ring-${strip.dataset.me}`, () => clearTimeout(looking));

// Called when the page or a piece of it has come.
export function heed(isListening) {
  listens = isListening;
  const at = strip.firstElementChild?.dataset.at ?? '';
  if (at !== written) paused.clear();
  written = at;
  strip.querySelectorAll('[data-call]').forEach(listenFor);
  if (!document.hidden) for (const card of rings()) channel?.postMessage({ seen: key(card) });
  announce();
  notify();
  tick();
}

function dressed() {
  const { looks } = strip.dataset;
  if (document.querySelector(`link[href="${looks}"]`)) return;
  document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: looks }));
}

if (channel) {
  channel.onmessage = ({ data }) => {
    if (data.seen) seen.add(data.seen);
    if (data.hushed) hush(data.hushed);
  };
}
// Whoever clicks twice out of habit means the first button, and not what has come in its place.
strip.addEventListener('click', (event) => {
  if (event.detail < 2 || event.target.closest('[data-hush], [data-sound-on]')) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
for (const name of ['submit', 'click']) {
  strip.addEventListener(name, (event) => {
    const card = event.target.closest('[data-rings]');
    if (!card || !event.target.closest('form, a, [data-hush]')) return;
    hush(key(card));
    channel?.postMessage({ hushed: key(card) });
  }, true);
}
strip.addEventListener('click', (event) => { if (event.target.closest('[data-sound-on]')) act(); });
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-taste]');
  if (!button) return;
  const { sound, loudness } = button.form.elements;
  sounds.taste(sound.value, Number(loudness.value));
});
document.addEventListener('visibilitychange', () => { if (!document.hidden) heed(listens); });
// A notice of the browser wants to be allowed by a press; the page where one chooses it asks.
document.addEventListener('change', (event) => {
  if (event.target.matches('[data-notifies]') && event.target.checked && 'Notification' in window) Notification.requestPermission();
});
for (const name of ['pointerup', 'keydown']) document.addEventListener(name, () => { sounds.pressed(); if (loud().length) act(); });
setInterval(() => { announce(); tick(); }, 1000);
dressed();
