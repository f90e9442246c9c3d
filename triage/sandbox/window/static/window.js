// Keeps the page as it now is: asks for the version every second and a half and takes over what has changed.

const EVERY_MS = 1500;
const text = document.querySelector("#live-text");
const live = document.querySelector("#live");
const pause = document.querySelector("#pause");
let version = document.body.dataset.version;
let paused = false;

pause.hidden = false;
pause.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
  live.classList.toggle("paused", paused);
  if (!paused) look();
});

setInterval(look, EVERY_MS);

async function look() {
  if (paused || document.hidden || typing()) return;
  try {
    const pulse = await (await fetch("/pulse")).json();
    if (pulse.version !== version) await renew();
    live.classList.remove("lost");
  } catch {
    live.classList.add("lost");
    text.textContent = "the sandbox does not answer";
  }
}

async function renew() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  version = page.body.dataset.version;
  text.textContent = page.querySelector("#live-text").textContent;
  const before = document.querySelector("main[data-live]");
  const after = page.querySelector("main[data-live]");
  if (before && after) takeOver(before, after);
}

// Somebody who types into the search field must not lose what they typed.
function typing() {
  return document.activeElement instanceof HTMLInputElement;
}

function takeOver(before, after) {
  const known = new Set([...before.querySelectorAll("[data-key]")].map((one) => one.dataset.key));
  const focused = document.activeElement?.getAttribute("href");
  const scrolled = [...before.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
  before.replaceChildren(...after.childNodes);
  for (const one of before.querySelectorAll("[data-key]")) one.classList.toggle("fresh", !known.has(one.dataset.key));
  before.querySelectorAll(".scroll").forEach((one, index) => (one.scrollLeft = scrolled[index] ?? 0));
  if (focused) before.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}
