/* What the pages gain from JavaScript; each of them works without it.
   Keys: "/" search, "j" "k" rows, Enter opens, "?" help, Esc closes. */
"use strict";

(function () {
  const rows = () => Array.from(document.querySelectorAll("main table[data-rows] tbody tr"));
  const linkOf = (row) => row.querySelector("a[data-open]") || row.querySelector("a");

  function isTyping(target) {
    return target.isContentEditable || ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName);
  }

  function moveBy(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("current"));
    const next = Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step));
    all.forEach((row) => row.classList.remove("current"));
    all[next].classList.add("current");
    const link = linkOf(all[next]);
    if (link) link.focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "nearest" });
  }

  function focusSearch() {
    const shown = Array.from(document.querySelectorAll("input[data-search]")).filter((field) => field.offsetParent !== null);
    if (!shown.length) return;
    shown[0].focus();
    shown[0].select();
  }

  function openHelp() {
    const dialog = document.querySelector("dialog.keys");
    if (dialog && dialog.showModal && !dialog.open) dialog.showModal();
  }

  const KEYS = {
    "/": focusSearch,
    "?": openHelp,
    "？": openHelp,
    j: () => moveBy(1),
    k: () => moveBy(-1),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeOpened(null);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  /* Menus and definitions are <details>: one open at a time, closed by a click elsewhere. */
  function closeOpened(except) {
    document.querySelectorAll("details.menu[open], details.help[open]").forEach((opened) => {
      if (opened !== except) opened.removeAttribute("open");
    });
  }
  document.addEventListener("click", (event) => {
    closeOpened(event.target.closest("details.menu, details.help"));
    const opener = event.target.closest("[data-keys]");
    if (opener) openHelp();
    if (event.target.closest("[data-print]")) window.print();
    const row = event.target.closest("table[data-rows] tbody tr");
    if (row && !event.target.closest("a, button, input, select, label, summary") && !String(window.getSelection())) {
      const link = linkOf(row);
      if (link) link.click();
    }
  });

  /* Selects and dates of a filter bar apply at once; empty fields stay out of the address. */
  function dropEmpty(form) {
    form.querySelectorAll("input[name], select[name]").forEach((field) => {
      if (field.value === "") field.disabled = true;
    });
  }
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-apply]");
    if (form && event.target.matches("select, input[type=date], input[type=checkbox]")) form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    if (form.method === "get") dropEmpty(form);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[method=get] :disabled[name]").forEach((field) => { field.disabled = false; });
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-needs-js]").forEach((element) => { element.hidden = false; });
    document.querySelectorAll("[data-without-js]").forEach((element) => { element.hidden = true; });
  });

  /* A page that asks by itself must keep nobody logged in. */
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.matches("[data-background]")) event.detail.headers["X-Background"] = "1";
    const token = document.querySelector("meta[name=csrf-token]");
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });
})();
