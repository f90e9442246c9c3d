// Measures what WCAG 2.2 AA asks and a machine can tell: contrast, names, headings, overflow, target size.
() => {
  const found = [];
  const seen = (el) => {
    const box = el.getBoundingClientRect();
    return el.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && box.width > 1 && box.height > 1;
  };
  const numbers = (color) => {
    const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    probe.fillStyle = color;
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = probe.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const ground = (el) => {
    const layers = [];
    for (let at = el; at; at = at.parentElement) layers.push(numbers(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = ([r, g, b]) => {
    const part = (v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const el = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !seen(el) || el.closest("script, :disabled")) continue;
    const style = getComputedStyle(el);
    const back = ground(el);
    const fore = over(numbers(style.color), back);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const got = ratio(light(fore), light(back));
    if (got < needed) found.push(`contrast ${got.toFixed(2)}: ${el.className || el.tagName} "${walker.currentNode.data.trim().slice(0, 30)}"`);
  }
  for (const el of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!el.labels?.length && !el.ariaLabel) found.push(`no label: ${el.name}`);
  }
  for (const el of document.querySelectorAll("a, button, summary")) {
    if (seen(el) && !(el.textContent.trim() || el.ariaLabel)) found.push(`no name: ${el.outerHTML.slice(0, 60)}`);
  }
  for (const el of document.querySelectorAll("button, .button, .top nav a, input[type=checkbox]")) {
    const box = (el.closest("label") ?? el).getBoundingClientRect();
    if (seen(el) && (box.height < 24 || box.width < 24)) found.push(`small target: ${el.outerHTML.slice(0, 60)}`);
  }
  for (const el of document.querySelectorAll("main *")) {
    if (seen(el) && !el.closest(".sr, thead, pre") && el.getBoundingClientRect().right > innerWidth + 1) {
      found.push(`beyond the edge: ${el.tagName} ${el.className}`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
  let level = 1;
  for (const head of document.querySelectorAll("main h1, main h2, main h3, main h4")) {
    const next = Number(head.tagName[1]);
    if (next > level + 1) found.push(`heading jumps to ${head.tagName}: ${head.textContent.trim().slice(0, 30)}`);
    level = next;
  }
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption) found.push("a table without a caption");
    if (!table.querySelector("thead th[scope=col]") || !table.querySelector("tbody th[scope=row]")) found.push("a table without headers");
  }
  const ids = [...document.querySelectorAll("[id]")].map((el) => el.id);
  for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) found.push(`id twice: ${id}`);
  if (!document.documentElement.lang) found.push("no language");
  return found;
}
