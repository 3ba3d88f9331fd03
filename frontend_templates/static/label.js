// The labeling desk: keys, moving from step to step, and saving each rating as it is made.
// The page is a plain form; which steps show, rest or are greyed follows from its radios in app.css.
"use strict";

const RETRY_SECONDS = [1, 2, 4, 8, 15, 30];
const RATINGS = { 1: "-1", 2: "0", 3: "1" };

const page = () => document.querySelector("main.desk");
const form = () => page().querySelector("form");
const steps = () => [...page().querySelectorAll(".step")];
const checked = (step) => step.querySelector("input:checked");
const valueOf = (step) => checked(step)?.value ?? "";
const currentStep = () => page().querySelector(".step[aria-current]");

let known = new Map(); // step id -> value, as the page had it before the latest act
let undoable = [];

// --- where we are -----------------------------------------------------------------------------------------

function reachable() {
  const all = steps();
  const last = all.findIndex((step) => !checked(step) || checked(step).value === "-1");
  return last < 0 ? all : all.slice(0, last + 1);
}

function finishReason() {
  const last = reachable().at(-1);
  if (!checked(last)) return "open";
  return checked(last).value === "-1" ? "found_error" : "solution";
}

function goTo(step) {
  currentStep()?.removeAttribute("aria-current");
  step.setAttribute("aria-current", "step");
  step.focus({ preventScroll: true });
  step.scrollIntoView({ block: "nearest" });
}

function move(by) {
  const all = reachable();
  const index = all.indexOf(currentStep()) + by;
  if (index >= 0 && index < all.length) goTo(all[index]);
}

function refresh() {
  const open = reachable();
  for (const step of steps()) step.querySelector("fieldset").disabled = !open.includes(step);
  const reason = finishReason();
  const verdict = page().querySelector(".verdict [data-open]");
  if (verdict.textContent !== verdict.dataset[reason]) verdict.textContent = verdict.dataset[reason];
  page().querySelector(".submit").disabled = reason === "open";
}

// --- rating -----------------------------------------------------------------------------------------------

function rate(step, value) {
  set(step, value);
  rated(step);
}

// A radio of this step has changed, by key or by hand: keep it, and go on to the next step.
function rated(step) {
  if (known.get(step.id) !== valueOf(step)) {
    undoable.push([step.id, known.get(step.id)]);
    keep(step);
  }
  const all = reachable();
  goTo(all[Math.min(all.indexOf(step) + 1, all.length - 1)]);
}

function set(step, value) {
  for (const input of step.querySelectorAll("input")) input.checked = input.value === value;
}

function keep(step) {
  known.set(step.id, valueOf(step));
  refresh();
  saver.save(step.id, valueOf(step));
}

function undo() {
  const last = undoable.pop();
  if (!last) return;
  const step = document.getElementById(last[0]);
  set(step, last[1]);
  keep(step);
  goTo(step);
}

// --- saving -----------------------------------------------------------------------------------------------

// What is not yet on the server. One request at a time; a failed one is sent again, later values included.
class Saver {
  constructor(url) {
    this.url = url;
    this.waiting = new Map();
    this.sending = null;
    this.request = new AbortController();
    this.failures = 0;
    this.timer = 0;
  }

  save(name, value) {
    this.waiting.set(name, value);
    this.send();
  }

  async send() {
    if (this.sending || this.paused || !this.waiting.size || saver !== this) return;
    clearTimeout(this.timer);
    this.sending = new Map(this.waiting);
    this.say("Saving …");
    const refusal = await this.post(this.sending);
    const sent = this.sending;
    this.sending = null;
    if (saver !== this || this.paused) return;
    if (refusal === "") {
      for (const [name, value] of sent) if (this.waiting.get(name) === value) this.waiting.delete(name);
      this.failures = 0;
      this.say(this.waiting.size ? "Saving …" : "Saved");
      this.send();
    } else {
      const seconds = RETRY_SECONDS[Math.min(this.failures++, RETRY_SECONDS.length - 1)];
      this.say(`Not saved yet: ${refusal} Trying again in ${seconds} s.`, true);
      this.timer = setTimeout(() => this.send(), seconds * 1000);
    }
  }

  async post(ratings) {
    const body = new URLSearchParams([...ratings, ["csrfmiddlewaretoken", form().elements.csrfmiddlewaretoken.value]]);
    try {
      const response = await sendForm(this.url, {
        method: "POST",
        body,
        headers: { "X-Requested-With": "fetch" },
        signal: AbortSignal.any([this.request.signal, AbortSignal.timeout(15000)]),
      });
      return response.status === 204 ? "" : whyNot(response.status, await response.text());
    } catch {
      return "the server cannot be reached.";
    }
  }

  // While a submit is under way, which carries all ratings itself.
  pause() {
    this.paused = true;
    page().inert = true;
    this.say("Submitting …");
    clearTimeout(this.timer);
    this.request.abort();
  }

  say(text, trouble = false) {
    const line = page()?.querySelector(".saved");
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("trouble", trouble);
  }
}

// Signing in anew, in another tab, changes the form's token: take the one of the page as it is now, and send again.
async function sendForm(url, request) {
  const response = await fetch(url, request);
  if (response.status !== 403 || !(await renewToken())) return response;
  request.body.set("csrfmiddlewaretoken", form().elements.csrfmiddlewaretoken.value);
  return fetch(url, request);
}

async function renewToken() {
  const response = await fetch(window.location.href);
  const now = new DOMParser().parseFromString(await response.text(), "text/html");
  const token = now.querySelector(".desk [name=csrfmiddlewaretoken]");
  if (token) form().elements.csrfmiddlewaretoken.value = token.value;
  return token !== null;
}

function whyNot(status, text) {
  if (status === 401) return "you are signed out. Sign in in another tab; your ratings stay here.";
  return status === 409 ? text : `the server answers ${status}.`;
}

// The reason stays until the labeler acts again: the ratings were in the submit, saving them can wait.
function notSubmitted(why) {
  saver.paused = false;
  page().inert = false;
  goTo(currentStep());
  saver.request = new AbortController();
  saver.say(`Not submitted: ${why}`, true);
}

let saver;

// --- keys -------------------------------------------------------------------------------------------------

function showKeys() {
  document.getElementById("keys").showModal();
}

const KEYS = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  u: undo,
  Enter: () => finishReason() !== "open" && form().requestSubmit(page().querySelector(".submit")),
  "?": showKeys,
};
for (const [key, value] of Object.entries(RATINGS)) {
  KEYS[key] = () => currentStep() && !currentStep().querySelector("fieldset").disabled && rate(currentStep(), value);
}

function isBusy(target) {
  const types = target.closest("textarea, select, summary, a, button, [contenteditable]");
  return types || (target.matches("input") && target.type !== "radio") || document.querySelector("dialog[open]");
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!page() || saver?.paused || isBusy(event.target) || !(event.key in KEYS)) return;
  event.preventDefault();
  if (!event.repeat || event.key.startsWith("Arrow")) KEYS[event.key]();
}

// --- beginning --------------------------------------------------------------------------------------------

function begin() {
  saver = undefined;
  if (!page()) return;
  undoable = steps().filter(checked).map((step) => [step.id, ""]);
  known = new Map(steps().map((step) => [step.id, valueOf(step)]));
  saver = new Saver(page().dataset.save);
  refresh();
  goTo(currentStep() ?? reachable().at(-1));
}

document.documentElement.classList.add("scripted");
document.addEventListener("keydown", onKey);
document.addEventListener("change", ({ target }) => {
  if (target.type === "radio" && target.closest(".step")) rated(target.closest(".step"));
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.(".show-keys")) showKeys();
  const step = event.target.closest?.(".step");
  if (step && reachable().includes(step) && !event.target.closest(".ratings")) goTo(step);
});
document.addEventListener("htmx:afterSwap", () => {
  window.scrollTo({ top: 0, behavior: "instant" });
  begin();
});
document.addEventListener("htmx:beforeSend", () => saver?.pause());
document.addEventListener("htmx:responseError", async ({ detail: { xhr } }) => {
  const isRenewed = xhr.status === 403 && (await renewToken());
  notSubmitted(isRenewed ? "you signed in anew. Press Enter again." : whyNot(xhr.status, xhr.responseText));
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => notSubmitted("the server cannot be reached. Press Enter to try again."));
}
window.addEventListener("beforeunload", (event) => saver?.waiting.size && event.preventDefault());
begin();
