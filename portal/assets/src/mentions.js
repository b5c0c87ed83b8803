// «@ol» offers Ola: a list under the caret, walked by the arrows, taken by Enter, closed by Esc. Tab goes on as always.
// A text area may not be a combobox (ARIA in HTML), so it says the same as a text field with a list: aria-autocomplete,
// aria-controls and aria-activedescendant, and how many there are is said politely.
import { caretOf } from './caret.js';

const WAIT = 120; // ms
const ASKED = /(?:^|[\s([{])([@][\p{L}\p{N}._-]{1,40})$/u;
let count = 0;

export class Mentions {
  constructor(field, area, url) {
    Object.assign(this, { field, area, url, shown: [], at: -1 });
    area.addEventListener('input', () => this.look());
    area.addEventListener('keydown', (event) => this.key(event));
    area.addEventListener('blur', () => this.close());
    area.addEventListener('click', () => this.close());
  }

  get asked() {
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    return from === to ? ASKED.exec(value.slice(Math.max(0, from - 60), from))?.[1] ?? '' : '';
  }

  look() {
    clearTimeout(this.timer);
    this.waiting?.abort();
    const { asked } = this;
    if (!asked) this.close();
    else this.timer = setTimeout(() => this.ask(asked), WAIT);
  }

  async ask(asked) {
    this.waiting = new AbortController();
    try {
      const headers = { Accept: 'application/json' };
      const answer = await fetch(`${this.url}?q=${encodeURIComponent(asked.slice(1))}`, { headers, signal: this.waiting.signal });
      const found = answer.ok ? await answer.json() : [];
      if (asked === this.asked) this.show(found, asked);
    } catch { this.close(); } // what was typed since has taken its place, or the line is gone: one can write on
  }

  show(found, asked) {
    if (!found.length) { this.close(); return; }
    this.list ??= this.make();
    this.shown = found;
    this.list.replaceChildren(...found.map((each, at) => this.option(each, at)));
    const place = caretOf(this.area, this.area.selectionStart - asked.length);
    this.list.style.left = `min(${this.area.offsetLeft + place.left}px, max(0px, 100% - 17.5rem))`;
    this.list.style.top = `${this.area.offsetTop + place.top + place.height + 4}px`;
    this.list.hidden = false;
    this.area.setAttribute('aria-controls', this.list.id);
    this.choose(0);
    this.field.say(this.field.dataset.offers.replace('{n}', found.length));
  }

  make() {
    const list = document.createElement('ul');
    count += 1;
    list.id = `mentions-${count}`;
    list.className = 'mentions';
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', this.field.dataset.people);
    // Pressed before the field loses the focus, which would close the list first.
    list.addEventListener('mousedown', (event) => {
      event.preventDefault();
      const option = event.target.closest('[role=option]');
      if (option) this.take([...list.children].indexOf(option));
    });
    this.area.after(list);
    return list;
  }

  option({ label, detail }, at) {
    const option = document.createElement('li');
    const more = document.createElement('span');
    option.id = `${this.list.id}-${at}`;
    option.setAttribute('role', 'option');
    option.textContent = label;
    if (detail) {
      more.className = 'soft small';
      more.textContent = detail;
      option.append(' ', more);
    }
    return option;
  }

  choose(at) {
    this.at = (at + this.shown.length) % this.shown.length;
    [...this.list.children].forEach((option, index) => option.setAttribute('aria-selected', index === this.at));
    this.area.setAttribute('aria-activedescendant', `${this.list.id}-${this.at}`);
    this.list.children[this.at].scrollIntoView({ block: 'nearest' });
  }

  key(event) {
    if (!this.shown.length || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.choose(this.at + step);
    else if (event.key === 'Enter' && !event.ctrlKey) this.take(this.at);
    else if (event.key === 'Escape') this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation(); // Esc closes the list, not the dialog that the field may stand in
  }

  take(at) {
    const { selectionStart: end } = this.area;
    const { insert } = this.shown[at];
    const from = end - this.asked.length;
    this.close();
    this.field.replace(`${insert} `, from, end);
  }

  close() {
    clearTimeout(this.timer);
    this.waiting?.abort();
    this.shown = [];
    if (!this.list || this.list.hidden) return;
    this.list.hidden = true;
    this.area.removeAttribute('aria-activedescendant');
    this.area.removeAttribute('aria-controls');
  }
}
