// Builds portal/static/dist: bundled, minified, hashed, compressed, with a manifest and the licences.
import * as esbuild from 'esbuild';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';

const here = path.dirname(fileURLToPath(import.meta.url));
const src = path.join(here, 'src');
const out = path.join(here, '..', 'static', 'dist');
const packages = ['@digdir/designsystemet-css', '@fontsource-variable/figtree', 'htmx.org'];
const require_ = createRequire(import.meta.url);
const manifest = {};

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });

await bundle();
write('icons.svg', sprite());
write('mark.svg', fs.readFileSync(path.join(src, 'mark.svg')));
write('LICENSES.txt', licences(), { hashed: false });
fs.writeFileSync(path.join(out, 'manifest.json'), JSON.stringify(manifest, Object.keys(manifest).sort(), 1) + '\n');
report();

async function bundle() {
  const result = await esbuild.build({
    entryPoints: ['portal.css', 'more.css', 'cover.css', 'urgent.css', 'app.js'].map((name) => path.join(src, name)),
    // What only those who write need is a file of its own, fetched when there is something to write in.
    splitting: true, chunkNames: '[name]-[hash]',
    bundle: true, minify: true, format: 'esm', legalComments: 'none', logLevel: 'error', metafile: true, write: false,
    target: ['chrome123', 'firefox121', 'safari17.5'],
    outdir: out, entryNames: '[name]-[hash]', assetNames: '[name]-[hash]', loader: { '.woff2': 'file' },
  });
  for (const file of result.outputFiles) {
    const hashed = path.basename(file.path);
    // The font keeps a name of ours: nobody should have to know how its package names it.
    const logical = hashed.replace(/-[A-Z0-9]{8}(?=\.\w+$)/, '').replace('figtree-latin-wght-normal', 'figtree');
    save(hashed, file.contents);
    manifest[logical] = hashed;
  }
}

function sprite() {
  const drawings = fs.readdirSync(path.join(src, 'icons')).filter((name) => name.endsWith('.svg')).sort();
  const symbols = drawings.map((name) => {
    const inside = fs.readFileSync(path.join(src, 'icons', name), 'utf8').replace(/<svg[^>]*>|<\/svg>/g, '').replace(/\s*\n\s*/g, '');
    return `<symbol id="${name.slice(0, -4)}" viewBox="0 0 24 24">${inside}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

function licences() {
  return packages.map((name) => {
    const folder = path.join(here, 'node_modules', name);
    const about = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    return `${about.name} ${about.version} (${about.license})\n\n${fs.readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
  }).join(`\n${'-'.repeat(78)}\n\n`);
}

function write(logical, content, { hashed = true } = {}) {
  const { name, ext } = path.parse(logical);
  const digest = crypto.createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
  const file = hashed ? `${name}-${digest}${ext}` : logical;
  save(file, Buffer.from(content));
  manifest[logical] = file;
}

function save(file, content) {
  fs.writeFileSync(path.join(out, file), content);
  if (!/\.(css|js|svg|txt)$/.test(file)) return;
  fs.writeFileSync(path.join(out, `${file}.gz`), zlib.gzipSync(content, { level: 9 }));
  fs.writeFileSync(path.join(out, `${file}.br`), zlib.brotliCompressSync(content, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: content.length } }));
}

function report() {
  const size = (file) => (fs.existsSync(path.join(out, file)) ? String(fs.statSync(path.join(out, file)).size) : '');
  for (const [logical, file] of Object.entries(manifest)) {
    console.log(logical.padEnd(14), size(file).padStart(7), 'gz', size(`${file}.gz`).padStart(6), 'br', size(`${file}.br`).padStart(6));
  }
}
