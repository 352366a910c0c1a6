// The mark: a tone that says which stream and which fragment an answer belongs to.

import { readSampleCount } from './mp4.mjs';
import { writeWav } from './wav.mjs';

/** Peak amplitude of the tone, full scale being 1. */
export const markAmplitude = 0.3;

// A fragment lasts at most 60 s; a sample table that claims much more is broken, and must not cost the memory it asks for.
const longestSeconds = 61;

/**
 * FNV-1a, 32 bits, of a text's UTF-8 bytes.
 * @param {string} text
 * @returns {number} unsigned
 */
export function fnv1a32(text) {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/**
 * The frequency that marks a fragment, in Hz: 500 + 900·slot + 180·((2·sequence) mod 5), slot = FNV-1a-32(stream id)
 * mod 6. The 30 frequencies (500 to 5720 Hz) are 180 Hz apart; neighbours in sequence differ by 360 or 540 Hz.
 * @param {string} streamId
 * @param {number} sequenceNumber
 * @returns {number}
 */
export function markFrequency(streamId, sequenceNumber) {
  return 500 + 900 * (fnv1a32(streamId) % 6) + 180 * ((2 * sequenceNumber) % 5);
}

/**
 * A sine at `frequency`, exactly as long as the M4A, as a WAV file; without a fade, so that its ends can be measured.
 * @param {{m4a: Buffer, sampleRate: number, channels: number, frequency: number}} request
 * @returns {{wav: Buffer, samples: number}}
 * @throws {import('./mp4.mjs').Mp4Error} when the M4A can't be read
 */
export function markAudio({ m4a, sampleRate, channels, frequency }) {
  const samples = readSampleCount(m4a, sampleRate);
  if (samples > longestSeconds * sampleRate) throw new RangeError(`the M4A claims ${samples} samples`);
  const step = (2 * Math.PI * frequency) / sampleRate;
  const wav = writeWav({ samples, sampleRate, channels, value: (index) => markAmplitude * Math.sin(step * index) });
  return { wav, samples };
}
