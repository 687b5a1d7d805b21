import { ZooKeeperError } from './error.ts';

/** No frame is longer: 10,000 children of 30 octets fit in a tenth of it. */
export const MAX_FRAME_OCTETS = 4 * 1024 * 1024;

/** Cuts a byte stream into frames: a length of four octets, big-endian, before each. */
export class FrameCutter {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * @returns The frames that are whole now, without their lengths.
   * @throws {ZooKeeperError} `garbage`, when a length is negative or too large.
   */
  push(chunk: Buffer): readonly Buffer[] {
    const frames: Buffer[] = [];
    let octets: Buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (octets.length >= 4) {
      const length = octets.readInt32BE(0);
      if (length < 0 || length > MAX_FRAME_OCTETS) {
        throw new ZooKeeperError('garbage', `Cannot read a frame of ${length} octets`);
      }
      if (octets.length < 4 + length) break;
      frames.push(octets.subarray(4, 4 + length));
      octets = octets.subarray(4 + length);
    }
    this.#rest = octets;
    return frames;
  }
}
