// What a client may send: strict readers for every event, and the errors they are answered with.

/** The largest audio of one fragment, decoded. */
export const maxAudioBytes = 10 * 1024 * 1024;
/** The largest message of the transport. */
export const maxMessageBytes = 50 * 1000 * 1000;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A client's fault (or a simulated one), as the `error` event reports it. */
export class ProtocolError extends Error {
  /**
   * @param {string} code one of the protocol's error codes
   * @param {string} message
   * @param {{severity?: string, retryable?: boolean, violation?: boolean}} [options] `violation`: the client broke the
   *   protocol (false when the server brought the error about itself)
   */
  constructor(code, message, { severity = 'error', retryable = false, violation = true } = {}) {
    super(message);
    this.code = code;
    this.severity = severity;
    this.retryable = retryable;
    this.violation = violation;
  }
}

/** Collects every fault of one payload, each named by its key. */
class Reader {
  faults = [];

  object(value, key) {
    if (isObject(value)) return value;
    this.faults.push(`${key} must be an object`);
    return {};
  }

  string(value, key, shortest = 1, longest = 256) {
    if (typeof value !== 'string' || value.length < shortest || value.length > longest)
      this.faults.push(`${key} must be a string of ${shortest} to ${longest} characters`);
    return value;
  }

  oneOf(value, key, allowed) {
    if (!allowed.includes(value)) this.faults.push(`${key} must be ${allowed.join(' or ')}`);
    return value;
  }

  integer(value, key, lowest, highest = Infinity) {
    if (!Number.isInteger(value) || value < lowest || value > highest)
      this.faults.push(`${key} must be an integer ${highest === Infinity ? `from ${lowest}` : `from ${lowest} to ${highest}`}`);
    return value;
  }

  check(code, options) {
    if (this.faults.length > 0) throw new ProtocolError(code, this.faults.join('; '), options);
  }
}

/** @returns {value is Record<string, unknown>} */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

/**
 * Reads `stream:init`.
 * @throws {ProtocolError} INVALID_CONFIG, fatal, naming every fault
 */
export function readInit(payload) {
  const read = new Reader();
  const init = read.object(payload, 'stream:init');
  read.string(init.stream_id, 'stream_id');
  read.string(init.worker_id, 'worker_id');
  const config = read.object(init.config, 'config');
  read.string(config.source_language, 'config.source_language', 2, 10);
  read.string(config.target_language, 'config.target_language', 2, 10);
  read.string(config.voice_profile ?? 'default', 'config.voice_profile');
  read.integer(config.chunk_duration_ms, 'config.chunk_duration_ms', 100, 6000);
  read.integer(config.sample_rate_hz, 'config.sample_rate_hz', 8000, 96000);
  read.integer(config.channels, 'config.channels', 1, 2);
  read.oneOf(config.format, 'config.format', ['m4a']);
  const hints = config.domain_hints ?? [];
  if (!Array.isArray(hints) || hints.some((hint) => typeof hint !== 'string'))
    read.faults.push('config.domain_hints must be an array of strings');
  const maxInflight = read.integer(init.max_inflight ?? 3, 'max_inflight', 1, 10);
  const timeoutMs = read.integer(init.timeout_ms ?? 8000, 'timeout_ms', 1000, 30000);
  read.check('INVALID_CONFIG', { severity: 'fatal' });
  return { streamId: init.stream_id, workerId: init.worker_id, config, maxInflight, timeoutMs };
}

/**
 * Reads the fields of `fragment:data`, without decoding the audio.
 * @param {object} config the `config` of the session's `stream:init`, which the audio must agree with
 * @throws {ProtocolError} MALFORMED_DATA, naming every fault
 */
export function readFragment(payload, config) {
  const read = new Reader();
  const data = read.object(payload, 'fragment:data');
  if (!uuid.test(String(data.fragment_id))) read.faults.push('fragment_id must be a UUID');
  read.integer(data.sequence_number, 'sequence_number', 0);
  read.integer(data.timestamp, 'timestamp', 0);
  const audio = read.object(data.audio, 'audio');
  read.oneOf(audio.format, 'audio.format', [config.format]);
  read.oneOf(audio.sample_rate_hz, 'audio.sample_rate_hz', [config.sample_rate_hz]);
  read.oneOf(audio.channels, 'audio.channels', [config.channels]);
  read.integer(audio.duration_ms, 'audio.duration_ms', 0, 60000);
  read.string(audio.data_base64, 'audio.data_base64', 1, Infinity);
  const metadata = read.object(data.metadata, 'metadata');
  read.integer(metadata.pts_ns, 'metadata.pts_ns', 0);
  read.integer(metadata.source_pts_ns, 'metadata.source_pts_ns', 0);
  read.check('MALFORMED_DATA');
  return { id: data.fragment_id, sequenceNumber: data.sequence_number, audio, metadata };
}

/**
 * Decodes a fragment's audio.
 * @throws {ProtocolError} FRAGMENT_TOO_LARGE, or MALFORMED_DATA when it is no canonical base64
 */
export function decodeAudio(base64) {
  const bytes = decodedBytes(base64);
  if (bytes > maxAudioBytes) throw new ProtocolError('FRAGMENT_TOO_LARGE', `${bytes} bytes of audio, the limit is ${maxAudioBytes}`);
  const audio = Buffer.from(base64, 'base64');
  // Node skips what is no base64, silently: only encoding it again shows that nothing was skipped.
  if (audio.toString('base64') !== base64) throw new ProtocolError('MALFORMED_DATA', 'audio.data_base64 is not base64');
  return audio;
}

/** How many bytes a base64 text stands for; 0 when it is no text. */
export function decodedBytes(base64) {
  if (typeof base64 !== 'string') return 0;
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding);
}

/**
 * Reads the client's `fragment:ack`.
 * @throws {ProtocolError} MALFORMED_DATA
 */
export function readAck(payload) {
  const read = new Reader();
  const ack = read.object(payload, 'fragment:ack');
  read.string(ack.fragment_id, 'fragment_id');
  read.oneOf(ack.status, 'status', ['applied', 'received']);
  read.integer(ack.timestamp, 'timestamp', 0);
  read.check('MALFORMED_DATA');
  return { id: ack.fragment_id, status: ack.status };
}

/**
 * Reads `stream:pause`, `stream:resume` or `stream:end`.
 * @throws {ProtocolError} MALFORMED_DATA
 */
export function readControl(payload, event) {
  const read = new Reader();
  const control = read.object(payload, event);
  read.string(control.stream_id, 'stream_id');
  if (control.reason != null) read.string(control.reason, 'reason', 0, 1000);
  read.check('MALFORMED_DATA');
  return { streamId: control.stream_id };
}
