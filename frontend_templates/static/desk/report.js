// What is said of the first error besides its rating, where the project asks: shown when there is an error, and kept on
// the server as it is written. The submit carries all of it once more.

import { postForm } from "./http.js";
import { ownSpots, page, say, valueOf } from "./page.js";

const PAUSE = 600; // ms after the last key before what was written is sent
const RETRY = 5000;

let timer = 0;
const section = () => page()?.querySelector(".report");

// Shows what belongs to the step with the first error.
export function follow() {
  if (!section()) return;
  const error = ownSpots().findIndex((spot) => valueOf(spot) === "-1");
  section().hidden = error < 0;
  section().querySelector("[name=report-step]").value = error < 0 ? "" : error;
  for (const group of section().querySelectorAll(".critiques")) group.hidden = Number(group.dataset.step) !== error;
}

export function changed() {
  clearTimeout(timer);
  timer = setTimeout(send, PAUSE);
}

async function send() {
  if (!section() || section().hidden) return;
  const main = page();
  const { status, json, why } = await postForm(main.dataset.report, fields(), "saved");
  if (main !== page()) return;
  if (status === 200 && json) say("Saved");
  else {
    say(`Not saved yet: ${why}`, true);
    if (status !== 409) timer = setTimeout(send, RETRY);
  }
}

function fields() {
  const given = new FormData(page().querySelector("form"));
  return Object.fromEntries([...given].filter(([name]) => /^(report|critique)-/.test(name)));
}
