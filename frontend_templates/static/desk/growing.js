// A solution that grows: the server says what it goes on with, and sends the next step along with the answer to the
// save of the last rating. Until then a placeholder is the current spot, so that no key meant for it goes elsewhere.

import { drawHints } from "./keys.js";
import {
  canRate, currentSpot, form, goTo, goToOpen, mayWrite, openSpot, page, refresh, sayVerdict, spotNamed, valueOf,
} from "./page.js";
import { learn, remember } from "./rating.js";

const grows = () => page()?.matches(".grows") ?? false;
const list = () => page().querySelector(".steps");
const steps = () => [...list().querySelectorAll(".step:not(.due)")];
const spotsOf = (step) => [...step.querySelectorAll(".spot")];
const ratingsOf = (step) => spotsOf(step).filter(canRate).map(valueOf);
const radioOf = (spot) => spot.closest(".candidate")?.querySelector(".goes-on input");
const ownText = (step) => step.querySelector("textarea");

const WRITTEN = "-1"; // in a way: a step of the labeler's own
const LOT = "written"; // as a choice, and without a text: the lot chooses

let saver = null;

export const pathSoFar = () => page().dataset.path ?? "";

// The step whose successor the page waits for.
export const dueStep = () => (grows() && list().querySelector(".due") ? steps().length - 1 : null);

export function begin(keeper) {
  saver = keeper;
  if (!grows()) return;
  recover();
  steps().forEach(offerUse);
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

function sayOutlook() {
  if (!grows()) return;
  const open = openSpot();
  if (!open) sayVerdict(page().dataset.reason);
  else if (open.matches("#due")) sayVerdict("due");
  else if (canRate(open)) sayVerdict("open");
  else sayVerdict(partingAt(open) ? "turn" : "write");
}

// Whether a step of the labeler's own is not on the server yet.
const isWriting = () => [...saver.marks.keys()].some((name) => name.startsWith("written-"));

// Whether the step has what the solution can go on with.
function hasWay(step) {
  const ratings = ratingsOf(step);
  return ratings.length > 0 && !ratings.includes("") && ratings.some((rating) => rating !== "-1");
}

function placeholder() {
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

const waysOf = (path) => (path ? path.split(",") : []);

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
const isTurning = (step) => [radioNameOf(step), ownText(step).name].some((name) => saver.marks.has(name));

// The server has said how the step goes on, if it is decided.
function forgetTurn(step, isDecided) {
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
function offerUse(step) {
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

// What a window that was closed too early had kept.
function recover() {
  const used = [...saver.marks].map(([name, { rating }]) => [name, rating]);
  for (const [name, text] of [...used, ...saver.typed]) {
    if (/^written-/.test(name)) putBack(name, text, true);
  }
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
