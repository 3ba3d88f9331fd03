// Rating and undoing; and what to do when two windows on one solution say different things.

import { drawHints } from "./keys.js";
import {
  announce, canRate, currentSpot, goTo, isSame, isUnsure, markOf, openSpot, page, reachable, refresh, setMark, spotNamed,
  spots, valueOf,
} from "./page.js";

let known = new Map(); // name of a spot -> its mark before the latest act
let undoable = [];
let keep = () => {};

export function begin(save) {
  keep = save;
  known = new Map(spots().map((spot) => [spot.id, markOf(spot)]));
  undoable = spots().filter((spot) => valueOf(spot)).map((spot) => [spot.id, { rating: "", unsure: false }]);
}

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
  if (isNew) undoable.push([spot.id, before]);
  if (isNew || isContested(spot)) store(spot);
}

function store(spot) {
  known.set(spot.id, markOf(spot));
  refresh();
  announce(`${titleOf(spot)}: ${wordOf(markOf(spot))}`);
  keep(spot.id, markOf(spot));
}

export function undo() {
  const last = undoable.pop();
  if (!last) return;
  const spot = spotNamed(last[0]);
  if (!spot) return undo(); // it was on another way
  setMark(spot, last[1]);
  store(spot);
  goTo(spot);
}

// Something else than an act at this page has set a mark: another window, or what was kept from before.
function takeOver(name, mark) {
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

export function contest(theirs, mine, keep) {
  for (const [name, mark] of Object.entries(theirs)) {
    const spot = spotNamed(name);
    if (spot) ask(spot, mark, mine[name] ?? markOf(spot), keep);
  }
  const first = spotNamed(Object.keys(theirs)[0]);
  if (first) goTo(first);
}

function ask(spot, theirs, mine, keep) {
  settle(spot);
  const box = document.createElement("p");
  box.className = "contest";
  box.setAttribute("role", "alert");
  box.append(
    `Another window says ${wordOf(theirs)}, this one ${wordOf(mine)}. `,
    button(`Keep ${wordOf(mine)}`, keyFor(mine, theirs), () => keep(spot.id, mine)),
    button(`Take ${wordOf(theirs)}`, keyFor(theirs, mine), () => takeOver(spot.id, theirs)),
  );
  spot.querySelector(".ratings").after(box);
  drawHints(box);
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
    const spot = made.closest(".spot");
    choose();
    settle(spot);
    goTo(spot);
  });
  return made;
}

export const contestedSpot = () => spots().find(isContested);

// Whoever rates the spot again has decided.
export function settle(spot) {
  spot.querySelector(".contest")?.remove();
}
