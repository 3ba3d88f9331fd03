// Requests of the desk, and signing in again without leaving it. Whoever signs in anew, here or in another tab, gets a
// new form token; it is fetched, and the request is sent again.

import { form } from "./page.js";

const TIMEOUT = 15000;
const TOKEN = "csrfmiddlewaretoken";

// {status, json, why}: status 0 when there is no server; `why` is a sentence for the labeler.
export async function postForm(url, fields) {
  const first = await post(url, fields);
  return first.status === 403 && (await renewToken()) ? post(url, fields) : first;
}

async function post(url, fields) {
  try {
    const response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ ...fields, [TOKEN]: form().elements[TOKEN].value }),
      headers: { "X-Requested-With": "fetch" },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const json = await jsonOf(response);
    return { status: response.status, json, why: whyNot(response.status, json) };
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

// Signs in without leaving the page. Returns "" or why not.
async function signIn(url, username, password) {
  try {
    const asked = await fetch(url, { redirect: "manual" });
    if (asked.type !== "opaqueredirect") {
      const html = new DOMParser().parseFromString(await asked.text(), "text/html");
      const body = new URLSearchParams({ username, password, [TOKEN]: html.querySelector(`[name=${TOKEN}]`).value });
      const answer = await fetch(url, { method: "POST", body, redirect: "manual" });
      if (answer.type !== "opaqueredirect") return reasonIn(await answer.text());
    }
    return (await renewToken()) ? "" : "This solution belongs to somebody else than who signed in.";
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
