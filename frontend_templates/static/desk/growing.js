// A solution that grows: the server says what it goes on with, and sends the next step along with the answer to the
// save of the last rating. Until then a placeholder is the current spot, so that no key meant for it goes elsewhere.

import { drawHints } from "./keys.js";
import { canRate, currentSpot, form, goTo, goToOpen, mayWrite, page, refresh, spotNamed, valueOf } from "./page.js";
import { learn } from "./rating.js";

const grows = () => page()?.matches(".grows") ?? false;
const list = () => page().querySelector(".steps");
const steps = () => [...list().querySelectorAll(".step:not(.due)")];
const spotsOf = (step) => [...step.querySelectorAll(".spot")];
const ratingsOf = (step) => spotsOf(step).filter(canRate).map(valueOf);
const radioOf = (spot) => spot.closest(".candidate")?.querySelector(".goes-on input");
const ownText = (step) => step.querySelector("textarea");

let saver = null;

export const pathSoFar = () => page().dataset.path ?? "";

// The step whose successor the page waits for.
export const dueStep = () => (grows() && list().querySelector(".due") ? steps().length - 1 : null);

export function begin(keeper) {
  saver = keeper;
  if (!grows()) return;
  recover();
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
    for (const candidate of step.querySelectorAll(".candidate")) {
      const radio = candidate.querySelector(".goes-on input");
      const way = radio.value === "written" ? "-1" : radio.value;
      radio.checked = path[index] === way;
      candidate.classList.toggle("chosen", radio.checked);
    }
  });
}

function goToNext() {
  goToOpen();
  const spot = currentSpot();
  const step = spot.closest(".step");
  if (!step.matches(".decided") && spot.matches(".written") && !spotsOf(step).some(canRate)) ownText(step).focus();
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
  const here = currentSpot()?.closest(".step");
  const step = here?.matches(".decided") ? here : steps().filter((one) => one.matches(".decided")).at(-1);
  if (!step) return null;
  const ways = spotsOf(step).filter(mayGoOn).map(radioOf);
  return ways[(ways.findIndex((radio) => radio.checked) + 1) % ways.length] ?? null;
}

// A radio of the page says what the solution goes on with.
export function chosen(radio) {
  if (radio.value === "written") use(radio.closest(".step"));
  else saver.save(radio.name, { rating: radio.value, unsure: false });
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
  show(step, text);
  list().querySelector(".due") ?? list().append(placeholder());
  goTo(spotNamed("due"));
  saver.save(ownText(step).name, { rating: text, unsure: false });
}

function show(step, text) {
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
  else if (event.key === "Escape") goTo(event.target.closest(".spot"));
});
