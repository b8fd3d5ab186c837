'use strict';
// The only way in: `node bin/run.cjs` is the CDK app, `node bin/run.cjs mlops …` the command line.
//
// Compiles our own TypeScript (packages stay outside) and every Lambda handler (its packages inside), each only
// when one of its inputs changed, then requires the result. Types are checked elsewhere (`npm run check`).
const { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } =
  require('node:fs');
const { dirname, join, relative, resolve } = require('node:path');

const root = resolve(__dirname, '..');
const cache = join(root, 'node_modules/.cache/mlops');
require('node:module').enableCompileCache?.(join(cache, 'v8')); // from Node 22.8 on; saves a fifth of a synth

/** Entry points by the name of their output, below `outdir`; entries that do not exist yet are left out. */
function entries(files) {
  return Object.fromEntries(Object.entries(files).filter(([, file]) => existsSync(join(root, file))));
}

/** One of our two programs; a fault in the other must not keep it from running. */
function door(name) {
  return {
    name,
    outdir: 'dist/doors',
    entryPoints: entries({ [name]: `bin/${name}.ts` }),
    options: { packages: 'external', sourcemap: 'inline', sourcesContent: false, plugins: [sourceFolders] },
  };
}

const handlers = {
  name: 'handlers',
  outdir: 'dist/lambda',
  entryPoints: entries(
    Object.fromEntries(
      readdirSync(join(root, 'lambda')).map((name) => [`${name}/index`, `lambda/${name}/index.ts`]),
    ),
  ),
  // ES sources of the SDK are smaller and start faster; a dynamic import left in would load undici on the first
  // call. No banner, path or time goes in: the same source gives the same asset on every machine.
  options: {
    mainFields: ['module', 'main'],
    minify: true,
    supported: { 'dynamic-import': false },
    legalComments: 'none',
  },
};

/** What a build read: path → modification time and size. A missing file is a change. */
function fingerprint(paths) {
  return Object.fromEntries(
    paths.map((path) => {
      const stat = statSync(join(root, path), { throwIfNoEntry: false });
      return [path, stat ? `${stat.mtimeMs} ${stat.size}` : 'missing'];
    }),
  );
}

function isFresh(target) {
  const manifest = join(cache, `${target.name}.json`);
  if (!existsSync(manifest)) return false;
  const built = JSON.parse(readFileSync(manifest, 'utf8'));
  return (
    JSON.stringify(built.entryPoints) === JSON.stringify(target.entryPoints) &&
    JSON.stringify(built.inputs) === JSON.stringify(fingerprint(Object.keys(built.inputs))) &&
    built.outputs.every((path) => existsSync(join(root, path)))
  );
}

/** In our own code `__dirname` is the folder of the source, so that it means the same here and under Jest. */
const sourceFolders = {
  name: 'source-folders',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8');
      if (path.includes('node_modules') || !contents.includes('__dirname')) return undefined;
      return { contents: `const __dirname=${JSON.stringify(dirname(path))};${contents}`, loader: 'ts' };
    });
  },
};

/** Writes beside and renames, so that a process that starts meanwhile never reads half a file. */
function replace(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  const half = `${path}.${process.pid}`;
  writeFileSync(half, contents);
  renameSync(half, path);
}

async function build(target) {
  if (isFresh(target)) return;
  const started = Date.now();
  const result = await require('esbuild').build({
    absWorkingDir: root,
    entryPoints: target.entryPoints,
    outdir: target.outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    metafile: true,
    write: false,
    logLevel: 'warning',
    ...target.options,
  });
  for (const file of result.outputFiles) replace(file.path, file.contents);
  removeStale(target);
  const inputs = [...Object.keys(result.metafile.inputs), 'bin/run.cjs', 'package-lock.json'];
  const manifest = {
    entryPoints: target.entryPoints,
    inputs: fingerprint(inputs),
    outputs: result.outputFiles.map((file) => relative(root, file.path)),
  };
  // A file saved while it was being read may be in the output half old: then the next run builds again.
  const isSettled = inputs.every((path) => statSync(join(root, path)).mtimeMs < started);
  if (isSettled) replace(join(cache, `${target.name}.json`), JSON.stringify(manifest));
}

/** A removed function must not live on as an asset. */
function removeStale(target) {
  if (target.name !== 'handlers' || !existsSync(join(root, target.outdir))) return;
  for (const name of readdirSync(join(root, target.outdir))) {
    if (!target.entryPoints[`${name}/index`]) rmSync(join(root, target.outdir, name), { recursive: true });
  }
}

async function run([first, ...argv]) {
  process.setSourceMapsEnabled?.(true);
  if (first === 'mlops') {
    await build(door('mlops'));
    process.exitCode = await require(join(root, 'dist/doors/mlops.js')).main(argv);
    return;
  }
  await Promise.all([build(door('app')), build(handlers)]);
  // From a stack of its own: CDK writes stack traces into the assembly, and whether something was built just now
  // must not show in them.
  await new Promise(setImmediate);
  require(join(root, 'dist/doors/app.js')).main();
}

run(process.argv.slice(2)).catch((error) => {
  // A mistake in someone's input explains itself, and esbuild has said what it did not like; only our own mistakes
  // need a stack.
  if (!error?.errors) console.error(error?.expected ? error.message : error);
  process.exitCode = 1;
});
