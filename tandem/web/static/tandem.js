// Pages work without this. With it, a form marked data-swap and a <details> with data-src bring only what changed:
// the answer is a list of elements, and each takes the place of the one on the page that has its id.
"use strict";
const AS_FRAGMENT = { "Tandem-Fragment": "1" };
const PULSE_MS = 2000;
const byId = (id) => document.getElementById(id);

function say(text) {
  const said = byId("said");
  if (said) said.textContent = text;
}

function fail(text) {
  const trouble = byId("trouble");
  if (trouble) trouble.textContent = text;
}

function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour12: false });
    time.title = new Date(time.dateTime).toLocaleString();
  }
}

// What was open stays open: as it was where it never changes (data-keep), else brought anew.
function keepOpen(old, fresh) {
  for (const before of old.querySelectorAll("details[open][id]")) {
    const after = fresh.querySelector(`#${CSS.escape(before.id)}`);
    if (!after) continue;
    if ("keep" in before.dataset) after.replaceWith(before);
    else after.open = true;
  }
}

function swap(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const fresh of [...parsed.body.children]) {
    const old = byId(fresh.id);
    if (fresh.id === "said") say(fresh.textContent);
    else if (old) {
      const focused = old.contains(document.activeElement) ? document.activeElement.id : null;
      keepOpen(old, fresh);
      localTimes(fresh);
      old.replaceWith(fresh);
      if (focused !== null) refocus(focused, fresh);
    }
  }
}

// Whoever works with the keyboard must not be thrown back to the top when the button they pressed is gone.
function refocus(id, fresh) {
  const again = id && byId(id);
  if (!again) fresh.tabIndex = -1;
  (again || fresh).focus({ preventScroll: true });
}

async function bring(url, options = {}) {
  const response = await fetch(url, { ...options, headers: { ...AS_FRAGMENT, ...options.headers } });
  if (response.status === 204) return response;
  if (!(response.headers.get("content-type") || "").startsWith("text/html")) throw new Error(await response.text());
  swap(await response.text());
  const moved = response.headers.get("tandem-location");
  if (moved) history.replaceState(null, "", moved);
  return response;
}

async function attempt(work, element) {
  if (element?.ariaBusy === "true") return;
  element?.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    fail(error instanceof TypeError ? "The mock does not answer." : error.message.slice(0, 300));
  } finally {
    element?.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("swap" in form.dataset)) return;
  event.preventDefault();
  const data = new URLSearchParams(new FormData(form, event.submitter));
  const url = new URL(form.getAttribute("action"), location);
  const options = form.method === "post" ? { method: "POST", body: data } : {};
  if (form.method === "get") url.search = data;
  if (form.dataset.swap === "quiet") attempt(() => bring(url, options));
  else attempt(() => bring(url, options), event.submitter || form);
});

document.addEventListener(
  "toggle",
  (event) => {
    const details = event.target;
    if (!details.open || !details.dataset?.src || "brought" in details.dataset) return;
    details.dataset.brought = "";
    attempt(() => bring(details.dataset.src), details);
  },
  true,
);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const source = byId(button.dataset.copy);
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
    button.dataset.done = "";
    setTimeout(() => delete button.dataset.done, 1500);
  } catch {
    // Away from localhost a browser gives no clipboard without HTTPS.
    getSelection().selectAllChildren(source);
    say("Selected: copy it with your keyboard.");
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-close]");
  if (!button) return;
  byId(button.dataset.close).replaceChildren();
  byId("main").focus({ preventScroll: true });
});

let waiting;
document.addEventListener("input", (event) => {
  if (!("search" in event.target.dataset)) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => event.target.form.requestSubmit(), 150);
});

async function pulse() {
  const url = document.body.dataset.pulse;
  const follow = byId("follow");
  if (document.hidden || (follow && !follow.checked)) return;
  const seen = [...document.querySelectorAll("[data-version]")].map((one) => `${one.id}:${one.dataset.version}`);
  const offline = byId("offline");
  try {
    const asked = new URL(url, location);
    asked.searchParams.set("seen", seen.join(","));
    await bring(asked);
    if (offline) offline.textContent = "";
  } catch {
    if (offline && !offline.textContent) offline.textContent = "The mock does not answer. What you see is its last state.";
  }
}

document.documentElement.classList.add("js");
localTimes(document);
if (document.body.dataset.pulse) {
  const beat = () => pulse().finally(() => setTimeout(beat, PULSE_MS));
  setTimeout(beat, PULSE_MS);
}
