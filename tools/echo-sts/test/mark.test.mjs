import assert from 'node:assert/strict';
import test from './bounded-test.mjs';
import { fnv1a32, markAmplitude, markAudio, markFrequency } from '../mark.mjs';
import { Mp4Error, readAudioLength, readSampleCount } from '../mp4.mjs';
import { makeM4a, run } from './client.mjs';

/** Frames and timescale as ffprobe sees them, packet by packet. */
async function probe(path) {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-ignore_editlist', '1', '-select_streams', 'a', '-show_entries', 'packet=duration:stream=time_base', '-of', 'json', path]);
  const { packets, streams } = JSON.parse(stdout);
  const units = packets.reduce((total, packet) => total + Number(packet.duration), 0);
  return { timescale: Number(streams[0].time_base.split('/')[1]), units, frames: packets.length };
}

/** How strongly a frequency is present, as an amplitude. */
function goertzel(samples, sampleRate, frequency) {
  let re = 0;
  let im = 0;
  samples.forEach((value, index) => {
    re += value * Math.cos((2 * Math.PI * frequency * index) / sampleRate);
    im += value * Math.sin((2 * Math.PI * frequency * index) / sampleRate);
  });
  return (2 * Math.hypot(re, im)) / samples.length;
}

for (const { sampleRate, channels, flags } of [
  { sampleRate: 48000, channels: 2 },
  { sampleRate: 44100, channels: 1, flags: ['-movflags', '+faststart'] },
]) {
  test(`the length of a real M4A is exact at ${sampleRate} Hz`, async (t) => {
    const { path, bytes } = await makeM4a(t, { seconds: 1.7, sampleRate, channels, flags });
    const expected = await probe(path);
    assert.ok(expected.frames > 70);
    assert.deepEqual(readAudioLength(bytes), expected);
    assert.equal(readSampleCount(bytes, sampleRate), expected.units);
  });
}

test('what is no M4A is refused', async (t) => {
  const { bytes } = await makeM4a(t, { seconds: 0.5, sampleRate: 48000, channels: 1 });
  for (const broken of [Buffer.alloc(0), Buffer.from('some audio'), bytes.subarray(0, bytes.length - 100), Buffer.alloc(64)])
    assert.throws(() => readAudioLength(broken), Mp4Error);
});

test('FNV-1a matches its published vectors', () => {
  assert.equal(fnv1a32(''), 0x811c9dc5);
  assert.equal(fnv1a32('a'), 0xe40c292c);
  assert.equal(fnv1a32('foobar'), 0xbf9cf968);
});

test('frequencies follow the formula and neighbours differ', () => {
  const base = 500 + 900 * (fnv1a32('alpha') % 6);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((sequence) => markFrequency('alpha', sequence) - base), [0, 360, 720, 180, 540, 0]);
});

test('the mark is a full-length tone at its amplitude, and ffprobe agrees', async (t) => {
  const { bytes } = await makeM4a(t, { seconds: 1, sampleRate: 48000, channels: 2 });
  const expected = readSampleCount(bytes, 48000);
  const { wav, samples } = markAudio({ m4a: bytes, sampleRate: 48000, channels: 2, frequency: 1220 });
  assert.equal(samples, expected);
  assert.equal(wav.length, 44 + expected * 4);
  assert.deepEqual([wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34), wav.readUInt32LE(40)], [2, 48000, 16, expected * 4]);
  const left = Array.from({ length: expected }, (_, index) => wav.readInt16LE(44 + index * 4) / 32767);
  assert.ok(Math.abs(goertzel(left, 48000, 1220) - markAmplitude) < 0.001);
  assert.ok(goertzel(left, 48000, 1400) < 0.01);
  for (const part of [left.slice(0, 480), left.slice(-480)]) assert.ok(Math.max(...part) > 0.299, 'no fade');
});
