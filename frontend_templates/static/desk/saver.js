// What is not yet on the server. One request at a time; a failed one is sent again, later ratings included. Each says
// from which version of the draft it starts; the server answers with the new one, or with what another window says.

import { postForm, signInButton } from "./http.js";
import { Journal } from "./journal.js";
import { form, isSame, markOf, say, spotNamed, wayOn } from "./page.js";

const PATIENCE = 1000; // ms that a submit waits for the save before it
const PAUSE = 600; // ms after the last key before a text is sent
const RETRY_SECONDS = [1, 2, 4, 8, 15, 30];

// How long to wait before something is sent again that has failed so often.
export function retrySeconds(failures) {
  return RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length - 1)] * (0.8 + 0.4 * Math.random());
}

export class Saver {
  // `on` has: times() -> "ms,ms", path() -> "3,0", alone() -> "1,2", due() -> a step or null, reports() -> whether there is an error to
  // report, held(answer), others(marks), contested(), refused(names), turnedBack(answer), signedOut().
  constructor(main, on) {
    this.url = main.dataset.save;
    this.version = Number(main.dataset.version);
    this.on = on;
    this.marks = new Map(); // what waits to be sent, name -> mark
    this.contested = new Map(); // what waits for the labeler to decide, name -> {mine, theirs}
    this.said = new Map(); // answers about the error that this window changed, name -> value
    this.typed = new Map(); // texts that only a button sends, name -> text
    this.sending = null;
    this.unanswered = []; // [name, mark] that was sent, and may have arrived although no answer came
    this.journal = new Journal(main.dataset.lease);
    this.failures = 0;
    this.timer = 0;
    this.asked = ""; // for which step the page has asked already, without getting the next one
    this.isReportRefused = false;
    this.isPaused = false;
    this.isOver = false;
    this.isQuiet = false; // while the page says why something was refused
  }

  // What a window that was closed too early had kept.
  recover() {
    const left = this.journal.read();
    this.version = Math.min(left.version, this.version);
    for (const part of ["marks", "said", "typed"]) this[part] = left[part];
    for (const [name, { mine, theirs }] of left.contested) {
      const stored = spotNamed(name) ? markOf(spotNamed(name)) : theirs;
      if (!this.marks.has(name) && !isSame(stored, mine)) this.contested.set(name, { mine, theirs: stored });
    }
    this.journal.adopt(this.version, this);
  }

  keep() {
    this.journal.write(this.version, this);
  }

  save(name, mark) {
    this.contested.delete(name);
    this.typed.delete(name);
    this.marks.set(name, mark);
    this.asked = "";
    this.keep();
    setTimeout(() => this.send()); // what the labeler sees comes first
  }

  // The labeler has decided that what is stored counts.
  settle(name) {
    this.contested.delete(name);
    this.keep();
    if (!this.marks.size) this.say("Saved");
  }

  // What is said of the error; a text is sent when the typing pauses.
  tell(name, value, isText) {
    this.said.set(name, value);
    this.isReportRefused = false;
    this.keep();
    if (!isText) return this.send();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE);
  }

  typing(name, text) {
    if (text.trim()) this.typed.set(name, text);
    else this.typed.delete(name);
    this.keep();
  }

  get hasUnsaved() {
    const typed = [...this.typed.keys()].some((name) => form().elements[name]);
    return this.marks.size > 0 || this.contested.size > 0 || (this.said.size > 0 && this.on.reports()) || typed;
  }

  report() {
    return this.isReportRefused || !this.on.reports() ? new Map() : new Map(this.said);
  }

  send() {
    if (this.sending || this.isPaused || this.isOver) return;
    const sent = { marks: new Map(this.marks), said: this.report(), due: this.due() };
    if (!sent.marks.size && !sent.said.size && sent.due === null) return;
    clearTimeout(this.timer);
    this.say("Saving …");
    this.sending = this.exchange(sent);
  }

  // The step whose successor the page waits for, if all is sent that could bring it.
  due() {
    const due = this.on.due();
    return this.marks.size || due === null || this.asked === this.place(due) ? null : due;
  }

  place(due) {
    return `${this.on.path()}:${due}`;
  }

  async exchange(sent) {
    this.unanswered.push(...sent.marks);
    const answer = await postForm(this.url, this.fields(sent));
    this.sending = null;
    if (!this.isOver) this.take(answer, sent);
  }

  fields({ marks, said, due }) {
    const fields = { version: String(this.version), times: this.on.times(), path: this.on.path(), alone: this.on.alone() };
    for (const [name, { rating, unsure }] of marks) {
      fields[name] = rating;
      if (unsure) fields[`un${name.replace("step", "sure")}`] = "on";
    }
    if (due !== null) fields.again = String(due);
    return { ...fields, ...Object.fromEntries(said) };
  }

  take({ status, json, why, isOthers }, sent) {
    if (status === 200) this.took(json, sent);
    else if (status === 409 && json?.code === "conflict") this.yieldTo(json);
    else if (status === 409 && json?.refused?.some((name) => this.marks.has(name))) this.drop(json);
    else if (status === 409 && json?.path !== undefined) this.turnBack(json);
    else if (status === 409 && json?.code) this.refused(json);
    else this.tryLater(status, why, isOthers);
  }

  took(json, sent) {
    for (const part of ["marks", "said"]) {
      for (const [name, value] of sent[part]) if (this[part].get(name) === value) this[part].delete(name);
    }
    if (sent.due !== null) this.asked = this.place(sent.due);
    this.version = json.version;
    this.failures = 0;
    const contested = this.oppose(json.others);
    this.unanswered = [];
    this.keep();
    this.on.others(Object.fromEntries(Object.entries(json.others).filter(([name]) => !this.concerns(name))));
    this.on.held(json);
    if (contested) this.on.contested();
    this.say(...this.state());
    this.send();
  }

  // Nothing of this window is on its way, or waits.
  get isIdle() {
    return !this.sending && !this.marks.size && !this.contested.size && !this.isPaused && !this.isOver;
  }

  catchUp(version) {
    this.version = version;
    this.keep();
  }

  state() {
    if (this.contested.size) return ["Another window has a different rating. Which one counts?", true];
    return [this.marks.size ? "Saving …" : "Saved"];
  }

  concerns(name) {
    return this.marks.has(name) || this.contested.has(name);
  }

  // What another window has stored against what this one still has to say: the labeler decides. What this window sent
  // itself, without hearing that it arrived, is simply replaced. Returns how many there are.
  oppose(theirs, isMine = (name) => this.concerns(name)) {
    let count = 0;
    for (const [name, mark] of Object.entries(theirs)) {
      if (!isMine(name)) continue;
      const mine = this.marks.get(name) ?? this.contested.get(name)?.mine ?? (spotNamed(name) && markOf(spotNamed(name)));
      if (!mine || this.hasSent(name, mark)) continue;
      this.marks.delete(name);
      this.contested.delete(name);
      if (isSame(mine, mark)) continue;
      this.contested.set(name, { mine, theirs: mark });
      count += 1;
    }
    return count;
  }

  // The server has something newer for the same spot. Returns whether there is something to decide.
  yieldTo({ version, theirs, detail }) {
    const isContested = this.oppose(theirs, () => true) > 0;
    this.version = version;
    this.keep();
    if (isContested) {
      this.on.contested();
      this.say(`${detail} Which one counts?`, true);
    }
    this.send();
    return isContested;
  }

  // Some of it cannot be said any more. The rest goes on.
  drop(json) {
    for (const name of json.refused) this.marks.delete(name);
    this.keep();
    this.on.refused(json.refused);
    if (json.path !== undefined) this.on.turnedBack(json);
    this.insist(`Not saved: ${json.detail}`);
    this.send();
  }

  // The solution cannot go on as this window wanted: it went another way meanwhile. Its ratings stay, and its texts.
  turnBack(json) {
    this.version = json.version;
    if (!this.isOwnWay(json)) {
      for (const [name, { rating }] of this.marks) {
        if (/^(choice|written)-/.test(name)) this.marks.delete(name);
        if (/^written-/.test(name)) this.typed.set(name, rating);
      }
      this.on.turnedBack(json);
      this.insist(`Not done: ${json.detail}`);
    }
    this.keep();
    this.send();
  }

  // Whether that other way is one that this window chose before, without hearing that it arrived.
  isOwnWay({ code, step, path }) {
    const way = path.split(",")[step];
    const isLot = ({ rating }) => rating === way || rating === "written";
    const isIt = ([name, mark]) => name === `written-${step}` ? way === "-1" : name === `choice-${step}` && isLot(mark);
    return code === "other_way" && this.unanswered.some(isIt);
  }

  hasSent(name, mark) {
    return this.unanswered.some(([sentName, sentMark]) => sentName === name && isSame(sentMark, mark));
  }

  // Sending it again would not help. Once the solution is submitted, or gone, there is nothing to keep any more.
  refused({ code, detail }, lead = "Not saved: ") {
    const link = wayOn(code);
    if (link) for (const part of ["marks", "contested", "said", "typed"]) this[part].clear();
    this.keep();
    if (code === "wrong_report") this.isReportRefused = true;
    if (!this.isPaused) say(`${lead}${detail}`, true, link);
    if (code !== "wrong_report") return;
    this.isQuiet = true;
    this.send();
  }

  tryLater(status, why, isOthers) {
    const seconds = retrySeconds(this.failures++);
    const more = status === 401 || isOthers ? signInButton(() => this.send()) : null;
    this.say(`Not saved yet: ${why} Trying again in ${Math.ceil(seconds)} s.`, true, more);
    if (status === 401) this.on.signedOut();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), seconds * 1000);
  }

  say(text, isTrouble = false, more = null) {
    if (!this.isPaused && (isTrouble || !this.isQuiet)) say(text, isTrouble, more);
  }

  // It stands until the labeler goes on.
  insist(text) {
    this.say(text, true);
    this.isQuiet = true;
  }

  // While a submit is under way, which carries all of it itself. Resolves when no save is on its way any more, or
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
    for (const part of ["marks", "contested", "said", "typed"]) this[part].clear();
    this.keep();
  }
}
