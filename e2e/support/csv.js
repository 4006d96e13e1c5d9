// Reads a CSV file into rows of named cells: quotes, doubled quotes and line breaks within quotes, as RFC 4180 has them.

export function rows(text) {
  const lines = [];
  let line = [], cell = '', quoted = false;
  const characters = text.replace(/^\uFEFF/, '');
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at];
    if (quoted) {
      if (character !== '"') cell += character;
      else if (characters[at + 1] === '"') { cell += '"'; at += 1; } else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',') { line.push(cell); cell = ''; } else if (character === '\n') {
      line.push(cell);
      lines.push(line);
      line = [];
      cell = '';
    } else if (character !== '\r') cell += character;
  }
  if (quoted) throw new Error('the CSV ends within quotes');
  if (cell || line.length) lines.push([...line, cell]);
  const [header, ...body] = lines;
  return body.map((cells) => {
    if (cells.length !== header.length) throw new Error(`a row has ${cells.length} cells under ${header.length} headings: ${cells.join(' | ')}`);
    return Object.fromEntries(header.map((name, at) => [name, cells[at]]));
  });
}
