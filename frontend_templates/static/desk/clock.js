// Time at work, step by step, and how long the solution is still ours. Only time counts in which the window is in
// front and something was done within the last minute.

import { currentSpot, page } from "./page.js";
import { postForm } from "./http.js";

const IDLE = 60_000;
const TICK = 1000;
const BEAT = 45_000;
const FIRST_BEAT = 2000; // a solution that was sent along with the last answer is kept only once it is opened
const WARN_SECONDS = 300;

let times = [];
let lastTick = performance.now();
let lastAct = performance.now();
let lastContact = performance.now();
let until = 0; // by performance.now(); 0: not known yet
let isOpened = false; // whether the server has heard that the solution is in front of somebody
let learned = () => {};

const steps = () => [...page().querySelectorAll(".step:not(.due)")];

// `heard` gets what the server says of the draft: {version}, null when there is none any more, or {code, detail}.
export function begin(heard) {
  learned = heard;
  times = steps().map((step) => Number(step.querySelector("[data-ms]").dataset.ms));
  lastTick = lastAct = lastContact = performance.now();
  const { seconds } = page().dataset; // as it came with the last answer; else the page asks at once
  until = seconds ? lastContact + seconds * 1000 : 0;
  isOpened = false;
  show();
  if (!seconds && document.visibilityState === "visible") beat();
}

export function act() {
  if (!page()) return; // what follows the last solution has no steps
  count();
  lastAct = performance.now();
}

export function timesSoFar() {
  count();
  return Array.from(times, (ms) => Math.max(0, Math.round(ms ?? 0)) || 0).join(",");
}

function isAtWork(now) {
  return document.visibilityState === "visible" && document.hasFocus() && now - lastAct < IDLE;
}

function count() {
  const now = performance.now();
  const index = steps().indexOf(currentSpot()?.closest(".step"));
  if (index >= 0 && isAtWork(now)) times[index] = (times[index] ?? 0) + Math.min(now - lastTick, 2 * TICK);
  lastTick = now;
}

async function tick() {
  if (!page()) return;
  count();
  show();
  const now = performance.now();
  if (now - lastContact >= (isOpened ? BEAT : FIRST_BEAT) && isAtWork(now)) await beat();
}

async function beat() {
  lastContact = performance.now();
  const main = page();
  const { status, json } = await postForm(main.dataset.beat, { times: timesSoFar() });
  if (main !== page()) return;
  if (status === 200 && json.version !== null) held(json);
  if (status === 200 || json?.code) learned(json);
}

// The window is in front again: another one may have been at work meanwhile.
function back() {
  if (!page() || document.visibilityState !== "visible" || performance.now() - lastContact < TICK) return;
  act();
  beat();
}

// An answer of the server: {until, seconds}; `until` is null when somebody else has the solution.
export function held({ until: moment, seconds }) {
  lastContact = performance.now();
  isOpened = true;
  until = moment === null ? -1 : lastContact + seconds * 1000;
  show();
}

function show() {
  const line = page()?.querySelector(".hold");
  if (!line) return;
  const text = sentence();
  if (line.textContent !== text) line.textContent = text;
}

function sentence() {
  if (until === 0) return "";
  if (until < 0) return "Somebody else has this solution too now. Submit all the same: every opinion is kept.";
  const seconds = (until - performance.now()) / 1000;
  if (seconds <= 0) return "Your time for this solution is over; somebody else may get it. Submit all the same.";
  if (seconds > WARN_SECONDS) return `Yours until ${new Date(Date.now() + seconds * 1000).toTimeString().slice(0, 5)}`;
  const minutes = Math.ceil(seconds / 60);
  return `Yours for ${minutes} more minute${minutes === 1 ? "" : "s"}`;
}

setInterval(tick, TICK);
document.addEventListener("visibilitychange", back);
window.addEventListener("focus", back);
