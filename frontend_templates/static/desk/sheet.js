// The sheet (?): every key as it is now, and giving actions other keys.

import { postForm } from "./http.js";
import { ACTIONS, actionOf, drawHints, keyOf, keysOf, nameOf, offered, ownKeys, setOwnKeys } from "./keys.js";

const MODIFIERS = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Fn", "NumLock"];
const USABLE = /^(?:[^\p{C}\p{Z}]| |Arrow\w+|Home|End|PageUp|PageDown|Insert|Enter)$/u;
const sheet = () => document.getElementById("keys");
const rowOf = (action) => sheet().querySelector(`[data-row="${action.id}"]`);

let waiting = null; // the action that waits for its new key
let sending = Promise.resolve(); // one after the other, so that the last one counts

export function show() {
  draw();
  tell("");
  sheet().showModal();
}

export function begin(closed) {
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
