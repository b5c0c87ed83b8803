// One event stream per browser, not per tab: the tab that holds the lock «live» listens and tells the others.
// Messages are names of topics, never content; a list that hears its name fetches itself again with its own rights.
const url = document.documentElement.dataset.live;
const STILL = 15_000; // ms between two looks when no stream can be had
const REMEMBERED = 60_000; // ms that a tab remembers what it has heard, for tabs that were still loading then
const LONGEST = 30_000; // ms between two attempts at most

const channel = 'BroadcastChannel' in window ? new BroadcastChannel('live') : null;
const hear = (topic) => document.dispatchEvent(new CustomEvent(`live:${topic}`, { detail: { topic } }));
let heard = []; // by the tab that listens: [when, topic]
const tell = (topic) => {
  hear(topic);
  channel?.postMessage({ topic });
  heard = [...heard.filter(([when]) => when > Date.now() - REMEMBERED), [Date.now(), topic]];
};
// Everybody loses the stream at the same moment when the server restarts; chance spreads them.
const spread = () => 0.6 + 0.8 * Math.random();
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

// Resolves when the stream is gone: whether it ever opened.
const stream = (address, opened) => new Promise((gone) => {
  const source = new EventSource(address);
  let was = false;
  source.onopen = () => { was = true; opened(); };
  source.onmessage = (message) => tell(JSON.parse(message.data).topic);
  source.onerror = () => { source.close(); gone(was); };
});

// Never resolves: the lock is ours until the tab closes, and then the next tab takes over.
async function listen() {
  let ever = false;
  let tries = 0;
  for (;;) {
    // The first stream begins where this page was asked for; after a gap, everything is looked at again.
    const opened = await stream(ever ? url.split('?')[0] : url, () => {
      if (ever) tell('up');
      ever = true;
    });
    tries = opened ? 0 : tries + 1;
    if (!ever && tries > 2) {
      await pause(STILL * spread());
      tell('up');
    } else {
      await pause(Math.min(LONGEST, 500 * 2 ** tries) * spread());
    }
  }
}

// A tab that was loading has not heard what was told meanwhile: it asks the one that listens.
function answer({ data }) {
  if (data.topic) hear(data.topic);
  else if (heard.length) for (const [when, topic] of heard) if (when >= data.since) channel.postMessage({ topic });
}

if (url && 'EventSource' in window) {
  if (channel) {
    channel.onmessage = answer;
    channel.postMessage({ since: performance.timeOrigin });
  }
  if (channel && navigator.locks) navigator.locks.request('live', listen);
  else listen();
}
