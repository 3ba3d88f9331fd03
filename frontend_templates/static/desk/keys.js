// The live key map: what each key does, in one place. The sheet (?) and the hints on the buttons are made from it.
// A person may give actions other keys; those lie in data-keys of the sheet, as {action: [key, ...]}. One hand
// suffices: all is within reach of the left one.

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
