// Whoever presses twice means it once: while the answer is on its way, the same form is not sent again.
const A_WHILE = 3000;
let sent = new WeakMap();
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute('method')?.toLowerCase() !== 'post') return;
  if (event.timeStamp - sent.get(form) < A_WHILE) event.preventDefault();
  else sent.set(form, event.timeStamp);
});
// A page that was gone back to begins anew.
window.addEventListener('pageshow', () => { sent = new WeakMap(); });
