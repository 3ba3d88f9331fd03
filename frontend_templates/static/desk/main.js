// The labeling desk: puts its parts together.

import * as clock from "./clock.js";
import * as growing from "./growing.js";
import { askToSignIn, beginSignIn, renewToken, whyNot } from "./http.js";
import { actionOf, drawHints, drawSheet } from "./keys.js";
import * as desk from "./page.js";
import * as rating from "./rating.js";
import { contest, settle, takeOthers } from "./rating.js";
import { Saver, tidy } from "./saver.js";

let saver;

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
  rating.begin((name, mark) => {
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
  drawHints();
  desk.goToOpen();
  saver.send();
}

function answered(answer) {
  clock.held(answer);
  growing.take(answer);
}

// --- keys -------------------------------------------------------------------------------------------------

const DO = {
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
  early: () => openDetails(".early", "textarea"),
  guide: () => openDetails(".instructions", "summary"),
  source: () => document.dispatchEvent(new CustomEvent("stepmark:source")),
  sheet: showSheet,
};

function showSheet() {
  drawSheet();
  document.getElementById("keys").showModal();
}

function openDetails(selector, focus) {
  const details = desk.page().querySelector(selector);
  details.open = !details.open;
  if (details.open) details.querySelector(focus).focus();
}

function isBusy(target) {
  const types = target.closest("textarea, select, summary, a, button, [contenteditable]");
  return types || (target.matches("input") && target.type !== "radio") || document.querySelector("dialog[open]");
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!desk.page() || saver?.isPaused || isBusy(event.target)) return;
  const action = actionOf(event.key);
  if (!action) return;
  event.preventDefault();
  if (!event.repeat || action.repeats) DO[action.id]();
}

// --- submitting -------------------------------------------------------------------------------------------

// A submit lets the save before it arrive, so that it starts from the right version.
async function submit(event) {
  event.preventDefault();
  desk.page().inert = true;
  desk.say("Submitting …");
  await saver.pause();
  event.detail.issueRequest(true);
}

function complete({ detail }) {
  detail.parameters.set("version", String(saver.version));
  detail.parameters.set("times", clock.timesSoFar());
  detail.parameters.set("path", growing.pathSoFar());
}

function notSubmitted(why) {
  saver.resume();
  desk.page().inert = false;
  desk.goTo(desk.currentSpot());
  desk.say(`Not submitted: ${why}`, true);
}

async function submitRefused(xhr) {
  const json = xhr.getResponseHeader("Content-Type")?.includes("json") ? JSON.parse(xhr.responseText) : null;
  if (json?.path !== undefined) {
    notSubmitted(json.detail);
    saver.turnBack(json);
  } else if (json?.code === "conflict") {
    notSubmitted(json.detail);
    if (!saver.yieldTo(json)) DO.submit();
  } else if (xhr.status === 401) {
    notSubmitted("you are signed out.");
    askToSignIn(() => desk.say("You are signed in again. Press Enter to submit."));
  } else if (xhr.status === 403 && (await renewToken())) notSubmitted("you signed in anew. Press Enter again.");
  else notSubmitted(whyNot(xhr.status, json));
}

// --- what happens -----------------------------------------------------------------------------------------

document.documentElement.classList.add("scripted");
document.addEventListener("keydown", onKey);
for (const act of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) {
  document.addEventListener(act, clock.act, { passive: true });
}
document.addEventListener("change", ({ target }) => {
  const spot = target.closest(".spot");
  if (target.matches(".goes-on input")) growing.chosen(target);
  else if (spot && target.matches("[type=radio], .unsure input")) rating.touched(spot, target.type === "radio");
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.(".show-keys")) showSheet();
  const spot = event.target.closest?.(".spot");
  if (spot && !spot.disabled && !event.target.closest(".ratings, .unsure, .contest, .own-text, .use")) desk.goTo(spot);
});
document.addEventListener("htmx:configRequest", complete);
document.addEventListener("htmx:confirm", submit);
document.addEventListener("htmx:afterSwap", () => {
  window.scrollTo({ top: 0, behavior: "instant" });
  begin();
});
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => submitRefused(xhr));
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => notSubmitted("the server cannot be reached. Press Enter to try again."));
}
window.addEventListener("online", () => saver?.send());
window.addEventListener("beforeunload", (event) => saver?.waiting.size && event.preventDefault());
beginSignIn();
tidy();
begin();
