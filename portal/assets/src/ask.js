// Ask from any page: Alt+N or the sign at the top opens one field, Enter sends it, and one is back where one was.
const dialog = document.getElementById('ask-dialog');
const isApple = /Mac|iP/.test(navigator.platform); // Alt writes letters there; Ctrl+Alt is what other keys of pages use

function open() {
  if (document.querySelector('dialog[open]')) return;
  if (!dialog) { // the page where one asks is open already
    document.querySelector('main input[name=title]')?.focus();
    return;
  }
  dialog.showModal();
  import('./writing.js');
}

function isAsking(event) {
  if (event.repeat || event.shiftKey || event.metaKey || !event.altKey || event.ctrlKey !== isApple) return false;
  return isApple ? event.code === 'KeyN' : event.key.toLowerCase() === 'n' && !event.getModifierState('AltGraph');
}

if (document.querySelector('[data-ask]')) {
  document.addEventListener('keydown', (event) => {
    if (!isAsking(event)) return;
    event.preventDefault();
    open();
  });
  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-ask]') || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
}

document.addEventListener('htmx:after:swap', () => {
  const said = dialog?.querySelector('[data-said] > *');
  if (!said) return;
  document.getElementById('toast').append(said);
  dialog.querySelector('form').reset();
  dialog.close(); // gives the focus back to where it came from
});
