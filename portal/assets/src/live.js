// One event stream per browser, not per tab: the tab that holds the lock «live» listens and tells the others.
// Messages are names of topics, never content; a list that hears its name fetches itself again with its own rights.
const url = document.documentElement.dataset.live;
const STILL = 15_000; // ms between two looks when no stream can be had
const LATE = 2_000; // ms after the page was asked for; a tab that takes over from another one is later than this
const LONGEST = 30_000; // ms between two attempts at most

const channel = 'BroadcastChannel' in window ? new BroadcastChannel('live') : null;
const hear = (topic) => document.dispatchEvent(new CustomEvent(`live:${topic}`, { detail: { topic } }));
const tell = (topic) => { hear(topic); channel?.postMessage(topic); };
// Everybody loses the stream at the same moment when the server restarts; chance spreads them.
const spread = () => 0.6 + 0.8 * Math.random();
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

// Resolves when the stream is gone: whether it ever opened.
const stream = (opened) => new Promise((gone) => {
  const source = new EventSource(url);
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
    const opened = await stream(() => {
      if (ever || performance.now() > LATE) tell('up'); // fetch again what we may have missed
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

if (url && 'EventSource' in window) {
  if (channel) channel.onmessage = (message) => hear(message.data);
  if (channel && navigator.locks) navigator.locks.request('live', listen);
  else listen();
}
