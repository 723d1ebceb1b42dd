// Several versions of one sound that play together, one of them heard: a switch is a short crossfade at the same
// position, so that neither a gap nor a jump gives the versions away.

export const FADE_S = 0.003;
const LEAD_S = 0.02; // all versions are started on one clock, this far ahead

export class Switcher {
  /**
   * @param {BaseAudioContext} context where it is heard; an OfflineAudioContext will do.
   * @param {Map<string, AudioBuffer>} buffers the versions by key, equally long.
   * @param {string} key the version that is heard first.
   */
  constructor(context, buffers, key) {
    this.context = context;
    this.buffers = buffers;
    this.key = key;
    this.loop = false;
    this.onstop = () => {};
    this.duration = Math.max(...[...buffers.values()].map((buffer) => buffer.duration));
    this.resting = 0; // seconds, while nothing plays
    this.voices = null;
  }

  get playing() {
    return this.voices !== null;
  }

  /** Position in seconds from the start of the sound. */
  get position() {
    if (!this.playing) {
      return this.resting;
    }
    const past = Math.max(0, this.context.currentTime - this.startedAt) + this.startedFrom;
    return this.loop ? past % this.duration : Math.min(past, this.duration);
  }

  play(from = this.resting) {
    this.stop();
    this.startedFrom = from >= this.duration ? 0 : Math.max(0, from);
    this.startedAt = this.context.currentTime + LEAD_S;
    this.voices = new Map();
    for (const [key, buffer] of this.buffers) {
      const source = new AudioBufferSourceNode(this.context, { buffer, loop: this.loop });
      const gain = new GainNode(this.context, { gain: key === this.key ? 1 : 0 });
      source.connect(gain).connect(this.context.destination);
      source.start(this.startedAt, this.startedFrom);
      this.voices.set(key, { source, gain });
    }
    const voices = this.voices;
    voices.get(this.key).source.onended = () => {
      if (this.voices === voices) {
        this.stop();
        this.resting = 0;
        this.onstop();
      }
    };
  }

  /** Pause: the position stays. */
  stop() {
    if (!this.playing) {
      return;
    }
    this.resting = this.position;
    const voices = this.voices;
    this.voices = null;
    for (const { source, gain } of voices.values()) {
      source.stop();
      gain.disconnect();
    }
  }

  seek(position) {
    const to = Math.min(Math.max(0, position), this.duration);
    if (this.playing) {
      this.play(to);
    } else {
      this.resting = to;
    }
  }

  repeat(loop) {
    this.resting = this.position;
    this.loop = loop;
    if (this.playing) {
      this.play(this.resting);
    }
  }

  /** Hear another version from here on. */
  select(key) {
    if (!this.buffers.has(key)) {
      throw new RangeError(`no version ${key}`);
    }
    this.key = key;
    if (!this.playing) {
      return;
    }
    const now = this.context.currentTime;
    for (const [name, { gain }] of this.voices) {
      gain.gain.cancelScheduledValues(now);
      gain.gain.setValueAtTime(gain.gain.value, now);
      gain.gain.linearRampToValueAtTime(name === key ? 1 : 0, now + FADE_S);
    }
  }
}
