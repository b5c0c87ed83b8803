// What one is writing is kept on the server, sealed, and found again on another machine. Stands inside the form it keeps.
const PAUSE = 1500; // ms after the last key
const SETTLES = 400; // ms; what a page saved while it was left may arrive after the next one was made
const OURS = new Set(['csrf_token', 'key', 'version', 'draft', 'draft_version', 'guard', 'image', 'back']);
const IS_TEXT = 'textarea, input[type=text], input[type=search], input:not([type])';

function make(kind, name, words = '') {
  const element = document.createElement(kind);
  element.className = name;
  element.textContent = words;
  return element;
}

class DraftKeeper extends HTMLElement {
  connectedCallback() {
    this.form = this.closest('form');
    if (!this.form || this.ends) return;
    this.ends = new AbortController();
    const listen = { signal: this.ends.signal };
    this.words = this.dataset;
    this.number = this.querySelector('[name=draft_version]');
    this.told = this.querySelector('[data-told]');
    // One may have begun to write before this had come.
    this.isClean = this.texts.every((field) => field.value === field.defaultValue);
    if (!this.isClean) this.timer = setTimeout(() => this.keep(), PAUSE);
    this.form.addEventListener('input', (event) => this.changed(event), listen);
    this.form.addEventListener('change', (event) => this.changed(event), listen);
    this.form.addEventListener('focusout', () => this.keep(), listen);
    this.form.addEventListener('submit', () => this.rest(), listen);
    addEventListener('pagehide', () => this.keep({ keepalive: true }), listen);
    document.addEventListener('visibilitychange', () => document.hidden && this.keep({ keepalive: true }), listen);
    this.addEventListener('click', (event) => this.act(event.target.closest('[data-act]')?.dataset.act), listen);
    if ('late' in this.dataset) {
      if (this.form.contains(document.activeElement)) this.find();
      else this.form.addEventListener('focusin', () => this.find(), { ...listen, once: true });
    }
    if (sessionStorage.getItem('left') === this.words.place) {
      sessionStorage.removeItem('left');
      setTimeout(() => this.find(), SETTLES);
    }
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.ends?.abort();
    this.ends = null;
  }

  get texts() { return [...this.form.querySelectorAll(IS_TEXT)].filter((field) => field.name && !OURS.has(field.name)); }

  get isEmpty() { return this.texts.every((field) => !field.value.trim()); }

  changed(event) {
    if (!event.target.name || OURS.has(event.target.name)) return;
    this.isClean = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), PAUSE);
  }

  // Sent: nothing is kept any more, until somebody writes on (what was refused comes back to be mended).
  rest() {
    this.isClean = true;
    clearTimeout(this.timer);
    this.saving?.abort();
  }

  written() {
    const written = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) if (!OURS.has(name) && typeof value === 'string') written.append(name, value);
    return written;
  }

  body() {
    const body = this.written();
    body.append('draft', this.words.place);
    body.append('draft_version', this.number.value);
    body.append('key', this.form.elements.key?.value ?? '');
    return body;
  }

  async send(url, body, { keepalive = false, signal } = {}) {
    const headers = { 'X-CSRFToken': this.words.csrf, Accept: 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body, keepalive, signal });
    return { status: answer.status, said: await answer.json().catch(() => ({})) };
  }

  async keep({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    if (this.isClean || this.newer) return;
    if (this.saving) { // one at a time: the newest words go when the former have arrived
      if (keepalive) sessionStorage.setItem('left', this.words.place);
      else this.timer = setTimeout(() => this.keep(), 300);
      return;
    }
    this.isClean = true;
    if (this.isEmpty) { await this.forget(); return; }
    const written = String(this.written());
    if (written === this.kept) return;
    this.saving = new AbortController();
    if (keepalive) sessionStorage.setItem('left', this.words.place);
    try {
      const { status, said } = await this.send(this.words.url, this.body(), { keepalive, signal: this.saving.signal });
      this.heard(status, said);
      if (status === 200) this.kept = written;
    } catch (fault) {
      if (fault.name !== 'AbortError') this.wait(this.words.failed);
    } finally {
      this.saving = null;
    }
  }

  heard(status, said) {
    if (status === 200) {
      this.number.value = said.version;
      this.say(said.words);
    } else if (status === 409 && said.fields) this.offerNewer(said);
    else if (status === 422) this.say(said.detail, true);
    else this.wait(this.words.failed);
  }

  wait(words) {
    this.isClean = false;
    this.say(words, true);
    this.timer = setTimeout(() => this.keep(), 20_000);
  }

  say(words, isWrong = false) {
    this.told.textContent = words ?? '';
    this.told.classList.toggle('draft__told--wrong', isWrong);
    if (isWrong) this.told.setAttribute('role', 'alert');
    else this.told.removeAttribute('role'); // that all is well need not be said aloud each time
  }

  // ----- what was kept before, here or on another machine

  async find() {
    const answer = await fetch(`${this.words.url}?stad=${this.words.place}`, { headers: { Accept: 'application/json' } }).catch(() => null);
    const found = answer?.ok ? await answer.json() : {};
    if (!found.version || found.version === Number(this.number.value) || !this.isConnected) return;
    if (!this.isClean || (!this.isEmpty && 'late' in this.dataset)) { // somebody has begun to write: they choose, once
      this.offerNewer({ ...found, words: found.waiting });
      return;
    }
    this.number.value = found.version;
    this.fill(found.fields);
    this.offer(found.words, found, ['away']);
    if ('late' in this.dataset) this.texts[0].select(); // Enter sends it, a letter begins anew
  }

  offerNewer(said) {
    this.newer = said;
    this.offer(said.words, said, ['take', 'stay'], said.text);
  }

  offer(words, { acts }, offered, text = '') {
    this.querySelector('[data-offer]')?.remove();
    const box = make('div', 'draft__offer');
    const told = make('p', '', words);
    const row = make('p', 'cluster');
    box.dataset.offer = '';
    told.setAttribute('role', 'status');
    box.append(told, row);
    if (text) row.before(Object.assign(make('p', 'draft__theirs', text), { tabIndex: 0 }));
    for (const act of offered) {
      const button = Object.assign(make('button', 'ds-button', acts[act]), { type: 'button' });
      Object.assign(button.dataset, { act, size: 'sm', variant: 'tertiary' });
      row.append(button);
    }
    this.prepend(box);
  }

  act(name) {
    const acts = { away: () => this.throwAway(), take: () => this.take(), stay: () => this.stay(), back: () => this.bringBack() };
    if (!acts[name]) return;
    acts[name]();
    this.querySelector('[data-offer]')?.remove();
    this.texts[0]?.focus();
  }

  bringBack() { this.fill(JSON.parse(this.words.kept)); }

  take() {
    const { version, fields } = this.newer;
    this.newer = null;
    this.number.value = version;
    this.fill(fields);
  }

  stay() {
    this.kept = '';
    this.number.value = this.newer.version; // it is known now, and what stands here is put in its place
    this.newer = null;
    this.isClean = false;
    this.keep();
  }

  async throwAway() {
    this.rest();
    for (const field of this.texts) this.set(field, ['']);
    for (const box of this.form.querySelectorAll('[type=checkbox], [type=radio]')) box.checked = box.defaultChecked && !this.words.filled;
    this.isClean = true;
    await this.forget();
  }

  // The words have gone on to another form.
  leave() {
    this.rest();
    this.send(this.words.away, this.body(), { keepalive: true }).catch(() => {});
  }

  async forget() {
    this.kept = '';
    const { status } = await this.send(this.words.away, this.body()).catch(() => ({}));
    if (status === 200) this.number.value = 0;
    this.say('');
  }

  fill(fields) {
    for (const [name, values] of Object.entries(fields)) {
      for (const field of this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) this.set(field, values);
    }
    this.isClean = true;
  }

  set(field, values) {
    if (/checkbox|radio/.test(field.type)) field.checked = values.includes(field.value);
    else if (field.type !== 'hidden') field.value = values[0] ?? '';
    field.dispatchEvent(new Event('input', { bubbles: true })); // editors and lists of likenesses listen to this
  }
}

customElements.define('draft-keeper', DraftKeeper);
