/* Copies a sentence. Over plain http there is no clipboard API: then the old way, a selection. */
"use strict";

(function () {
  function selectText(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  async function copy(element) {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(element.textContent.trim());
      return true;
    }
    selectText(element);
    return document.execCommand("copy");
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const element = document.getElementById(button.dataset.copy);
    let copied = false;
    try {
      copied = await copy(element);
    } catch (error) {
      selectText(element);
    }
    const word = button.textContent;
    button.textContent = copied ? "已复制" : "已选中，请按 Ctrl+C";
    setTimeout(() => { button.textContent = word; }, 2500);
  });
})();
