// The live key map: what each key does, in one place. The sheet (?) and the hints on the buttons are made from it.
// A person may give actions other keys; those lie in data-keys of the sheet, as {action: [key, ...]}. One hand
// suffices: all is within reach of the left one. In the sheet (?) each action can be given another key.

import { postForm } from "./http.js";

export const ACTIONS = [
  { id: "negative", keys: ["1"], what: "rate negative, and go on" },
  { id: "neutral", keys: ["2"], what: "rate neutral, and go on" },
  { id: "positive", keys: ["3"], what: "rate positive, and go on" },
  { id: "unsure", keys: ["4"], what: "unsure about this one", only: ".unsure" },
  { id: "choose", keys: ["c"], what: "go on from this one, or from another", only: ".goes-on" },
  { id: "write", keys: ["n", "b"], what: "write the step yourself, where none is positive", only: ".written" },
  { id: "report", keys: ["t"], what: "to the next question about the error; the keys that rate answer it", only: ".report" },
  { id: "answer", keys: ["v"], what: "another answer to the question at hand", only: ".report" },
  { id: "previous", keys: ["ArrowUp", "w"], what: "one step up", repeats: true },
  { id: "next", keys: ["ArrowDown", "s"], what: "one step down", repeats: true },
  { id: "open", keys: ["a"], what: "to the first step that is not rated" },
  { id: "undo", keys: ["u", "z"], what: "undo what was done last" },
  { id: "submit", keys: ["Enter", "d"], what: "submit, when the solution is done" },
  { id: "early", keys: ["e"], what: "I cannot rate this" },
  { id: "guide", keys: ["i", "g"], what: "instructions", only: ".guideline" },
  { id: "source", keys: ["r"], what: "formulas as source, and back" },
  { id: "sheet", keys: ["?", "q"], what: "this sheet" },
];

const NAMES = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", " ": "Space" };
export const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
const sheet = () => document.getElementById("keys");
let parsed = { text: "", keys: {} };

export const nameOf = (key) => NAMES[key] ?? key;
export const keyOf = ({ key }) => (key.length === 1 ? key.toLowerCase() : key);

// {action: [key, ...]} of this person; [] is an action without a key.
export function ownKeys() {
  const text = sheet()?.dataset.keys || "{}";
  if (text !== parsed.text) parsed = { text, keys: JSON.parse(text) };
  return parsed.keys;
}

export function setOwnKeys(keys) {
  sheet().dataset.keys = JSON.stringify(keys);
}

// An own key wins over the usual key of another action.
export function keysOf(action) {
  const own = ownKeys();
  if (Object.hasOwn(own, action.id)) return own[action.id];
  const taken = ACTIONS.flatMap(({ id }) => (Object.hasOwn(own, id) ? own[id] : []));
  return action.keys.filter((key) => !taken.includes(key));
}

// The action of a key that was pressed, if it has one among these.
export function actionOf(event, among = offered()) {
  const holder = (wanted) => among.find((action) => keysOf(action).includes(wanted));
  return holder(keyOf(event)) ?? holder(usualKeyAt(event));
}

// Where digits need Shift (AZERTY) or letters are not Latin, the place of the key decides.
function usualKeyAt({ key, code, shiftKey }) {
  const [, digit, letter] = /^(?:Digit(\d)|Key([A-Z]))$/.exec(code ?? "") ?? [];
  if (digit && !shiftKey) return digit;
  return letter && /^\p{L}$/u.test(key) && !/\p{Script=Latin}/u.test(key) ? letter.toLowerCase() : undefined;
}

// Whoever types, or is in a dialog, wants all keys for that; buttons want Enter and Space, radios their arrows too.
export function isTaken({ target, key }) {
  if (document.querySelector("dialog[open]") || target.closest("textarea, select, [contenteditable]")) return true;
  if (target.matches("[type=radio]")) return key === " " || ARROWS.includes(key);
  if (target.matches("[type=checkbox]")) return key === " ";
  if (target.matches("input")) return true;
  return target.closest("summary, a, button") && (key === "Enter" || key === " ");
}

export function offered() {
  return ACTIONS.filter((action) => !action.only || document.querySelector(action.only));
}

// Whether each key does something, and everything has a key: a slip here is not for labelers to find.
export function check(handlers) {
  const odd = ACTIONS.map(({ id }) => id).filter((id) => !handlers[id]);
  odd.push(...Object.keys(handlers).filter((id) => !ACTIONS.some((action) => action.id === id)));
  if (odd.length) throw new Error(`keys without handlers, or handlers without keys: ${odd}`);
  return handlers;
}

// The hints in the page: <kbd data-action="negative">.
export function drawHints(root = document) {
  for (const sign of root.querySelectorAll("kbd[data-action]")) {
    const action = ACTIONS.find((one) => one.id === sign.dataset.action);
    const text = nameOf(keysOf(action)[0] ?? "");
    if (sign.textContent !== text) sign.textContent = text;
    sign.hidden = text === "";
  }
}

// --- the sheet --------------------------------------------------------------------------------------------

const MODIFIERS = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Fn", "NumLock"];
const USABLE = /^(?:[^\p{C}\p{Z}]| |Arrow\w+|Home|End|PageUp|PageDown|Insert|Enter)$/u;
const rowOf = (action) => sheet().querySelector(`[data-row="${action.id}"]`);

let waiting = null; // the action that waits for its new key
let sending = Promise.resolve(); // one after the other, so that the last one counts

export function showSheet() {
  draw();
  tell("");
  sheet().showModal();
}

export function beginSheet(closed) {
  if (!sheet()) return;
  sheet().addEventListener("keydown", listen, true);
  sheet().addEventListener("cancel", (event) => waiting && event.preventDefault());
  sheet().addEventListener("close", closed);
  sheet().addEventListener("click", ({ target }) => {
    const row = target.closest("[data-row]");
    if (target.closest(".change")) waitFor(ACTIONS.find(({ id }) => id === row.dataset.row));
    else stopWaiting();
    if (target.closest(".usual")) keep({}, "The usual keys are back.");
    if (target.closest(".none")) keep(Object.fromEntries(ACTIONS.map(({ id }) => [id, []])), "No key does anything now.");
  });
}

// --- the list ---------------------------------------------------------------------------------------------

function draw() {
  waiting = null;
  sheet().querySelector(".keymap").replaceChildren(...offered().map(row));
}

function row(action) {
  const keys = made("dt", "", keysOf(action).flatMap((key) => [made("kbd", "", [nameOf(key)]), " "]));
  const change = made("button", "button small change", ["Change"]);
  change.type = "button";
  change.setAttribute("aria-label", `Change the key: ${action.what}`);
  const line = made("div", "", [keys, made("dd", "", [made("span", "", [action.what]), change])]);
  line.dataset.row = action.id;
  return line;
}

function made(tag, kind, content) {
  const element = document.createElement(tag);
  element.className = kind;
  element.append(...content);
  return element;
}

function tell(text, isRefusal = false) {
  const line = sheet().querySelector(".said");
  line.textContent = text;
  line.classList.toggle("error", isRefusal);
}

// --- a new key --------------------------------------------------------------------------------------------

function waitFor(action) {
  draw();
  waiting = action;
  const button = rowOf(action).querySelector(".change");
  button.textContent = "Press a key";
  button.setAttribute("aria-label", `Press a key: ${action.what}`);
  button.focus();
  tell(`Press the new key for “${action.what}”; Delete for none, Escape to leave it.`);
}

function stopWaiting() {
  const action = waiting;
  if (!action) return;
  draw();
  tell("");
  rowOf(action).querySelector(".change").focus();
}

function listen(event) {
  if (!waiting) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.repeat) return;
  if (event.key === "Escape") return stopWaiting();
  const why = refusal(event);
  if (why) return tell(why, true);
  const isNone = event.key === "Delete" || event.key === "Backspace";
  give(waiting, isNone ? [] : [keyOf(event)]);
}

function refusal(event) {
  const { key } = event;
  if (MODIFIERS.includes(key)) return `${key} does nothing by itself. Press another key.`;
  if (event.ctrlKey || event.metaKey || event.altKey) return "Keys with Ctrl, Alt or Meta belong to the browser. Press one key alone.";
  if (key === "Tab") return "Tab moves through the page and stays free. Press another key, or Escape.";
  if (key === "Delete" || key === "Backspace") return "";
  if (!USABLE.test(keyOf(event))) return "This key belongs to the browser or the system. Press another one.";
  const holder = actionOf(event, ACTIONS);
  if (!holder || holder === waiting) return "";
  return `${nameOf(keyOf(event))} is taken: ${holder.what}. Press another key, or Escape.`;
}

function give(action, keys) {
  const said = keys.length ? `${nameOf(keys[0])} does it now: ${action.what}.` : `No key now: ${action.what}.`;
  keep({ ...ownKeys(), [action.id]: keys }, said);
  rowOf(action).querySelector(".change").focus();
}

// In force at once; what cannot be kept holds as long as this window is open.
function keep(keys, said) {
  setOwnKeys(keys);
  draw();
  drawHints();
  tell(said);
  sending = sending.then(async () => {
    const { status, why } = await postForm(sheet().dataset.url, { keys: JSON.stringify(keys) }, "keys");
    if (status !== 200) tell(`It works in this window, but is not kept for the next: ${why}`, true);
  });
}

// --- a page that comes after a submit -------------------------------------------------------------------------
// The second Enter of a hasty hand, meant for the page before, does not answer it. Instructions, feedback and standing
// load this module for that, where they do not come by a swap; from the desk it is in the browser's cache.

const SETTLES = 700; // ms
let cameAt = performance.now();

function isHasty({ detail, target }) {
  const isByKey = detail === 0;
  return isByKey && performance.now() - cameAt < SETTLES && target.closest("[data-unhurried]") !== null;
}

document.addEventListener("htmx:afterSwap", () => { cameAt = performance.now(); });
document.addEventListener("click", (event) => { if (isHasty(event)) event.preventDefault(); });
