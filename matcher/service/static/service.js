// Small conveniences; every page works without them.
"use strict";

// No more than four teams can be compared: further boxes wait until one is cleared.
for (const form of document.querySelectorAll("form[data-most]")) {
  const most = Number(form.dataset.most);
  const boxes = [...form.querySelectorAll("input[type=checkbox][name=team]")];
  const told = form.querySelector("[data-chosen]");
  const button = form.querySelector("[data-compare]");
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.disabled = !box.checked && chosen >= most;
    if (told) told.textContent = `已选 ${chosen} 个，最多 ${most} 个`;
    if (button) button.disabled = chosen < 2;
  };
  form.addEventListener("change", tell);
  tell();
}

// A choice in a filter takes effect at once; the button stays for the keyboard and the texts.
for (const form of document.querySelectorAll("form[data-live]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
  });
}

// A long menu on a phone shows where one is.
for (const here of document.querySelectorAll(".nav [aria-current]")) {
  here.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// What cannot be taken back is asked for twice.
for (const button of document.querySelectorAll("[data-sure]")) {
  button.addEventListener("click", (event) => {
    if (!window.confirm(button.dataset.sure)) event.preventDefault();
  });
}

// A value read wrong from what was sent is taken out in one click; the words stay beside it.
for (const button of document.querySelectorAll("[data-clears]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.clears);
    field.value = "";
    field.focus();
  });
}

// The words of the source come into their box in one click; without a script the server puts them there.
for (const button of document.querySelectorAll("[data-puts]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const field = document.getElementById(button.dataset.puts);
    if (field.type === "date") field.type = "text";
    field.value = button.form.elements[`source-${button.value}`].value;
    field.focus();
  });
}

// A form is sent once, and says that it is working.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const pressed = event.submitter;
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
      if (pressed?.dataset.busy) pressed.textContent = pressed.dataset.busy;
    });
  });
}
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const b of document.querySelectorAll("form[method=post] button")) b.disabled = false;
});

// A page about running work looks again by itself until the work is done.
const running = document.querySelector("[data-again]");
if (running) setTimeout(() => window.location.reload(), Number(running.dataset.again) * 1000);

// What takes a while to compute is asked for once the page is there; its link works as well.
const later = document.querySelector("[data-later]");
if (later) {
  const address = later.dataset.later;
  later.textContent = "正在为每个团队排序…";
  fetch(address)
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
    .then((text) => {
      const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("#main");
      document.querySelector("#main").replaceChildren(...fresh.childNodes);
    })
    .catch(() => {
      const link = Object.assign(document.createElement("a"), { href: address, textContent: "再试一次" });
      later.replaceChildren(link);
    });
}

// What may be meant is offered while one types; what was typed goes on to the server as it is.
for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = box.list;
  let waiting, asked = "";
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    const typed = box.value.trim();
    // Somebody chose what was offered: there is nothing more to offer.
    if (!typed || typed === asked || [...list.options].some((option) => option.value === typed)) return;
    waiting = setTimeout(async () => {
      asked = typed;
      const address = new URL(box.dataset.suggest, window.location.href);
      address.searchParams.set("q", typed);
      const answer = await fetch(address).catch(() => null);
      if (!answer?.ok || typed !== box.value.trim()) return;
      const offered = (await answer.json()).map((one) =>
        Object.assign(document.createElement("option"), {
          value: box.type === "search" ? one.label : one.value,
          label: [one.label, one.note].filter(Boolean).join(" · "),
        }));
      list.replaceChildren(...offered);
    }, 120);
  });
}
