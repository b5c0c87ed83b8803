// Cover what nobody should see, before the picture leaves the machine: what is covered is painted over with one colour in
// the pixels themselves, and only that picture is sent. Not blurred: letters can be read out of a blur again.
const INK = '#25302e';
const SMALLEST = 6; // pixels of the screen; less is a press, not a drag
const STEP = 10;
const LARGEST_PNG = 4_000_000; // bytes; beyond it a photograph is sent as such

// Gives the picture to send, or null when the person thought better of it.
export async function cover(file, url) {
  const dialog = await dialogFrom(url);
  const picture = await read(file, Number(dialog.dataset.edge));
  return new Cover(dialog, picture).run(file.type);
}

async function dialogFrom(url) {
  if (!document.getElementById('cover')) await window.htmx.ajax('GET', url, { target: 'body', swap: 'beforeend' });
  const dialog = document.getElementById('cover');
  const looks = dialog.querySelector('link');
  if (!looks.sheet) await new Promise((done) => { looks.onload = looks.onerror = done; });
  return dialog;
}

// The picture as it stands upright, no larger than it is kept: what one covers is what is sent.
async function read(file, edge) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, edge / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext('2d');
  pen.imageSmoothingQuality = 'high';
  if (file.type === 'image/jpeg') pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

const within = (value, most) => Math.max(0, Math.min(value, most));

class Cover {
  constructor(dialog, picture) {
    Object.assign(this, { dialog, picture, parts: [], before: [], boxes: [] });
    this.find = (name) => dialog.querySelector(`[data-${name}], [data-act=${name}]`);
    this.stage = this.find('stage');
    this.window = this.find('window');
    this.words = dialog.dataset;
    const shown = this.stage.querySelector('canvas');
    shown.width = picture.width;
    shown.height = picture.height;
    shown.getContext('2d').drawImage(picture, 0, 0);
  }

  run(type) {
    const ends = new AbortController(); // everything that listens stops with the dialog
    const listen = { signal: ends.signal };
    return new Promise((done) => {
      let sent = null;
      this.dialog.addEventListener('click', async (event) => {
        const act = event.target.closest('[data-act]')?.dataset.act;
        if (act === 'send') {
          sent = await this.written(type);
          this.dialog.close();
        } else if (act) this.act(act);
      }, listen);
      this.dialog.addEventListener('close', () => { ends.abort(); this.clear(); done(sent); }, listen);
      this.dialog.addEventListener('keydown', (event) => this.key(event), listen);
      this.stage.addEventListener('pointerdown', (event) => this.press(event), listen);
      this.dialog.showModal();
      this.fit();
      this.draw();
      this.find('title').focus();
    });
  }

  act(name) {
    const acts = {
      add: () => this.add(),
      undo: () => this.undo(),
      in: () => this.zoom(this.scale * 1.5),
      out: () => this.zoom(this.scale / 1.5),
      fit: () => this.fit(),
      cancel: () => this.dialog.close(),
    };
    acts[name]();
  }

  clear() {
    this.parts = [];
    for (const canvas of [this.picture, this.stage.querySelector('canvas')]) canvas.width = canvas.height = 1;
    for (const box of this.boxes.splice(0)) box.remove();
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.window;
    this.zoom(Math.min(1, width / this.picture.width, height / this.picture.height));
  }

  zoom(scale) {
    this.scale = Math.max(0.05, Math.min(scale, 8));
    this.stage.style.width = `${this.picture.width * this.scale}px`;
    this.stage.style.height = `${this.picture.height * this.scale}px`;
    this.find('zoom').textContent = `${Math.round(this.scale * 100)} %`;
    this.draw();
  }

  // ----- the parts: in pixels of the picture, whole ones, never outside it

  remember() { this.before.push(this.parts.map((part) => ({ ...part }))); }

  undo() {
    if (!this.before.length) return;
    this.parts = this.before.pop();
    this.draw();
    this.say(this.words.undone);
  }

  add() {
    this.remember();
    const { scrollLeft, scrollTop } = this.window;
    const across = Math.min(this.window.clientWidth, this.picture.width * this.scale);
    const down = Math.min(this.window.clientHeight, this.picture.height * this.scale);
    const width = Math.min(this.picture.width, Math.max(20, Math.round(Math.min(across * 0.4, 240) / this.scale)));
    const height = Math.min(this.picture.height, Math.max(12, Math.round(60 / this.scale)));
    this.parts.push(this.bounded({
      x: (scrollLeft + across / 2) / this.scale - width / 2,
      y: (scrollTop + down / 2) / this.scale - height / 2,
      width,
      height,
    }));
    this.draw();
    this.boxes.at(-1).focus();
  }

  // Every pixel that is touched is covered whole.
  bounded({ x, y, width, height }) {
    const left = within(Math.floor(x), this.picture.width - 1);
    const top = within(Math.floor(y), this.picture.height - 1);
    const right = within(Math.ceil(x + width), this.picture.width);
    const bottom = within(Math.ceil(y + height), this.picture.height);
    return { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
  }

  moved(part, dx, dy) {
    const x = within(Math.round(part.x + dx), this.picture.width - part.width);
    return { ...part, x, y: within(Math.round(part.y + dy), this.picture.height - part.height) };
  }

  resized(part, dx, dy) {
    return this.bounded({ ...part, width: Math.max(4, part.width + dx), height: Math.max(4, part.height + dy) });
  }

  // ----- by mouse, finger or pen

  press(event) {
    if (event.button) return;
    event.preventDefault();
    const at = this.boxes.indexOf(event.target.closest('.cover__part'));
    const start = this.point(event);
    this.remember();
    const was = at < 0 ? null : this.parts[at];
    const index = at < 0 ? this.parts.length : at;
    const isCorner = event.target.matches('.cover__corner');
    if (was) this.boxes[at].focus();
    const follow = (moved) => {
      const to = this.point(moved);
      const [dx, dy] = [to.x - start.x, to.y - start.y];
      if (!was) this.parts[index] = this.between(start, to);
      else this.parts[index] = isCorner ? this.resized(was, dx, dy) : this.moved(was, dx, dy);
      this.draw();
    };
    const end = (moved) => {
      ends.abort();
      const to = this.point(moved);
      const far = Math.max(Math.abs(to.x - start.x), Math.abs(to.y - start.y)) * this.scale;
      if (far < SMALLEST || moved.type === 'pointercancel') this.parts = this.before.pop();
      this.draw();
      if (this.parts[index]) this.say(this.name(index));
    };
    const ends = new AbortController();
    const listen = { signal: ends.signal };
    this.stage.setPointerCapture(event.pointerId);
    this.stage.addEventListener('pointermove', follow, listen);
    this.stage.addEventListener('pointerup', end, listen);
    this.stage.addEventListener('pointercancel', end, listen);
  }

  point(event) {
    const box = this.stage.getBoundingClientRect();
    return {
      x: within((event.clientX - box.left) / this.scale, this.picture.width),
      y: within((event.clientY - box.top) / this.scale, this.picture.height),
    };
  }

  between(a, b) {
    const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
    return this.bounded({ x, y, width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) });
  }

  // ----- by keyboard: the arrows move, with Shift they stretch, with Ctrl pixel by pixel; Delete takes away

  key(event) {
    if ((event.ctrlKey || event.metaKey) && event.key === 'z') {
      event.preventDefault();
      this.undo();
      return;
    }
    const at = this.boxes.indexOf(document.activeElement);
    if (at < 0) return;
    if (event.key === 'Delete' || event.key === 'Backspace') this.remove(at);
    else if (!this.push(at, event)) return;
    event.preventDefault();
  }

  push(at, event) {
    const step = event.ctrlKey ? 1 : Math.max(1, Math.round(STEP / this.scale));
    const [dx, dy] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key] ?? [];
    if (dx === undefined) return false;
    this.remember();
    this.parts[at] = event.shiftKey ? this.resized(this.parts[at], dx, dy) : this.moved(this.parts[at], dx, dy);
    this.draw();
    this.boxes[at].scrollIntoView({ block: 'nearest', inline: 'nearest' });
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.say(this.name(at)), 400);
    return true;
  }

  remove(at) {
    this.remember();
    this.parts.splice(at, 1);
    this.draw();
    (this.boxes[at] ?? this.boxes.at(-1) ?? this.find('add')).focus();
    this.say(this.words.removed);
  }

  // ----- what is seen and said

  draw() {
    while (this.boxes.length > this.parts.length) this.boxes.pop().remove();
    while (this.boxes.length < this.parts.length) this.boxes.push(this.box());
    this.parts.forEach((part, at) => {
      const { style } = this.boxes[at];
      for (const [name, value] of Object.entries({ left: part.x, top: part.y, width: part.width, height: part.height })) {
        style[name] = `${value * this.scale}px`;
      }
      this.boxes[at].setAttribute('aria-label', this.name(at));
    });
    this.find('undo').disabled = !this.before.length;
    const send = this.find('send');
    send.textContent = this.parts.length ? this.words.covered : this.words.plain;
  }

  box() {
    const box = document.createElement('button');
    const corner = document.createElement('span');
    box.type = 'button';
    box.className = 'cover__part';
    box.setAttribute('aria-describedby', 'cover-keys');
    corner.className = 'cover__corner';
    box.append(corner);
    this.stage.append(box);
    return box;
  }

  name(at) {
    const { x, y, width, height } = this.parts[at];
    return Object.entries({ n: at + 1, x, y, width, height })
      .reduce((words, [name, value]) => words.replace(`{${name}}`, value), this.words.part);
  }

  say(words) { this.dialog.querySelector('[role=status]').textContent = words; }

  // ----- what is sent: the pixels themselves are gone under what covers them

  async written(type) {
    const pen = this.picture.getContext('2d');
    pen.fillStyle = INK;
    for (const { x, y, width, height } of this.parts) pen.fillRect(x, y, width, height);
    const as = (kind) => new Promise((done) => { this.picture.toBlob(done, kind, 0.92); });
    const drawn = type === 'image/jpeg' ? null : await as('image/png');
    const blob = drawn && drawn.size < LARGEST_PNG ? drawn : await as('image/jpeg');
    if (!blob) throw new Error('not encoded');
    return blob;
  }
}
