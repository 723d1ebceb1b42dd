// The headphone check of Woods, Siegel, Traer and McDermott (2017): of three tones one is 6 dB softer, and one of the
// other two has its ears in antiphase. Over headphones the soft tone is found easily; over loudspeakers the antiphase
// tone cancels in the air and seems the softest.

export const QUESTIONS = 6; // every order of the three tones once
export const NEEDED = 5; // right answers
const TONE_HZ = 200;
const TONE_S = 1.0;
const RAMP_S = 0.1;
const PAUSE_S = 0.5;
const SOFTER_DB = 6;
const LEVEL = 0.25; // of full scale

/** The orders: S is the softer tone, I in phase, O in antiphase. */
export const ORDERS = ["ISO", "IOS", "SOI", "SIO", "OSI", "OIS"];

/** Place, from 1, of the softer tone. */
export const softest = (order) => order.indexOf("S") + 1;

/**
 * Samples of the three tones in this order.
 * @returns {{left: Float32Array, right: Float32Array}}
 */
export function threeTones(order, rate) {
  const [tone, ramp, step] = [TONE_S, RAMP_S, TONE_S + PAUSE_S].map((seconds) => Math.round(seconds * rate));
  const left = new Float32Array(2 * step + tone);
  const right = new Float32Array(left.length);
  [...order].forEach((kind, place) => {
    const level = LEVEL * (kind === "S" ? 10 ** (-SOFTER_DB / 20) : 1);
    for (let i = 0; i < tone; i += 1) {
      const edge = Math.min(1, i / ramp, (tone - 1 - i) / ramp);
      const value = level * edge * Math.sin((2 * Math.PI * TONE_HZ * i) / rate);
      left[place * step + i] = value;
      right[place * step + i] = kind === "O" ? -value : value;
    }
  });
  return { left, right };
}

/** The same as a buffer to play. */
export function toneBuffer(context, order) {
  const { left, right } = threeTones(order, context.sampleRate);
  const buffer = context.createBuffer(2, left.length, context.sampleRate);
  buffer.copyToChannel(left, 0);
  buffer.copyToChannel(right, 1);
  return buffer;
}
