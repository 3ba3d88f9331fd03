// Adjudication by the keyboard. One step is the current one: that which has, or had last, the focus. Keys act on it
// and on no other, and only while the focus is in the form; so what a key does is always in sight.
"use strict";

const form = document.getElementById("adjudication");
const rows = [...form.querySelectorAll(".verdict")];
const current = () => form.querySelector(".verdict[aria-current]");
const chosen = (row, kind) => row.querySelector(`[name^=${kind}-]:checked`);
const stepOf = (row) => Number(row.dataset.step);

// What holds is said, and why labelers disagreed where they did.
const isSaid = (row) => chosen(row, "rating") && (!row.matches(".contested") || chosen(row, "code"));

// Those that labelers disagree on or nobody rated; all of them where there is none.
function awaited() {
  const found = rows.filter((row) => row.matches(".contested:not(.left-out), .silent:not(.left-out)"));
  return found.length ? found : rows;
}

// Steps after the first negative one are left out.
function leaveOut() {
  const error = rows.find((row) => "own" in row.dataset && chosen(row, "rating")?.value === "-1");
  for (const row of rows) row.classList.toggle("left-out", error !== undefined && stepOf(row) > stepOf(error));
}

function mark(row) {
  current()?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "step");
}

function goTo(row) {
  mark(row);
  row.querySelector("fieldset").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function walk(among, by) {
  const after = among.filter((row) => (rows.indexOf(row) - rows.indexOf(current())) * by > 0);
  const next = by > 0 ? after.at(0) : after.at(-1);
  if (next) goTo(next);
}

// On to the next one as soon as all is said here; not from one of which all was said before and is changed.
function choose(kind, which) {
  const row = current();
  const input = row.querySelectorAll(`[name^=${kind}-]`)[which];
  if (!input) return;
  const wasSaid = isSaid(row);
  input.checked = true;
  leaveOut();
  goTo(row);
  if (!wasSaid && isSaid(row)) walk(awaited(), 1);
}

const KEYS = {
  ArrowDown: () => walk(awaited(), 1),
  ArrowUp: () => walk(awaited(), -1),
  j: () => walk(rows, 1),
  k: () => walk(rows, -1),
  1: () => choose("rating", 0),
  2: () => choose("rating", 1),
  3: () => choose("rating", 2),
  4: () => choose("code", 0),
  5: () => choose("code", 1),
  6: () => choose("code", 2),
  g: () => document.getElementById("id_gold").click(),
  s: () => document.getElementById("skip").click(),
  Enter: () => form.requestSubmit(),
};
const WALKS = ["ArrowDown", "ArrowUp", "j", "k"];

function isTaken({ target, key }) {
  if (target.matches("input:not([type=radio], [type=checkbox])")) return true;
  return key === "Enter" && target.matches("a, button");
}

form.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (!Object.hasOwn(KEYS, key)) return;
  event.preventDefault();
  if (!event.repeat || WALKS.includes(key)) KEYS[key](); // a key that is held decides nothing on the next page
});

form.addEventListener("focusin", ({ target }) => {
  const row = target.closest(".verdict");
  if (row) mark(row);
});

form.addEventListener("click", ({ target }) => {
  const row = target.closest(".verdict");
  if (row && !target.closest("label, input, a")) goTo(row);
});

form.addEventListener("change", leaveOut);

leaveOut();
const first = awaited().find((row) => !isSaid(row)) ?? awaited()[0];
if (first) goTo(first); // a solution that is yet to grow has no step
