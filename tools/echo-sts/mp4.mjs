// A reader for the few MP4 boxes that say how long an audio track is.

/** The bytes are no MP4 with an audio track and a sample table. */
export class Mp4Error extends Error {}

/**
 * The exact length of the first audio track, from its own sample table: what the frames last, in units of the
 * media timescale. Edit lists are left out on purpose: they are a hint to players, in coarser units.
 * @param {Buffer} file a whole MP4/M4A file
 * @returns {{timescale: number, units: number, frames: number}}
 * @throws {Mp4Error} when a box is missing or cut short
 */
export function readAudioLength(file) {
  const moov = child(file, 'moov');
  for (const trak of children(moov, 'trak')) {
    const mdia = child(trak, 'mdia');
    if (fourcc(child(mdia, 'hdlr'), 8) !== 'soun') continue;
    const stts = child(child(child(mdia, 'minf'), 'stbl'), 'stts');
    return { timescale: timescaleOf(child(mdia, 'mdhd')), ...sumOf(stts) };
  }
  throw new Mp4Error('no audio track in moov');
}

/**
 * The same length in samples of a given rate, rounded to the nearest sample.
 * @param {Buffer} file a whole MP4/M4A file
 * @param {number} sampleRate in Hz
 * @returns {number}
 */
export function readSampleCount(file, sampleRate) {
  const { timescale, units } = readAudioLength(file);
  return Math.round((units * sampleRate) / timescale);
}

function timescaleOf(mdhd) {
  const timescale = uint32(mdhd, uint8(mdhd, 0) === 1 ? 20 : 12);
  if (timescale === 0) throw new Mp4Error('mdhd has a timescale of 0');
  return timescale;
}

function sumOf(stts) {
  const entries = uint32(stts, 4);
  let units = 0;
  let frames = 0;
  for (let entry = 0; entry < entries; entry++) {
    const count = uint32(stts, 8 + entry * 8);
    frames += count;
    units += count * uint32(stts, 12 + entry * 8);
  }
  return { units, frames };
}

function child(parent, type) {
  for (const box of children(parent, type)) return box;
  throw new Mp4Error(`no ${type} box`);
}

function* children(parent, type) {
  let at = 0;
  while (at + 8 <= parent.length) {
    let header = 8;
    let size = parent.readUInt32BE(at);
    if (size === 1) {
      header = 16;
      if (at + header > parent.length) throw new Mp4Error('a box header is cut short');
      size = Number(parent.readBigUInt64BE(at + 8));
    } else if (size === 0) {
      size = parent.length - at;
    }
    if (size < header || at + size > parent.length) throw new Mp4Error('a box is cut short');
    if (fourcc(parent, at + 4) === type) yield parent.subarray(at + header, at + size);
    at += size;
  }
}

function uint8(box, at) {
  if (at + 1 > box.length) throw new Mp4Error('a box is cut short');
  return box.readUInt8(at);
}

function uint32(box, at) {
  if (at + 4 > box.length) throw new Mp4Error('a box is cut short');
  return box.readUInt32BE(at);
}

function fourcc(box, at) {
  return box.toString('latin1', at, at + 4);
}
