import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from './bounded-test.mjs';
import { fileURLToPath } from 'node:url';
import { connect, request, serve } from './client.mjs';

const entry = fileURLToPath(new URL('../server.mjs', import.meta.url));

function launch(t, environment) {
  const child = spawn(process.execPath, [entry], { env: { PATH: process.env.PATH, ECHO_PORT: '0', ...environment } });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (data) => { output[name] += data; });
  const exited = once(child, 'close');
  t.after(() => child.kill('SIGKILL'));
  return { child, output, exited };
}

async function listening({ child, output }) {
  while (!output.stdout.includes('\n')) await once(child.stdout, 'data', { signal: AbortSignal.timeout(5000) });
  return { url: JSON.parse(output.stdout).listening };
}

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`prints one line, stops on ${signal} with a client connected`, async (t) => {
    const process = launch(t, {});
    const server = await listening(process);
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    await connect(t, server).init();
    process.child.kill(signal);
    assert.deepEqual(await process.exited, [0, null]);
    assert.deepEqual(process.output, { stdout: JSON.stringify({ listening: server.url }) + '\n', stderr: '' });
  });
}

test('a taken port is one clear line', async (t) => {
  const { url } = await serve(t);
  const { port } = new URL(url);
  const { exited, output } = launch(t, { ECHO_PORT: port });
  assert.deepEqual(await exited, [1, null]);
  assert.deepEqual(output, { stdout: '', stderr: `echo-sts: port ${port} on 127.0.0.1 is already in use; set ECHO_PORT to another one\n` });
});

test('wrong settings are named together', async (t) => {
  const { exited, output } = launch(t, { ECHO_PORT: '99999', ECHO_MARK: 'maybe' });
  assert.deepEqual(await exited, [1, null]);
  assert.equal(output.stderr, 'echo-sts: ECHO_PORT must be an integer from 0 to 65535; ECHO_MARK must be true or false\n');
});

test('the journal file survives SIGKILL whole, without audio', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'echo-sts-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'journal.jsonl');
  const process = launch(t, { ECHO_JOURNAL: path });
  const client = connect(t, await listening(process));
  const { session_id: session } = await client.init();
  const sent = client.send();
  await client.next('fragment:processed');
  process.child.kill('SIGKILL');
  await process.exited;
  const text = await readFile(path, 'utf8');
  const entries = text.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(entries.map(({ dir, event }) => `${dir} ${event}`),
    ['in connect', 'in stream:init', 'out stream:ready', 'in fragment:data', 'out fragment:ack', 'out fragment:processed']);
  const data = entries[3];
  assert.deepEqual([data.stream_id, data.session, data.fragment_id, data.sequence_number, data.bytes, data.inflight, data.accepted],
    ['alpha', session, sent.fragment_id, 0, 10, 1, true]);
  assert.ok(Math.abs(data.t_ms - Date.now()) < 30_000);
  assert.ok(!text.includes(sent.audio.data_base64));
});

test('HTTP: health, journal, summaries', async (t) => {
  const server = await serve(t);
  const client = connect(t, server);
  await client.init();
  client.send();
  await client.next('fragment:processed');
  const { body: health } = await request(server, '/health');
  assert.deepEqual([health.status, health.streams], ['healthy', ['alpha']]);
  assert.equal((await request(server, '/journal')).body.length, 6);
  assert.equal((await request(server, '/journal?stream_id=alpha')).body.length, 6);
  assert.deepEqual((await request(server, '/journal?stream_id=beta')).body, []);
  assert.equal((await request(server, '/journal/summary?stream_id=alpha')).body.fragments_received, 1);
  assert.equal((await request(server, '/journal/summary?stream_id=beta')).body.fragments_received, 0);
  assert.deepEqual(Object.keys((await request(server, '/journal/summary')).body.streams), ['alpha']);
});

test('HTTP: modes are merged, restricted to a stream, refused when unknown, reset', async (t) => {
  const server = await serve(t);
  const { body: before } = await request(server, '/modes');
  await request(server, '/modes', { silent: true });
  await request(server, '/modes', { processing_delay: 5 });
  const { body: after } = await request(server, '/modes', { mark: true, stream_id: 'beta' });
  assert.deepEqual([after.silent, after.processing_delay, after.mark, after.streams], [true, { fixed_ms: 5 }, false, { beta: { mark: true } }]);
  const refused = await request(server, '/modes', { silent: 'x', spin: 1, mark: false });
  assert.equal(refused.status, 400);
  assert.match(refused.body.error, /silent has a wrong value; spin is unknown/);
  assert.deepEqual((await request(server, '/modes/reset', {})).body, before);
  assert.equal((await request(server, '/nowhere')).status, 404);
  assert.equal((await request(server, '/health', {})).status, 405);
  assert.equal((await fetch(`${server.url}/modes`, { method: 'POST', body: '{' })).status, 400);
});
