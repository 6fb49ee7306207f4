"use strict";
function filmOf(name) {
  return [...document.querySelectorAll("video")].find((film) => film.getAttribute("src") === name);
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.jump");
  const film = link && filmOf(link.dataset.film);
  if (!film || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  film.currentTime = Number(link.dataset.second);
  film.focus({ preventScroll: true });
  film.scrollIntoView({ block: "nearest" });
});
for (const scenario of document.querySelectorAll(".scenario")) {
  const film = scenario.querySelector("video");
  if (!film) continue;
  const steps = [...scenario.querySelectorAll(".steps > li")].map((item) => {
    const link = item.querySelector("h4 > a.jump");
    return { item, second: link ? Number(link.dataset.second) : Infinity };
  });
  film.addEventListener("timeupdate", () => {
    let now = null;
    for (const step of steps) if (step.second <= film.currentTime + 0.05) now = step.item;
    for (const step of steps) {
      step.item.classList.toggle("now", step.item === now);
      if (step.item === now) step.item.setAttribute("aria-current", "step");
      else step.item.removeAttribute("aria-current");
    }
  });
}
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("#visit details")) folded.open = true;
});
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
