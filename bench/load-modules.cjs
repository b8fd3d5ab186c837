'use strict';
// The floor of a synthesis: loads the recorded modules and does nothing else.
const { readFileSync } = require('node:fs');

require('node:module').enableCompileCache?.(process.env.BENCH_COMPILE_CACHE);
for (const path of JSON.parse(readFileSync(process.env.BENCH_MODULES, 'utf8'))) {
  if (!path.endsWith('.json')) require(path);
}
