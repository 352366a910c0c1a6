// node:test with a time limit for every test: the option for all at once (--test-timeout) came with Node 20.11 only.

import test from 'node:test';

const limitMs = 30_000;

/** As `test` of node:test. */
export default function boundedTest(name, run) {
  return test(name, { timeout: limitMs }, run);
}
