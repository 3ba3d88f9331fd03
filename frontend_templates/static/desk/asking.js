// What a model writes while the labeler is here: the next step, or alternatives for the first error. The page asks for
// it until it is there; meanwhile a next step can be written by hand, and after a while one may submit without.

import { take } from "./growing.js";
import { postForm } from "./http.js";
import { drawHints } from "./keys.js";
import { announce, currentSpot, goToOpen, ownSpots, page, refresh, valueOf } from "./page.js";
import { learn } from "./rating.js";
import { grows, ownText, pathSoFar, steps } from "./turning.js";

const EVERY = 1000; // ms
const PATIENCE = 12; // questions after which one may submit without

let saver = null;
let timer = 0;
let asked = 0; // how often for the step at hand
let place = ""; // that step

export function begin(keeper) {
  saver = keeper;
  goOnFrom("");
  look();
}

function goOnFrom(here) {
  clearTimeout(timer);
  [timer, asked, place] = [0, 0, here];
}

// Is something awaited here? Called whenever something was rated or saved.
export function look() {
  const step = page()?.dataset.ask ? awaitedStep() : null;
  for (const note of page()?.querySelectorAll(".awaited.alternatives") ?? []) if (note.parentNode !== step) note.remove();
  const here = step ? `${pathSoFar()}:${steps().indexOf(step)}` : "";
  if (here !== place) goOnFrom(here);
  if (!step) return;
  if (!grows()) noteIn(step);
  if (!timer && saver.isIdle) ask();
}

// Something has come after all, says the server, of what was given up.
export function again() {
  for (const step of steps()) delete step.dataset.asked;
  look();
}

const awaitedStep = () => (grows() ? openStep() : errorStep());

function openStep() {
  const last = steps().at(-1);
  return last?.querySelector(".awaited:not(.over)") ? last : null;
}

// The step with the first error, while it has no alternatives and may get some.
function errorStep() {
  if (page().dataset.alternatives === undefined) return null;
  const step = ownSpots().find((spot) => valueOf(spot) === "-1")?.closest(".step");
  return step && !step.querySelector(".spot.alternative") && step.dataset.asked !== "over" ? step : null;
}

function noteIn(step) {
  if (step.querySelector(".awaited")) return;
  const note = document.createElement("p");
  note.className = "awaited alternatives holds";
  note.textContent = "A model writes alternatives for this step …";
  step.append(note);
  refresh();
}

async function ask() {
  timer = -1;
  const [mine, here] = [saver, page()];
  const { status, json } = await postForm(here.dataset.ask, { path: pathSoFar() }, "waits");
  if (saver !== mine || page() !== here) return;
  asked += 1;
  if (status === 200 && saver.isIdle) heard(json);
  if (asked > PATIENCE) letGo();
  timer = setTimeout(() => { timer = 0; look(); }, asked > PATIENCE ? 3 * EVERY : EVERY);
}

function heard(json) {
  if (grows()) {
    if (json.html !== undefined && !isWriting()) take(json);
  } else if (json.html.trim()) {
    put(json);
  } else if (!json.waits && json.step !== null) {
    steps()[json.step].dataset.asked = "over";
    look();
    refresh();
  }
}

// Who is writing the step is not disturbed; what came shows when they leave the text.
function isWriting() {
  const area = ownText(steps().at(-1));
  return document.activeElement === area && area.value.trim() !== "";
}

function put({ step: index, html }) {
  const step = steps()[index];
  if (step !== errorStep()) return;
  const wasHere = step.contains(currentSpot());
  step.querySelector(".awaited")?.remove();
  step.append(...new DOMParser().parseFromString(html, "text/html").body.children);
  learn(step.querySelectorAll(".spot.alternative"));
  drawHints(step);
  document.dispatchEvent(new CustomEvent("stepmark:grown"));
  refresh();
  announce("There are alternatives to rate.");
  if (wasHere) goToOpen();
}

// It takes too long: nobody has to wait for it.
function letGo() {
  for (const note of page().querySelectorAll(".awaited.holds")) {
    note.classList.remove("holds");
    note.textContent = "The model has not answered yet; you may submit without alternatives.";
  }
  refresh();
}

document.addEventListener("stepmark:rated", () => { if (saver) queueMicrotask(look); });
