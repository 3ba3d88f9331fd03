// The live key map: what each key does, in one place. The sheet (?) and the hints on the buttons are made from it.
// A person may give actions other keys; those come with the page, in data-keys of the sheet.

export const ACTIONS = [
  { id: "negative", keys: ["1"], what: "rate negative, and go on" },
  { id: "neutral", keys: ["2"], what: "rate neutral, and go on" },
  { id: "positive", keys: ["3"], what: "rate positive, and go on" },
  { id: "unsure", keys: ["4"], what: "unsure about this one", only: ".unsure" },
  { id: "choose", keys: ["c"], what: "go on from this one, or from another", only: ".goes-on" },
  { id: "write", keys: ["n"], what: "write the step yourself, where none is positive", only: ".written" },
  { id: "previous", keys: ["ArrowUp", "w"], what: "one step up", repeats: true },
  { id: "next", keys: ["ArrowDown", "s"], what: "one step down", repeats: true },
  { id: "open", keys: ["a"], what: "to the first step that is not rated" },
  { id: "undo", keys: ["u", "z"], what: "undo the last rating" },
  { id: "submit", keys: ["Enter", "d"], what: "submit, when the solution is done" },
  { id: "early", keys: ["e"], what: "I cannot rate this" },
  { id: "guide", keys: ["i"], what: "instructions", only: ".instructions" },
  { id: "source", keys: ["r"], what: "formulas as source, and back" },
  { id: "sheet", keys: ["?", "h"], what: "this sheet" },
];

const NAMES = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", " ": "Space" };
const sheet = () => document.getElementById("keys");

export function keysOf(action) {
  const mine = JSON.parse(sheet()?.dataset.keys || "{}");
  return mine[action.id] ?? action.keys;
}

export const nameOf = (key) => NAMES[key] ?? key;

// The action of a key that was pressed, if it has one here.
export function actionOf(key) {
  const wanted = key.length === 1 ? key.toLowerCase() : key;
  return offered().find((action) => keysOf(action).includes(wanted));
}

export function offered() {
  return ACTIONS.filter((action) => !action.only || document.querySelector(`main.desk ${action.only}`));
}

export function drawSheet() {
  const list = sheet()?.querySelector(".keymap");
  if (!list) return;
  list.replaceChildren(...offered().map(row));
}

function row(action) {
  const line = document.createElement("div");
  const keys = document.createElement("dt");
  const what = document.createElement("dd");
  keys.append(...keysOf(action).flatMap((key) => [hint(key), " "]));
  what.textContent = action.what;
  line.append(keys, what);
  return line;
}

function hint(key) {
  const sign = document.createElement("kbd");
  sign.textContent = nameOf(key);
  return sign;
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
