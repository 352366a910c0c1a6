import assert from 'node:assert/strict';
import test from './bounded-test.mjs';
import { garbageKinds } from '../modes.mjs';
import { connect, initOf, request, serve } from './client.mjs';

async function started(t, modes, init) {
  const server = await serve(t);
  if (modes) assert.equal((await request(server, '/modes', modes)).status, 200);
  const client = connect(t, server);
  await client.init(init);
  return { server, client };
}

for (const [delay, lowest] of [[60, 59], [{ fixed_ms: 60 }, 59], [{ min_ms: 50, max_ms: 70 }, 49], [{ realtime_factor: 0.01 }, 59]]) {
  test(`processing delay ${JSON.stringify(delay)}`, async (t) => {
    const { client } = await started(t, { processing_delay: delay });
    client.send();
    assert.ok((await client.next('fragment:processed')).processing_time_ms >= lowest);
  });
}

test('simulated errors follow their rules', async (t) => {
  const { client } = await started(t);
  const rule = (trigger, value, more) => ({ trigger, value, error_code: 'GPU_OOM', error_message: 'no memory', retryable: true, stage: 'tts', ...more });
  client.socket.emit('config:error_simulation', {
    enabled: true,
    rules: [rule('sequence_number', 0), rule('nth_fragment', 2, { status: 'partial' }), rule('sequence_number', 2, { event: 'error' })],
  });
  assert.deepEqual(await client.next('config:error_simulation:ack'), { status: 'ok', enabled: true, rules_count: 3 });
  client.send();
  const failed = await client.next('fragment:processed');
  assert.deepEqual([failed.status, failed.dubbed_audio], ['failed', null]);
  assert.deepEqual(failed.error, { code: 'GPU_OOM', message: 'no memory', stage: 'tts', retryable: true });
  client.send();
  const partial = await client.next('fragment:processed');
  assert.equal(partial.status, 'partial');
  assert.ok(partial.dubbed_audio);
  client.send();
  assert.deepEqual([(await client.next('error')).code, client.waiting('fragment:processed')], ['GPU_OOM', 0]);
});

test('a fragment that failed may come again under its id, one that did not may not', async (t) => {
  const failing = { trigger: 'nth_fragment', value: 1, error_code: 'GPU_OOM', retryable: true };
  const { client } = await started(t, { error_simulation: { enabled: true, rules: [failing] } });
  const { fragment_id: id } = client.send();
  assert.equal((await client.next('fragment:processed')).status, 'failed');
  client.ack(id, 'received');
  client.send({ fragment_id: id });
  assert.equal((await client.next('fragment:processed')).status, 'success');
  client.ack(id);
  client.send({ fragment_id: id });
  assert.match((await client.next('error')).message, /used before/);
});

test('error rules set by a client stay with its stream; bad rules are refused', async (t) => {
  const { server, client } = await started(t);
  client.socket.emit('config:error_simulation', { enabled: true, rules: [{ trigger: 'moon', value: 1, error_code: 'X' }] });
  assert.equal((await client.next('error')).code, 'INVALID_CONFIG');
  client.socket.emit('config:error_simulation', { enabled: true, rules: [{ trigger: 'nth_fragment', value: 1, error_code: 'MODEL_ERROR' }] });
  await client.next('config:error_simulation:ack');
  const other = connect(t, server, { streamId: 'beta' });
  await other.init();
  other.send();
  client.send();
  assert.equal((await other.next('fragment:processed')).status, 'success');
  assert.equal((await client.next('fragment:processed')).status, 'failed');
});

test('simulate:disconnect is acknowledged, then carried out', async (t) => {
  const { client } = await started(t);
  client.socket.emit('simulate:disconnect', { delay_ms: 20, reason: 'test' });
  assert.equal((await client.next('simulate:disconnect:ack')).delay_ms, 20);
  assert.equal(await client.next('disconnect'), 'io server disconnect');
});

test('a disconnect can be had at once, for one stream, abruptly', async (t) => {
  const { server, client } = await started(t);
  const other = connect(t, server, { streamId: 'beta' });
  await other.init();
  const { body } = await request(server, '/modes', { stream_id: 'alpha', disconnect: { abrupt: true } });
  assert.deepEqual(body.performed, { disconnect: 1 });
  assert.equal(await client.next('disconnect'), 'transport close');
  await other.settle();
});

test('a disconnect can be armed, and happens once', async (t) => {
  const { server, client } = await started(t, { disconnect: { after_fragments: 2 }, processing_delay: 200 });
  client.send();
  client.send();
  await client.next('disconnect');
  assert.equal(client.waiting('fragment:processed'), 0);
  assert.equal((await request(server, '/modes')).body.disconnect, null);
  const again = connect(t, server);
  await again.init();
  again.send();
  again.send();
  await again.next('fragment:processed');
});

test('a lost session is STREAM_NOT_FOUND, which is not the client\'s fault; a new init works', async (t) => {
  const { server, client } = await started(t, { lose_session: { after_fragments: 1 }, processing_delay: 50 });
  client.send();
  client.send();
  assert.equal((await client.next('error')).code, 'STREAM_NOT_FOUND');
  assert.deepEqual(server.journal.summary('alpha').violations, {});
  await client.init();
  client.send();
  await client.next('fragment:processed');
});

test('backpressure is judged when a fragment arrives: slow down, pause, none', async (t) => {
  const { client } = await started(t, { backpressure: true });
  const sent = [client.send(), client.send(), client.send()];
  const reports = [await client.next('backpressure'), await client.next('backpressure')];
  assert.deepEqual(reports.map((report) => report.action), ['slow_down', 'pause']);
  assert.deepEqual([reports[1].severity, reports[1].current_inflight], ['high', 3]);
  // A result is acknowledged when it is there: before that its fragment stays in flight.
  for (let count = 0; count < sent.length; count++) await client.next('fragment:processed');
  for (const { fragment_id: id } of sent) client.ack(id);
  await client.settle();
  assert.equal(client.waiting('backpressure'), 0);
  client.send();
  assert.equal((await client.next('backpressure')).action, 'none');
});

test('backpressure with a single slot says pause to every fragment', async (t) => {
  const { client } = await started(t, { backpressure: true }, { max_inflight: 1 });
  for (let count = 0; count < 3; count++) {
    const { fragment_id: id } = client.send();
    assert.equal((await client.next('backpressure')).action, 'pause');
    await client.next('fragment:processed');
    client.ack(id);
  }
});

test('a backpressure report of one\'s own is said to every fragment', async (t) => {
  const { client } = await started(t, { backpressure: { severity: 'dire', action: 'slow_down', recommended_delay_ms: 70 } });
  client.send();
  const { severity, recommended_delay_ms: delay } = await client.next('backpressure');
  assert.deepEqual([severity, delay], ['dire', 70]);
});

test('results are swapped in pairs; the odd one comes at the end', async (t) => {
  const { client } = await started(t, { out_of_order: true });
  for (let count = 0; count < 3; count++) client.send();
  client.socket.emit('stream:end', { stream_id: 'alpha' });
  await client.next('stream:complete');
  const order = client.seen.filter(({ event }) => event === 'fragment:processed').map(({ payload }) => payload.sequence_number);
  assert.deepEqual(order, [1, 0, 2]);
});

test('a held result is let go when the mode is switched off', async (t) => {
  const { server, client } = await started(t, { out_of_order: true });
  client.send();
  await client.next('fragment:ack');
  await request(server, '/modes/reset', {});
  await client.next('fragment:processed');
});

test('silent: acknowledged, never answered; "all": not even that', async (t) => {
  const { server, client } = await started(t, { silent: true });
  for (let count = 0; count < 4; count++) client.send();
  await client.settle();
  assert.equal(client.waiting('fragment:ack'), 4);
  assert.equal(client.waiting('error'), 0);
  await request(server, '/modes', { silent: 'all' });
  client.send();
  client.socket.emit('stream:end', { stream_id: 'alpha' });
  await client.settle();
  assert.equal(client.waiting('fragment:ack'), 4);
  assert.equal(client.waiting('fragment:processed') + client.waiting('stream:complete'), 0);
});

test('no_connect leaves the connect unanswered, for its stream alone', async (t) => {
  const server = await serve(t);
  await request(server, '/modes', { no_connect: true, stream_id: 'alpha' });
  const client = connect(t, server);
  const other = connect(t, server, { streamId: 'beta' });
  await other.init();
  assert.deepEqual(client.seen, []);
});

for (const told of [true, false]) {
  test(`a message over the limit closes the connection, the limit being ${told ? 'told' : 'kept secret'}`, async (t) => {
    const server = await serve(t, { ECHO_MAX_MESSAGE_BYTES: '5000', ECHO_TELL_MAX_MESSAGE: String(told) });
    const client = connect(t, server);
    let limit = null;
    client.socket.io.engine.on('handshake', ({ maxPayload }) => { limit = maxPayload; });
    await client.init();
    assert.equal(limit, told ? 5000 : undefined);
    client.send();
    await client.next('fragment:processed');
    client.send({ audio: { data_base64: 'A'.repeat(5000) } });
    assert.equal(await client.next('disconnect'), 'transport close');
    assert.equal(server.journal.summary('alpha').fragments_received, 1);
  });
}

test('no_ready and init_error', async (t) => {
  const server = await serve(t);
  await request(server, '/modes', { no_ready: true });
  const client = connect(t, server);
  client.socket.emit('stream:init', initOf('alpha'));
  await client.settle();
  assert.equal(client.waiting('stream:ready'), 0);
  await request(server, '/modes', { no_ready: false, init_error: { code: 'AUTH_FAILED' } });
  client.socket.emit('stream:init', initOf('alpha'));
  const { code, severity } = await client.next('error');
  assert.deepEqual([code, severity], ['AUTH_FAILED', 'fatal']);
});

const garbageChecks = {
  malformed: (result) => assert.equal(result, 42),
  wrong_types: (result) => assert.equal(typeof result.sequence_number, 'string'),
  truncated_base64: (result) => assert.equal(result.dubbed_audio.data_base64.length % 4, 1),
  unknown_fields: (result, sent) => assert.equal(result.dubbed_audio.data_base64 === sent.audio.data_base64 && result.x_trace, 'abc'),
  null_optionals: (result) => assert.equal(result.stage_timings, null),
  unknown_fragment_id: (result, sent) => assert.notEqual(result.fragment_id, sent.fragment_id),
  undecodable_audio: (result, sent) => assert.notEqual(result.dubbed_audio.data_base64, sent.audio.data_base64),
  empty_audio: (result) => assert.equal(result.dubbed_audio.data_base64, ''),
  no_audio: (result) => assert.ok(!('dubbed_audio' in result)),
};
for (const [kind, check] of Object.entries(garbageChecks)) {
  test(`garbage: ${kind}`, async (t) => {
    const { client } = await started(t, { garbage: [kind] });
    const sent = client.send();
    check(await client.next('fragment:processed'), sent);
  });
}

test('garbage: duplicate results may be acknowledged twice', async (t) => {
  const { server, client } = await started(t, { garbage: ['duplicate'] });
  const { fragment_id: id } = client.send();
  assert.deepEqual(await client.next('fragment:processed'), await client.next('fragment:processed'));
  client.ack(id);
  client.ack(id, 'received');
  await client.settle();
  assert.deepEqual(server.journal.summary('alpha').violations, {});
});

test('garbage: a broken packet makes the reference client close', async (t) => {
  const { client } = await started(t, { garbage: ['broken_packet'] });
  client.send();
  assert.equal(await client.next('disconnect'), 'parse error');
});

test('garbage kinds take turns, and each is tested', async (t) => {
  assert.deepEqual([...garbageKinds].sort(), [...Object.keys(garbageChecks), 'duplicate', 'broken_packet'].sort());
  const { client } = await started(t, { garbage: ['empty_audio', 'no_audio'] });
  client.send();
  client.send();
  assert.equal((await client.next('fragment:processed')).dubbed_audio.data_base64, '');
  assert.equal((await client.next('fragment:processed')).dubbed_audio, undefined);
});
