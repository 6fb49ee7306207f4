(() => {
  "use strict";
  const stream = document.body.dataset.events;
  if (stream) {
    const source = new EventSource(stream);
    source.addEventListener("answered", () => {
      source.close();
      location.replace(document.body.dataset.next);
    });
    source.addEventListener("changed", async () => {
      const answer = await fetch(location.href, { headers: { "x-requested-with": "page" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const here = document.getElementById("live");
      const focused = document.activeElement && document.activeElement.id;
      here.replaceChildren(...fresh.getElementById("live").childNodes);
      if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
    });
  }
  const form = document.querySelector("form[data-at-once]");
  if (form) form.submit();
})();
