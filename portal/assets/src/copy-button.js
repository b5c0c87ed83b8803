// Every block of code gets a copy button and, where it came without them, a frame and a place in the tab order.
const { icons, copy, copied, code } = document.querySelector('script[data-icons]')?.dataset ?? {};

export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const use = document.createElementNS(space, 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `${icons}#${name}`);
  svg.append(use);
  return svg;
}

function frame(block) {
  if (block.parentElement.classList.contains('code')) return block.parentElement;
  const box = document.createElement('div');
  box.className = 'code';
  block.replaceWith(box);
  box.append(block);
  return box;
}

function equip(block) {
  const box = frame(block);
  if (box.querySelector('button')) return;
  if (!block.hasAttribute('tabindex')) {
    block.tabIndex = 0;
    block.setAttribute('role', 'region');
    block.setAttribute('aria-label', code);
  }
  const button = document.createElement('button');
  const words = document.createElement('span');
  button.type = 'button';
  button.className = 'code__copy';
  words.textContent = copy;
  words.setAttribute('aria-live', 'polite');
  button.append(icon('copy'), words);
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.textContent.trimEnd());
    words.textContent = copied;
    button.dispatchEvent(new CustomEvent('copied', { bubbles: true })); // whoever uses an answer may be asked if it holds
    setTimeout(() => { words.textContent = copy; }, 2500);
  });
  box.append(button);
}

const equipAll = (root) => { for (const block of root.querySelectorAll('pre')) equip(block); };

if (navigator.clipboard) { // only on https and localhost
  equipAll(document);
  document.addEventListener('htmx:after:swap', () => equipAll(document));
}
