// Makes the workshop quicker: files are sent with their progress and may be dropped, forms are
// taken without leaving the page, figures are put in order by dragging. Everything works without.
"use strict";
(() => {
  const main = () => document.getElementById("contenu");

  // A page that came, in the place of the one that is there.
  const show = (html, address, mark) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const content = page.getElementById("contenu");
    if (!content) { location.assign(address); return; }
    const scroll = window.scrollY;
    main().replaceChildren(...content.childNodes);
    document.title = page.title;
    if (address !== location.href) history.pushState({}, "", address);
    const told = main().querySelector('[role="alert"], [role="status"]');
    const same = mark && document.getElementById(mark);
    window.scrollTo(0, scroll);
    if (told) { told.tabIndex = -1; told.focus({ preventScroll: !told.matches('[role="alert"]') }); }
    else if (same) same.focus({ preventScroll: true });
    prepare();
  };

  const send = async (form, button) => {
    const fields = new URLSearchParams(new FormData(form));
    if (button && button.name) fields.append(button.name, button.value);
    const shownFor = document.activeElement && document.activeElement.id;
    main().setAttribute("aria-busy", "true");
    try {
      const reply = await fetch(form.action, { method: "POST", body: fields, redirect: "follow" });
      show(await reply.text(), reply.url, shownFor);
    } catch {
      // No network: the browser says so, and keeps what was typed.
      if (button && button.name) {
        const hidden = document.createElement("input");
        hidden.type = "hidden"; hidden.name = button.name; hidden.value = button.value;
        form.append(hidden);
      }
      form.submit();
    } finally {
      main().removeAttribute("aria-busy");
    }
  };

  const upload = (form) => {
    const bar = form.querySelector("progress");
    const request = new XMLHttpRequest();
    bar.hidden = false;
    request.upload.addEventListener("progress", (step) => {
      if (step.lengthComputable) bar.value = (100 * step.loaded) / step.total;
    });
    request.addEventListener("load", () => {
      bar.hidden = true;
      show(request.responseText, request.responseURL, "");
    });
    request.addEventListener("error", () => { bar.hidden = true; form.submit(); });
    request.open("POST", form.action);
    request.send(new FormData(form));
  };

  const order = (form) => {
    let taken = null;
    const tiles = form.querySelectorAll("[data-place]");
    for (const tile of tiles) {
      tile.draggable = true;
      tile.addEventListener("dragstart", (event) => {
        taken = tile;
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", tile.dataset.place);
      });
      tile.addEventListener("dragover", (event) => {
        if (taken && taken !== tile) { event.preventDefault(); tile.classList.add("cible"); }
      });
      tile.addEventListener("dragleave", () => tile.classList.remove("cible"));
      tile.addEventListener("drop", (event) => {
        event.preventDefault();
        if (!taken || taken === tile) return;
        send(form, { name: "faire", value: `deplacer:${taken.dataset.place}:${tile.dataset.place}` });
      });
    }
  };

  const prepare = () => {
    for (const form of main().querySelectorAll("form[data-ordre]")) order(form);
    for (const form of main().querySelectorAll("form[data-depot]")) {
      const file = form.querySelector('input[type="file"]');
      const over = (event) => { event.preventDefault(); form.classList.add("cible"); };
      form.addEventListener("dragover", over);
      form.addEventListener("dragleave", () => form.classList.remove("cible"));
      form.addEventListener("drop", (event) => {
        event.preventDefault();
        form.classList.remove("cible");
        if (event.dataTransfer.files.length) file.files = event.dataTransfer.files;
      });
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || !main().contains(form) || form.target) return;
    event.preventDefault();
    if (form.enctype === "multipart/form-data") upload(form);
    else send(form, event.submitter);
  });
  window.addEventListener("popstate", () => location.reload());
  prepare();
})();
