// Rows copied from a spreadsheet become a table. They come as text with tabs, and a cell with a line break in quotes.
function cellsOf(text) {
  const rows = [['']];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    const row = rows.at(-1);
    if (quoted && sign === '"' && text[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; }
    else if (quoted && sign === '"') quoted = false;
    else if (!quoted && sign === '"' && row.at(-1) === '') quoted = true;
    else if (!quoted && sign === '\t') row.push('');
    else if (!quoted && sign === '\n') rows.push(['']);
    else row[row.length - 1] += sign;
  }
  return rows;
}

const tidy = (cell) => cell.trim().replaceAll('\\', '\\\\').replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
const line = (cells) => `| ${cells.map((cell) => cell || ' ').join(' | ')} |`;

// The table as it is written in Markdown, or nothing when the text is no table: two columns or more, two rows or more.
export function tableOf(text) {
  const rows = cellsOf(text.replace(/\r\n?/g, '\n').replace(/\n+$/, ''));
  const width = rows[0].length;
  if (width < 2 || rows.length < 2 || rows.some((row) => row.length !== width)) return '';
  const [head, ...body] = rows.map((row) => row.map(tidy));
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
}
