// Where the caret of a text area is on the screen: the same words in a box of the same make tell it.
const COPIED = ['fontFamily', 'fontSize', 'fontWeight', 'letterSpacing', 'lineHeight', 'tabSize', 'paddingTop',
  'paddingLeft', 'paddingRight', 'borderTopWidth', 'borderLeftWidth', 'boxSizing', 'width'];

export function caretOf(area, at) {
  const style = getComputedStyle(area);
  const twin = document.createElement('div');
  const mark = document.createElement('span');
  for (const name of COPIED) twin.style[name] = style[name];
  Object.assign(twin.style, { position: 'absolute', visibility: 'hidden', whiteSpace: 'pre-wrap', overflowWrap: 'break-word' });
  twin.append(area.value.slice(0, at), mark);
  mark.textContent = '\u200b';
  area.after(twin);
  const place = { left: mark.offsetLeft, top: mark.offsetTop - area.scrollTop, height: mark.offsetHeight };
  twin.remove();
  return place;
}
