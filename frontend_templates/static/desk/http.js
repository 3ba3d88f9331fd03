// Requests of the desk, and signing in again without leaving it. Whoever signs in anew, here or in another tab, gets a
// new form token; it is fetched, and the request is sent again.

import { form } from "./page.js";

const TIMEOUT = 15000;
const GONE = "This solution is no longer yours: it was taken back, or you do not label here any more.";
const TOKEN = "csrfmiddlewaretoken";

// The status of an answer that is fine, but not ours: a hotel's network that wants a room number answers so.
export const STRANGE = -1;

// {status, json, why}: status 0 when no server, or somebody else's, answers; `why` is a sentence for the labeler.
// `holds` is what only an answer of our server has in it.
export async function postForm(url, fields, holds = "seconds") {
  const first = await post(url, fields, holds);
  const answer = await explained(first.status === 403 && (await renewToken()) ? await post(url, fields, holds) : first);
  if (answer.status === 200 || (answer.status === 409 && answer.json?.code)) isSignedIn();
  return answer;
}

// Refused, or nothing there: somebody else's session, a solution that was taken back, or a fault that passes.
export async function explained(answer) {
  if (answer.status !== 403 && answer.status !== 404) return answer;
  try {
    const response = await fetch(window.location.href);
    const page = pageOf(await response.text());
    if (isOthers(page)) return { ...answer, isOthers: true, why: "this solution is not theirs who is signed in now. Sign in as yourself." };
    if (isSignIn(page)) return { ...answer, status: 401, why: whyNot(401) };
    if (answer.status === 403 || response.status !== 404 || !takeToken(page)) return answer;
    return { status: 409, json: { code: "withdrawn", detail: GONE }, why: GONE };
  } catch {
    return answer;
  }
}

async function post(url, fields, holds) {
  try {
    const response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ ...fields, [TOKEN]: form().elements[TOKEN].value }),
      headers: { "X-Requested-With": "fetch" },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const json = await jsonOf(response);
    const status = response.ok && json?.[holds] === undefined ? STRANGE : response.status;
    return { status, json, why: whyNot(status, json) };
  } catch {
    return { status: 0, json: null, why: "the server cannot be reached." };
  }
}

async function jsonOf(response) {
  try {
    return (response.headers.get("Content-Type") ?? "").includes("json") ? await response.json() : null;
  } catch {
    return null;
  }
}

export function whyNot(status, json) {
  if (status === 0) return "the server cannot be reached.";
  if (status === STRANGE) return "something else answers in place of the server. Is your network asking you to sign in?";
  if (status === 401) return "you are signed out.";
  return json?.detail ?? `the server answers ${status}.`;
}

// The same of what htmx has got.
export function jsonIn(xhr) {
  try {
    return xhr.getResponseHeader("Content-Type")?.includes("json") ? JSON.parse(xhr.responseText) : null;
  } catch {
    return null;
  }
}

// Only what our server says comes next is put into the page, and only whole.
export function guardSwap({ detail }) {
  const { xhr, requestConfig } = detail;
  if (requestConfig.verb === "get") return; // a page that our server sent us to
  const isNext = xhr.getResponseHeader("HX-Push-Url") && xhr.responseText.trimEnd().endsWith("</main>");
  if (xhr.status >= 300 || isNext) return;
  detail.shouldSwap = false;
  detail.isError = true;
}

// The token of this page as the server would write it now; false when nobody, or somebody else, is signed in.
export async function renewToken() {
  try {
    return takeToken(await pageAt(window.location.href));
  } catch {
    return false;
  }
}

const pageOf = (html) => new DOMParser().parseFromString(html, "text/html");
const pageAt = async (url, options) => pageOf(await (await fetch(url, options)).text());

// Every page has a token, and says whose it is.
function takeToken(page) {
  const token = page.querySelector(`.who [name=${TOKEN}]`);
  if (!token || isOthers(page)) return false;
  for (const field of document.getElementsByName(TOKEN)) field.value = token.value;
  return true;
}

const personIn = (page) => page.querySelector(".who a[title]")?.title;
const isSignIn = (page) => personIn(page) === undefined && page.querySelector("main [name=password]") !== null;
const isOthers = (page) => personIn(page) !== undefined && personIn(page) !== personIn(document);

// Signs in without leaving the page, unless that has happened in another tab. Returns "" or why not.
async function signIn(url, username, password) {
  try {
    if (await renewToken()) return "";
    const headers = { "X-Requested-With": "fetch" };
    const token = (await pageAt(url, { headers })).querySelector(`main [name=${TOKEN}]`);
    if (!token) return "The server cannot be reached.";
    const body = new URLSearchParams({ username, password, [TOKEN]: token.value });
    const answer = await fetch(url, { method: "POST", body, headers, redirect: "manual" });
    if (answer.type !== "opaqueredirect") return reasonIn(await answer.text());
    return (await renewToken()) ? "" : "That is somebody else: this solution is not theirs. Sign in as yourself.";
  } catch {
    return "The server cannot be reached.";
  }
}

function reasonIn(html) {
  return pageOf(html).querySelector(".error, main p")?.textContent.trim() ?? "That did not work.";
}

const IN = "in"; // how the dialog was closed
const LOOK = 4000; // ms between two looks whether somebody signed in elsewhere

const dialog = () => document.getElementById("signin");
let whenIn = () => {};
let isPutOff = false; // "Not now": nothing but the labeler opens the dialog again
let looking = 0;

export function askToSignIn(then, insists = false) {
  if (!dialog().open || insists) whenIn = then;
  if (dialog().open || (isPutOff && !insists)) return;
  dialog().returnValue = "";
  dialog().showModal();
  looking = setInterval(look, LOOK);
}

// For the line that says what is not saved.
export function signInButton(then) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link sign-in";
  button.textContent = "Sign in";
  button.addEventListener("click", () => askToSignIn(then, true));
  return button;
}

// Whoever is signed in, from wherever, needs no dialog any more, and is asked again the next time.
function isSignedIn() {
  isPutOff = false;
  if (!dialog()?.open) return;
  dialog().close(IN);
  whenIn();
}

async function look() {
  if (dialog()?.open && document.visibilityState === "visible" && (await renewToken())) isSignedIn();
}

export function beginSignIn() {
  dialog()?.addEventListener("submit", send);
  dialog()?.addEventListener("close", () => {
    clearInterval(looking);
    isPutOff = dialog().returnValue !== IN;
  });
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
}

async function send(event) {
  if (event.submitter?.value === "later") return; // the dialog closes by itself
  event.preventDefault();
  const { username, password } = event.target.elements;
  const line = dialog().querySelector(".error");
  line.textContent = "";
  const why = await signIn(dialog().dataset.url, username.value, password.value);
  password.value = "";
  if (!why) return isSignedIn();
  line.textContent = why;
  password.focus();
}
