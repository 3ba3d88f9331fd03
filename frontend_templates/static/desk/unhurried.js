// A page that comes after a submit: the second Enter of a hasty hand, meant for the page before, does not answer it.

const SETTLES = 700; // ms
let cameAt = performance.now();

document.addEventListener("htmx:afterSwap", () => { cameAt = performance.now(); });
document.addEventListener("click", (event) => {
  const isByKey = event.detail === 0;
  if (isByKey && performance.now() - cameAt < SETTLES && event.target.closest("[data-unhurried]")) event.preventDefault();
});
