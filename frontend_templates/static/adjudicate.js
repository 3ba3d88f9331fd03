// Adjudication by the keyboard: 1, 2, 3 say what holds, 4, 5, 6 why labelers disagreed; arrows walk the steps.
"use strict";

const form = document.getElementById("adjudication");
const rows = [...form.querySelectorAll(".verdict")];
const contested = rows.filter((row) => row.classList.contains("contested"));
const stops = contested.length ? contested : rows;
let at = 0;

function go(to) {
  at = Math.max(0, Math.min(to, stops.length - 1));
  rows.forEach((row) => row.removeAttribute("aria-current"));
  stops[at].setAttribute("aria-current", "step");
  stops[at].scrollIntoView({ block: "nearest" });
}

function press(inputs, which) {
  if (!inputs[which]) return;
  inputs[which].checked = true;
  const all = ["rating", "code"].every((kind) => {
    const group = stops[at].querySelectorAll(`[name^="${kind}-"]`);
    return !group.length || [...group].some((input) => input.checked);
  });
  if (all) go(at + 1);
}

const typing = (target) => target.matches("input:not([type=radio], [type=checkbox]), textarea, select");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const digit = "123456".indexOf(event.key);
  if (event.key === "ArrowDown") go(at + 1);
  else if (event.key === "ArrowUp") go(at - 1);
  else if (digit >= 0 && digit < 3) press(stops[at].querySelectorAll("[name^=rating-]"), digit);
  else if (digit >= 3) press(stops[at].querySelectorAll("[name^=code-]"), digit - 3);
  else if (event.key === "g") document.getElementById("id_gold").click();
  else if (event.key === "Enter" && !event.target.matches("a, button, summary")) form.requestSubmit();
  else return;
  event.preventDefault();
});

form.addEventListener("focusin", (event) => {
  const row = event.target.closest(".verdict");
  if (stops.includes(row)) go(stops.indexOf(row));
});

go(0);
