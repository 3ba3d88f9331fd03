// The page that says what there is to wait for: times as the reader's clock shows them, and a look at the queue now and
// then. When something came free the page says so; it starts nothing by itself.

const LOOK = 30_000;

const page = () => document.querySelector("main.waiting");

function showLocalTimes() {
  for (const time of page()?.querySelectorAll("time") ?? []) {
    time.textContent = new Date(time.dateTime).toTimeString().slice(0, 5);
  }
}

async function look() {
  if (!page() || document.visibilityState !== "visible") return;
  try {
    const response = await fetch(page().dataset.refresh);
    const html = new DOMParser().parseFromString(await response.text(), "text/html");
    take(html.querySelector("main.waiting"));
  } catch {
    // No server just now: what the page says may still be true, and its button asks again.
  }
}

function take(fresh) {
  const form = page()?.querySelector("form");
  if (!fresh || !form) return;
  const hadFocus = form.contains(document.activeElement);
  page().replaceWith(fresh);
  showLocalTimes();
  if (hadFocus) fresh.querySelector("button").focus();
}

showLocalTimes();
document.addEventListener("htmx:afterSwap", showLocalTimes);
document.addEventListener("visibilitychange", look);
setInterval(look, LOOK);
