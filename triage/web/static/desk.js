// Comfort for the review desk: local times, keys, one click once, news. Without it every page still works.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const TOKEN = "triage-token";

/* Times in the viewer's zone */
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const localTimes = (root) => {
  for (const time of $$("time[datetime]", root)) {
    time.title = time.textContent;
    time.textContent = day.format(new Date(time.dateTime));
  }
};

/* A form is sent once; coming back to the page gives it back */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !form.dataset.sure) {
    event.preventDefault();
    $(`#${form.dataset.confirm}`).showModal();
    return;
  }
  if (!("once" in form.dataset)) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => { for (const button of $$("[data-once] button")) button.disabled = true; });
});
addEventListener("pageshow", () => {
  for (const form of $$("[data-once]")) {
    delete form.dataset.sent;
    for (const button of $$("button", form)) button.disabled = false;
  }
});
document.addEventListener("change", (event) => event.target.closest("[data-auto]")?.requestSubmit());

/* The question asked once more before a credential step */
document.addEventListener("close", (event) => {
  if (event.target.id !== "sure" || event.target.returnValue !== "yes") return;
  const form = $("#approve");
  form.dataset.sure = "yes";
  $("[name=confirmed]", form).checked = true;
  form.requestSubmit();
}, true);

/* Dialogs and keys */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) $(`#${opener.dataset.open}`).showModal();
});

const move = (step) => {
  const rows = $$("[data-list] tbody tr");
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("here"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  for (const row of rows) row.classList.toggle("here", row === next);
  $(".open", next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
};

const press = (key) => {
  const target = $(`[data-key="${key}"]`);
  if (!target) return;
  if (target.tagName !== "FORM") target.click();
  else if (target.dataset.confirm) $(`#${target.dataset.confirm}`).showModal();
  else target.requestSubmit();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || $("dialog[open]")) return;
  const correct = $("#correct");
  if (event.key === "Escape" && correct?.open) {
    correct.open = false;
    $("summary", correct).focus();
    return;
  }
  const field = event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select");
  const digit = /^[1-9]$/.test(event.key) && correct?.open && $(`[data-digit="${event.key}"]`, correct);
  if (digit && !(field && field.value)) {
    event.preventDefault();
    digit.click();
    return;
  }
  if (field) return;
  if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  else if (event.key === "?") $("#help")?.showModal();
  else if (event.key === "c" && correct) {
    event.preventDefault();
    correct.open = true;
    $("#label", correct).focus();
  } else if ("arnu".includes(event.key)) press(event.key);
});

/* News: read the page anew where nobody is about to answer it, else say that it changed */
const parts = (root) => new Map($$("[data-part]", root).map((part) => [part.id, part]));

const refresh = async () => {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  localTimes(fresh);
  const warn = document.body.dataset.live === "warn";
  for (const [id, part] of parts(document)) {
    const news = parts(fresh).get(id);
    if (!news || news.innerHTML === pristine.get(id)) continue;
    pristine.set(id, news.innerHTML);
    if (warn && part.closest("main")) {
      if (essence(news) !== essence(part)) $("#news").hidden = false;
      continue;
    }
    const here = $("tr.here .open", part)?.getAttribute("href");
    const typing = part.contains(document.activeElement) && document.activeElement.matches("input, select");
    if (typing) continue;
    part.replaceChildren(...news.childNodes);
    const row = here && $(`.open[href="${CSS.escape(here)}"]`, part);
    if (row) {
      row.closest("tr").classList.add("here");
      row.focus({ preventScroll: true });
    }
  }
};

// What matters of a part: its words without the keys that differ at every look.
const essence = (part) => part.textContent.replace(/\s+/g, " ");

const pristine = new Map();
const follow = () => {
  if (!document.body.dataset.live || !window.EventSource) return;
  for (const [id, part] of parts(document)) pristine.set(id, part.innerHTML);
  const dot = $("#dot");
  let known = null;
  let timer;
  const source = new EventSource("/events");
  source.onopen = () => { dot.hidden = false; dot.classList.remove("lost"); };
  source.onerror = () => dot.classList.add("lost");
  source.onmessage = ({ data }) => {
    if (known !== null && data !== known) {
      clearTimeout(timer);
      timer = setTimeout(() => refresh().catch(() => {}), 250);
    }
    known = data;
  };
};

/* The one-time link: its token leaves the address at once, and outlives the sign-in in this tab only */
const sealed = () => {
  const door = $("[data-sealed]");
  if (!door) return;
  const key = `${TOKEN}-${door.dataset.sealed}`;
  if (location.hash.length > 1) {
    sessionStorage.setItem(key, location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
  }
  const field = $("[name=token]", door);
  const token = sessionStorage.getItem(key);
  if (!field || !token) return;
  field.value = token;
  field.closest(".token").hidden = true;
  field.form.addEventListener("submit", () => sessionStorage.removeItem(key));
};

const opened = () => {
  const secret = $("#secret");
  if (!secret) return;
  let left = Number(secret.dataset.seconds);
  const tell = $("#secret-left");
  const tick = setInterval(() => {
    left -= 1;
    if (left % 10 === 0) tell.textContent = left > 0 ? `Hidden in ${left} seconds.` : "";
    if (left > 0) return;
    clearInterval(tick);
    secret.parentElement.remove();
    tell.textContent = "The password is hidden now. If it was not used, ask the service desk for another reset.";
  }, 1000);
  const copy = $("[data-copy]");
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(secret.textContent);
    copy.textContent = "Copied";
  });
};

for (const button of $$("[data-open]")) button.hidden = false;
localTimes(document);
sealed();
opened();
follow();
