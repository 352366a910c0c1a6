// 16-bit PCM in a WAV file.

const headerBytes = 44;

/**
 * A WAV file (PCM, signed 16 bit, little endian) of one function of time, the same in every channel.
 * @param {{samples: number, sampleRate: number, channels: number, value: (index: number) => number}} sound
 *   `value` gives the amplitude (-1 to 1) at a sample's index
 * @returns {Buffer}
 */
export function writeWav({ samples, sampleRate, channels, value }) {
  const frameBytes = channels * 2;
  const dataBytes = samples * frameBytes;
  const file = Buffer.alloc(headerBytes + dataBytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(headerBytes - 8 + dataBytes, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * frameBytes, 28);
  file.writeUInt16LE(frameBytes, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(dataBytes, 40);
  for (let index = 0, at = headerBytes; index < samples; index++) {
    const sample = Math.round(value(index) * 32767);
    for (let channel = 0; channel < channels; channel++, at += 2) file.writeInt16LE(sample, at);
  }
  return file;
}
