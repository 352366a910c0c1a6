// Settings, read from the environment.

import { maxMessageBytes } from './protocol.mjs';

/** One or more settings that can't be used; the message names every fault. */
export class SettingsError extends Error {}

/**
 * @param {Record<string, string|undefined>} environment
 * @throws {SettingsError}
 */
export function readSettings(environment) {
  const faults = [];
  const integer = (key, fallback, lowest, highest) => {
    const text = environment[key];
    if (!text) return fallback;
    const value = Number(text);
    if (!Number.isInteger(value) || value < lowest || value > highest) faults.push(`${key} must be an integer from ${lowest} to ${highest}`);
    return value;
  };
  const boolean = (key, fallback = false) => {
    const text = (environment[key] ?? '').toLowerCase();
    if (text === '') return fallback;
    if (['0', 'false', 'no'].includes(text)) return false;
    if (!['1', 'true', 'yes'].includes(text)) faults.push(`${key} must be true or false`);
    return true;
  };
  const path = (key, fallback) => {
    const text = environment[key] || fallback;
    if (!text.startsWith('/')) faults.push(`${key} must begin with /`);
    return text;
  };
  const settings = {
    host: environment.ECHO_HOST || '127.0.0.1',
    port: integer('ECHO_PORT', 3000, 0, 65535),
    socketPath: path('ECHO_SOCKET_PATH', '/socket.io/'),
    namespace: path('ECHO_NAMESPACE', '/'),
    apiKey: environment.ECHO_API_KEY || undefined,
    processingDelayMs: integer('ECHO_PROCESSING_DELAY_MS', 0, 0, 600_000),
    backpressure: boolean('BACKPRESSURE_ENABLED'),
    mark: boolean('ECHO_MARK'),
    maxInflight: integer('ECHO_MAX_INFLIGHT', 10, 1, 10),
    closeDelayMs: integer('ECHO_CLOSE_DELAY_MS', 5000, 0, 600_000),
    pingIntervalMs: integer('ECHO_PING_INTERVAL_MS', 25_000, 100, 600_000),
    pingTimeoutMs: integer('ECHO_PING_TIMEOUT_MS', 10_000, 100, 600_000),
    maxMessageBytes: integer('ECHO_MAX_MESSAGE_BYTES', maxMessageBytes, 1000, maxMessageBytes),
    tellsMaxMessage: boolean('ECHO_TELL_MAX_MESSAGE', true),
    journal: environment.ECHO_JOURNAL || undefined,
  };
  if (faults.length > 0) throw new SettingsError(faults.join('; '));
  return settings;
}
