// Requests of the desk, and signing in again without leaving it. Whoever signs in anew, here or in another tab, gets a
// new form token; it is fetched, and the request is sent again.

import { form } from "./page.js";

const TIMEOUT = 15000;
const TOKEN = "csrfmiddlewaretoken";

// The status of an answer that is fine, but not ours: a hotel's network that wants a room number answers so.
export const STRANGE = -1;

// {status, json, why}: status 0 when no server, or somebody else's, answers; `why` is a sentence for the labeler.
// `holds` is what only an answer of our server has in it.
export async function postForm(url, fields, holds = "seconds") {
  const first = await post(url, fields, holds);
  return first.status === 403 && (await renewToken()) ? post(url, fields, holds) : first;
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
  if (status === 404) return "this solution is not yours. Are you signed in as somebody else?";
  return json?.detail ?? `the server answers ${status}.`;
}

// The token of this page as the server would write it now; false when it is not to be had.
export async function renewToken() {
  try {
    const response = await fetch(window.location.href);
    return takeToken(await response.text(), ".desk");
  } catch {
    return false;
  }
}

function takeToken(html, where) {
  const token = new DOMParser().parseFromString(html, "text/html").querySelector(`${where} [name=${TOKEN}]`);
  if (token) form().elements[TOKEN].value = token.value;
  return token !== null;
}

// Signs in without leaving the page, unless that has happened in another tab. Returns "" or why not.
async function signIn(url, username, password) {
  try {
    if (await renewToken()) return "";
    const headers = { "X-Requested-With": "fetch" };
    const asked = await fetch(url, { headers });
    const token = new DOMParser().parseFromString(await asked.text(), "text/html").querySelector(`main [name=${TOKEN}]`);
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
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.querySelector(".error, main p")?.textContent.trim() ?? "That did not work.";
}

const dialog = () => document.getElementById("signin");
let whenIn = () => {};

export function askToSignIn(then) {
  whenIn = then;
  if (!dialog().open) dialog().showModal();
}

export function beginSignIn() {
  dialog()?.addEventListener("submit", send);
}

async function send(event) {
  if (event.submitter?.value === "later") return; // the dialog closes by itself
  event.preventDefault();
  const { username, password } = event.target.elements;
  const line = dialog().querySelector(".error");
  line.textContent = "";
  const why = await signIn(dialog().dataset.url, username.value, password.value);
  password.value = "";
  if (why) {
    line.textContent = why;
    password.focus();
    return;
  }
  dialog().close();
  whenIn();
}
