// What one writes with: the editor, drafts that are kept on the server, and texts to begin from.
import './markdown-field.js';
import './draft-keeper.js';
import './ask-more.js';

document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-template]');
  const form = link?.closest('form');
  const field = form?.querySelector('markdown-field');
  if (!field?.text) return;
  event.preventDefault();
  const end = field.text.value.length;
  field.replace(end ? `\n\n${link.dataset.template}` : link.dataset.template, end, end);
  field.text.setSelectionRange(0, 0);
  const tag = form.querySelector(`[name=tags][value="${CSS.escape(link.dataset.tag ?? '')}"]`);
  if (tag) tag.checked = true;
});
