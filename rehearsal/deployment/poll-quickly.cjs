'use strict';
// Loaded into the CDK CLI's process before it starts. The CLI looks every 5 s whether a stack is finished, and every
// 2 s for events: right for AWS, where a stack takes minutes, and most of the deployment's time here.
const { setTimeout: original } = globalThis;
const WAITS = new Set([5000, 2000]);
globalThis.setTimeout = (work, milliseconds, ...rest) =>
  original(work, WAITS.has(milliseconds) ? 150 : milliseconds, ...rest);
