// Sounds that lie beside the page. They are scripts, each calling `fairplaySound(key, base64 of a WAV)`, because a page
// opened from a disk may load scripts of its folder but fetch nothing.

export const RATE = 48000; // Hz; decoding resamples better than playing does

const waiting = new Map();
const decoder = new OfflineAudioContext(2, 1, RATE);

globalThis.fairplaySound = (key, base64) => {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) {
    bytes[i] = text.charCodeAt(i);
  }
  waiting.get(key)?.(bytes);
};

/** The bytes of a WAV, by the key and address of its script. */
function bytesOf(key, address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    waiting.set(key, (bytes) => {
      waiting.delete(key);
      script.remove();
      resolve(bytes);
    });
    script.addEventListener("error", () => reject(new Error(`${address} cannot be loaded`)));
    script.src = address;
    document.head.append(script);
  });
}

const known = new Map();

/** A decoded sound and a link to it as a file; each is loaded once. */
export function loadSound(key, address) {
  if (!known.has(key)) {
    const load = async () => {
      const bytes = await bytesOf(key, address);
      const file = new Blob([bytes], { type: "audio/wav" });
      return { file, buffer: await decoder.decodeAudioData(bytes.buffer) };
    };
    known.set(key, load());
  }
  return known.get(key);
}

let context = null;

/** The context that is heard; browsers let it sound once the reader has pressed something. */
export function loudspeaker() {
  context ??= new AudioContext({ sampleRate: RATE });
  if (context.state === "suspended") {
    context.resume();
  }
  return context;
}
