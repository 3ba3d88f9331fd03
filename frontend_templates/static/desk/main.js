// The labeling desk: puts its parts together.

import * as clock from "./clock.js";
import * as growing from "./growing.js";
import { STRANGE, askToSignIn, beginSignIn, renewToken, whyNot } from "./http.js";
import { actionOf, check, drawHints } from "./keys.js";
import * as desk from "./page.js";
import * as rating from "./rating.js";
import * as report from "./report.js";
import { contest, settle, takeOthers } from "./rating.js";
import { Saver, retrySeconds, tidy } from "./saver.js";
import * as sheet from "./sheet.js";

let saver;
let submitter; // the button that was pressed last
let failures = 0; // of this submit
let timer = 0; // until it is sent again

function begin() {
  saver?.end();
  saver = undefined;
  if (!desk.page()) return;
  saver = new Saver(desk.page(), {
    times: clock.timesSoFar,
    path: growing.pathSoFar,
    held: answered,
    others: takeOthers,
    contested: (theirs, mine) => contest(theirs, mine, (name, mark) => saver.save(name, mark)),
    turnedBack: growing.take,
    signedOut: () => askToSignIn(() => saver.send()),
  });
  failures = 0;
  submitter = undefined;
  rating.begin((name, mark) => {
    thinkAgain();
    settle(desk.spotNamed(name));
    saver.save(name, mark);
    growing.rated();
  });
  growing.begin((name, mark) => saver.save(name, mark));
  clock.begin();
  const left = saver.recover();
  growing.recover(left);
  takeOthers(left);
  desk.refresh();
  report.follow();
  drawHints();
  desk.goToOpen();
  saver.send();
}

function answered(answer) {
  clock.held(answer);
  growing.take(answer);
}

// --- keys -------------------------------------------------------------------------------------------------

const DO = check({
  negative: () => rating.rate("-1"),
  neutral: () => rating.rate("0"),
  positive: () => rating.rate("1"),
  unsure: rating.toggleUnsure,
  choose: growing.choose,
  write: growing.write,
  previous: () => desk.move(-1),
  next: () => desk.move(1),
  open: desk.goToOpen,
  undo: rating.undo,
  submit: () => desk.finishReason() !== "open" && desk.form().requestSubmit(desk.page().querySelector(".submit")),
  early: () => toggleDetails(".early", "textarea"),
  guide: () => toggleDetails(".guideline details", ".prose"),
  source: () => document.dispatchEvent(new CustomEvent("stepmark:source")),
  sheet: sheet.show,
});

const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
let isArrowDown = false; // arrows in a radio group choose without going on, as in every radio group

function toggleDetails(selector, focus) {
  const details = document.querySelector(selector);
  details.open = !details.open;
  if (details.open) details.querySelector(focus).focus();
  else desk.goTo(desk.currentSpot());
}

// Escape leaves what was opened, also out of its text.
function leave(event) {
  const details = event.target.closest("details[open]");
  if (!details || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  details.open = false;
  desk.goTo(desk.currentSpot());
}

// Whoever types, or is in a dialog, wants all keys for that; buttons want Enter and Space, radios their arrows too.
function isTaken({ target, key }) {
  if (document.querySelector("dialog[open]") || target.closest("textarea, select, [contenteditable]")) return true;
  if (target.matches("[type=radio]")) return key === " " || ARROWS.includes(key);
  if (target.matches("[type=checkbox]")) return key === " ";
  if (target.matches("input")) return true;
  return target.closest("summary, a, button") && (key === "Enter" || key === " ");
}

function onKey(event) {
  isArrowDown = ARROWS.includes(event.key);
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!desk.page() || saver?.isPaused) return;
  if (event.key === "Escape") return leave(event);
  const action = isTaken(event) ? undefined : actionOf(event);
  if (!action) return;
  event.preventDefault();
  if (!event.repeat || action.repeats) DO[action.id]();
}

// --- submitting -------------------------------------------------------------------------------------------

// A submit lets the save before it arrive, so that it starts from the right version.
async function submit(event) {
  event.preventDefault();
  if (rating.contestedSpot()) return chooseFirst(rating.contestedSpot());
  thinkAgain();
  submitter = event.detail.triggeringEvent?.submitter;
  desk.page().inert = true;
  desk.say("Submitting …");
  await saver.pause();
  event.detail.issueRequest(true);
}

function chooseFirst(spot) {
  desk.goTo(spot);
  desk.say("Not submitted: two windows disagree here. Which one counts?", true);
}

function complete({ detail }) {
  if (detail.verb !== "post") return;
  detail.parameters.set("version", String(saver.version));
  detail.parameters.set("times", clock.timesSoFar());
  detail.parameters.set("path", growing.pathSoFar());
}

function release() {
  saver.resume();
  desk.page().inert = false;
  desk.goTo(desk.currentSpot());
}

function notSubmitted(why, isOver = false) {
  release();
  saver.isQuiet = true;
  desk.say(`Not submitted: ${why}`, true, isOver);
}

// It carries a key, so that it counts once however often it is sent.
function submitLater(why) {
  release();
  thinkAgain();
  const seconds = retrySeconds(failures++);
  desk.say(`Not submitted yet: ${why} Trying again in ${Math.ceil(seconds)} s.`, true);
  timer = setTimeout(submitAgain, seconds * 1000);
}

function submitAgain() {
  if (desk.page()) desk.form().requestSubmit(submitter ?? desk.page().querySelector(".submit"));
}

// Whoever changes something meanwhile submits by themselves.
function thinkAgain() {
  clearTimeout(timer);
  timer = 0;
  if (saver) saver.isQuiet = false;
}

async function submitRefused(xhr) {
  const status = xhr.status < 300 ? STRANGE : xhr.status;
  const json = jsonIn(xhr);
  if (status === 409 && json?.path !== undefined) {
    notSubmitted(json.detail);
    saver.turnBack(json);
  } else if (json?.code === "conflict") {
    notSubmitted(json.detail);
    if (!saver.yieldTo(json)) submitAgain();
  } else if (status === 409 && json?.code) {
    notSubmitted(json.detail, json.code === "other_submit");
    saver.send();
  } else if (status === 401) {
    notSubmitted("you are signed out.");
    askToSignIn(submitAgain);
  } else {
    if (status === 403) await renewToken();
    submitLater(whyNot(status, json));
  }
}

function jsonIn(xhr) {
  try {
    return xhr.getResponseHeader("Content-Type")?.includes("json") ? JSON.parse(xhr.responseText) : null;
  } catch {
    return null;
  }
}

// Only what our server says comes next is put into the page, and only whole.
function guardSwap({ detail }) {
  const { xhr, requestConfig } = detail;
  if (requestConfig.verb === "get") return; // a page that our server sent us to
  const isNext = xhr.getResponseHeader("HX-Push-Url") && xhr.responseText.trimEnd().endsWith("</main>");
  if (xhr.status >= 300 || isNext) return;
  detail.shouldSwap = false;
  detail.isError = true;
}

// --- what happens -----------------------------------------------------------------------------------------

document.documentElement.classList.add("scripted");
document.addEventListener("keydown", onKey);
for (const act of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) {
  document.addEventListener(act, clock.act, { passive: true });
}
document.addEventListener("keyup", () => { isArrowDown = false; });
document.addEventListener("change", ({ target }) => {
  const spot = target.closest(".spot");
  const isRadio = target.matches("[type=radio]");
  if (target.closest(".report")) report.changed();
  if (target.matches(".goes-on input")) growing.chosen(target);
  else if (spot && (isRadio || target.matches(".unsure input"))) rating.touched(spot, isRadio && !isArrowDown);
});
document.addEventListener("focusin", ({ target }) => {
  const spot = target.closest?.(".spot");
  if (!spot || !target.matches("input:focus-visible")) return;
  desk.markCurrent(spot); // Tab goes where it likes, and the keys follow
  target.scrollIntoView({ block: "nearest" });
});
document.addEventListener("input", ({ target }) => target.closest(".report") && report.changed());
document.addEventListener("stepmark:rated", report.follow);
document.addEventListener("click", (event) => {
  if (event.target.closest?.(".show-keys")) sheet.show();
  const spot = event.target.closest?.(".spot");
  const elsewhere = ".unsure, .contest, .own-text, .use";
  if (spot && !spot.disabled && event.detail > 0 && !event.target.closest(elsewhere)) desk.goTo(spot);
});
document.addEventListener("htmx:configRequest", complete);
document.addEventListener("htmx:confirm", submit);
document.addEventListener("htmx:afterSwap", () => {
  window.scrollTo({ top: 0, behavior: "instant" });
  desk.announce(desk.page() ? "Submitted. The next solution is here." : "Submitted.");
  begin();
  if (document.querySelector("main.waiting")) import("./waiting.js");
});
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => submitRefused(xhr));
document.addEventListener("htmx:beforeSwap", guardSwap);
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => submitLater(whyNot(0)));
document.addEventListener("input", thinkAgain);
window.addEventListener("online", () => (timer ? submitAgain() : saver?.send()));
window.addEventListener("beforeunload", (event) => saver?.waiting.size && event.preventDefault());
beginSignIn();
sheet.begin(() => desk.page() && desk.goTo(desk.currentSpot()));
tidy();
begin();
