#!/usr/bin/env node
// Runs the echo STS server with settings from the environment; see README.md.

import { startEchoServer } from './echo-server.mjs';
import { SettingsError, readSettings } from './settings.mjs';

// Connections that do not close must not keep a stopped server alive.
const stopLimitMs = 3000;

try {
  const server = await startEchoServer(readSettings(process.env));
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop(server));
  process.stdout.write(JSON.stringify({ listening: server.url }) + '\n');
} catch (error) {
  process.stderr.write(`echo-sts: ${explain(error)}\n`);
  process.exit(1);
}

async function stop(server) {
  setTimeout(() => process.exit(0), stopLimitMs).unref();
  await server.close();
  process.exit(0);
}

function explain(error) {
  if (error instanceof SettingsError) return error.message;
  if (error.code === 'EADDRINUSE') return `port ${error.port} on ${error.address} is already in use; set ECHO_PORT to another one`;
  return error.path ? `can't open the journal ${error.path}: ${error.code}` : error.message;
}
