import assert from 'node:assert/strict';
import test from './bounded-test.mjs';
import { connect, fragmentOf, initOf, makeM4a, serve } from './client.mjs';

test('a session from init to complete', async (t) => {
  const server = await serve(t);
  const client = connect(t, server);
  const ready = await client.init({ max_inflight: 10 });
  assert.equal(ready.stream_id, 'alpha');
  assert.equal(ready.max_inflight, 10);
  assert.deepEqual(ready.capabilities, { batch_processing: false, async_delivery: true });
  const sent = client.send();
  assert.equal((await client.next('fragment:ack')).status, 'processing');
  const result = await client.next('fragment:processed');
  assert.equal(result.fragment_id, sent.fragment_id);
  assert.equal(result.status, 'success');
  assert.deepEqual(result.dubbed_audio, sent.audio);
  assert.match(result.transcript, /^\[ECHO\] /);
  client.ack(sent.fragment_id);
  client.socket.emit('stream:end', { stream_id: 'alpha' });
  const complete = await client.next('stream:complete');
  assert.equal(complete.total_fragments, 1);
  assert.equal(complete.total_duration_ms, 6000);
  assert.equal(complete.statistics.success_count, 1);
  assert.equal(await client.next('disconnect'), 'io server disconnect');
  const summary = server.journal.summary('alpha');
  assert.deepEqual(
    [summary.inits, summary.readies, summary.fragments_received, summary.fragments_acked, summary.processed.success, summary.client_acks.applied, summary.ends, summary.completes],
    [1, 1, 1, 1, 1, 1, 1, 1]);
  assert.deepEqual(summary.violations, {});
});

const badInits = {
  'no worker_id': { worker_id: undefined },
  'a language of one letter': { config: { source_language: 'e' } },
  'a chunk that is too long': { config: { chunk_duration_ms: 6001 } },
  'a rate that is too low': { config: { sample_rate_hz: 7999 } },
  'three channels': { config: { channels: 3 } },
  'another format': { config: { format: 'wav' } },
  'max_inflight 11': { max_inflight: 11 },
  'timeout_ms 999': { timeout_ms: 999 },
};
for (const [name, changes] of Object.entries(badInits)) {
  test(`stream:init is rejected with ${name}`, async (t) => {
    const client = connect(t, await serve(t));
    client.socket.emit('stream:init', initOf('alpha', changes));
    const error = await client.next('error');
    assert.deepEqual([error.code, error.severity, error.retryable], ['INVALID_CONFIG', 'fatal', false]);
    assert.equal(client.waiting('stream:ready'), 0);
  });
}

test('payloads of any type are answered with an error, and the server lives', async (t) => {
  const server = await serve(t);
  const client = connect(t, server);
  for (const event of ['stream:init', 'fragment:data', 'fragment:ack', 'stream:end', 'config:error_simulation', 'constructor', '__proto__'])
    for (const payload of [null, 7, 'text', [], Buffer.from('x')]) {
      client.socket.emit(event, payload);
      assert.match((await client.next('error')).code, /INVALID_CONFIG|MALFORMED_DATA|STREAM_NOT_FOUND/, `${event} ${payload}`);
    }
  await client.init();
});

const badFragments = {
  INVALID_SEQUENCE: { sequence_number: 1 },
  STREAM_NOT_FOUND: { stream_id: 'beta' },
  FRAGMENT_TOO_LARGE: { audio: { data_base64: Buffer.alloc(10 * 1024 * 1024 + 1).toString('base64') } },
  MALFORMED_DATA: { audio: { data_base64: 'AAA*' } },
};
for (const [code, changes] of Object.entries(badFragments)) {
  test(`a fragment is rejected with ${code}`, async (t) => {
    const server = await serve(t);
    const client = connect(t, server);
    await client.init();
    const sent = client.send(changes);
    const error = await client.next('error');
    assert.equal(error.code, code);
    assert.equal(error.fragment_id, sent.fragment_id);
    assert.equal(server.journal.summary('alpha').rejected[code], 1);
    assert.equal(server.journal.summary('alpha').violations[code], 1);
  });
}

test('every faulty field of a fragment is named', async (t) => {
  const client = connect(t, await serve(t));
  await client.init();
  client.send({ fragment_id: 'x', timestamp: '1', audio: { channels: 1, duration_ms: 60001 }, metadata: undefined });
  const { code, message } = await client.next('error');
  assert.equal(code, 'MALFORMED_DATA');
  for (const key of ['fragment_id', 'timestamp', 'audio.channels', 'audio.duration_ms', 'metadata.pts_ns']) assert.ok(message.includes(key), key);
});

test('a fragment of exactly 10 MB is echoed', async (t) => {
  const client = connect(t, await serve(t));
  await client.init();
  const sent = client.send({ audio: { data_base64: Buffer.alloc(10 * 1024 * 1024, 7).toString('base64') } });
  assert.equal((await client.next('fragment:processed')).dubbed_audio.data_base64.length, sent.audio.data_base64.length);
});

test('data before stream:init is STREAM_NOT_FOUND', async (t) => {
  const client = connect(t, await serve(t));
  client.send();
  assert.equal((await client.next('error')).code, 'STREAM_NOT_FOUND');
});

test('a rejected fragment uses its number up', async (t) => {
  const client = connect(t, await serve(t));
  await client.init();
  client.send({ audio: { data_base64: '*' } });
  await client.next('error');
  assert.equal(client.send().sequence_number, 1);
  assert.equal((await client.next('fragment:processed')).sequence_number, 1);
});

test('a fragment comes again under its id only after its failure was acknowledged', async (t) => {
  const server = await serve(t);
  const client = connect(t, server);
  const rules = [{ trigger: 'nth_fragment', value: 1, error_code: 'GPU_OOM', retryable: true }];
  client.socket.emit('config:error_simulation', { enabled: true, rules });
  await client.init();
  const { fragment_id } = client.send();
  assert.equal((await client.next('fragment:processed')).status, 'failed');
  client.send({ fragment_id });
  assert.equal((await client.next('error')).message, 'fragment_id was used before');
  client.ack(fragment_id, 'received');
  client.send({ fragment_id });
  assert.equal((await client.next('fragment:processed')).status, 'success');
  client.ack(fragment_id);
  client.send({ fragment_id });
  assert.equal((await client.next('error')).message, 'fragment_id was used before');
  assert.deepEqual(server.journal.summary('alpha').violations, { MALFORMED_DATA: 2 });
});

test('after a gap the missing number is still the expected one', async (t) => {
  const client = connect(t, await serve(t));
  await client.init();
  client.send({ sequence_number: 1 });
  assert.equal((await client.next('error')).code, 'INVALID_SEQUENCE');
  client.send({ sequence_number: 0 });
  assert.equal((await client.next('fragment:processed')).sequence_number, 0);
});

test('a slot is freed by the client\'s ack alone, and breaking the limit is counted', async (t) => {
  const server = await serve(t, { ECHO_MAX_INFLIGHT: '2' });
  const client = connect(t, server);
  assert.equal((await client.init({ max_inflight: 5 })).max_inflight, 2);
  const [first] = [client.send(), client.send()];
  await client.next('fragment:processed');
  await client.next('fragment:processed');
  client.send();
  assert.equal((await client.next('error')).code, 'BACKPRESSURE_EXCEEDED');
  client.ack(first.fragment_id, 'received');
  client.send();
  await client.next('fragment:processed');
  const summary = server.journal.summary('alpha');
  assert.deepEqual([summary.max_inflight_seen, summary.inflight_violations, summary.client_acks.received], [3, 1, 1]);
});

test('acks out of place are counted', async (t) => {
  const server = await serve(t, { ECHO_PROCESSING_DELAY_MS: '100' });
  const client = connect(t, server);
  await client.init();
  const { fragment_id: id } = client.send();
  client.ack(id);
  client.ack('nobody');
  await client.next('fragment:processed');
  client.ack(id);
  client.ack(id);
  await client.settle();
  assert.deepEqual(server.journal.summary('alpha').violations, { ack_early: 1, ack_unknown: 1, ack_repeated: 1 });
});

test('a paused stream takes no fragments until it is resumed', async (t) => {
  const client = connect(t, await serve(t));
  await client.init();
  client.socket.emit('stream:pause', { stream_id: 'alpha', reason: 'test' });
  client.send();
  assert.equal((await client.next('error')).code, 'STREAM_PAUSED');
  client.socket.emit('stream:resume', { stream_id: 'alpha' });
  client.send();
  await client.next('fragment:processed');
});

test('stream:complete waits for what is being processed', async (t) => {
  const client = connect(t, await serve(t, { ECHO_PROCESSING_DELAY_MS: '80' }));
  await client.init();
  client.send();
  client.send();
  client.socket.emit('stream:end', { stream_id: 'alpha' });
  const { total_fragments: total, statistics } = await client.next('stream:complete');
  assert.equal(client.waiting('fragment:processed'), 2);
  assert.equal(total, 2);
  assert.ok(statistics.p95_processing_time_ms >= 79);
});

test('a newer session for the stream closes the older one; numbering restarts', async (t) => {
  const server = await serve(t);
  const [older, newer] = [connect(t, server), connect(t, server)];
  const first = await older.init();
  older.send();
  await older.next('fragment:processed');
  const second = await newer.init();
  assert.notEqual(first.session_id, second.session_id);
  await older.next('disconnect');
  newer.send();
  assert.equal((await newer.next('fragment:processed')).sequence_number, 0);
});

test('an API key is asked for', async (t) => {
  const server = await serve(t, { ECHO_API_KEY: 'top-secret' });
  for (const auth of [undefined, { token: 'wrong' }]) {
    const error = await connect(t, server, { auth }).next('connect_error');
    assert.equal(error.message, 'AUTH_FAILED');
    assert.equal(error.data.code, 'AUTH_FAILED');
  }
  await connect(t, server, { auth: { token: 'top-secret' } }).init();
  assert.ok(!JSON.stringify(server.journal.entries()).includes('secret'));
});

test('a wrong namespace is refused', async (t) => {
  const server = await serve(t, { ECHO_NAMESPACE: '/sts' });
  assert.equal((await connect(t, server, { namespace: '/other' }).next('connect_error')).message, 'Invalid namespace');
  await connect(t, server, { namespace: '/sts' }).init();
});

test('a marked answer is a WAV as long as the M4A', async (t) => {
  const server = await serve(t, { ECHO_MARK: 'true' });
  const client = connect(t, server);
  await client.init({ config: { sample_rate_hz: 44100, channels: 1 } });
  const { bytes } = await makeM4a(t, { seconds: 1, sampleRate: 44100, channels: 1 });
  client.send({ audio: { sample_rate_hz: 44100, channels: 1, duration_ms: 1000, data_base64: bytes.toString('base64') } });
  const { dubbed_audio: dubbed, metadata } = await client.next('fragment:processed');
  assert.deepEqual([dubbed.format, dubbed.sample_rate_hz, dubbed.channels], ['wav', 44100, 1]);
  assert.equal(Buffer.from(dubbed.data_base64, 'base64').length, 44 + metadata.samples * 2);
  client.send({ audio: { sample_rate_hz: 44100, channels: 1 } });
  const failed = await client.next('fragment:processed');
  assert.deepEqual([failed.status, failed.dubbed_audio, failed.error.code], ['failed', null, 'MALFORMED_DATA']);
});

test('a fragment with the wrong id type does not disturb its session', async (t) => {
  const client = connect(t, await serve(t));
  await client.init();
  client.socket.emit('fragment:data', { ...fragmentOf('alpha', 0), fragment_id: { $ne: 1 } });
  assert.equal((await client.next('error')).code, 'MALFORMED_DATA');
});
