// The labeling desk: puts its parts together.

import * as clock from "./clock.js";
import * as growing from "./growing.js";
import {
  STRANGE, askToSignIn, beginSignIn, explained, guardSwap, jsonIn, renewToken, signInButton, whyNot,
} from "./http.js";
import { foundOnDisk, tidy } from "./journal.js";
import { ARROWS, actionOf, beginSheet, check, drawHints, isTaken, showSheet } from "./keys.js";
import * as desk from "./page.js";
import * as rating from "./rating.js";
import * as report from "./report.js";
import { contest, differences, goToContest, lookAgain, takeOthers, takeOver } from "./rating.js";
import { Saver, retrySeconds } from "./saver.js";
import * as turning from "./turning.js";

const ELSEWHERE = "This solution was submitted in another window.";

let saver;
let asking = null; // what a model writes meanwhile, where one is asked
let submitter; // the button that was pressed last
let failures = 0; // of this submit
let timer = 0; // until it is sent again

function begin() {
  saver?.end();
  saver = undefined;
  if (!desk.page()) return;
  saver = new Saver(desk.page(), {
    times: clock.timesSoFar,
    path: turning.pathSoFar,
    alone: turning.aloneSteps,
    due: growing.dueStep,
    reports: report.isAsked,
    held: answered,
    others: takeOthers,
    contested: askWhichCounts,
    refused: (names) => names.forEach((name) => takeOver(name, { rating: "", unsure: false })),
    turnedBack: growing.take,
    signedOut: () => askToSignIn(() => saver.send()),
  });
  failures = 0;
  submitter = undefined;
  const ratedBefore = desk.ratedBefore();
  desk.watchBar();
  rating.begin((name, mark) => {
    thinkAgain();
    saver.save(name, mark);
    showContests();
    growing.rated();
  }, turning.turnAt);
  clock.begin(hear);
  recover();
  desk.refresh();
  drawHints();
  desk.goToOpen();
  showContests();
  goToContest();
  for (const [spot, mark] of ratedBefore) rating.put(spot, mark);
  saver.send();
  beginAsking(saver);
  askDisk(saver);
}

let isComingBack = false; // the page is about to be opened anew

// After a crash the disk may know more than this page has found.
async function askDisk(mine) {
  const hasFound = await foundOnDisk(mine.journal);
  if (saver !== mine) return;
  isComingBack = hasFound;
  if (hasFound) window.location.reload();
  else mine.keep();
}

// Only few projects ask a model while people label.
async function beginAsking(mine) {
  if (!desk.page().dataset.ask) return;
  asking ??= await import("./asking.js");
  if (saver === mine && desk.page()) asking.begin(mine);
}

function recover() {
  saver.recover();
  growing.begin(saver);
  takeOthers(waitingMarks());
  report.begin((name, value, isText) => saver.tell(name, value, isText), saver.said);
  const area = desk.form().elements.explanation;
  area.value = saver.typed.get(area.name) ?? area.value;
}

// What this window says of each spot and is not stored.
function waitingMarks() {
  const contested = [...saver.contested].map(([name, { mine }]) => [name, mine]);
  return Object.fromEntries([...saver.marks, ...contested]);
}

function answered(answer) {
  clock.held(answer);
  growing.take(answer);
  asking?.look();
}

// --- two windows ------------------------------------------------------------------------------------------

function askWhichCounts() {
  showContests();
  goToContest();
}

// The draft has a version that this window does not know: what another one did shows here, too.
async function hear({ version, code, detail }) {
  if (code) return saver.refused({ code, detail }, "");
  const [mine, before] = [saver, saver.version];
  if ((version !== null && version <= before) || !saver.isIdle) return; // the next save brings it along
  const fresh = await lookAgain();
  if (saver !== mine || !saver.isIdle || saver.version !== before) return;
  if (fresh) catchUp(fresh);
  else if (version === null) saver.refused({ code: "already_submitted", detail: ELSEWHERE }, "");
}

function catchUp(fresh) {
  saver.catchUp(Number(fresh.dataset.version));
  growing.takePage(fresh);
  takeOthers(differences(fresh));
  if (!desk.currentSpot() || desk.currentSpot().disabled) desk.goToOpen();
}

function showContests() {
  if (!saver || !desk.page()) return;
  contest(saver.contested, {
    keep: (name, mine) => decide(name, mine, () => saver.save(name, mine)),
    take: (name, theirs) => decide(name, theirs, () => saver.settle(name)),
  });
}

function decide(name, mark, act) {
  takeOver(name, mark);
  act();
  showContests();
}

// --- keys -------------------------------------------------------------------------------------------------

const DO = check({
  negative: () => rate("-1"),
  neutral: () => rate("0"),
  positive: () => rate("1"),
  unsure: rating.toggleUnsure,
  choose: turning.choose,
  write: turning.write,
  report: report.go,
  answer: report.another,
  previous: () => desk.move(-1),
  next: () => desk.move(1),
  open: desk.goToOpen,
  undo: rating.undo,
  submit: () => !desk.page().querySelector(".submit").disabled && desk.form().requestSubmit(desk.page().querySelector(".submit")),
  early: () => desk.toggleDetails(".early", "textarea"),
  guide: () => desk.toggleDetails(".guideline details", ".prose"),
  source: () => document.dispatchEvent(new CustomEvent("stepmark:source")),
  sheet: showSheet,
});

// The question about the error that has the focus comes before the current step.
function rate(value) {
  if (!report.rate(value)) rating.rate(value);
}

let isArrowDown = false; // arrows in a radio group choose without going on, as in every radio group

function onKey(event) {
  isArrowDown = ARROWS.includes(event.key);
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!desk.page() || saver?.isPaused) return;
  if (event.key === "Escape") return desk.leave(event);
  const action = isTaken(event) ? undefined : actionOf(event);
  if (!action) return;
  event.preventDefault();
  if (!event.repeat || action.repeats) DO[action.id]();
}

// --- submitting -------------------------------------------------------------------------------------------

// A submit lets the save before it arrive, so that it starts from the right version.
async function submit(event) {
  event.preventDefault();
  if (goToContest()) return desk.say("Not submitted: two windows disagree here. Which one counts?", true);
  thinkAgain();
  submitter = event.detail.triggeringEvent?.submitter;
  desk.page().inert = true;
  desk.say("Submitting …");
  await saver.pause();
  event.detail.issueRequest(true);
}

function complete({ detail }) {
  if (detail.verb !== "post") return;
  if (submitter?.name) detail.parameters.set(submitter.name, submitter.value); // htmx forgets it with the focus
  detail.parameters.set("version", String(saver.version));
  detail.parameters.set("times", clock.timesSoFar());
  detail.parameters.set("path", turning.pathSoFar());
  detail.parameters.set("alone", turning.aloneSteps());
  for (const name of [...detail.parameters.keys()]) {
    if (/^(report|critique)-/.test(name) && !saver.said.has(name)) detail.parameters.delete(name); // it stays as it is
  }
}

function release() {
  saver.resume();
  desk.page().inert = false;
  desk.goTo(desk.currentSpot());
}

function notSubmitted(why, more = null) {
  release();
  saver.isQuiet = true;
  desk.say(`Not submitted: ${why}`, true, more);
}

// It carries a key, so that it counts once however often it is sent.
function submitLater(why, more = null) {
  release();
  thinkAgain();
  const seconds = retrySeconds(failures++);
  desk.say(`Not submitted yet: ${why} Trying again in ${Math.ceil(seconds)} s.`, true, more);
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
  const answer = { status: xhr.status < 300 ? STRANGE : xhr.status, json: jsonIn(xhr) };
  const { status, json, isOthers, why = whyNot(status, json) } = await explained(answer);
  if (status === 409 && json?.path !== undefined) {
    notSubmitted(json.detail);
    saver.turnBack(json);
  } else if (json?.code === "conflict") {
    notSubmitted(json.detail);
    if (!saver.yieldTo(json)) submitAgain();
  } else if (status === 409 && json?.code) {
    notSubmitted(json.detail, desk.wayOn(json.code));
    if (json.code === "report_incomplete") report.goToMissing();
    if (json.code === "incomplete") asking?.again();
    if (json.code === "withdrawn") saver.end();
    else if (json.refused) saver.drop(json);
    else saver.send();
  } else if (status === 401) {
    notSubmitted("you are signed out.", signInButton(submitAgain));
    askToSignIn(submitAgain, true);
  } else {
    if (status === 403) await renewToken();
    submitLater(why, isOthers ? signInButton(submitAgain) : null);
  }
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
  if (target.matches(".report [type=radio]")) report.changed(target, false);
  if (target.matches(".goes-on input")) turning.chosen(target);
  else if (spot && (isRadio || target.matches(".unsure input"))) rating.touched(spot, isRadio && !isArrowDown);
});
document.addEventListener("focusin", ({ target }) => {
  const spot = target.closest?.(".spot");
  if (!spot || !target.matches("input:focus-visible")) return;
  desk.markCurrent(spot); // Tab goes where it likes, and the keys follow
  target.scrollIntoView({ block: "nearest" });
});
document.addEventListener("input", ({ target }) => {
  if (target.matches(".report textarea")) report.changed(target, true);
  if (target.matches(".early textarea, .own-text textarea")) saver.typing(target.name, target.value);
});
document.addEventListener("stepmark:rated", report.follow);
document.addEventListener("stepmark:rated", showContests);
document.addEventListener("stepmark:grown", () => takeOthers(waitingMarks())); // what came anew is as it is stored
document.addEventListener("click", (event) => {
  if (event.target.closest?.(".show-keys")) showSheet();
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
window.addEventListener("beforeunload", (event) => saver?.hasUnsaved && !isComingBack && event.preventDefault());
beginSignIn();
beginSheet(() => desk.page() && desk.goTo(desk.currentSpot()));
tidy();
begin();
