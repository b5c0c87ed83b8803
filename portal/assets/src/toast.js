// What was said in the corner can be closed, and goes by itself when nobody is reading it.
const LINGER = 9000; // ms
const LINGER_WITH_LINK = 20_000;
const region = document.getElementById('toast');

function look() {
  for (const line of region.querySelectorAll('.toast__line:not([data-seen])')) {
    const time = line.querySelector('a') ? LINGER_WITH_LINK : LINGER;
    line.dataset.seen = '';
    const close = line.querySelector('[data-close]');
    if (close) close.hidden = false;
    const leave = () => { if (line.matches(':hover, :focus-within')) setTimeout(leave, time); else line.remove(); };
    setTimeout(leave, time);
  }
}

if (region) {
  region.addEventListener('click', (event) => event.target.closest('[data-close]')?.closest('.toast__line').remove());
  new MutationObserver(look).observe(region, { childList: true, subtree: true });
  look();
}
