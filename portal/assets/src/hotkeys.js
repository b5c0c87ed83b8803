// Keys for those who want them (<html data-hotkeys>): an element with data-hotkey="/" gets the focus, or is pressed.
// Off unless chosen, since single letters get in the way of people who speak to their machine (WCAG 2.1.4).
const writes = (element) => element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

if ('hotkeys' in document.documentElement.dataset) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    // The last one on the page: a field in the page comes before the way to it in the menu.
    const wanted = [...document.querySelectorAll(`[data-hotkey="${CSS.escape(event.key)}"]`)].at(-1);
    if (!wanted) return;
    event.preventDefault();
    if (writes(wanted)) wanted.focus();
    else wanted.click();
  });
}
