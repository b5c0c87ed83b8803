// A plain text area with a tool bar, and screenshots that are pasted, dropped or picked. Without scripts: the file button.
const MARKS = { bold: ['**', '**'], italic: ['_', '_'], code: ['`', '`'], link: ['[', '](https://)'] };

class MarkdownField extends HTMLElement {
  connectedCallback() {
    this.text = this.querySelector('textarea');
    this.told = this.querySelector('[role=status]');
    this.file = this.querySelector('input[type=file]');
    const tools = this.querySelector('[role=group]');
    tools.hidden = false;
    tools.addEventListener('click', (event) => this.mark(event.target.closest('[data-mark]')?.dataset.mark));
    this.text.addEventListener('keydown', (event) => this.shortcut(event));
    if (!this.dataset.upload) return;
    this.text.addEventListener('paste', (event) => this.take(event, event.clipboardData.files));
    this.text.addEventListener('drop', (event) => this.take(event, event.dataTransfer.files));
    this.file?.addEventListener('change', (event) => this.take(event, this.file.files));
  }

  shortcut(event) {
    const name = (event.ctrlKey || event.metaKey) && { b: 'bold', i: 'italic', k: 'link' }[event.key];
    if (!name) return;
    event.preventDefault();
    this.mark(name);
  }

  mark(name) {
    const { selectionStart: from, selectionEnd: to, value } = this.text;
    const chosen = value.slice(from, to);
    if (name === 'list') this.replace(chosen.split('\n').map((line) => `- ${line}`).join('\n'), from, to);
    else if (name === 'code' && chosen.includes('\n')) this.replace(`\`\`\`\n${chosen}\n\`\`\``, from, to);
    else if (name) this.surround(...MARKS[name], chosen, from, to);
  }

  surround(before, after, chosen, from, to) {
    this.replace(before + chosen + after, from, to);
    this.text.setSelectionRange(from + before.length, from + before.length + chosen.length);
  }

  replace(words, from, to) {
    this.text.focus();
    this.text.setRangeText(words, from, to, 'end');
    this.text.dispatchEvent(new Event('input', { bubbles: true })); // drafts and previews listen to this
  }

  async take(event, files) {
    const pictures = [...files].filter((file) => file.type.startsWith('image/'));
    if (!pictures.length) return;
    event.preventDefault();
    for (const picture of pictures) await this.upload(picture);
    if (this.file) this.file.value = ''; // it is in the text now, and must not be sent a second time
  }

  async upload(picture) {
    this.tell(this.dataset.busy);
    try {
      const url = await this.send(picture);
      const at = this.text.selectionEnd;
      const gap = at && this.text.value[at - 1] !== '\n' ? '\n' : '';
      this.replace(`${gap}![${this.dataset.alt}](${url})\n`, at, at);
      this.tell(this.dataset.done);
    } catch (refusal) {
      this.tell(refusal.words || this.dataset.failed, true);
    }
  }

  async send(picture) {
    const body = new FormData();
    body.append('image', picture, picture.name || 'image.png');
    const headers = { 'X-CSRFToken': this.dataset.csrf, Accept: 'application/json' };
    const answer = await fetch(this.dataset.upload, { method: 'POST', body, headers });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok || !said.url) throw Object.assign(new Error('refused'), { words: said.detail });
    return said.url;
  }

  tell(words, isWrong = false) {
    this.told.textContent = words;
    this.told.classList.toggle('editor__told--wrong', isWrong);
  }
}

customElements.define('markdown-field', MarkdownField);
