// Behaviour that is switched while the server runs: for all streams, or for one.

import { isObject } from './protocol.mjs';

/** The ways in which a result can be spoiled; see README.md. */
export const garbageKinds = [
  'malformed', 'broken_packet', 'wrong_types', 'truncated_base64', 'unknown_fields', 'null_optionals',
  'unknown_fragment_id', 'undecodable_audio', 'empty_audio', 'no_audio', 'duplicate',
];

const validators = {
  processing_delay: isDelay,
  mark: isBoolean,
  error_simulation: isErrorSimulation,
  backpressure: (value) => isBoolean(value) || (isObject(value) && isText(value.action) && isText(value.severity)
    && (value.recommended_delay_ms == null || isCount(value.recommended_delay_ms))),
  out_of_order: isBoolean,
  garbage: (value) => Array.isArray(value) && value.every((kind) => garbageKinds.includes(kind)),
  silent: (value) => isBoolean(value) || value === 'all',
  no_connect: isBoolean,
  no_ready: isBoolean,
  init_error: (value) => value === null || (isObject(value) && isText(value.code)),
  disconnect: isAction,
  lose_session: isAction,
};

/** Modes that happen once, rather than last. */
export const actions = ['disconnect', 'lose_session'];

/** A request to change the modes that can't be followed; the message names every fault. */
export class ModesError extends Error {}

/** The modes in force. What is set for a stream hides what is set for all, key by key. */
export class Modes {
  #defaults;
  #global = {};
  #streams = new Map();

  /** @param {{processingDelayMs: number, backpressure: boolean, mark: boolean}} defaults */
  constructor({ processingDelayMs, backpressure, mark }) {
    this.#defaults = {
      processing_delay: { fixed_ms: processingDelayMs },
      mark,
      error_simulation: { enabled: false, rules: [] },
      disconnect: null,
      lose_session: null,
      backpressure,
      out_of_order: false,
      garbage: [],
      silent: false,
      no_connect: false,
      no_ready: false,
      init_error: null,
    };
  }

  /** The modes of one stream. */
  for(streamId) {
    return { ...this.#defaults, ...this.#global, ...this.#streams.get(streamId) };
  }

  /** Everything that is set: the modes for all streams, and each stream's own changes. */
  show() {
    return { ...this.#defaults, ...this.#global, streams: Object.fromEntries(this.#streams) };
  }

  /**
   * Merges changes. `null` takes a key back to what it was before it was set.
   * @param {unknown} request modes by name; with `stream_id` they apply to that stream alone
   * @returns {{name: string, action: object, streamId?: string}[]} the actions to carry out at once
   * @throws {ModesError} and changes nothing, when a key or a value is unknown
   */
  merge(request) {
    if (!isObject(request)) throw new ModesError('modes must be a JSON object');
    const { stream_id: streamId, ...changes } = request;
    const faults = Object.entries(changes).filter(([key, value]) => !isValid(key, value)).map(([key]) =>
      key in validators ? `${key} has a wrong value` : `${key} is unknown (known: ${Object.keys(validators).join(', ')})`);
    if (streamId !== undefined && !isText(streamId)) faults.push('stream_id must be a string');
    if (faults.length > 0) throw new ModesError(faults.join('; '));
    return this.#apply(changes, streamId);
  }

  /** Takes back what was set for one stream, or, without an id, everything. */
  reset(streamId) {
    if (streamId !== undefined) {
      this.#streams.delete(streamId);
      return;
    }
    this.#global = {};
    this.#streams.clear();
  }

  /** Counts an armed action's fragments down; gives the action back, and disarms it, when its fragment has come. */
  countDown(name, streamId) {
    const layer = this.#streams.get(streamId)?.[name] ? this.#streams.get(streamId) : this.#global;
    const action = layer[name];
    if (!action) return undefined;
    const left = action.after_fragments - 1;
    if (left > 0) {
      layer[name] = { ...action, after_fragments: left };
      return undefined;
    }
    delete layer[name];
    return action;
  }

  #apply(changes, streamId) {
    const layer = streamId === undefined ? this.#global : this.#layerOf(streamId);
    const immediate = [];
    for (const [key, value] of Object.entries(changes)) {
      const action = actions.includes(key) && value === true ? {} : value;
      if (value === null) delete layer[key];
      else if (actions.includes(key) && !action.after_fragments) immediate.push({ name: key, action, streamId });
      else layer[key] = key === 'processing_delay' && typeof value === 'number' ? { fixed_ms: value } : action;
    }
    return immediate;
  }

  #layerOf(streamId) {
    if (!this.#streams.has(streamId)) this.#streams.set(streamId, {});
    return this.#streams.get(streamId);
  }
}

/** A fragment's processing time in ms. */
export function delayOf(delay, durationMs) {
  if (delay.realtime_factor !== undefined) return delay.realtime_factor * durationMs;
  if (delay.min_ms !== undefined) return delay.min_ms + Math.random() * (delay.max_ms - delay.min_ms);
  return delay.fixed_ms;
}

function isValid(key, value) {
  return Object.hasOwn(validators, key) && (value === null || validators[key](value));
}

function isDelay(value) {
  if (!isObject(value)) return isAmount(value);
  const keys = Object.keys(value).sort().join();
  if (keys === 'max_ms,min_ms') return isAmount(value.min_ms) && isAmount(value.max_ms) && value.min_ms <= value.max_ms;
  return (keys === 'fixed_ms' || keys === 'realtime_factor') && Object.values(value).every(isAmount);
}

function isErrorSimulation(value) {
  return isObject(value) && isBoolean(value.enabled) && Array.isArray(value.rules ?? []) && (value.rules ?? []).every(isRule);
}

function isRule(rule) {
  return isObject(rule) && ['sequence_number', 'fragment_id', 'nth_fragment'].includes(rule.trigger)
    && (rule.trigger === 'fragment_id' ? isText(rule.value) : isCount(rule.value))
    && isText(rule.error_code)
    && (rule.event === undefined || ['processed', 'error'].includes(rule.event))
    && (rule.status === undefined || ['failed', 'partial'].includes(rule.status));
}

function isAction(value) {
  return value === true || (isObject(value) && ['delay_ms', 'after_fragments'].every((key) => value[key] == null || isCount(value[key])));
}

function isBoolean(value) {
  return typeof value === 'boolean';
}

function isText(value) {
  return typeof value === 'string' && value.length > 0;
}

function isCount(value) {
  return Number.isInteger(value) && value >= 0;
}

function isAmount(value) {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
