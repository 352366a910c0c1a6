// One STS session: from a stream:init to stream:complete, or to the loss of its connection.

import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { delayOf } from './modes.mjs';
import { ProtocolError, decodeAudio, isObject, readFragment } from './protocol.mjs';
import { buildResult, ruleFor, simulatedError, spoil, unmatchable } from './result.mjs';

/**
 * Judges fragments, answers them after their delay, counts what is in flight. It does not know the transport: `link`
 * sends and closes.
 */
export class Session {
  id = randomUUID();
  ready = false;
  #fragments = new Map();
  #timers = new Set();
  #times = [];
  #counts = { success: 0, partial: 0, failed: 0 };
  #nextSequence = 0;
  #durationMs = 0;
  #accepted = 0;
  #unanswered = 0;
  #held;
  #paused = false;
  #ended = false;
  #closed = false;
  #slowed = false;

  /**
   * @param {object} init what `readInit` read
   * @param {{send: Function, sendBroken: Function, fail: Function, act: Function, close: Function}} link
   * @param {import('./modes.mjs').Modes} modes
   * @param {{maxInflight: number, closeDelayMs: number}} settings
   */
  constructor(init, link, modes, settings) {
    this.streamId = init.streamId;
    this.config = init.config;
    this.maxInflight = Math.min(init.maxInflight, settings.maxInflight);
    this.link = link;
    this.settings = settings;
    this.allModes = modes;
  }

  /** Fragments that were accepted and that the client has not acknowledged yet. */
  get inflight() {
    let held = 0;
    for (const fragment of this.#fragments.values()) if (fragment.holdsSlot) held++;
    return held;
  }

  /** Ids of all fragments that were accepted. */
  get fragmentIds() {
    return this.#fragments.keys();
  }

  /** Says `stream:ready`, unless a mode forbids it. */
  start() {
    if (this.#modes.no_ready) return;
    this.ready = true;
    this.#send('stream:ready', {
      stream_id: this.streamId,
      session_id: this.id,
      max_inflight: this.maxInflight,
      capabilities: { batch_processing: false, async_delivery: true },
    });
  }

  /**
   * Judges a `fragment:data`. A sequence number is used up when it arrives in its place, even if the fragment is then
   * rejected for another reason: the client goes on counting too.
   * @throws {ProtocolError} when it is rejected
   */
  judge(payload) {
    if (!this.ready) throw new ProtocolError('STREAM_NOT_FOUND', 'fragment:data before stream:ready');
    if (this.#ended) throw new ProtocolError('STREAM_NOT_FOUND', 'fragment:data after stream:end');
    const expected = this.#nextSequence;
    const inSequence = isObject(payload) && payload.sequence_number === expected;
    if (inSequence) this.#nextSequence++;
    const fragment = { ...readFragment(payload, this.config), streamId: this.streamId, results: 0, acks: 0, holdsSlot: false };
    if (!inSequence) throw new ProtocolError('INVALID_SEQUENCE', `sequence_number ${fragment.sequenceNumber}, expected ${expected}`);
    if (!this.#mayComeAgain(fragment.id)) throw new ProtocolError('MALFORMED_DATA', 'fragment_id was used before');
    if (this.#paused) throw new ProtocolError('STREAM_PAUSED', 'fragment:data after stream:pause');
    fragment.bytes = decodeAudio(fragment.audio.data_base64);
    if (this.inflight >= this.maxInflight)
      throw new ProtocolError('BACKPRESSURE_EXCEEDED', `more than ${this.maxInflight} fragments in flight`, { retryable: true });
    fragment.holdsSlot = true;
    this.#fragments.set(fragment.id, fragment);
    this.#durationMs += fragment.audio.duration_ms;
    return fragment;
  }

  /** A fragment is sent once more, at the most, under its own id: after its failure was reported and acknowledged. */
  #mayComeAgain(id) {
    const earlier = this.#fragments.get(id);
    return !earlier || (earlier.failed && !earlier.holdsSlot);
  }

  /** Acknowledges an accepted fragment and has it answered after its delay. */
  accept(fragment) {
    const modes = this.#modes;
    const delayMs = delayOf(modes.processing_delay, fragment.audio.duration_ms);
    fragment.nth = ++this.#accepted;
    fragment.receivedAt = performance.now();
    this.#unanswered++;
    if (modes.silent !== 'all') this.#acknowledge(fragment, delayMs);
    if (modes.backpressure) this.#reportLoad(modes.backpressure);
    if (modes.silent) this.#giveUp(fragment);
    else this.#after(delayMs, () => this.#finish(fragment));
    this.link.act(this);
  }

  /**
   * Takes the client's `fragment:ack`, which frees the fragment's slot.
   * @returns {string|undefined} how the client broke the protocol, if it did
   */
  acknowledged(id) {
    const fragment = this.#fragments.get(id);
    if (!fragment) return 'ack_unknown';
    if (fragment.acks >= fragment.results) return fragment.results === 0 ? 'ack_early' : 'ack_repeated';
    fragment.acks++;
    fragment.holdsSlot = false;
    return undefined;
  }

  pause() {
    this.#paused = true;
  }

  resume() {
    this.#paused = false;
  }

  /**
   * Answers what is still being processed, then says `stream:complete` and closes the connection.
   * @throws {ProtocolError} when it has ended before
   */
  end() {
    if (this.#ended) throw new ProtocolError('STREAM_NOT_FOUND', 'stream:end after stream:end');
    this.#ended = true;
    this.#settle();
  }

  /** Lets results go that a mode held back, if it is off by now. */
  modesChanged() {
    if (!this.#modes.out_of_order) this.#release();
  }

  /** Forgets everything; nothing is sent any more. */
  dispose() {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  get #modes() {
    return this.allModes.for(this.streamId);
  }

  #acknowledge(fragment, delayMs) {
    this.#send('fragment:ack', {
      fragment_id: fragment.id,
      status: this.#unanswered > 1 ? 'queued' : 'processing',
      queue_position: this.#unanswered - 1,
      estimated_completion_ms: Math.round(delayMs),
      timestamp: Date.now(),
    });
  }

  #reportLoad(mode) {
    const report = isObject(mode) ? mode : loadReport(this.inflight / this.maxInflight);
    if (report.action === 'none' && !this.#slowed && !isObject(mode)) return;
    this.#slowed = report.action !== 'none';
    this.#send('backpressure', {
      stream_id: this.streamId,
      severity: report.severity,
      current_inflight: this.inflight,
      queue_depth: this.#unanswered,
      action: report.action,
      recommended_delay_ms: report.recommended_delay_ms ?? null,
    });
  }

  #finish(fragment) {
    const modes = this.#modes;
    fragment.processingMs = Math.round(performance.now() - fragment.receivedAt);
    // With a single slot nothing else can arrive while a result is held back.
    if (modes.out_of_order && this.maxInflight > 1 && !this.#held) {
      this.#held = fragment;
    } else {
      this.#answer(fragment);
      this.#release();
    }
    this.#settle();
  }

  #release() {
    const fragment = this.#held;
    this.#held = undefined;
    if (fragment) this.#answer(fragment);
  }

  #answer(fragment) {
    const modes = this.#modes;
    const rule = ruleFor(modes.error_simulation, fragment, fragment.nth);
    this.#times.push(fragment.processingMs);
    if (rule?.event === 'error') this.#answerWithError(fragment, rule);
    else this.#answerWithResult(fragment, rule, modes);
    this.#forget(fragment);
  }

  #answerWithError(fragment, rule) {
    this.#counts.failed++;
    fragment.failed = true;
    fragment.holdsSlot = false;
    const { code, message, retryable } = simulatedError(rule);
    this.link.fail(new ProtocolError(code, message, { severity: rule.severity, retryable }), fragment.id);
  }

  #answerWithResult(fragment, rule, modes) {
    const languages = [this.config.source_language, this.config.target_language];
    const result = buildResult(fragment, { mark: modes.mark, rule, processingTimeMs: fragment.processingMs, languages });
    this.#counts[result.status]++;
    fragment.failed = result.status === 'failed';
    const kind = modes.garbage[(fragment.nth - 1) % modes.garbage.length];
    const payloads = kind === 'broken_packet' ? [] : spoil(kind, result, fragment.nth);
    fragment.results += Math.max(1, payloads.length);
    if (unmatchable.has(kind)) fragment.holdsSlot = false;
    const witness = kind ? { garbage: kind, answers: fragment.id } : {};
    if (kind === 'broken_packet') this.link.sendBroken('fragment:processed', this, witness);
    for (const payload of payloads) this.#send('fragment:processed', payload, witness);
  }

  /** Never answered: only the client knows when it stops waiting, so the slot can't be held against it. */
  #giveUp(fragment) {
    fragment.holdsSlot = false;
    this.#forget(fragment);
  }

  #forget(fragment) {
    this.#unanswered--;
    fragment.audio = undefined;
    fragment.bytes = undefined;
  }

  #settle() {
    if (!this.#ended) return;
    if (this.#held && this.#unanswered === 1) this.#release();
    if (this.#unanswered > 0 || this.#modes.silent === 'all') return;
    this.#send('stream:complete', {
      stream_id: this.streamId,
      total_fragments: this.#fragments.size,
      total_duration_ms: this.#durationMs,
      statistics: statistics(this.#counts, this.#times),
    });
    this.#after(this.settings.closeDelayMs, () => this.link.close({ reason: 'stream complete' }));
  }

  #after(delayMs, action) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delayMs);
    this.#timers.add(timer);
  }

  #send(event, payload, witness) {
    if (!this.#closed) this.link.send(event, payload, this, witness);
  }
}

/** What the server says at a load (fragments in flight over the limit). */
function loadReport(load) {
  if (load >= 1) return { severity: 'high', action: 'pause', recommended_delay_ms: 1000 };
  if (load >= 0.6) return { severity: 'medium', action: 'slow_down', recommended_delay_ms: 500 };
  return { severity: 'low', action: 'none' };
}

function statistics(counts, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const sum = times.reduce((total, time) => total + time, 0);
  return {
    success_count: counts.success,
    partial_count: counts.partial,
    failed_count: counts.failed,
    avg_processing_time_ms: times.length > 0 ? Math.round(sum / times.length) : 0,
    p95_processing_time_ms: sorted.length > 0 ? sorted[Math.ceil(sorted.length * 0.95) - 1] : 0,
  };
}
