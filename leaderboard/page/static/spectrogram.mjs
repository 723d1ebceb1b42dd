// Spectrograms: 25 ms Hann windows, up to 8 kHz, drawn on a canvas.

const WINDOW_S = 0.025;
export const TOP_HZ = 8000;
const RANGE_DB = 70; // below the loudest point of the clip

/** In-place radix-2 transform of `re + i im`, whose length is a power of two. */
export function transform(re, im) {
  const n = re.length;
  const turns = turnsOf(n);
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) {
      j ^= bit;
    }
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let half = 1; half < n; half *= 2) {
    const step = n / (2 * half);
    for (let k = 0; k < half; k += 1) {
      const c = turns.cos[k * step];
      const s = -turns.sin[k * step];
      for (let a = k; a < n; a += 2 * half) {
        const b = a + half; // written without destructuring: this runs ten million times a picture
        const x = re[b] * c - im[b] * s;
        const y = re[b] * s + im[b] * c;
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
      }
    }
  }
}

const known = new Map();

/** Cosines and sines of the half turn in `n / 2` steps. */
function turnsOf(n) {
  if (!known.has(n)) {
    const angles = Float64Array.from({ length: n / 2 }, (_, k) => (2 * Math.PI * k) / n);
    known.set(n, { cos: angles.map(Math.cos), sin: angles.map(Math.sin) });
  }
  return known.get(n);
}

/**
 * Power in dB, column by column, lowest frequency first.
 * @param {Float32Array} samples one ear.
 * @param {number} rate Hz.
 * @param {number} columns how many windows, spread evenly over the sound.
 * @returns {{levels: Float32Array, rows: number, loudest: number}} `levels[column * rows + row]`.
 */
export function spectrogram(samples, rate, columns) {
  const window = Math.round(WINDOW_S * rate);
  const size = 2 ** Math.ceil(Math.log2(window));
  const rows = Math.min(size / 2, Math.ceil((TOP_HZ * size) / rate));
  const hann = Float64Array.from({ length: window }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window));
  const levels = new Float32Array(columns * rows);
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let column = 0; column < columns; column += 1) {
    const start = Math.round(((column + 0.5) * samples.length) / columns - window / 2);
    re.fill(0);
    im.fill(0);
    for (let i = 0; i < window; i += 1) {
      re[i] = hann[i] * (samples[start + i] ?? 0);
    }
    transform(re, im);
    for (let row = 0; row < rows; row += 1) {
      levels[column * rows + row] = 10 * Math.log10(re[row] ** 2 + im[row] ** 2 + 1e-12);
    }
  }
  return { levels, rows, loudest: levels.reduce((a, b) => Math.max(a, b)) };
}

const STOPS = [
  [13, 10, 36],
  [63, 22, 104],
  [136, 37, 122],
  [205, 62, 92],
  [246, 125, 66],
  [252, 205, 110],
  [253, 250, 220],
];

/** Colour of a share 0 … 1, dark to light. */
function colour(share) {
  const place = Math.min(Math.max(share, 0), 1) * (STOPS.length - 1);
  const low = Math.min(Math.floor(place), STOPS.length - 2);
  return STOPS[low].map((from, i) => from + (place - low) * (STOPS[low + 1][i] - from));
}

// As whole pixels: red, green, blue and opaque, in the order of the bytes of an image.
const PALETTE = new Uint32Array(
  new Uint8ClampedArray(Array.from({ length: 256 }, (_, i) => [...colour(i / 255), 255]).flat()).buffer,
);

/** Draw a spectrogram over the whole canvas; `loudest` (dB) is the lightest colour. */
export function drawSpectrogram(canvas, { levels, rows }, loudest) {
  const columns = levels.length / rows;
  canvas.width = columns;
  canvas.height = rows;
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let column = 0; column < columns; column += 1) {
    for (let row = 0; row < rows; row += 1) {
      const share = 1 + (levels[column * rows + row] - loudest) / RANGE_DB;
      pixels[(rows - 1 - row) * columns + column] = PALETTE[Math.round(255 * Math.min(Math.max(share, 0), 1))];
    }
  }
  pen.putImageData(image, 0, 0);
}
