'use strict';
// Loaded before the app (`node --require`): writes down which modules of node_modules it loads, in their order, so that
// the time of loading just these can be told from the time of everything else.
const { writeFileSync } = require('node:fs');
const Module = require('node:module');

process.on('exit', () => {
  const loaded = Object.keys(Module._cache).filter((path) => path.includes('/node_modules/'));
  writeFileSync(process.env.BENCH_MODULES, JSON.stringify(loaded));
});
