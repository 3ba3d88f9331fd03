// Rating and undoing; and what to do when two windows on one solution say different things.

import { drawHints } from "./keys.js";
import {
  announce, canRate, currentSpot, form, goTo, isSame, isUnsure, markOf, openSpot, page, reachable, refresh, setMark,
  spotNamed, spots, valueOf,
} from "./page.js";

let known = new Map(); // name of a spot -> its mark before the latest act
let acts = []; // in order; each takes itself back, or returns false where nothing of it is left
let keep = () => {};

// `turnAt` knows of acts beside the ratings that a stored solution shows.
export function begin(save, turnAt) {
  keep = save;
  known = new Map(spots().map((spot) => [spot.id, markOf(spot)]));
  acts = spots().map((spot) => (valueOf(spot) ? unrating(spot.id, NO_MARK) : turnAt(spot))).filter(Boolean);
}

export const remember = (act) => acts.push(act);

// Spots that came into the page later.
export function learn(more) {
  for (const spot of more) known.set(spot.id, markOf(spot));
}

export function rate(rating) {
  const spot = currentSpot();
  if (!spot || spot.disabled || !canRate(spot)) return;
  setMark(spot, { rating, unsure: isUnsure(spot) });
  changed(spot);
  goOn(spot);
}

export function toggleUnsure() {
  const spot = currentSpot();
  const box = spot?.querySelector(".unsure input");
  if (!box || spot.disabled) return;
  box.checked = !box.checked;
  changed(spot);
}

export function put(spot, mark) {
  setMark(spot, mark);
  changed(spot);
  goOn(spot);
}

// A radio or box of this spot was changed by hand.
export function touched(spot, goesOn) {
  changed(spot);
  if (goesOn) goOn(spot);
}

function goOn(spot) {
  if (page().matches(".grows")) return goTo(openSpot() ?? spot);
  const all = reachable();
  goTo(all[Math.min(all.indexOf(spot) + 1, all.length - 1)]);
}

function changed(spot) {
  const before = known.get(spot.id);
  const isNew = !isSame(before, markOf(spot));
  if (isNew) remember(unrating(spot.id, before));
  if (isNew || isContested(spot)) store(spot);
}

function store(spot) {
  known.set(spot.id, markOf(spot));
  refresh();
  announce(`${titleOf(spot)}: ${wordOf(markOf(spot))}`);
  keep(spot.id, markOf(spot));
}

const NO_MARK = { rating: "", unsure: false };

const unrating = (name, before) => () => {
  const spot = spotNamed(name);
  if (!spot) return false; // it was on another way
  setMark(spot, before);
  store(spot);
  goTo(spot);
  return true;
};

export function undo() {
  while (acts.length && !acts.pop()());
}

// Something else than an act at this page has set a mark: another window, or what was kept from before.
export function takeOver(name, mark) {
  const spot = spotNamed(name);
  if (!spot) return;
  setMark(spot, mark);
  known.set(name, mark);
  refresh();
}

// --- two windows ----------------------------------------------------------------------------------------

const WORDS = { "-1": "Negative", 0: "Neutral", 1: "Positive", "": "not rated" };
const KEYS = { "-1": "negative", 0: "neutral", 1: "positive" }; // the action that says so too
const titleOf = (spot) => spot.querySelector("legend").firstChild.textContent;
const isContested = (spot) => spot.querySelector(".contest") !== null;
const wordOf = ({ rating, unsure }) => WORDS[rating] + (unsure ? ", unsure" : "");

// Marks that another window stored meanwhile, about which this one has nothing to say.
export function takeOthers(others) {
  for (const [name, mark] of Object.entries(others)) takeOver(name, mark);
}

// The solution as the server has it now; null when it is no longer to be rated.
export async function lookAgain() {
  try {
    const response = await fetch(window.location.href);
    return new DOMParser().parseFromString(await response.text(), "text/html").querySelector("main.desk");
  } catch {
    return null;
  }
}

// Every rating in there that differs from the one here.
export function differences(fresh) {
  const marks = [...fresh.querySelectorAll(".spot")].filter(canRate).map((spot) => [spot.id, markOf(spot)]);
  return Object.fromEntries(marks.filter(([name, mark]) => spotNamed(name) && !isSame(markOf(spotNamed(name)), mark)));
}

// Asks about everything that is contested, name -> {mine, theirs}: at the spot, or above the solution where the spot
// is on another way or out of reach. `decide` has keep(name, mine) and take(name, theirs).
export function contest(contested, decide) {
  for (const box of boxes()) if (!contested.has(box.dataset.name) || isMisplaced(box)) box.remove();
  for (const [name, { mine, theirs }] of contested) {
    const text = `Another window says ${wordOf(theirs)}, this one ${wordOf(mine)}. `;
    const box = boxes().find((one) => one.dataset.name === name);
    if (box?.dataset.text === text) continue;
    box?.remove();
    ask(name, text, mine, theirs, decide);
  }
}

const boxes = () => [...page().querySelectorAll(".contest")];
const spotInReach = (name) => reachable().find((spot) => spot.id === name);
const isMisplaced = (box) => box.closest(".spot") !== (spotInReach(box.dataset.name) ?? null);

function ask(name, text, mine, theirs, decide) {
  const box = document.createElement("p");
  box.className = "contest";
  box.setAttribute("role", "alert");
  Object.assign(box.dataset, { name, text });
  const spot = spotInReach(name);
  box.append(
    spot ? text : `${placeOf(name)}: ${text}`,
    button(`Keep ${wordOf(mine)}`, spot ? keyFor(mine, theirs) : "", () => decide.keep(name, mine)),
    button(`Take ${wordOf(theirs)}`, spot ? keyFor(theirs, mine) : "", () => decide.take(name, theirs)),
  );
  if (spot) spot.querySelector(".ratings").after(box);
  else form().querySelector(".steps").before(box);
  drawHints(box);
}

function placeOf(name) {
  return spotNamed(name) ? titleOf(spotNamed(name)) : `Step ${Number(name.split("-")[1]) + 1}, on another way`;
}

// The keys that rate decide as well, where the ratings differ.
function keyFor({ rating }, other) {
  if (rating === other.rating || !(rating in KEYS)) return "";
  const hint = document.createElement("kbd");
  hint.dataset.action = KEYS[rating];
  hint.setAttribute("aria-hidden", "true");
  return hint;
}

function button(text, hint, choose) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button small";
  made.append(text, hint);
  made.addEventListener("click", () => {
    const spot = made.closest(".spot") ?? currentSpot();
    choose();
    if (spot) goTo(spot);
  });
  return made;
}

// Leads to what is to be decided first; false when there is nothing.
export function goToContest() {
  const box = boxes()[0];
  const spot = box?.closest(".spot");
  if (spot) goTo(spot);
  else box?.querySelector("button").focus();
  return box !== undefined;
}
