// From the field over any page to the page where one adds more. The words go along in this tab only: an address is no
// place for them.
const dialog = document.getElementById('ask-dialog');
const field = dialog ? null : document.querySelector('main input[name=title]');

dialog?.addEventListener('click', (event) => {
  if (!event.target.closest('[data-details]')) return;
  sessionStorage.setItem('asking', dialog.querySelector('[name=title]').value);
  dialog.querySelector('draft-keeper').leave();
});

const words = field && sessionStorage.getItem('asking');
if (words) sessionStorage.removeItem('asking');
if (words && !field.value) {
  field.value = words;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
