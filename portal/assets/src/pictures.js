// Pictures on their way into a text: each is looked at first, and only what is left of it is sent.
const IN_TEXT = /\/bilete\/[A-Za-z0-9_-]{22}/g;

export class Pictures {
  constructor(field) {
    Object.assign(this, { field, text: field.text, words: field.dataset });
    this.file = field.querySelector('input[type=file]');
    this.text.addEventListener('paste', (event) => {
      // Spreadsheets and word processors send a picture of their words along: the words are what is meant.
      if (!event.clipboardData.getData('text/plain')) this.take(event, event.clipboardData.files);
    });
    this.text.addEventListener('dragover', (event) => {
      if (event.dataTransfer.types.includes('Files')) event.preventDefault();
    });
    this.text.addEventListener('drop', (event) => this.take(event, event.dataTransfer.files));
    this.file?.addEventListener('change', (event) => this.take(event, this.file.files));
    this.text.addEventListener('input', () => this.list());
    this.list();
  }

  pick() { this.file.click(); }

  async take(event, files) {
    const pictures = [...files].filter((file) => file.type.startsWith('image/'));
    if (!pictures.length) return;
    event.preventDefault();
    for (const picture of pictures) await this.guarded(() => this.add(picture));
    if (this.file) this.file.value = ''; // it is in the text now, and must not be sent a second time
  }

  async guarded(act) {
    try {
      await act();
    } catch (refusal) {
      this.field.say(refusal.words || this.words.failed, true);
    }
  }

  async add(picture) {
    const covered = await this.cover(picture);
    if (!covered) return;
    this.field.say(this.words.busy);
    const { url } = await this.send(this.words.upload, covered);
    const at = this.text.selectionEnd;
    const gap = at && this.text.value[at - 1] !== '\n' ? '\n' : '';
    this.field.replace(`${gap}![${this.words.alt}](${url})\n`, at, at);
    this.field.say(this.words.done);
  }

  // What has been sent already is taken back, covered, and put in the place of what was there.
  async again(url) {
    const answer = await fetch(url, { cache: 'no-cache' });
    if (!answer.ok) throw new Error('gone');
    const covered = await this.cover(await answer.blob());
    if (!covered) return;
    this.field.say(this.words.busy);
    await this.send(`${url}/dekking`, covered);
    this.field.say(this.words.covered);
    this.newest = Date.now();
    this.list({ isFresh: true });
  }

  async cover(picture) {
    const { cover } = await import('./cover.js');
    return cover(picture, this.words.cover);
  }

  async send(to, picture) {
    const body = new FormData();
    body.append('image', picture, 'image');
    const headers = { 'X-CSRFToken': this.words.csrf, Accept: 'application/json' };
    const answer = await fetch(to, { method: 'POST', body, headers });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok || !said.url) throw Object.assign(new Error('refused'), { words: said.detail });
    return said;
  }

  // The pictures of the text, each with a way to cover more of it.
  list({ isFresh = false } = {}) {
    const urls = [...new Set(this.text.value.match(IN_TEXT))];
    const box = this.field.querySelector('.editor__pictures');
    if (!box || (!isFresh && urls.join() === this.listed)) return;
    this.listed = urls.join();
    box.hidden = !urls.length;
    box.replaceChildren(...urls.map((url, at) => this.item(url, at + 1)));
  }

  item(url, n) {
    const item = this.field.querySelector('template').content.firstElementChild.cloneNode(true);
    const image = item.querySelector('img');
    image.src = this.newest ? `${url}?${this.newest}` : url;
    image.alt += ` ${n}`;
    item.querySelector('.sr').textContent = ` ${image.alt}`;
    item.querySelector('button').addEventListener('click', () => this.guarded(() => this.again(url)));
    return item;
  }
}
