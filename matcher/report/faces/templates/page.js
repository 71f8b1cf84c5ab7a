"use strict";
const sections = [...document.querySelectorAll("main > section")];
const nav = document.querySelector("nav");
function show(id) {
  sections.forEach(s => s.classList.toggle("on", s.id === id));
  [...nav.children].forEach(b => {
    b.setAttribute("aria-selected", b.dataset.id === id);
    b.tabIndex = b.dataset.id === id ? 0 : -1;
  });
}
sections.forEach(s => {
  const b = document.createElement("button");
  b.textContent = s.dataset.name; b.dataset.id = s.id; b.type = "button";
  b.setAttribute("role", "tab"); b.setAttribute("aria-controls", s.id);
  b.onclick = () => { history.replaceState(null, "", "#" + s.id); show(s.id); scrollTo(0, 0); };
  s.setAttribute("role", "tabpanel"); s.setAttribute("aria-label", s.dataset.name);
  nav.append(b);
});
nav.onkeydown = event => {
  const step = {ArrowRight: 1, ArrowLeft: -1}[event.key], all = [...nav.children];
  const end = {Home: 0, End: all.length - 1}[event.key], now = all.indexOf(document.activeElement);
  if (now < 0 || (step === undefined && end === undefined)) return;
  const next = all[end ?? (now + step + all.length) % all.length];
  event.preventDefault(); next.click(); next.focus(); next.scrollIntoView({block: "nearest", inline: "nearest"});
};
function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const home = target ? target.closest("main > section") : sections[0];
  show(home.id);
  if (target && target !== home) {
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView();
  }
}
addEventListener("hashchange", follow); follow();
function filter(box) {
  const words = box.querySelector("input").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = [...box.querySelectorAll("select")].map(s => [s.dataset.key, s.value]).filter(p => p[1]);
  const list = document.getElementById(box.dataset.for);
  const rows = list.tagName === "TABLE" ? list.tBodies[0].rows : list.children;
  let n = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    const on = words.every(w => text.includes(w)) && wanted.every(p => row.dataset[p[0]] === p[1]);
    row.style.display = on ? "" : "none"; n += on;
  }
  box.querySelector("output").textContent = n + " / " + rows.length;
}
document.querySelectorAll(".tools").forEach(box => { box.oninput = () => filter(box); filter(box); });
const order = {"强":0,"中":1,"弱":2,"未定":3,"高":0,"低":2};
const key = c => { const t = c.textContent.trim(); if (t in order) return order[t]; const x = parseFloat(t); return /^-?[\d.]/.test(t) && !isNaN(x) ? x : t; };
document.querySelectorAll("th button").forEach(button => button.onclick = () => {
  const th = button.parentNode, body = th.closest("table").tBodies[0], i = th.cellIndex;
  const down = th.getAttribute("aria-sort") === "ascending";
  th.parentNode.querySelectorAll("th").forEach(x => x.setAttribute("aria-sort", "none"));
  th.setAttribute("aria-sort", down ? "descending" : "ascending");
  const rows = [...body.rows].map((r, n) => [key(r.cells[i]), n, r]);
  const cmp = (a, b) => typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "zh");
  rows.sort((a, b) => (down ? -1 : 1) * cmp(a[0], b[0]) || a[1] - b[1]);
  body.append(...rows.map(r => r[2]));
});
// One challenge a screen: arrows, page keys and space move, Escape ends.
const bar = document.querySelector(".show"), cards = [...document.querySelectorAll("#cards > details")];
let at = -1;
function screen(n) {
  if (at >= 0) cards[at].classList.remove("now");
  at = n;
  const on = n >= 0;
  document.body.classList.toggle("projecting", on);
  bar.querySelector("span").hidden = !on; bar.querySelector("#project").hidden = on;
  if (!on) { bar.querySelector("#project").focus(); return; }
  show("rankings");
  const card = cards[n], teams = card.querySelectorAll(".answers > details");
  card.classList.add("now"); card.open = true;
  teams.forEach((team, place) => { team.open = place === 0; });
  bar.querySelector("output").textContent = `${n + 1} / ${cards.length}`;
  history.replaceState(null, "", "#" + card.id); scrollTo(0, 0);
}
function listed(step, from) {
  let n = from + step;
  while (n >= 0 && n < cards.length && cards[n].style.display === "none") n += step;
  return n < 0 || n >= cards.length ? from : n;
}
if (bar) {
  bar.querySelector("#project").onclick = () => {
    const here = cards.findIndex(card => "#" + card.id === decodeURIComponent(location.hash));
    screen(here >= 0 ? here : listed(1, -1));
  };
  bar.querySelectorAll("[data-step]").forEach(button => button.onclick = () => {
    const step = Number(button.dataset.step);
    screen(step ? listed(step, at) : -1);
  });
  addEventListener("keydown", event => {
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const on = event.target.closest("button, summary, a") && event.key === " ";
    const step = {ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1}[event.key];
    if (event.key === "Escape") screen(-1);
    else if (event.key === "Home") screen(listed(1, -1));
    else if (event.key === "End") screen(listed(-1, cards.length));
    else if (step && !on) { event.preventDefault(); screen(listed(step, at)); }
  });
}
