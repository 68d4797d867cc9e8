/* The little a page needs beyond USWDS and htmx. No inline code: the policy of every page forbids it. */
(() => {
  "use strict";
  const all = (root, selector) => [
    ...(root.matches?.(selector) ? [root] : []),
    ...root.querySelectorAll(selector),
  ];
  const typing = (el) => el?.matches?.("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select, [contenteditable]");

  function announce(text) {
    const region = document.getElementById("announcer");
    if (!region || !text) return;
    region.textContent = "";
    // A live region speaks only when its text changes after it was seen empty.
    window.setTimeout(() => { region.textContent = text.trim(); }, 60);
  }

  function focusOn(el) {
    if (!el.hasAttribute("tabindex") && !el.matches("a, button, input, select, textarea, summary")) el.tabIndex = -1;
    el.focus({ preventScroll: false });
  }

  /* Tables that become cards lose their roles in some browsers, and each cell needs its column's name. */
  function dressTables(root) {
    for (const table of all(root, "table.usa-table--stacked, table.usa-table--stacked-header")) {
      const heads = [...table.querySelectorAll("thead th")].map((th) => th.textContent.trim());
      table.setAttribute("role", "table");
      for (const group of table.querySelectorAll("thead, tbody")) group.setAttribute("role", "rowgroup");
      for (const row of table.rows) {
        row.setAttribute("role", "row");
        [...row.cells].forEach((cell, i) => {
          const heading = cell.tagName === "TH";
          cell.setAttribute("role", !heading ? "cell" : row.closest("thead") ? "columnheader" : "rowheader");
          if (!row.closest("thead") && !cell.dataset.label && heads[i]) cell.dataset.label = heads[i];
        });
      }
    }
  }

  let asker = null; // what asked for the thing that was refused last

  function showProblem(title, lines, from) {
    const place = document.getElementById("alerts");
    if (!place) return;
    const box = document.createElement("div");
    box.className = "usa-alert usa-alert--error";
    box.setAttribute("role", "alert");
    box.dataset.fromHtmx = "";
    const body = box.appendChild(document.createElement("div"));
    body.className = "usa-alert__body";
    const heading = body.appendChild(document.createElement("h2"));
    heading.className = "usa-alert__heading";
    heading.textContent = title;
    for (const line of lines) {
      const p = body.appendChild(document.createElement("p"));
      p.className = "usa-alert__text";
      p.textContent = line;
    }
    clearProblems();
    asker = from;
    place.append(box);
    focusOn(box);
  }

  const clearProblems = () => document.querySelectorAll("[data-from-htmx]").forEach((el) => el.remove());

  /* Only asking again takes a refusal away: another part of the page may save itself, or ask for news,
     a moment after it came, and nobody would ever read it. */
  function askedAgain(event) {
    const from = event.detail.elt;
    if (from === asker || !asker?.isConnected) clearProblems();
  }

  function wordsOf(xhr) {
    const page = new DOMParser().parseFromString(xhr.responseText || "", "text/html");
    const said = [...page.querySelectorAll("[data-problem]")].map((el) => el.textContent.trim()).filter(Boolean);
    return said.length ? said : ["The server could not do this. It has been noted; try again in a moment."];
  }

  function afterSwap(event) {
    const target = event.detail.target ?? event.target;
    if (!target.isConnected) return;
    dressTables(target);
    const problem = target.querySelector("[data-error-summary], [data-focus]");
    const heading = target.querySelector("h1, h2, h3, legend");
    announce(target.querySelector("[data-announce]")?.dataset.announce ?? heading?.textContent);
    // Somebody who types or reads a refusal stays there: autosave and search-as-you-type must not move them.
    const here = document.activeElement;
    if (typing(here) || here?.closest("[data-from-htmx]") || target.hasAttribute("data-keep-focus")) return;
    if (problem || heading) focusOn(problem ?? heading);
  }

  function onSlash(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const box = document.querySelector('[data-shortcut="/"]');
    if (!box || !box.offsetParent) return;
    event.preventDefault();
    box.focus();
  }

  /* j and k, or the arrows, walk the rows of a list marked data-rows; Enter follows the row's link. */
  function onRowKey(event) {
    const step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    const table = event.target.closest?.("[data-rows]");
    if (!step || !table || typing(event.target)) return;
    const links = [...table.querySelectorAll("tbody tr")].map((row) => row.querySelector("a, button")).filter(Boolean);
    const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    links[Math.min(Math.max(here + step, 0), links.length - 1)]?.focus();
    event.preventDefault();
  }

  function onClick(event) {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    const demo = event.target.closest?.("[data-demo-email]");
    if (!demo) return;
    const form = document.querySelector("[data-sign-in]");
    form.elements.login.value = demo.dataset.demoEmail;
    form.elements.password.value = demo.dataset.demoPassword;
    form.requestSubmit();
  }

  function onEscape(event) {
    const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  }

  /* One press, one request. The server refuses a second one anyway; this spares the person the refusal. */
  function onSubmit(event) {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.busy) { event.preventDefault(); return; }
    form.dataset.busy = "yes";
  }

  function onCheckAll(event) {
    const name = event.target.dataset?.checkAll;
    if (name) document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`).forEach((box) => { box.checked = event.target.checked; });
  }

  document.addEventListener("DOMContentLoaded", () => {
    dressTables(document.body);
    const summary = document.querySelector("[data-error-summary]");
    if (summary) focusOn(summary);
  });
  document.addEventListener("keydown", (event) => { onSlash(event); onRowKey(event); onEscape(event); });
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("change", onCheckAll);
  /* Signing in again in another window changes the token; a form that stood open takes the new one. */
  const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

  function freshen(form) {
    const field = form.querySelector?.("input[name=csrfmiddlewaretoken]");
    if (field && token()) field.value = token();
  }

  document.addEventListener("submit", (event) => freshen(event.target), true);
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (token() && detail.parameters.csrfmiddlewaretoken) detail.parameters.csrfmiddlewaretoken = token();
  });
  document.addEventListener("htmx:beforeRequest", askedAgain);
  document.addEventListener("htmx:afterSettle", afterSwap);
  document.addEventListener("htmx:responseError", (event) => showProblem("That did not work. What you typed is still here.", wordsOf(event.detail.xhr), event.detail.elt));
  for (const name of ["htmx:sendError", "htmx:timeout"])
    document.addEventListener(name, (event) => showProblem("The server cannot be reached.", ["Check your connection and try again. What you typed is still here."], event.detail.elt));
  // Coming back with the browser's back button must not find a form that refuses to be sent.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach((form) => delete form.dataset.busy));
})();
