// A press may take its own button away, and a swap what one stood in: the focus then stays in the same piece of the page,
// so that a keyboard goes on from there and not from the top.
const TAKES_FOCUS = 'a[href], button, input, select, textarea, summary, [tabindex]';
let last = null; // what has the focus, until the reader leaves it
let around = []; // the ids of what it stands in, innermost first

function idsAround(element) {
  const ids = [];
  for (let at = element; at; at = at.parentElement) if (at.id) ids.push(at.id);
  return ids;
}

document.addEventListener('focusin', ({ target }) => {
  last = target;
  around = idsAround(target);
});

document.addEventListener('focusout', ({ target }) => {
  // Leaving is one thing, being taken away another: only the second is mended.
  queueMicrotask(() => { if (target.isConnected && document.activeElement === document.body) last = null; });
});

new MutationObserver(() => {
  if (!last || last.isConnected || document.activeElement !== document.body) return;
  last = null;
  const stays = around.map((id) => document.getElementById(id)).find(Boolean);
  if (!stays) return;
  if (!stays.matches(TAKES_FOCUS)) stays.tabIndex = -1;
  stays.focus({ preventScroll: true });
}).observe(document.body, { childList: true, subtree: true });
