// Renders formulas in the texts of problems and steps. Everything goes into the page as text nodes and
// through katex.render: no text of a model is ever read as HTML. A formula that fails stays readable source.
"use strict";

const REFUSED = "refused"; // the "colour" in which KaTeX says that it does not do a command, and drops what it was for
const LIMITS = { trust: false, strict: "ignore", maxExpand: 200, maxSize: 20, globalGroup: false, errorColor: REFUSED };
const FARTHEST = 3; // em that a formula may go back to the left; `maxSize` bounds what goes to the right
const LONGEST = 20000; // characters of a text
const DEEPEST = 250; // elements in each other; browsers die of laying out thousands
const MOST = 10000; // elements of the formulas of a text
const FIRST = [12, 120]; // ms of rendering before the page is painted: at least, and at most for texts that show
const SLICE = [30, 30]; // ms at a time afterwards; a page must stay quick while thousands of formulas come

// $..$ follows the rule that tells money from mathematics: no space after the opening dollar, none before the
// closing one, and no digit after that. So "$2 each for a total of $18" stays text.
const PARTS = new RegExp(
  [
    /\$\$([\s\S]{1,5000}?)\$\$/, // 1: display
    /\\\[([\s\S]{1,5000}?)\\\]/, // 2: display
    /(\\begin\{(align\*?|aligned|gather\*?|equation\*?|cases|array|[pbvBV]?matrix)\}[\s\S]{1,5000}?\\end\{\4\})/, // 3: display
    /\\\(([\s\S]{1,5000}?)\\\)/, // 5: inline
    /\$((?![\s$])(?:\\.|[^\\$])*?(?:\\.|[^\s\\$]))\$(?!\d|<<)/, // 6: inline
    /<<([^<>\n]{1,200})>>/, // 7: a calculator's mark
    /^# (Answer)\n+([^\n]+)\n*(?![\s\S])/, // 8: the answer of a solution, 9: its line
    /^# (.+)$\n*/, // 10: a heading
    /(\\\$)/, // 11: a dollar sign
  ].map((part) => part.source).join("|"),
  "gm",
);

const BLANK = /^[ \t]*\n?/; // what follows a formula that has a line of its own

function renderText(element) {
  const source = element.textContent;
  if (source.length > LONGEST || element.dataset.rendered) return;
  element.dataset.rendered = "yes";
  room = MOST;
  element.replaceChildren(element.dataset.math === "formula" ? formulaOrText(source) : withFormulas(source));
}

// An answer is often bare LaTeX without dollars.
function formulaOrText(source) {
  return /[\\^_{}]/.test(source) && !source.includes("$") ? formula(source, source, false) : withFormulas(source);
}

function withFormulas(source) {
  const content = document.createDocumentFragment();
  let end = 0;
  for (const match of source.matchAll(PARTS)) {
    content.append(source.slice(end, match.index));
    end = match.index + match[0].length;
    const result = match[7] && resultOf(match[7], source.slice(0, match.index), source.slice(end));
    content.append(result ? calculated(result, match[7]) : part(match));
    if (result) end += result.length;
    if (isDisplay(match)) end += BLANK.exec(source.slice(end))[0].length;
  }
  content.append(source.slice(end));
  return content;
}

// "3 + 4 = <<3+4=7>>7" says the same three times: the number that comes after the mark, where the mark adds nothing.
function resultOf(calculator, before, after) {
  const [, term, result] = /^(.*)=(.*)$/.exec(calculator) ?? [];
  const number = /^\d[\d,]*(?:\.\d+)?/.exec(after)?.[0];
  if (!number || Number(number.replaceAll(",", "")) !== Number(result || NaN)) return undefined;
  return bare(before.slice(-4 * calculator.length)).endsWith(bare(`${term}=`)) ? number : undefined;
}

const bare = (text) => text.replace(/[\s,$]/g, "");

function calculated(number, calculator) {
  const span = marked("calculated", number);
  span.title = `Calculator: ${calculator}`;
  return span;
}

const isDisplay = (match) => (match[1] ?? match[2] ?? match[3]) !== undefined;

function part(match) {
  const [whole, dollars, brackets, environment, , parentheses, dollar, calculator, answer, line, heading] = match;
  if (answer !== undefined) return answered(answer, line);
  if (heading !== undefined) return marked("heading", heading);
  if (calculator !== undefined) return marked("calculator", calculator);
  const display = dollars ?? brackets ?? environment;
  if (display !== undefined) return formula(display, whole, true);
  const inline = parentheses ?? dollar;
  return inline === undefined ? "$" : formula(inline, whole, false);
}

function answered(heading, line) {
  const content = document.createDocumentFragment();
  content.append(marked("heading", heading), isBare(line) ? formula(line, line, false) : withFormulas(line));
  return content;
}

// Whether a line is LaTeX without dollars, and no sentence, whose words a formula would run together.
function isBare(line) {
  const rest = line.replace(/\\(?:text|mbox|textbf|mathrm|begin|end)\{[^{}]*\}|\\[a-zA-Z]+/g, "");
  return /\\[a-zA-Z]|\^/.test(line) && !line.includes("$") && !line.includes("\\(") && !/[a-zA-Z]{2}/.test(rest);
}

let room = MOST; // for elements, in the text that is being rendered

const NUMBERED = /\\(begin|end)\{(align|alignat|equation|gather)\}/g; // a page has nothing to refer to by number

function formula(tex, whole, displayMode) {
  const span = document.createElement("span");
  if (displayMode) span.className = "display";
  try {
    if (room <= 0) throw new RangeError("too many formulas");
    katex.render(tex.replace(NUMBERED, "\\$1{$2*}"), span, { ...LIMITS, displayMode, throwOnError: true, macros: {} });
    if (isTooMuch(span)) throw new RangeError("too deep or too large");
    if (span.querySelector(`[mathcolor="${REFUSED}"]`)) throw new RangeError("a command that is not trusted");
    if (goesBack(span) > FARTHEST) throw new RangeError("out of its place");
  } catch {
    span.className = "unrendered";
    span.textContent = whole;
  }
  return span;
}

// Looks at a formula that is not in the page yet, so that it costs nothing to refuse it.
function isTooMuch(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
  let depth = 0;
  for (; room > 0; room--) {
    if (walker.firstChild()) depth++;
    else {
      while (!walker.nextSibling()) {
        if (!walker.parentNode()) return false;
        depth--;
      }
    }
    if (depth > DEEPEST) return true;
  }
  return true;
}

// How far, in em: what is set off to the left is out of sight, or over something else.
function goesBack(root) {
  const margins = [...root.querySelectorAll('[style*=": -"]')].flatMap(({ style }) => [style.marginLeft, style.marginRight]);
  return -margins.reduce((sum, margin) => sum + Math.min(0, parseFloat(margin) || 0), 0);
}

function marked(kind, text) {
  const span = document.createElement("span");
  span.className = kind;
  span.textContent = text;
  return span;
}

const sources = new WeakMap();
let showsSource = false;

function renderAll() {
  const waiting = [...document.querySelectorAll("[data-math]:not([data-rendered])")];
  for (const element of waiting) if (!sources.has(element)) sources.set(element, element.textContent);
  renderSome(waiting.reverse(), FIRST);
}

function renderSome(waiting, [least, most] = SLICE) {
  const start = performance.now();
  const spent = () => performance.now() - start;
  const mayGoOn = () => spent() < least || (spent() < most && waiting.at(-1).checkVisibility());
  while (waiting.length && !showsSource && mayGoOn()) renderText(waiting.pop());
  if (waiting.length && !showsSource) requestAnimationFrame(() => setTimeout(renderSome, 0, waiting));
}

// The source instead of the formulas, and back.
function toggleSource() {
  showsSource = !showsSource;
  for (const element of document.querySelectorAll("[data-math]")) {
    delete element.dataset.rendered;
    element.textContent = sources.get(element);
  }
  renderAll();
}

renderAll();
for (const name of ["htmx:afterSwap", "stepmark:grown"]) document.addEventListener(name, renderAll);
document.addEventListener("stepmark:source", toggleSource);
