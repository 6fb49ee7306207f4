"use strict";
for (const scenario of document.querySelectorAll(".scenario")) {
  const film = scenario.querySelector("video");
  scenario.addEventListener("click", (event) => {
    const button = event.target.closest("button.jump");
    if (!button || !film) return;
    film.currentTime = Number(button.dataset.second);
    film.focus();
    film.scrollIntoView({ block: "nearest" });
  });
  if (!film) continue;
  const steps = [...scenario.querySelectorAll(".steps > li")].map((item) => {
    const button = item.querySelector(":scope > button.jump");
    return { item, second: button ? Number(button.dataset.second) : Infinity };
  });
  film.addEventListener("timeupdate", () => {
    let now = null;
    for (const step of steps) if (step.second <= film.currentTime + 0.05) now = step.item;
    for (const step of steps) step.item.classList.toggle("now", step.item === now);
  });
}
function reveal() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id && document.getElementById(id);
  if (!target) return;
  for (let node = target; node; node = node.parentElement) {
    if (node.tagName === "DETAILS") node.open = true;
  }
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();
