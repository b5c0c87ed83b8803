// What one writes with: the editor, and drafts that are kept on the server.
import './markdown-field.js';
import './draft-keeper.js';
