// One client's connection: its events, in and out, each written into the journal.

import { randomUUID } from 'node:crypto';
import { describe } from './journal.mjs';
import { ModesError, actions } from './modes.mjs';
import { ProtocolError, isObject, readAck, readControl, readInit } from './protocol.mjs';
import { Session } from './session.mjs';

const headerValue = /^[A-Za-z0-9_-]{1,64}$/;

/** Turns Socket.IO events into calls of a session, and a session's answers into events. */
export class Connection {
  #socket;
  #server;
  #session;
  #initialisedFor;
  #lost = false;
  #earlierIds = new Set();
  #timers = new Set();

  /**
   * @param {import('socket.io').Socket} socket
   * @param {{journal: object, modes: object, settings: object, register: Function, unregister: Function}} server
   */
  constructor(socket, server) {
    this.#socket = socket;
    this.#server = server;
    this.#record('in', 'connect', { violation: headerViolation(socket.handshake.headers) });
    socket.on('disconnect', (reason) => this.#disconnected(reason));
    socket.onAny((event, ...payloads) => this.#received(event, payloads));
  }

  /** The stream it is for: as initialised, else as the header says. */
  get streamId() {
    return this.#initialisedFor ?? this.#headerStreamId;
  }

  /** The session, while there is one. */
  get session() {
    return this.#session;
  }

  /** Drops the connection: by a Socket.IO disconnect, or, when `abrupt`, by cutting TCP. */
  close({ delay_ms: delayMs = 0, reason, abrupt = false } = {}) {
    this.#later(delayMs, () => {
      this.#record('out', 'disconnect', { reason, abrupt });
      if (abrupt) this.#socket.conn.transport.socket.terminate();
      else this.#socket.disconnect(true);
    });
  }

  /** Gives way to a newer connection for the same stream. */
  replace() {
    this.#dropSession();
    this.close({ reason: 'replaced by a newer session' });
  }

  /** Carries out one of the modes that happen once. */
  perform(name, action) {
    if (name === 'disconnect') this.close(action);
    else this.#later(action.delay_ms ?? 0, () => this.#loseSession());
  }

  #received(event, payloads) {
    const payload = payloads[0];
    const named = isObject(payload) && typeof payload.stream_id === 'string' ? payload.stream_id.slice(0, 256) : undefined;
    if (!Object.hasOwn(this.#handlers, event)) {
      this.#record('in', String(event).slice(0, 100), { violation: 'unknown_event' });
      this.fail(new ProtocolError('MALFORMED_DATA', 'unknown event', { severity: 'warning' }));
      return;
    }
    try {
      this.#handlers[event](payload);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const rejected = event === 'fragment:data' ? { accepted: false, inflight: this.#attemptedInflight(error) } : {};
      this.#record('in', event, { stream_id: this.streamId ?? named, ...describe(payload), ...rejected, rejected: error.code, violation: error.violation ? error.code : undefined });
      this.fail(error, isObject(payload) && typeof payload.fragment_id === 'string' ? payload.fragment_id : undefined);
    }
  }

  #handlers = {
    'stream:init': (payload) => this.#initialise(payload),
    'fragment:data': (payload) => {
      const session = this.#sessionOf(payload?.stream_id, 'fragment:data');
      const fragment = session.judge(payload);
      this.#record('in', 'fragment:data', { ...describe(payload), accepted: true, inflight: session.inflight });
      session.accept(fragment);
    },
    'fragment:ack': (payload) => {
      const { id } = readAck(payload);
      const known = this.#earlierIds.has(id) || this.#lost;
      const violation = this.#session && !this.#earlierIds.has(id) ? this.#session.acknowledged(id) : known ? undefined : 'ack_unknown';
      this.#record('in', 'fragment:ack', { ...describe(payload), inflight: this.#session?.inflight, violation });
    },
    'stream:pause': (payload) => this.#control('stream:pause', payload, (session) => session.pause()),
    'stream:resume': (payload) => this.#control('stream:resume', payload, (session) => session.resume()),
    'stream:end': (payload) => this.#control('stream:end', payload, (session) => session.end()),
    'config:error_simulation': (payload) => this.#simulateErrors(payload),
    'simulate:disconnect': (payload) => {
      const request = isObject(payload) ? payload : {};
      const delay = Number.isInteger(request.delay_ms) && request.delay_ms >= 0 ? request.delay_ms : 0;
      this.#record('in', 'simulate:disconnect', describe(payload));
      this.send('simulate:disconnect:ack', { status: 'ok', delay_ms: delay, reason: request.reason ?? null });
      this.close({ delay_ms: delay, reason: request.reason });
    },
  };

  #initialise(payload) {
    const init = readInit(payload);
    const refusal = this.#server.modes.for(init.streamId).init_error;
    if (refusal) {
      const { code, message = 'simulated error', severity = 'fatal', retryable = false } = refusal;
      throw new ProtocolError(code, message, { severity, retryable, violation: false });
    }
    this.#dropSession();
    this.#session = new Session(init, this, this.#server.modes, this.#server.settings);
    this.#initialisedFor = init.streamId;
    this.#lost = false;
    this.#record('in', 'stream:init', { ...describe(payload), worker_id: init.workerId, config: configOf(init.config) });
    this.#server.register(this);
    this.#session.start();
  }

  #control(event, payload, act) {
    const { streamId } = readControl(payload, event);
    const session = this.#sessionOf(streamId, event);
    this.#record('in', event, describe(payload));
    act(session);
  }

  #simulateErrors(payload) {
    if (!isObject(payload)) throw new ProtocolError('MALFORMED_DATA', 'config:error_simulation must be an object');
    try {
      this.#server.modes.merge({ error_simulation: payload, stream_id: this.streamId });
    } catch (error) {
      if (!(error instanceof ModesError)) throw error;
      throw new ProtocolError('INVALID_CONFIG', error.message);
    }
    this.#record('in', 'config:error_simulation', describe(payload));
    this.send('config:error_simulation:ack', { status: 'ok', enabled: payload.enabled, rules_count: payload.rules?.length ?? 0 });
  }

  /** Carries out the armed modes whose fragment has come. */
  act(session) {
    for (const name of actions) {
      const action = this.#server.modes.countDown(name, session.streamId);
      if (action) this.perform(name, action);
    }
  }

  /** Sends an event and writes it down; `witness` is written down only. */
  send(event, payload, session = this.#session, witness = {}) {
    this.#record('out', event, { ...describe(payload), inflight: session?.inflight, ...witness });
    this.#socket.emit(event, payload);
  }

  /** Sends a packet that is cut off in the middle of its JSON. */
  sendBroken(event, session, witness) {
    this.#record('out', event, { inflight: session.inflight, ...witness });
    const namespace = this.#socket.nsp.name === '/' ? '' : `${this.#socket.nsp.name},`;
    this.#socket.conn.write(`2${namespace}["${event}",{"fragment_id":`);
  }

  /** Sends an `error` event. */
  fail(error, fragmentId) {
    this.send('error', {
      code: error.code,
      message: error.message,
      severity: error.severity,
      retryable: error.retryable,
      stream_id: this.streamId ?? null,
      fragment_id: fragmentId ?? null,
      error_id: randomUUID(),
    });
  }

  #sessionOf(streamId, event) {
    if (this.#session && this.#session.streamId === streamId) return this.#session;
    throw new ProtocolError('STREAM_NOT_FOUND', `${event} for a stream that was not initialised`, { violation: !this.#lost });
  }

  #attemptedInflight(error) {
    const inflight = this.#session?.inflight;
    return error.code === 'BACKPRESSURE_EXCEEDED' ? inflight + 1 : inflight;
  }

  #loseSession() {
    this.#record('out', 'session_lost');
    this.#dropSession();
    this.#lost = true;
  }

  #dropSession() {
    if (!this.#session) return;
    for (const id of this.#session.fragmentIds) this.#earlierIds.add(id);
    this.#session.dispose();
    this.#server.unregister(this);
    this.#session = undefined;
  }

  #disconnected(reason) {
    this.#record('in', 'disconnect', { reason, inflight: this.#session?.inflight });
    this.#dropSession();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #later(delayMs, action) {
    if (delayMs === 0) {
      if (this.#socket.connected) action();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#socket.connected) action();
    }, delayMs);
    this.#timers.add(timer);
  }

  get #headerStreamId() {
    const header = this.#socket.handshake.headers['x-stream-id'];
    return headerValue.test(header ?? '') ? header : undefined;
  }

  #record(dir, event, fields = {}) {
    this.#server.journal.add({ dir, event, stream_id: this.streamId, session: this.#session?.id, connection: this.#socket.id, ...fields });
  }
}

function headerViolation(headers) {
  for (const name of ['x-stream-id', 'x-worker-id']) {
    if (headers[name] === undefined) return 'header_missing';
    if (!headerValue.test(headers[name])) return 'header_invalid';
  }
  return undefined;
}

function configOf(config) {
  const { source_language, target_language, voice_profile, chunk_duration_ms, sample_rate_hz, channels, format } = config;
  return { source_language, target_language, voice_profile, chunk_duration_ms, sample_rate_hz, channels, format };
}
