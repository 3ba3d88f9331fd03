// A solution that grows: the server says what it goes on with, and sends the next step along with the answer to the
// save of the last rating. Until then a placeholder is the current spot, so that no key meant for it goes elsewhere.

import { drawHints } from "./keys.js";
import { currentSpot, canRate, form, goTo, goToOpen, page, refresh, spotNamed } from "./page.js";
import { learn } from "./rating.js";
import {
  WRITTEN, forgetTurn, grows, hasWay, isTurning, list, offerUse, ownText, pathSoFar, placeholder, ratingsOf, sayOutlook,
  spotsOf, steps, waysOf,
} from "./turning.js";
import * as turning from "./turning.js";

let saver = null;

// The step whose successor the page waits for.
export const dueStep = () => (grows() && list().querySelector(".due") ? steps().length - 1 : null);

export function begin(keeper) {
  saver = keeper;
  if (!grows()) return;
  recover();
  turning.begin(keeper);
  expectNext();
}

// A rating was made: is the next step due?
export function rated() {
  if (grows()) expectNext();
}

function expectNext() {
  for (const step of steps()) step.classList.toggle("is-rated", !ratingsOf(step).includes(""));
  const last = steps().at(-1);
  const due = list().querySelector(".due");
  const isDue = page().dataset.reason === "open" && !last.matches(".decided") && (hasWay(last) || isWriting());
  if (isDue && !due) list().append(placeholder());
  if (!isDue && due) leave(due);
  sayOutlook();
}

// Whether a step of the labeler's own is not on the server yet.
const isWriting = () => [...saver.marks.keys()].some((name) => name.startsWith("written-"));

function leave(due) {
  const isHere = due.contains(currentSpot());
  due.remove();
  if (isHere) goToOpen();
}

// What the server says of the way: {path, reason}, and where the page knew another one {since, html}.
export function take(said) {
  if (!grows() || said.path === undefined) return;
  const due = list().querySelector(".due");
  const wasHere = due?.contains(currentSpot()) ?? false;
  const parting = partingOf(waysOf(pathSoFar()), waysOf(said.path));
  due?.remove();
  Object.assign(page().dataset, { path: said.path, reason: said.reason });
  if (said.since !== undefined) replaceSteps(said.since, said.html, parting);
  markWay(waysOf(said.path));
  expectNext();
  refresh();
  if (wasHere && spotNamed("due")) goTo(spotNamed("due"));
  else if (wasHere || !currentSpot()) goToNext();
}

// What a whole page says of it.
export function takePage(fresh) {
  const { path, reason } = fresh.dataset;
  if (path === undefined || path === pathSoFar()) return;
  const since = partingOf(waysOf(pathSoFar()), waysOf(path));
  const html = [...fresh.querySelectorAll(".step")].slice(since).map((step) => step.outerHTML).join("");
  take({ path, reason, since, html });
}

// The first step that two ways do not share.
function partingOf(one, other) {
  const parting = one.findIndex((way, index) => way !== other[index]);
  return (parting < 0 ? one.length : parting) + 1;
}

function replaceSteps(since, html, parting) {
  const texts = steps().slice(since).filter(isWritten).map((step) => [ownText(step).name, ownText(step).value]);
  for (const step of steps().slice(since)) step.remove();
  list().append(...new DOMParser().parseFromString(html, "text/html").body.children);
  for (const step of steps().slice(since)) {
    learn(spotsOf(step));
    drawHints(step);
  }
  for (const [name, text] of texts) putBack(name, text, stepOf(name) < parting);
  document.dispatchEvent(new CustomEvent("stepmark:grown"));
}

const stepOf = (name) => Number(name.split("-")[1]);

function isWritten(step) {
  const area = ownText(step);
  return area && area.value.trim() && area.value.trim() !== area.defaultValue.trim();
}

// What was typed and not used is not lost with its step.
function putBack(name, text, isSameWay) {
  const area = form().querySelector(`textarea[name="${name}"]`); // the spot around it has the name as well
  if (area && isSameWay) area.value = text;
  else tellText(name, text);
}

function tellText(name, text) {
  const note = document.createElement("p");
  note.className = "notice";
  note.textContent = `The solution went another way. You had written: ${text.trim()} `;
  const away = document.createElement("button");
  Object.assign(away, { type: "button", className: "button small", textContent: "I do not need it" });
  away.addEventListener("click", () => {
    note.remove();
    saver.typing(name, "");
    goTo(currentSpot());
  });
  note.append(away);
  list().before(note);
}

function markWay(path) {
  steps().forEach((step, index) => {
    step.classList.toggle("decided", index < path.length);
    if (!isTurning(step)) forgetTurn(step, index < path.length);
    for (const candidate of step.querySelectorAll(".candidate")) {
      const radio = candidate.querySelector(".goes-on input");
      const way = radio.value === "written" ? WRITTEN : radio.value;
      radio.checked = path[index] === way;
      candidate.classList.toggle("chosen", radio.checked);
    }
    offerUse(step);
  });
}

// Who is writing goes on writing; rating keys that are on their way never end up in a text.
function goToNext() {
  goToOpen();
  const step = currentSpot().closest(".step");
  const isWriting = waysOf(pathSoFar()).at(-1) === WRITTEN;
  if (isWriting && !step.matches(".decided") && !spotsOf(step).some(canRate)) ownText(step).focus();
}

// What a window that was closed too early had kept.
function recover() {
  const used = [...saver.marks].map(([name, { rating }]) => [name, rating]);
  for (const [name, text] of [...used, ...saver.typed]) {
    if (/^written-/.test(name)) putBack(name, text, true);
  }
}
