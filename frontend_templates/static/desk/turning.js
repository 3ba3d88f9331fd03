// What a labeler does to a solution that grows besides rating: going on from another completion, writing a step, and
// taking that back; and what there is to do.

import { drawHints } from "./keys.js";
import { canRate, currentSpot, goTo, mayWrite, openSpot, page, spotNamed, valueOf } from "./page.js";
import { remember } from "./rating.js";

export const grows = () => page()?.matches(".grows") ?? false;
export const list = () => page().querySelector(".steps");
export const steps = () => [...list().querySelectorAll(".step:not(.due)")];
export const spotsOf = (step) => [...step.querySelectorAll(".spot")];
export const ratingsOf = (step) => spotsOf(step).filter(canRate).map(valueOf);
const radioOf = (spot) => spot.closest(".candidate")?.querySelector(".goes-on input");
// The steps for which nothing is offered here: what comes too late for the labeler does not count.
export const aloneSteps = () => grows() ? [...steps().keys()].filter((index) => !steps()[index].querySelector("[type=radio][name^=step]")).join() : "";
export const ownText = (step) => step.querySelector("textarea");

export const WRITTEN = "-1"; // in a way: a step of the labeler's own
const LOT = "written"; // as a choice, and without a text: the lot chooses

export const pathSoFar = () => page().dataset.path ?? "";

export const waysOf = (path) => (path ? path.split(",") : []);

let saver = null;

export function begin(keeper) {
  saver = keeper;
  if (grows()) steps().forEach(offerUse);
}

// Whether the step has what the solution can go on with.
export function hasWay(step) {
  const ratings = ratingsOf(step);
  return ratings.length > 0 && !ratings.includes("") && ratings.some((rating) => rating !== "-1");
}

export function placeholder() {
  const step = document.createElement("li");
  step.className = "step due";
  const spot = document.createElement("fieldset");
  Object.assign(spot, { className: "spot", id: "due", tabIndex: -1 });
  const legend = document.createElement("legend");
  legend.textContent = "The next step is on its way …";
  spot.append(legend);
  step.append(spot);
  return step;
}

// --- what there is to do ------------------------------------------------------------------------------------

export function sayOutlook() {
  if (!grows()) return;
  const open = openSpot();
  if (!open) sayVerdict(page().dataset.reason);
  else if (open.matches("#due")) sayVerdict("due");
  else if (canRate(open)) sayVerdict("open");
  else sayVerdict(partingAt(open) ? "turn" : "write");
}

// What there is to do, by its name in the page; {write} stands for the key of that action.
function sayVerdict(name) {
  const line = page().querySelector(".verdict [data-open]");
  const said = document.createElement("span");
  said.append(...line.dataset[name].split(/\{(\w+)\}/).map((part, index) => (index % 2 ? sign(part) : part)));
  drawHints(said);
  if (said.textContent !== line.textContent) line.replaceChildren(...said.childNodes);
}

function sign(action) {
  const made = document.createElement("kbd");
  made.dataset.action = action;
  return made;
}

// --- choosing and writing -----------------------------------------------------------------------------------

// The key: go on from the current completion; from a step that is not decided yet, from another one of the step before.
export function choose() {
  if (!grows()) return;
  const radio = mayGoOn(currentSpot()) && !radioOf(currentSpot()).checked ? radioOf(currentSpot()) : another();
  if (!radio) return;
  radio.checked = true;
  chosen(radio);
}

const mayGoOn = (spot) => spot && canRate(spot) && hasWay(spot.closest(".step")) && valueOf(spot) !== "-1";

function another() {
  const step = partingAt(currentSpot());
  if (!step) return null;
  const ways = waysFrom(step);
  return ways[(ways.findIndex((radio) => radio.checked) + 1) % ways.length] ?? null;
}

const waysFrom = (step) => spotsOf(step).filter(mayGoOn).map(radioOf);

// The step of this spot, else the last one before it, that could have gone on differently.
function partingAt(spot) {
  const all = [...list().children];
  const before = all.slice(0, all.indexOf(spot?.closest(".step")) + 1).filter((step) => step.matches(".decided"));
  return before.filter((step) => waysFrom(step).some((radio) => !radio.checked)).at(-1);
}

// A radio of the page says what the solution goes on with.
export function chosen(radio) {
  const step = radio.closest(".step");
  if (radio.value === "written") return use(step);
  note(step, radio.value);
  turn(step, radio.name, radio.value);
}

// The later of two turns at a step is the one that counts.
function turn(step, name, value) {
  for (const other of [radioNameOf(step), ownText(step).name]) if (other !== name) saver.marks.delete(other);
  saver.save(name, { rating: value, unsure: false });
}

const radioNameOf = (step) => step.querySelector(".goes-on input").name;

// --- taking it back -----------------------------------------------------------------------------------------

const rootOf = (step) => waysOf(pathSoFar()).slice(0, steps().indexOf(step)).join();
const wayOf = (step) => step.dataset.way ?? waysOf(pathSoFar())[steps().indexOf(step)] ?? "";
const usedText = (step) => step.dataset.used ?? ownText(step).defaultValue.trim();

// Keeps what this step went on with until now, for `undo`.
function note(step, way) {
  const [index, root] = [steps().indexOf(step), rootOf(step)];
  const before = { way: wayOf(step), text: usedText(step), isTurned: step.matches(".turned") };
  step.dataset.way = way;
  step.classList.add("turned");
  remember(() => turnBack(steps()[index], root, before));
}

// For `undo`: what the labeler had chosen or written here before this page was opened.
export function turnAt(spot) {
  const step = spot.closest(".step");
  if (!spot.matches(".written") || !step.matches(".turned")) return null;
  const [index, root] = [steps().indexOf(step), rootOf(step)];
  return () => turnBack(steps()[index], root, { way: "", text: "", isTurned: false });
}

// Whether the server has yet to hear of a turn here.
export const isTurning = (step) => [radioNameOf(step), ownText(step).name].some((name) => saver.marks.has(name));

// The server has said how the step goes on, if it is decided.
export function forgetTurn(step, isDecided) {
  if (!isDecided) step.classList.remove("turned");
  delete step.dataset.way;
}

function turnBack(step, root, { way, text, isTurned }) {
  if (!step || rootOf(step) !== root || !step.matches(".turned")) return false;
  const area = ownText(step);
  const wasWritten = wayOf(step) === WRITTEN;
  step.dataset.way = way;
  step.classList.toggle("turned", isTurned);
  if (isTurned && way === WRITTEN) show(step, text);
  if (isTurned && way === WRITTEN) turn(step, area.name, text);
  else turn(step, radioNameOf(step), isTurned ? way : LOT);
  if (wasWritten) saver.typing(area.name, area.value); // what was written is not lost
  if (wasWritten) goTo(area.closest(".spot"));
  return true;
}

export function write() {
  if (!grows()) return;
  const here = currentSpot()?.closest(".step");
  const step = [here, ...steps().reverse()].find((one) => one && !one.matches(".due") && mayWrite(one));
  if (!step) return;
  goTo(step.querySelector(".written"));
  ownText(step).focus();
}

function use(step) {
  const text = ownText(step).value.trim();
  if (!text) return ownText(step).focus();
  if (wayOf(step) !== WRITTEN || text !== usedText(step)) note(step, WRITTEN);
  show(step, text);
  list().querySelector(".due") ?? list().append(placeholder());
  goTo(spotNamed("due"));
  turn(step, ownText(step).name, text);
}

// Where the step goes on with this text already there is nothing to press.
export function offerUse(step) {
  const isUsed = step.querySelector(".own-words.chosen") && ownText(step).value.trim() === usedText(step);
  step.querySelector(".use").hidden = Boolean(isUsed);
}

function show(step, text) {
  step.dataset.used = text;
  const shown = step.querySelector(".written .text");
  const fresh = shown.cloneNode(false); // the old one may hold formulas
  delete fresh.dataset.rendered;
  fresh.textContent = text;
  shown.replaceWith(fresh);
  document.dispatchEvent(new CustomEvent("stepmark:grown"));
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.(".use");
  if (button) use(button.closest(".step"));
});
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(".own-text textarea")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) use(event.target.closest(".step"));
  else if (event.key === "Escape") leaveText(event);
});
document.addEventListener("input", ({ target }) => {
  if (target.matches(".own-text textarea")) offerUse(target.closest(".step"));
});
document.addEventListener("stepmark:rated", sayOutlook);

function leaveText(event) {
  event.preventDefault();
  goTo(event.target.closest(".spot"));
}
