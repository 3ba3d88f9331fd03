// What is said of the first error besides its rating, where the project asks: shown when there is an error, and sent as
// it is said. One question after the other is at hand; the keys that rate answer it.

import { ownSpots, page, valueOf } from "./page.js";

const PLACES = { "-1": 0, 0: 1, 1: 2 }; // which answer each rating key gives
const SIGNS = ["negative", "neutral", "positive"];

let tell = () => {};
let error = -1; // the step it is about
const section = () => page()?.querySelector(".report");
const radios = (question) => [...question.querySelectorAll("[type=radio]")];
const isShown = (question) => !question.closest("[hidden]");
const questions = () => (isAsked() ? [...section().querySelectorAll(".question")].filter(isShown) : []);
const atHand = () => document.activeElement?.closest(".question");

export const isAsked = () => Boolean(section()) && !section().hidden;

// `said` is what a window that was closed too early had kept, name -> value.
export function begin(keep, said) {
  tell = keep;
  error = -1;
  if (!section()) return;
  for (const question of section().querySelectorAll(".choices")) drawSigns(question);
  for (const [name, value] of said) restore(name, value, said);
  follow();
}

function restore(name, value, said) {
  const field = page().querySelector("form").elements[name];
  if (field) field.value = value;
  if (field?.value !== value) said.delete(name); // that is no longer asked
}

function drawSigns(question) {
  radios(question).slice(0, 3).forEach((radio, index) => {
    const sign = document.createElement("kbd");
    sign.dataset.action = SIGNS[index];
    sign.setAttribute("aria-hidden", "true");
    radio.parentElement.append(sign);
  });
}

// Shows what belongs to the step with the first error.
export function follow() {
  if (!section()) return;
  const before = error;
  error = ownSpots().findIndex((spot) => valueOf(spot) === "-1");
  section().hidden = error < 0;
  for (const group of section().querySelectorAll(".critiques")) group.hidden = Number(group.dataset.step) !== error;
  if (error >= 0 && before >= 0 && error !== before) tellAgain();
}

// The server keeps ratings of critiques for one step only.
function tellAgain() {
  const marked = questions().filter((one) => one.matches(".critique")).map((one) => one.querySelector(":checked"));
  for (const radio of marked.filter(Boolean)) tell(radio.name, radio.value, true);
}

// Something was said by hand.
export function changed(field, isTyping) {
  if (field.name && (field.type !== "radio" || field.checked)) tell(field.name, field.value, isTyping);
}

// --- by keyboard ----------------------------------------------------------------------------------------------

function isOpen(question) {
  if (!question.matches(".words")) return !question.querySelector(":checked");
  const isSaid = questions().some((one) => one.matches(".critique") && one.querySelector("[value='1']:checked"));
  return !isSaid && !question.querySelector("textarea").value.trim();
}

function goTo(question) {
  (question.querySelector("textarea") ?? question).focus({ preventScroll: true });
  question.scrollIntoView({ block: "nearest" });
}

// To the question after the one at hand; from elsewhere, to the first that is open.
export function go() {
  const all = questions();
  if (!all.length) return;
  const here = all.indexOf(atHand());
  goTo(here >= 0 ? all[(here + 1) % all.length] : all.find(isOpen) ?? all[0]);
}

export function goToMissing() {
  const missing = questions().find(isOpen);
  if (missing) goTo(missing);
}

// A rating key answers the question at hand; false when there is none.
export function rate(rating) {
  const question = atHand();
  if (!question) return false;
  const all = radios(question);
  const radio = question.matches(".critique") ? all.find((one) => one.value === rating) : all[PLACES[rating]];
  if (!radio) return true;
  answer(radio);
  const open = questions().filter((one) => isOpen(one) && !one.matches(".words")); // keys never turn into letters unasked
  goTo(open.find((one) => question.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) ?? open[0] ?? question);
  return true;
}

// The answer after the one that is given.
export function another() {
  const all = atHand() ? radios(atHand()) : [];
  if (all.length) answer(all[(all.findIndex((radio) => radio.checked) + 1) % all.length]);
}

function answer(radio) {
  radio.checked = true;
  tell(radio.name, radio.value, false);
}
