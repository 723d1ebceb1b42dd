// The listening page: one clip by several methods, with its picture, spectrograms and level differences.

import { drawLevelDifferences } from "./ildchart.mjs";
import { loadSound, loudspeaker, RATE } from "./sounds.mjs";
import { drawSpectrogram, spectrogram } from "./spectrogram.mjs";
import { Switcher } from "./switcher.mjs";
import { setUpTheme } from "./theme.mjs";

const COLUMNS = 600; // of a spectrogram
const STEP_S = 1; // of the arrow keys
const $ = (name) => document.querySelector(`[data-part="${name}"]`);

const clips = JSON.parse($("clips").textContent);
const state = { clip: null, switcher: null, buffers: null, drawn: new Map(), mark: null, film: null, heard: "target" };

function time(seconds) {
  return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
}

/** Draw the picture that belongs to a moment; the film is one image of many. */
function drawPicture(position) {
  const { film } = state.clip;
  if (!state.film?.complete || !state.film.naturalWidth) {
    return;
  }
  const number = Math.min(Math.floor(position * film.per_s), film.count - 1);
  const [x, y] = [(number % film.columns) * film.width, Math.floor(number / film.columns) * film.height];
  const canvas = $("picture");
  canvas.dataset.number = number;
  canvas.getContext("2d").drawImage(state.film, x, y, film.width, film.height, 0, 0, canvas.width, canvas.height);
}

function sideInWords(ild) {
  return Math.abs(ild) < 0.1 ? "both alike" : `${Math.abs(ild).toFixed(1)} dB ${ild > 0 ? "left" : "right"}`;
}

/** Where the sound is at a moment, from left (-1) to right (1), by the level difference. */
function drawSide(position) {
  const { ild } = state.clip.sounds.find(({ key }) => key === state.heard);
  const value = ild[Math.min(Math.floor((position / state.clip.duration_s) * ild.length), ild.length - 1)];
  const limit = Number($("ild").dataset.limit);
  $("side").style.left = `${50 - (50 * Math.min(Math.max(value ?? 0, -limit), limit)) / limit}%`;
  $("side").classList.toggle("unknown", value === null);
  $("side-text").textContent = value === null ? "silent" : sideInWords(value);
}

function show() {
  const { switcher, clip } = state;
  const position = switcher?.position ?? 0;
  $("seek").value = position;
  $("seek").setAttribute("aria-valuetext", `${position.toFixed(1)} of ${clip.duration_s.toFixed(1)} seconds`);
  $("time").textContent = `${time(position)} / ${time(clip.duration_s)}`;
  for (const line of document.querySelectorAll("[data-playhead]")) {
    line.style.left = `${(100 * position) / clip.duration_s}%`;
  }
  drawPicture(position);
  drawSide(position);
}

function showPlaying() {
  const playing = state.switcher?.playing ?? false;
  $("play").textContent = playing ? "Pause" : "Play";
  $("play").setAttribute("aria-pressed", String(playing));
  document.body.dataset.playing = playing;
}

function animate() {
  show();
  if (state.switcher?.playing) {
    requestAnimationFrame(animate);
  }
}

/** Spectrograms of both ears of a version, computed once. */
function spectrogramsOf(key) {
  const { drawn, buffers } = state;
  if (!drawn.has(key)) {
    const buffer = buffers.get(key);
    drawn.set(key, [0, 1].map((ear) => spectrogram(buffer.getChannelData(ear), RATE, COLUMNS)));
  }
  return drawn.get(key);
}

/** Draw what is heard; the loudest point of the target is the lightest in all versions of a clip. */
function drawSpectrograms() {
  const loudest = Math.max(...spectrogramsOf("target").map((ear) => ear.loudest));
  const [left, right] = spectrogramsOf(state.heard);
  drawSpectrogram($("spectrogram-left"), left, loudest);
  drawSpectrogram($("spectrogram-right"), right, loudest);
}

function select(key) {
  state.heard = key;
  const sound = state.clip.sounds.find((each) => each.key === key);
  for (const radio of document.querySelectorAll('input[name="version"]')) {
    radio.checked = radio.value === key;
  }
  for (const name of document.querySelectorAll("[data-heard-name]")) {
    name.textContent = sound.name;
  }
  state.mark?.(key);
  if (state.switcher) {
    state.switcher.select(key);
    drawSpectrograms();
  }
  show();
}

function toggle() {
  const { switcher } = state;
  if (!switcher) {
    return;
  }
  if (switcher.playing) {
    switcher.stop();
  } else {
    switcher.context = loudspeaker();
    switcher.play();
    requestAnimationFrame(animate);
  }
  showPlaying();
}

function seek(position) {
  state.switcher?.seek(position);
  show();
}

function listVersions(clip) {
  const rows = clip.sounds.map((sound, i) => {
    const row = $("version").content.cloneNode(true);
    const radio = row.querySelector("input");
    radio.value = sound.key;
    radio.addEventListener("change", () => select(sound.key));
    row.querySelector("[data-name]").textContent = sound.name;
    row.querySelector("kbd").textContent = i < 9 ? String(i + 1) : "";
    row.querySelector("[data-score]").textContent = sound.note;
    const link = row.querySelector("a");
    link.hidden = !sound.page;
    if (sound.page) {
      link.href = sound.page;
      link.setAttribute("aria-label", `About ${sound.name}`);
    }
    return row;
  });
  $("versions").replaceChildren(...rows);
}

async function open(number) {
  const clip = clips[number];
  const loop = $("loop").checked;
  state.switcher?.stop();
  const heard = clip.sounds.some(({ key }) => key === state.heard) ? state.heard : "target";
  Object.assign(state, { clip, switcher: null, buffers: null, drawn: new Map(), film: new Image(), heard });
  showPlaying();
  listVersions(clip);
  state.mark = drawLevelDifferences($("ild"), clip.sounds);
  $("ild-limit-left").textContent = `${$("ild").dataset.limit} dB left`;
  $("ild-limit-right").textContent = `${$("ild").dataset.limit} dB right`;
  [$("picture").width, $("picture").height] = [clip.film.width, clip.film.height];
  state.film.addEventListener("load", () => state.clip === clip && show());
  state.film.src = clip.film.address;
  $("seek").max = clip.duration_s;
  $("play").disabled = true;
  $("message").textContent = "Loading the sounds …";
  select(heard);
  try {
    const loaded = await Promise.all(clip.sounds.map(({ key, address }) => loadSound(`${clip.folder}/${key}`, address)));
    if (state.clip !== clip) {
      return; // another clip was chosen meanwhile
    }
    state.buffers = new Map(clip.sounds.map(({ key }, i) => [key, loaded[i].buffer]));
    clip.sounds.forEach((sound, i) => {
      sound.file ??= URL.createObjectURL(loaded[i].file);
    });
  } catch (error) {
    $("message").textContent = `${error.message}.`;
    return;
  }
  state.switcher = new Switcher(null, state.buffers, heard);
  state.switcher.loop = loop;
  state.switcher.onstop = showPlaying;
  $("play").disabled = false;
  $("message").textContent = "";
  document.body.dataset.ready = clip.clip_id;
  select(state.heard);
}

/** Keys of the whole page, where the focused control does not want them itself. */
function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("select, textarea")) {
    return;
  }
  const radio = event.target.closest('input[type="radio"]');
  const own = event.target.closest("button, a, summary, input") && !radio;
  const { clip, switcher } = state;
  const digit = Number.parseInt(event.key, 10);
  if (event.key === " " && !own) {
    event.preventDefault();
    toggle();
  } else if (digit >= 1 && digit <= clip.sounds.length) {
    select(clip.sounds[digit - 1].key);
  } else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && !own && !radio) {
    event.preventDefault();
    seek((switcher?.position ?? 0) + (event.key === "ArrowLeft" ? -STEP_S : STEP_S));
  } else if (event.key === "l" && !(own && event.target.type === "text")) {
    $("loop").checked = !$("loop").checked;
    switcher?.repeat($("loop").checked);
  }
}

/** A click on a plot goes to that moment. */
function onPlot(event) {
  const box = event.currentTarget.getBoundingClientRect();
  seek(((event.clientX - box.left) / box.width) * state.clip.duration_s);
}

function save() {
  const sound = state.clip.sounds.find(({ key }) => key === state.heard);
  if (!sound.file) {
    return;
  }
  const link = document.createElement("a");
  link.href = sound.file;
  link.download = `${state.clip.folder}-${sound.key}.wav`;
  link.click();
}

setUpTheme(document);
$("clip").addEventListener("change", (event) => open(Number(event.target.value)));
$("play").addEventListener("click", toggle);
$("save").addEventListener("click", save);
$("seek").addEventListener("input", (event) => seek(Number(event.target.value)));
$("loop").addEventListener("change", (event) => state.switcher?.repeat(event.target.checked));
document.addEventListener("keydown", onKey);
for (const plot of document.querySelectorAll("[data-plot]")) {
  plot.addEventListener("click", onPlot);
}
$("listening").hidden = false;
const wanted = clips.findIndex(({ folder }) => `#${folder}` === location.hash);
$("clip").value = Math.max(0, wanted);
open(Math.max(0, wanted));
