// htmx sets window.htmx; hx-csp reads it, so the order of these two matters.
import 'htmx.org';
import 'htmx.org/dist/ext/hx-csp.js';
import './live.js';
import './keep-focus.js';
import './markdown-field.js';
import './copy-button.js';
import './toast.js';
import './hotkeys.js';
import './commands.js';
