// One event stream per browser, not per tab: the tab that holds the lock «live» listens and tells the others.
// Messages are names of topics, never content; a list that hears its name fetches itself again with its own rights.
// Where no stream comes through, the topics «poll» (what cannot wait) and «up» (everything) are told by the clock.
const root = document.documentElement;
const url = root.dataset.live;
const FIRST = 4000; // ms in which a stream must have said something: else it is held back on its way
const DEAD = 40_000; // ms without a beat, of which one comes every 15 s
const LATE = 20_000; // ms without a beat that are worth a look when something has happened
const SETTLED = 20_000; // ms after which a stream has proved itself
const LONGEST = 30_000; // ms between two attempts at most
const LONGEST_REFUSED = 120_000;
const POLL = 3750; // ms; every fourth time, everything is looked at again
const REMEMBERED = 60_000; // ms that a tab remembers what it has heard, for tabs that were still loading then
const AT_LEISURE = 4000; // ms over which browsers spread what all of them fetch
const AWAY_IS_SAID_AFTER = 10_000; // ms

const channel = 'BroadcastChannel' in window ? new BroadcastChannel('live') : null;
const hear = (topic) => document.dispatchEvent(new CustomEvent(`live:${topic}`, { detail: { topic } }));
let leads = false;
let state = ''; // stream, polling or away
let last = ''; // id of the last message that this browser has heard
let heard = []; // by the tab that listens: [when, topic]
let current = null; // the attempt that is under way
let rested = null; // ends the pause between two attempts
let lookedAt = 0; // when a sign last led to an attempt
let looking = 0; // waits to tell everything

// Whether this tab speaks for the whole browser: what makes a sound makes it here.
export const isLeader = () => leads;

// Everybody loses the stream at the same moment when the server restarts; chance spreads them.
const spread = () => 0.6 + 0.8 * Math.random();
const pause = (ms) => new Promise((done) => { rested = done; setTimeout(done, ms); });

function tell(topic) {
  hear(topic);
  channel?.postMessage({ topic, last });
  heard = [...heard.filter(([when]) => when > Date.now() - REMEMBERED), [Date.now(), topic]];
}

// Everything is looked at again: what cannot wait at once, the rest not by everybody in the same second.
function tellAll() {
  tell('poll');
  looking ||= setTimeout(() => { looking = 0; tell('up'); }, AT_LEISURE * Math.random());
}

function become(next) {
  if (state === next) return;
  state = next;
  root.dataset.liveState = state;
  document.dispatchEvent(new CustomEvent('live:state', { detail: { state } }));
  if (!leads) return;
  channel?.postMessage({ state });
  if (state === 'polling') tellAll();
}

// Resolves when the stream is gone: with how long it lived, 0 if it never said anything.
const attempt = (address, missed) => new Promise((gone) => {
  const source = new EventSource(address);
  const began = Date.now();
  let heardAt = 0;
  const end = () => {
    source.close();
    current = null;
    gone(heardAt && Date.now() - began);
  };
  current = { end, quiet: () => Date.now() - (heardAt || began), isHeard: () => heardAt > 0 };
  source.onerror = end;
  source.onmessage = ({ data, lastEventId }) => {
    const { topic } = JSON.parse(data);
    last = lastEventId || last;
    if (!heardAt) { become('stream'); if (missed) tellAll(); }
    heardAt = Date.now();
    if (topic === 'beat') channel?.postMessage({ last });
    else if (topic === 'up') tellAll();
    else if (topic !== 'here') tell(topic);
  };
});

// Asks what stands in the way: 204 means that there would be a stream, 0 that nobody answers.
async function knock() {
  try {
    return (await fetch(`${url.split('?')[0]}?knock`, { cache: 'no-store', signal: AbortSignal.timeout(5000) })).status;
  } catch { return 0; }
}

// Gives the longest pause before the next attempt.
async function findOut() {
  const status = await knock();
  if (status === 401) tell('up'); // signed out: the page finds out, and leads to the door
  become(!status || status === 401 || status >= 500 ? 'away' : 'polling');
  return status === 401 || status === 429 || status === 404 ? LONGEST_REFUSED : LONGEST;
}

// The first stream begins where this page was asked for; another where the last one ended, whichever tab that was in.
function address() {
  return last ? `${url.split('?')[0]}?last=${encodeURIComponent(last)}` : url;
}

// Never resolves: the lock is ours until the tab closes, and then the next tab takes over.
async function listen() {
  leads = true;
  setInterval(watch(), 1000);
  for (let tries = 0, ever = false; ;) {
    const lived = await attempt(address(), ever && !last);
    ever ||= lived > 0;
    tries = lived > SETTLED ? 0 : tries + 1;
    let longest = LONGEST;
    if (!lived) longest = await findOut();
    else if (tries > 2) become('polling'); // it comes and goes: meanwhile, the clock
    const refused = longest > LONGEST ? 10 : 1;
    await pause(Math.min(longest, 500 * refused * 2 ** Math.min(tries, 9)) * spread());
  }
}

// Notices a stream that is held back or dead, and a machine that has slept.
function watch() {
  let ticked = Date.now();
  return () => {
    const slept = Date.now() - ticked > LATE;
    ticked = Date.now();
    if (current && current.quiet() > (current.isHeard() ? DEAD : FIRST)) current.end();
    else if (slept) look();
  };
}

// Something has happened that may have cost the stream, or may have brought it back. Not at every sign: a page that is
// refused must not ask more often because somebody goes from tab to tab.
function look(isCertain = false) {
  if (current) {
    if (isCertain || current.quiet() > LATE) current.end();
  } else if (Date.now() - lookedAt > 5000) {
    lookedAt = Date.now();
    rested?.();
  }
}

async function poll() {
  for (let turn = 1; ; turn += 1) {
    await new Promise((done) => { setTimeout(done, POLL * (0.9 + 0.2 * Math.random())); });
    if (state !== 'polling' || (document.hidden && !leads)) continue;
    hear('poll');
    if (turn % 4 === 0) hear('up');
  }
}

// A tab that was loading has not heard what was told meanwhile: it asks the one that listens.
function answer({ data }) {
  if (data.last) last = data.last;
  if (data.topic) hear(data.topic);
  if (data.state) become(data.state);
  if (!leads) return;
  if (data.look) look();
  if (!data.since) return;
  if (state) channel.postMessage({ state });
  if (state !== 'stream') look();
  for (const [when, topic] of heard) if (when >= data.since) channel.postMessage({ topic, last });
}

// Said when it has lasted: what is back in a moment is not worth a word.
let line = null;
let saying = 0;
document.addEventListener('live:state', () => {
  clearTimeout(saying);
  line?.remove();
  if (state === 'away') saying = setTimeout(say, AWAY_IS_SAID_AFTER);
});

function say() {
  line = document.createElement('div');
  line.className = 'toast__line';
  line.dataset.seen = ''; // it goes when the stream is back, not by itself
  line.append(Object.assign(document.createElement('span'), { textContent: root.dataset.away ?? '' }));
  document.getElementById('toast')?.append(line);
}

if (url && 'EventSource' in window) {
  if (channel) {
    channel.onmessage = answer;
    channel.postMessage({ since: performance.timeOrigin });
  }
  addEventListener('online', () => leads && look(true));
  addEventListener('offline', () => current?.end());
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    if (leads) look();
    else channel?.postMessage({ look: true });
    if (state === 'polling') { hear('poll'); hear('up'); }
  });
  poll();
  if (channel && navigator.locks) navigator.locks.request('live', listen);
  else listen();
}
