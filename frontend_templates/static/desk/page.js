// The desk as it is in the page: what can be rated, what is rated, where we are. A "spot" is a fieldset that takes
// one rating: a step of the solution, or an alternative for the step with the first error. Which spots show, rest
// or are greyed follows in app.css from their radios, and from what `refresh` says of their steps.

export const page = () => document.querySelector("main.desk");
export const form = () => page().querySelector("form");
export const ownSpots = () => [...page().querySelectorAll(".spot.own")];
export const spots = () => [...page().querySelectorAll(".spot")];
export const currentSpot = () => page().querySelector(".spot[aria-current]");
export const spotNamed = (name) => document.getElementById(name);

const has = (rule) => page().classList.contains(rule);
const checked = (spot) => spot.querySelector("[type=radio]:checked");
const unsureBox = (spot) => spot.querySelector(".unsure input");
const alternatives = (spot) => [...spot.closest(".step").querySelectorAll(".spot.alternative")];

export const valueOf = (spot) => checked(spot)?.value ?? "";
const isRated = (spot) => checked(spot) !== null || (spot.matches(".written") && !isNeeded(spot));
export const canRate = (spot) => spot.querySelector("[type=radio]") !== null;
export const isUnsure = (spot) => unsureBox(spot)?.checked ?? false;
export const markOf = (spot) => ({ rating: valueOf(spot), unsure: isUnsure(spot) });
export const isSame = (one, other) => one.rating === other.rating && one.unsure === other.unsure;

export function setMark(spot, { rating, unsure }) {
  for (const input of spot.querySelectorAll("[type=radio]")) input.checked = input.value === rating;
  if (unsureBox(spot)) unsureBox(spot).checked = unsure;
}

// What was rated by hand before the desk was ready for it, as [spot, mark]; the page has its stored ratings again.
export function ratedBefore() {
  const isOther = (input) => input.checked !== input.defaultChecked;
  const early = spots().filter((spot) => [...spot.querySelectorAll("[type=radio][name^=step], .unsure input")].some(isOther));
  return early.map((spot) => {
    const mark = markOf(spot);
    for (const input of spot.querySelectorAll("input")) input.checked = input.defaultChecked;
    return [spot, mark];
  });
}

// Where the solution grows: whether a step may, and whether it must, be written by the labeler.
export const mayWrite = (step) => ratingsOf(step).every((rating) => rating && rating !== "1");
const isNeeded = (spot) => {
  const step = spot.closest(".step");
  return !step.classList.contains("decided") && ratingsOf(step).every((rating) => rating === "-1");
};
const ratingsOf = (step) => [...step.querySelectorAll(".spot")].filter(canRate).map(valueOf);

// The spots that may be rated now, in reading order.
export function reachable() {
  if (has("grows")) return spots().filter((spot) => !spot.matches(".written") || mayWrite(spot.closest(".step")));
  const found = [];
  let error = false;
  for (const own of ownSpots()) {
    found.push(own);
    if (valueOf(own) === "-1" && !error) {
      found.push(...alternatives(own));
      error = true;
      if (has("stops")) break;
    }
    if (!isRated(own) && !has("reveals-all")) break;
  }
  return found;
}

export const openSpot = () => reachable().find((spot) => !isRated(spot));

// "open" while something is to be rated, "asking" while alternatives are written for the first error, else how PRM800K calls the end.
export function finishReason() {
  if (openSpot()) return "open";
  if (has("grows")) return page().dataset.reason;
  const error = reachable().find((spot) => spot.matches(".own") && valueOf(spot) === "-1");
  if (error?.closest(".step").querySelector(".awaited.holds")) return "asking";
  return error ? "found_error" : "solution";
}

export function markCurrent(spot) {
  currentSpot()?.removeAttribute("aria-current");
  spot.setAttribute("aria-current", "step");
}

export function goTo(spot) {
  markCurrent(spot);
  spot.focus({ preventScroll: true });
  spot.scrollIntoView({ block: "nearest" });
  isWatched = true;
}

export function move(by) {
  const all = reachable();
  const index = all.indexOf(currentSpot()) + by;
  if (index >= 0 && index < all.length) goTo(all[index]);
}

export function goToOpen() {
  goTo(openSpot() ?? [...page().querySelectorAll(".chosen .spot")].at(-1) ?? reachable().at(-1));
}

// Brings what depends on the ratings up to date.
export function refresh() {
  const open = new Set(reachable());
  for (const spot of spots()) spot.disabled = !open.has(spot);
  for (const own of ownSpots()) markStep(own.closest(".step"), valueOf(own));
  const reason = finishReason();
  const verdict = page().querySelector(".verdict [data-open]");
  if (!has("grows") && verdict.textContent !== verdict.dataset[reason]) verdict.textContent = verdict.dataset[reason];
  page().querySelector(".submit").disabled = ["open", "asking"].includes(reason);
  document.dispatchEvent(new CustomEvent("stepmark:rated"));
  lookAhead();
}

// The step that is revealed next is laid out ahead, unseen, once what a key did is painted: its formulas take longer
// than all else of a key.
function lookAhead() {
  requestAnimationFrame(() => setTimeout(() => {
    const next = page()?.querySelector(".reveals-one .step:not(.is-rated) + .step");
    const before = page()?.querySelector(".step.is-next");
    if (next === before) return;
    before?.classList.remove("is-next");
    next?.classList.add("is-next");
  }));
}

function markStep({ classList }, rating) {
  classList.toggle("is-rated", rating !== "");
  classList.toggle("is-wrong", rating === "-1");
}

// What screen readers hear beside the step that gets the focus.
export function announce(text) {
  const line = document.getElementById("heard");
  if (line) line.textContent = text;
}

let trouble = ""; // as it was announced

// A quiet line beside the submit button. Announced are troubles, once each, and their end: that each rating is saved
// goes without saying. `more` is a link or a button: what can be done about it.
export function say(text, isTrouble = false, more = null) {
  const line = page()?.querySelector(".saved");
  if (!line) return;
  if (line.textContent !== text || more) line.textContent = text;
  if (more) line.append(" ", more);
  line.classList.toggle("trouble", isTrouble);
  if (isWorthHearing(text, isTrouble)) announce(text);
}

function isWorthHearing(text, isTrouble) {
  const [gist, before] = [text.split(" Trying again")[0], trouble];
  if (text === "Saving …") return false;
  trouble = isTrouble ? gist : "";
  return isTrouble ? gist !== before : text !== "Saved" || before !== "";
}

// Where there is nothing left to do here: a link to what there is instead, else null.
export function wayOn(code) {
  const here = window.location.href;
  const places = { already_submitted: here, other_submit: here, withdrawn: page().dataset.away };
  if (!(code in places)) return null;
  const link = document.createElement("a");
  link.href = places[code];
  link.textContent = "Go on";
  return link;
}

// --- what opens, and the bar that grows with it ---------------------------------------------------------------

export function toggleDetails(selector, focus) {
  const details = document.querySelector(selector);
  details.open = !details.open;
  if (details.open) details.querySelector(focus).focus();
  else goTo(currentSpot());
}

// Escape leaves what was opened, also out of its text: what has the focus, else what is open.
export function leave(event) {
  const isAnswering = event.target.closest(".report");
  const open = document.querySelector(".early[open], .guideline details[open]");
  const details = event.target.closest("details[open]") ?? (isAnswering ? null : open);
  if (!(details || isAnswering) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  if (details) details.open = false;
  goTo(currentSpot());
}

// What the bar grows by, and the window loses, must not be taken from the step at hand; whoever has scrolled away from
// it is left in peace.
const { style } = document.documentElement;
const barHeight = () => parseFloat(style.getPropertyValue("--bar"));
let isWatched = true; // the step at hand is in sight

function isInSight() {
  const { top = -1, bottom } = lastOf(currentSpot())?.getBoundingClientRect() ?? {};
  return top >= 0 && bottom > 0 && bottom <= innerHeight - barHeight();
}

const lastOf = (spot) => [...(spot?.querySelectorAll(".ratings, .unsure") ?? [])].at(-1) ?? spot;

function keepInSight() {
  const isElsewhere = document.activeElement?.closest(".report, .own-text"); // what is being written comes first
  if (page() && isWatched && !isElsewhere) lastOf(currentSpot())?.scrollIntoView({ block: "nearest" });
}

const bar = new ResizeObserver(([{ target }]) => {
  if (!page()?.contains(target)) return;
  style.setProperty("--bar", `${target.offsetHeight}px`);
  keepInSight();
});
addEventListener("resize", keepInSight);
addEventListener("scroll", () => { isWatched = Boolean(page()) && isInSight(); }, { passive: true });

export function watchBar() {
  bar.disconnect();
  bar.observe(page().querySelector(".finish"));
}
