// Help from any page: Alt+H opens one field, Enter raises the hand, Alt+J leads to what rings. How it rings and looks
// is a file of its own, which a quiet desk never fetches.
import * as live from './live.js';

const strip = document.getElementById('help-strip');
const dialog = document.getElementById('help-dialog');
const isApple = /Mac|iP/.test(navigator.platform); // Alt writes letters there; Ctrl+Alt is what other keys of pages use
const FIELD = 'input[data-help-field]';
const listens = () => live.isLeader?.() ?? true; // one tab of a browser rings for all of them
let isStale = false;

// What one most likely wants: to come, where it rings; else the way to one's own call.
const first = () => strip.querySelector('[aria-keyshortcuts]') ?? strip.querySelector('a[href], button');
const asked = () => document.querySelector(`main ${FIELD}`);

function open() {
  if (document.querySelector('dialog[open]')) return;
  if (strip.querySelector('[data-own]')) first().focus({ preventScroll: true }); // one hand at a time
  else if (asked()) asked().focus();
  else dialog?.showModal();
}

// The browser's own menus open by Alt and a letter too (H is Help in Firefox): what the page takes, they leave alone.
function isKey(event, letter) {
  if (event.repeat || event.shiftKey || event.metaKey || !event.altKey || event.ctrlKey !== isApple) return false;
  return isApple ? event.code === `Key${letter.toUpperCase()}` : event.key.toLowerCase() === letter && !event.getModifierState('AltGraph');
}

// Nobody sees a hidden tab; the one that rings must know all the same.
function look() {
  isStale = document.hidden && !listens();
  if (isStale) return;
  import('./ring.js'); // brings its looks along
  strip.dispatchEvent(new Event('look'));
}

function dress() {
  if (document.querySelector('[data-call], [data-elapsed], [data-taste]')) import('./ring.js').then((ring) => ring.heed(listens));
}

if (strip) {
  document.addEventListener('keydown', (event) => {
    const leads = isKey(event, 'j') && first();
    if (!leads && !isKey(event, 'h')) return;
    event.preventDefault();
    if (leads) leads.focus({ preventScroll: true });
    else open();
  });
  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-help]') || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!dialog && !asked()) return;
    event.preventDefault();
    open();
  });
  for (const topic of [`ring-${strip.dataset.me}`, 'up', 'poll']) document.addEventListener(`live:${topic}`, look);
  document.addEventListener('visibilitychange', () => { if (!document.hidden && isStale) look(); });
  document.addEventListener('help:look', look);
  document.addEventListener('htmx:after:swap', () => {
    if (dialog?.querySelector('[data-raised]')) {
      dialog.querySelector('[data-raised]').remove();
      dialog.querySelector('form').reset();
      dialog.close(); // gives the focus back to where it came from
      look();
    }
    dress();
  });
  dress();
}
