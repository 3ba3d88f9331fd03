// What is not yet on the server. One request at a time; a failed one is sent again, later ratings included. Each says
// from which version of the draft it starts; the server answers with the new one, or with what another window says.

import { postForm } from "./http.js";
import { isSame, say } from "./page.js";

const PREFIX = "stepmark-desk:";
const MOST_DAYS = 30;
const PATIENCE = 1000; // ms that a submit waits for the save before it
const RETRY_SECONDS = [1, 2, 4, 8, 15, 30];

// How long to wait before something is sent again that has failed so often.
export function retrySeconds(failures) {
  return RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length - 1)] * (0.8 + 0.4 * Math.random());
}

export class Saver {
  // `on` has: times() -> "ms,ms", path() -> "3,0", held(answer), others(marks), contested(marks), turnedBack(answer),
  // signedOut().
  constructor(main, on) {
    this.url = main.dataset.save;
    this.version = Number(main.dataset.version);
    this.on = on;
    this.waiting = new Map();
    this.sending = null;
    this.unanswered = []; // [name, mark] that was sent, and may have arrived although no answer came
    this.journal = new Journal(main.dataset.lease);
    this.failures = 0;
    this.timer = 0;
    this.isPaused = false;
    this.isOver = false;
    this.isQuiet = false; // while the page says why a submit was refused
  }

  // What a window that was closed too early had kept: {name: mark}.
  recover() {
    const left = this.journal.read();
    this.version = Math.min(left.version, this.version);
    for (const [name, mark] of Object.entries(left.marks)) this.waiting.set(name, mark);
    this.journal.adopt(this.version, this.waiting);
    return left.marks;
  }

  save(name, mark) {
    this.waiting.set(name, mark);
    this.journal.write(this.version, this.waiting);
    this.send();
  }

  send() {
    if (this.sending || this.isPaused || this.isOver || !this.waiting.size) return;
    clearTimeout(this.timer);
    this.say("Saving …");
    this.sending = this.exchange(new Map(this.waiting));
  }

  async exchange(marks) {
    this.unanswered.push(...marks);
    const answer = await postForm(this.url, this.fields(marks));
    this.sending = null;
    if (!this.isOver) this.take(answer, marks);
  }

  fields(marks) {
    const fields = { version: String(this.version), times: this.on.times(), path: this.on.path() };
    for (const [name, { rating, unsure }] of marks) {
      fields[name] = rating;
      if (unsure) fields[`un${name.replace("step", "sure")}`] = "on";
    }
    return fields;
  }

  take({ status, json, why }, sent) {
    if (status === 200) this.took(json, sent);
    else if (status === 409 && json?.code === "conflict") this.yieldTo(json);
    else if (status === 409 && json?.path !== undefined) this.turnBack(json);
    else if (status === 409 && json?.code) this.refused(json);
    else this.tryLater(status, why);
  }

  took(json, sent) {
    for (const [name, mark] of sent) if (this.waiting.get(name) === mark) this.waiting.delete(name);
    this.unanswered = [];
    this.version = json.version;
    this.failures = 0;
    this.journal.write(this.version, this.waiting);
    this.on.others(json.others);
    this.on.held(json);
    this.say(this.waiting.size ? "Saving …" : "Saved");
    this.send();
  }

  // The server has something newer for the same spot. What this window sent itself, without hearing that it arrived,
  // is simply replaced; about what another window says the labeler decides. Returns whether there is such a thing.
  yieldTo({ version, theirs, detail }) {
    const foreign = Object.fromEntries(Object.entries(theirs).filter(([name, mark]) => !this.hasSent(name, mark)));
    const mine = {};
    for (const name of Object.keys(foreign)) {
      mine[name] = this.waiting.get(name);
      this.waiting.delete(name);
    }
    this.version = version;
    this.journal.write(version, this.waiting);
    const isContested = Object.keys(foreign).length > 0;
    if (isContested) {
      this.on.contested(foreign, mine);
      this.say(`${detail} Which one counts?`, true);
    }
    this.send();
    return isContested;
  }

  // The solution cannot go on as this window wanted: it went another way meanwhile. Its ratings stay.
  turnBack(json) {
    for (const name of this.waiting.keys()) if (/^(choice|written)-/.test(name)) this.waiting.delete(name);
    this.version = json.version;
    this.journal.write(this.version, this.waiting);
    this.on.turnedBack(json);
    this.say(`Not done: ${json.detail}`, true);
    this.send();
  }

  hasSent(name, mark) {
    return this.unanswered.some(([sentName, sentMark]) => sentName === name && isSame(sentMark, mark));
  }

  // Sending it again would not help. Once the solution is submitted there is nothing to keep any more.
  refused({ code, detail }) {
    const isDone = code === "already_submitted";
    if (isDone) this.waiting.clear();
    this.journal.write(this.version, this.waiting);
    if (!this.isPaused) say(`Not saved: ${detail}`, true, isDone);
  }

  tryLater(status, why) {
    const seconds = retrySeconds(this.failures++);
    this.say(`Not saved yet: ${why} Trying again in ${Math.ceil(seconds)} s.`, true);
    if (status === 401) this.on.signedOut();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), seconds * 1000);
  }

  say(text, isTrouble = false) {
    if (!this.isPaused && (isTrouble || !this.isQuiet)) say(text, isTrouble);
  }

  // While a submit is under way, which carries all ratings itself. Resolves when no save is on its way any more, or
  // has been for too long.
  async pause() {
    this.isPaused = true;
    clearTimeout(this.timer);
    if (this.sending) await Promise.race([this.sending, new Promise((done) => setTimeout(done, PATIENCE))]);
  }

  resume() {
    this.isPaused = false;
  }

  // Everything is handed in; a late answer is nobody's business any more.
  end() {
    this.isOver = true;
    clearTimeout(this.timer);
    this.journal.write(this.version, new Map());
  }
}

// --- the journal ------------------------------------------------------------------------------------------

// A second copy of what is waiting, in the browser's storage, so that a killed tab loses nothing. It holds names of
// fields and ratings, nothing else, and goes as soon as they are saved. Each window writes a page of its own; who
// opens the solution next takes over all of them.
class Journal {
  constructor(lease) {
    this.lease = PREFIX + lease;
    this.key = `${this.lease}:${Math.random().toString(36).slice(2)}`;
  }

  // {version, marks: {name: mark}}: the oldest version that anything in it starts from.
  read() {
    const found = this.pages().map(pageOf).filter((page) => page?.marks && Number.isInteger(page.version));
    found.sort((one, other) => one.at - other.at);
    return {
      version: Math.min(...found.map((page) => page.version)),
      marks: Object.assign({}, ...found.map((page) => page.marks)),
    };
  }

  adopt(version, marks) {
    const others = this.pages();
    this.write(version, marks);
    for (const key of others) localStorage.removeItem(key);
  }

  pages() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(this.lease) && key !== this.key);
    } catch {
      return []; // no storage here: the server's draft stands
    }
  }

  write(version, marks) {
    try {
      if (marks.size) localStorage.setItem(this.key, JSON.stringify({ version, marks: Object.fromEntries(marks), at: Date.now() }));
      else localStorage.removeItem(this.key);
    } catch {
      // A full or forbidden storage: the page itself still has them and says "not saved yet".
    }
  }
}

function pageOf(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // something else wrote there
  }
}

// Drops what solutions left behind that nobody opened again.
export function tidy() {
  try {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
      const { at = 0 } = pageOf(key) ?? {};
      if (Date.now() - at > MOST_DAYS * 864e5) localStorage.removeItem(key);
    }
  } catch {
    // No storage: nothing to tidy.
  }
}
