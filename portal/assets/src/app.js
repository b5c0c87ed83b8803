// htmx sets window.htmx; hx-csp reads it, so the order of these two matters.
import 'htmx.org';
import 'htmx.org/dist/ext/hx-csp.js';
import './live.js';
import './by-itself.js';
import './once.js';
import './keep-focus.js';
import './copy-button.js';
import './toast.js';
import './hotkeys.js';
import './commands.js';
import './ask.js';
import './help.js';
import './later-answer.js';

// The first visit pays for none of what one writes with: it comes when there is something to write in.
const equip = () => {
  if ([...document.querySelectorAll('markdown-field, draft-keeper')].some((each) => !each.closest('dialog'))) import('./writing.js');
};
document.addEventListener('htmx:after:swap', equip);
equip();
