// A plain text area with a tool bar, names that are offered, and pictures that are pasted, dropped or picked.
// Without scripts: the text area and a button for a file.
import { Mentions } from './mentions.js';
import { tableOf } from './paste-table.js';
import { Pictures } from './pictures.js';

const MARKS = { bold: ['**', '**'], italic: ['_', '_'], code: ['`', '`'], link: ['[', '](https://)'] };
const STARTS = { list: '- ', quote: '> ' };

class MarkdownField extends HTMLElement {
  connectedCallback() {
    if (this.text) return;
    this.text = this.querySelector('textarea');
    this.told = this.querySelector('[role=status]');
    this.tools = this.querySelector('[role=toolbar]');
    this.tools.hidden = false;
    this.tools.addEventListener('click', (event) => this.mark(event.target.closest('[data-mark]')?.dataset.mark));
    this.tools.addEventListener('keydown', (event) => this.walk(event));
    [...this.buttons].forEach((button, at) => { button.tabIndex = at ? -1 : 0; });
    // The list of names comes first: it takes Enter and Esc while it is open.
    if (this.dataset.mentions) this.mentions = new Mentions(this, this.text, this.dataset.mentions);
    this.text.addEventListener('keydown', (event) => this.shortcut(event));
    if (this.dataset.upload) this.pictures = new Pictures(this);
    this.text.addEventListener('paste', (event) => this.paste(event));
  }

  get buttons() { return this.tools.querySelectorAll('button'); }

  // One stop for Tab, the arrows inside (APG: toolbar).
  walk(event) {
    const all = [...this.buttons];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    all[at].tabIndex = -1;
    const next = all[(to + all.length) % all.length];
    next.tabIndex = 0;
    next.focus();
  }

  shortcut(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      this.closest('form')?.requestSubmit();
      return;
    }
    const name = !event.shiftKey && !event.altKey && { b: 'bold', i: 'italic', k: 'link' }[event.key];
    if (!name) return;
    event.preventDefault();
    this.mark(name);
  }

  mark(name) {
    const { selectionStart: from, selectionEnd: to, value } = this.text;
    const chosen = value.slice(from, to);
    if (name === 'picture') this.pictures.pick();
    else if (name === 'table') this.replace(this.apart(tableOf(`${this.dataset.head.replace('|', '\t')}\n\t`), from), from, to);
    else if (STARTS[name]) this.replace(chosen.split('\n').map((line) => STARTS[name] + line).join('\n'), from, to);
    else if (name === 'code' && chosen.includes('\n')) this.replace(this.apart(`\`\`\`\n${chosen}\n\`\`\``, from), from, to);
    else if (name) this.surround(...MARKS[name], chosen, from, to);
  }

  // A block begins on a line of its own.
  apart(block, at) {
    const before = this.text.value.slice(0, at);
    if (!before || before.endsWith('\n\n')) return `${block}\n`;
    return `${before.endsWith('\n') ? '\n' : '\n\n'}${block}\n`;
  }

  surround(before, after, chosen, from, to) {
    this.replace(before + chosen + after, from, to);
    this.text.setSelectionRange(from + before.length, from + before.length + chosen.length);
  }

  replace(words, from, to) {
    this.text.focus();
    this.text.setSelectionRange(from, to);
    // The old command is the only one that the browser's own «undo» knows about.
    if (document.execCommand('insertText', false, words)) return;
    this.text.setRangeText(words, from, to, 'end');
    this.text.dispatchEvent(new Event('input', { bubbles: true })); // drafts and previews listen to this
  }

  paste(event) {
    const table = tableOf(event.clipboardData.getData('text/plain'));
    if (!table) return;
    event.preventDefault();
    const { selectionStart: from, selectionEnd: to } = this.text;
    this.replace(this.apart(table, from), from, to);
    this.say(this.dataset.tabled);
  }

  say(words, isWrong = false) {
    this.told.textContent = words;
    this.told.classList.toggle('editor__told--wrong', isWrong);
  }
}

customElements.define('markdown-field', MarkdownField);
