// Shows how far an upload is. Without this script the form works as it is.
"use strict";

const form = document.querySelector("form.upload");
const bar = form.querySelector("progress");
const trouble = form.querySelector("p.error[role=alert]:last-child");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = (100 * loaded) / total; });
  request.addEventListener("load", () => {
    if (request.status === 200) window.location.assign(request.responseURL);
    else if (request.status === 400) showRefusal(request.responseText);
    else fail(`The server answers ${request.status}.`);
  });
  request.addEventListener("error", () => fail("The server cannot be reached."));
  bar.hidden = false;
  trouble.textContent = "";
  form.querySelector("button").disabled = true;
  request.open("POST", form.action);
  request.send(new FormData(form));
});

function showRefusal(page) {
  const errors = new DOMParser().parseFromString(page, "text/html").querySelectorAll("form.upload .error");
  fail([...errors].map((error) => error.textContent).join(" ").trim());
}

function fail(why) {
  trouble.textContent = `Not loaded. ${why}`;
  form.querySelector("button").disabled = false;
  bar.hidden = true;
}
