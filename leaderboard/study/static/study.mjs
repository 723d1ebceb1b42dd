// A listening study: welcome, headphone check, questions in a random order, answers to download.

import { NEEDED, ORDERS, QUESTIONS, softest, toneBuffer } from "./headphones.mjs";
import { chance, randomName, shuffled } from "./order.mjs";
import { loadSound, loudspeaker } from "./sounds.mjs";
import { Switcher } from "./switcher.mjs";
import { setUpTheme } from "./theme.mjs";

const TRIES = 2; // of the headphone check
const $ = (name) => document.querySelector(`[data-part="${name}"]`);
const told = JSON.parse($("study").textContent);
const KEY = `fairplay-study-${told.study}`;

/** What is kept of this participant; without storage the answers last as long as the page. */
function recall() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch (refused) {
    return null;
  }
}

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify(me));
  } catch (refused) {
    $("storage").hidden = false; // "do not close this page before you have downloaded your answers"
  }
}

function newParticipant() {
  const participant = randomName();
  const asked = Number.parseInt(new URLSearchParams(location.search).get("list") ?? "", 10);
  const list = asked >= 0 && asked < told.lists.length ? asked : Math.floor(chance(participant)() * told.lists.length);
  return { schema: 1, study: told.study, title: told.title, participant, list, started: null, finished: null, headphones: null, answers: [] };
}

const me = recall() ?? newParticipant();

/** The trials of this participant: part after part, each shuffled; which part comes first goes by the list. */
function trialsInOrder() {
  const next = chance(`${me.participant}-order`);
  const trials = told.lists[me.list].map((name) => told.trials[name]);
  const parts = ["preference", "direction"].map((kind) => shuffled(trials.filter((trial) => trial.kind === kind), next));
  return (me.list % 2 ? parts.reverse() : parts).flat();
}

const trials = trialsInOrder();
const now = () => new Date().toISOString();
const run = { switcher: null, heard: new Set(), plays: 0, since: null, tones: null };

function showStep(name) {
  for (const step of document.querySelectorAll("[data-step]")) {
    step.hidden = step.dataset.step !== name;
  }
  document.body.dataset.at = name;
  document.querySelector(`[data-step="${name}"] h1, [data-step="${name}"] h2`).focus();
}

function showProgress(done, all, words) {
  $("progress").max = all;
  $("progress").value = done;
  $("progress-text").textContent = words;
}

// Headphones

const check = { orders: [], place: 0, correct: 0, tries: 0, source: null };

function startCheck() {
  check.tries += 1;
  check.orders = shuffled(ORDERS, chance(`${me.participant}-tones-${check.tries}`));
  check.place = 0;
  check.correct = 0;
  askTones();
}

function askTones() {
  showStep("headphones");
  $("tones-play").disabled = false;
  for (const button of document.querySelectorAll("[data-tone]")) {
    button.disabled = true;
  }
  showProgress(check.place, QUESTIONS, `Headphones: question ${check.place + 1} of ${QUESTIONS}`);
}

/** The tones of a question are played once. */
function playTones() {
  const context = loudspeaker();
  const source = new AudioBufferSourceNode(context, { buffer: toneBuffer(context, check.orders[check.place]) });
  source.connect(context.destination);
  source.onended = () => {
    for (const button of document.querySelectorAll("[data-tone]")) {
      button.disabled = false;
    }
    document.querySelector('[data-tone="1"]').focus();
  };
  source.start();
  $("tones-play").disabled = true;
}

function answerTones(place) {
  check.correct += Number(place === softest(check.orders[check.place]));
  check.place += 1;
  if (check.place < QUESTIONS) {
    askTones();
    return;
  }
  me.headphones = { correct: check.correct, of: QUESTIONS, tries: check.tries, passed: check.correct >= NEEDED };
  keep();
  if (me.headphones.passed) {
    nextTrial();
  } else {
    $("again").hidden = check.tries >= TRIES;
    showStep("failed");
  }
}

// Questions

function current() {
  return trials[me.answers.length];
}

function versionsOf(trial) {
  return trial.kind === "preference" ? { reference: "target", a: trial.a, b: trial.b } : { sound: trial.version };
}

async function nextTrial() {
  run.switcher?.stop();
  const trial = current();
  if (!trial) {
    me.finished ??= now();
    keep();
    showProgress(1, 1, "Done");
    showStep("done");
    return;
  }
  Object.assign(run, { switcher: null, heard: new Set(), plays: 0, since: null });
  showProgress(me.answers.length, trials.length, `Question ${me.answers.length + 1} of ${trials.length}`);
  for (const control of document.querySelectorAll("[data-hear], [data-answer]")) {
    control.disabled = true;
    control.removeAttribute("aria-pressed");
  }
  showStep(trial.kind);
  const versions = versionsOf(trial);
  try {
    const keys = Object.keys(versions);
    const addresses = keys.map((key) => told.sounds[trial.clip_id][versions[key]]);
    const sounds = await Promise.all(addresses.map((key) => loadSound(key, `sounds/${key}.js`)));
    if (current() !== trial) {
      return;
    }
    run.switcher = new Switcher(null, new Map(keys.map((key, i) => [key, sounds[i].buffer])), keys[0]);
    run.switcher.onstop = showHeard;
  } catch (error) {
    $("trouble").textContent = `${error.message}. Load the page again; your answers are kept.`;
    return;
  }
  document.querySelectorAll(`[data-step="${trial.kind}"] [data-hear]`).forEach((button) => {
    button.disabled = false;
  });
}

function showHeard() {
  for (const button of document.querySelectorAll("[data-hear]")) {
    button.setAttribute("aria-pressed", String(run.switcher.playing && run.switcher.key === button.dataset.hear));
  }
}

/** Hear a version: from the start, or from where another one is; again stops. */
function hear(key) {
  const { switcher } = run;
  if (switcher.playing && switcher.key === key) {
    switcher.stop();
    switcher.resting = 0;
  } else {
    switcher.select(key);
    if (!switcher.playing) {
      switcher.context = loudspeaker();
      switcher.play();
    }
    run.heard.add(key);
    run.plays += 1;
    run.since ??= performance.now();
  }
  showHeard();
  if (run.heard.size === switcher.buffers.size) {
    document.querySelectorAll(`[data-step="${current().kind}"] [data-answer]`).forEach((button) => {
      button.disabled = false;
    });
  }
}

function answer(chosen) {
  const { trial, kind, clip_id, ...rest } = current();
  const response = Math.round(performance.now() - run.since) / 1000;
  const place = me.answers.length + 1;
  me.answers.push({ kind, trial, clip_id, place, response_s: response, plays: run.plays, ...rest, chosen });
  keep();
  nextTrial();
}

function download() {
  const text = JSON.stringify(me, null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `answers-${me.participant.slice(0, 8)}.json`;
  link.click();
}

function startOver() {
  try {
    localStorage.removeItem(KEY);
  } catch (refused) {
    console.info("Nothing was kept.");
  }
  location.reload();
}

function begin() {
  me.started ??= now();
  keep();
  loudspeaker();
  if (told.headphone_check && !me.headphones?.passed) {
    startCheck();
  } else {
    nextTrial();
  }
}

/** Digits answer, letters play; Enter and Space press what has the focus. */
function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  const step = document.querySelector("[data-step]:not([hidden])");
  const button = [...step.querySelectorAll("[data-shortcut]")].find((each) => each.dataset.shortcut === event.key.toLowerCase());
  if (button && !button.disabled) {
    button.click();
  }
}

setUpTheme(document);
$("begin").addEventListener("click", begin);
$("again").addEventListener("click", startCheck);
$("tones-play").addEventListener("click", playTones);
for (const button of document.querySelectorAll("[data-tone]")) {
  button.addEventListener("click", () => answerTones(Number(button.dataset.tone)));
}
for (const button of document.querySelectorAll("[data-hear]")) {
  button.addEventListener("click", () => hear(button.dataset.hear));
}
for (const button of document.querySelectorAll("[data-answer]")) {
  button.addEventListener("click", () => answer(button.dataset.answer));
}
for (const button of document.querySelectorAll("[data-download]")) {
  button.addEventListener("click", download);
}
$("over").addEventListener("click", startOver);
document.addEventListener("keydown", onKey);
$("body").hidden = false;
if (me.answers.length) {
  $("begin").textContent = "Go on";
  $("welcome-back").hidden = false;
}
showProgress(me.answers.length, trials.length, `${trials.length} questions`);
showStep(me.finished ? "done" : "welcome");
