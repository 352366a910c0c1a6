// What was received and sent, event by event: the witness that tests compare a client's own account with.

import fs from 'node:fs';
import { performance } from 'node:perf_hooks';
import { decodedBytes, isObject } from './protocol.mjs';

// A long run must not fill the memory; the file, if there is one, keeps everything.
const entriesInMemory = 200_000;

/** Unix time in ms, with microseconds and without steps. */
export function now() {
  return Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000;
}

/** Keeps entries in memory and, when a path is given, appends each to a file before anything else happens. */
export class Journal {
  #entries = [];
  #summaries = new Map();
  #file;

  /** @param {string} [path] JSON lines are appended here synchronously: a killed server has lost none */
  constructor(path) {
    if (path) this.#file = fs.openSync(path, 'a');
  }

  /** @param {{dir: 'in'|'out', event: string, stream_id?: string}} entry never holds audio or credentials */
  add(entry) {
    const stamped = { t_ms: now(), ...entry };
    if (this.#file !== undefined) fs.writeSync(this.#file, JSON.stringify(stamped) + '\n');
    this.#entries.push(stamped);
    if (this.#entries.length > entriesInMemory) this.#entries.splice(0, entriesInMemory / 10);
    count(this.#summaryOf(stamped.stream_id ?? ''), stamped);
  }

  /** The entries of one stream, or of all. */
  entries(streamId) {
    return streamId === undefined ? this.#entries : this.#entries.filter((entry) => entry.stream_id === streamId);
  }

  /** The counters of one stream; all zero for an unknown one. */
  summary(streamId) {
    return this.#summaries.get(streamId) ?? emptySummary();
  }

  /** The counters of every stream, by id; what no stream could be named for stands under "". */
  summaries() {
    return Object.fromEntries(this.#summaries);
  }

  close() {
    if (this.#file !== undefined) fs.closeSync(this.#file);
    this.#file = undefined;
  }

  #summaryOf(streamId) {
    if (!this.#summaries.has(streamId)) this.#summaries.set(streamId, emptySummary());
    return this.#summaries.get(streamId);
  }
}

/** The fields of a payload that the journal keeps, whatever the payload is. */
export function describe(payload) {
  if (!isObject(payload)) return { payload: payload === undefined ? 'none' : Array.isArray(payload) ? 'array' : payload === null ? 'null' : typeof payload };
  const audio = isObject(payload.audio) ? payload.audio : isObject(payload.dubbed_audio) ? payload.dubbed_audio : undefined;
  const error = isObject(payload.error) ? payload.error : payload;
  const metadata = isObject(payload.metadata) ? payload.metadata : {};
  return scalars({
    fragment_id: payload.fragment_id,
    sequence_number: payload.sequence_number,
    status: payload.status,
    bytes: audio && decodedBytes(audio.data_base64),
    format: audio?.format,
    duration_ms: audio?.duration_ms,
    pts_ns: metadata.pts_ns,
    source_pts_ns: metadata.source_pts_ns,
    mark_hz: metadata.mark_hz,
    processing_time_ms: payload.processing_time_ms,
    code: error.code,
    message: error.message,
    reason: payload.reason,
    action: payload.action,
    max_inflight: payload.max_inflight,
    timeout_ms: payload.timeout_ms,
  });
}

function scalars(fields) {
  const kept = {};
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value === 'string') kept[key] = value.slice(0, 300);
    else if (typeof value === 'number' || typeof value === 'boolean') kept[key] = value;
  }
  return kept;
}

function emptySummary() {
  return {
    connects: 0, disconnects: 0, inits: 0, readies: 0, ends: 0, completes: 0,
    fragments_received: 0, fragments_accepted: 0, fragments_acked: 0,
    processed: { success: 0, partial: 0, failed: 0 },
    client_acks: { applied: 0, received: 0 },
    max_inflight_seen: 0, inflight_violations: 0,
    rejected: {}, violations: {}, errors: {}, backpressure: {},
  };
}

function count(summary, entry) {
  if (entry.violation) increment(summary.violations, entry.violation);
  if (entry.inflight > summary.max_inflight_seen) summary.max_inflight_seen = entry.inflight;
  const counter = counters[`${entry.dir} ${entry.event}`];
  if (counter) counter(summary, entry);
}

const counters = {
  'in connect': (summary) => summary.connects++,
  'in disconnect': (summary) => summary.disconnects++,
  'in stream:init': (summary) => summary.inits++,
  'in stream:end': (summary) => summary.ends++,
  'in fragment:data': (summary, entry) => {
    summary.fragments_received++;
    if (entry.accepted) summary.fragments_accepted++;
    else increment(summary.rejected, entry.rejected);
    if (entry.rejected === 'BACKPRESSURE_EXCEEDED') summary.inflight_violations++;
  },
  'in fragment:ack': (summary, entry) => entry.status && increment(summary.client_acks, entry.status),
  'out stream:ready': (summary) => summary.readies++,
  'out stream:complete': (summary) => summary.completes++,
  'out fragment:ack': (summary) => summary.fragments_acked++,
  'out fragment:processed': (summary, entry) => increment(summary.processed, entry.status ?? 'malformed'),
  'out backpressure': (summary, entry) => increment(summary.backpressure, entry.action),
  'out error': (summary, entry) => increment(summary.errors, entry.code),
};

function increment(counts, key) {
  counts[key] = (counts[key] ?? 0) + 1;
}
