// Helpers for the tests: a server on a free port, a client whose every event can be awaited, an M4A.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { io } from 'socket.io-client';
import { startEchoServer } from '../echo-server.mjs';
import { readSettings } from '../settings.mjs';

export const run = promisify(execFile);
const waitLimitMs = 5000;

/** Starts a server that the test's end stops. */
export async function serve(t, environment = {}) {
  const server = await startEchoServer(readSettings({ ECHO_PORT: '0', ECHO_CLOSE_DELAY_MS: '50', ...environment }));
  t.after(() => server.close());
  return server;
}

/** Connects a client that the test's end closes. */
export function connect(t, server, { streamId = 'alpha', auth, namespace = '' } = {}) {
  const socket = io(server.url + namespace, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth,
    extraHeaders: { 'X-Stream-ID': streamId, 'X-Worker-ID': 'worker-1' },
  });
  t.after(() => socket.disconnect());
  return new Client(socket, streamId);
}

/** Remembers every event, so that none is missed between two waits. */
export class Client {
  seen = [];
  #waiters = new Set();
  #sequence = 0;

  constructor(socket, streamId) {
    this.socket = socket;
    this.streamId = streamId;
    socket.onAny((event, payload) => this.#note(event, payload));
    for (const event of ['connect', 'disconnect', 'connect_error']) socket.on(event, (payload) => this.#note(event, payload));
  }

  /** The next event of that name that was not awaited before. */
  async next(event) {
    const take = () => {
      const index = this.seen.findIndex((entry) => entry.event === event);
      return index < 0 ? undefined : this.seen.splice(index, 1)[0];
    };
    const deadline = AbortSignal.timeout(waitLimitMs);
    for (let found = take(); ; found = take()) {
      if (found) return found.payload;
      await new Promise((resolve, reject) => {
        this.#waiters.add(resolve);
        deadline.addEventListener('abort', () => reject(new Error(`no ${event} within ${waitLimitMs} ms`)), { once: true });
      });
    }
  }

  /** How many events of that name wait to be taken. */
  waiting(event) {
    return this.seen.filter((entry) => entry.event === event).length;
  }

  async init(changes = {}) {
    this.#sequence = 0;
    this.socket.emit('stream:init', initOf(this.streamId, changes));
    return this.next('stream:ready');
  }

  /** Sends a fragment and returns what was sent. */
  send(changes = {}) {
    const fragment = fragmentOf(this.streamId, this.#sequence++, changes);
    this.socket.emit('fragment:data', fragment);
    return fragment;
  }

  ack(fragmentId, status = 'applied') {
    this.socket.emit('fragment:ack', { fragment_id: fragmentId, status, timestamp: Date.now() });
  }

  /** A full round trip: whatever was sent before has been dealt with. */
  async settle() {
    this.socket.emit('config:error_simulation', { enabled: false, rules: [] });
    await this.next('config:error_simulation:ack');
  }

  #note(event, payload) {
    this.seen.push({ event, payload });
    for (const waiter of this.#waiters) waiter();
    this.#waiters.clear();
  }
}

export function initOf(streamId, { config, ...changes } = {}) {
  return {
    stream_id: streamId,
    worker_id: 'worker-1',
    config: {
      source_language: 'en', target_language: 'es', voice_profile: 'default', chunk_duration_ms: 6000,
      sample_rate_hz: 48000, channels: 2, format: 'm4a', ...config,
    },
    max_inflight: 3,
    timeout_ms: 8000,
    ...changes,
  };
}

export function fragmentOf(streamId, sequenceNumber, { audio, ...changes } = {}) {
  return {
    fragment_id: randomUUID(),
    stream_id: streamId,
    sequence_number: sequenceNumber,
    timestamp: Date.now(),
    audio: {
      format: 'm4a', sample_rate_hz: 48000, channels: 2, duration_ms: 6000,
      data_base64: Buffer.from('some audio').toString('base64'), ...audio,
    },
    metadata: { pts_ns: 0, source_pts_ns: 0 },
    ...changes,
  };
}

/** Encodes a sine as a real M4A. */
export async function makeM4a(t, { seconds, sampleRate, channels, flags = [] }) {
  const folder = await mkdtemp(join(tmpdir(), 'echo-sts-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'tone.m4a');
  await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=${sampleRate}:duration=${seconds}`,
    '-ac', String(channels), '-c:a', 'aac', ...flags, path]);
  return { path, bytes: await readFile(path) };
}

/** GET or POST, with the status and the JSON that came back. */
export async function request(server, path, body) {
  const response = await fetch(server.url + path, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}
