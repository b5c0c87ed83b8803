// Browsers from before 2025 do not know <button command="show-modal">: the same in four lines.
if (!('commandForElement' in HTMLButtonElement.prototype)) {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[commandfor]');
    const dialog = button && document.getElementById(button.getAttribute('commandfor'));
    if (dialog) dialog[button.getAttribute('command') === 'show-modal' ? 'showModal' : 'close']();
  });
}
