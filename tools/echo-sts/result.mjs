// The answer to a fragment: the echo itself, and the ways to spoil it.

import { randomBytes, randomUUID } from 'node:crypto';
import { markAudio, markFrequency } from './mark.mjs';

/**
 * Builds a `fragment:processed`.
 * @param {{id: string, streamId: string, sequenceNumber: number, audio: object, bytes: Buffer}} fragment
 * @param {{mark: boolean, rule?: object, processingTimeMs: number, languages: string[]}} how `rule`: the error
 *   simulation rule that applies to it
 */
export function buildResult(fragment, { mark, rule, processingTimeMs, languages }) {
  const result = {
    fragment_id: fragment.id,
    stream_id: fragment.streamId,
    sequence_number: fragment.sequenceNumber,
    status: rule ? (rule.status ?? 'failed') : 'success',
    dubbed_audio: null,
    transcript: `[ECHO] fragment ${fragment.sequenceNumber} (${languages[0]})`,
    translated_text: `[ECHO] fragment ${fragment.sequenceNumber} (${languages[1]})`,
    processing_time_ms: processingTimeMs,
    stage_timings: stageTimings(processingTimeMs),
    metadata: { server: 'echo-sts' },
  };
  if (rule) result.error = simulatedError(rule);
  if (result.status === 'failed') return failed(result);
  if (rule?.audio === false) return result;
  try {
    return { ...result, ...audioOf(fragment, mark, result.metadata) };
  } catch (error) {
    return failed({ ...result, error: { code: 'MALFORMED_DATA', message: `can't mark: ${error.message}`, stage: 'mark', retryable: false } });
  }
}

/** The rule that applies to a fragment, if any. `nth` counts the session's accepted fragments from 1. */
export function ruleFor({ enabled, rules = [] }, fragment, nth) {
  const actual = { sequence_number: fragment.sequenceNumber, fragment_id: fragment.id, nth_fragment: nth };
  return enabled ? rules.find((rule) => actual[rule.trigger] === rule.value) : undefined;
}

/** The `error` object that a rule asks for. */
export function simulatedError(rule) {
  return {
    code: rule.error_code,
    message: rule.error_message ?? 'simulated error',
    stage: rule.stage ?? 'asr',
    retryable: rule.retryable ?? false,
  };
}

/** Kinds of garbage after which a client can't know which fragment was meant. */
export const unmatchable = new Set(['malformed', 'broken_packet', 'wrong_types', 'unknown_fragment_id']);

/**
 * Spoils a result in one of the ways of `garbageKinds` that concern its content.
 * @param {number} nth picks among the variants of `malformed`
 * @returns {unknown[]} the payloads to send instead
 */
export function spoil(kind, result, nth) {
  const audio = result.dubbed_audio;
  switch (kind) {
    case 'malformed': return [['{"fragment_id": ', 42, null, [], true][nth % 5]];
    case 'wrong_types': return [{ ...result, sequence_number: 'zero', status: 7, processing_time_ms: {}, dubbed_audio: 'none', stage_timings: [] }];
    case 'truncated_base64': return [withAudio(result, (data) => data.slice(0, Math.floor(data.length / 8) * 4 + 1))];
    case 'unknown_fields': return [{ ...result, dubbed_audio: audio && { ...audio, loudness: { lufs: -23 } }, speakers: [1, 2], x_trace: 'abc' }];
    case 'null_optionals': return [{ ...result, transcript: null, translated_text: null, stage_timings: null, error: null, metadata: null }];
    case 'unknown_fragment_id': return [{ ...result, fragment_id: randomUUID() }];
    case 'undecodable_audio': return [withAudio(result, (data) => randomBytes(Math.max(1, (data.length * 3) >> 2)).toString('base64'))];
    case 'empty_audio': return [withAudio(result, () => '')];
    case 'no_audio': return [{ ...result, dubbed_audio: undefined }];
    case 'duplicate': return [result, result];
    default: return [result];
  }
}

function audioOf(fragment, mark, metadata) {
  if (!mark) return { dubbed_audio: fragment.audio };
  const { sample_rate_hz: sampleRate, channels, duration_ms: durationMs } = fragment.audio;
  const frequency = markFrequency(fragment.streamId, fragment.sequenceNumber);
  const { wav, samples } = markAudio({ m4a: fragment.bytes, sampleRate, channels, frequency });
  return {
    dubbed_audio: { format: 'wav', sample_rate_hz: sampleRate, channels, duration_ms: durationMs, data_base64: wav.toString('base64') },
    metadata: { ...metadata, mark_hz: frequency, samples },
  };
}

function failed(result) {
  return { ...result, status: 'failed', dubbed_audio: null, transcript: null, translated_text: null };
}

function withAudio(result, change) {
  const audio = result.dubbed_audio;
  return audio ? { ...result, dubbed_audio: { ...audio, data_base64: change(audio.data_base64) } } : result;
}

function stageTimings(total) {
  const asr = Math.round(total * 0.4);
  const translation = Math.round(total * 0.2);
  return { asr_ms: asr, translation_ms: translation, tts_ms: total - asr - translation };
}
