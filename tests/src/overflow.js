// What makes the page wider than its window, as text; null when nothing does.
(() => {
  const width = document.documentElement.clientWidth;
  const page = document.scrollingElement.scrollWidth;
  if (page <= width) return null;
  const scrolls = (element) => {
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return true;
    }
    return false;
  };
  const out = [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > width + 0.5 && !scrolls(element))
    .slice(0, 5)
    .map((element) => element.cloneNode(false).outerHTML.slice(0, 120));
  return `${page} px in a window of ${width} px: ${out.join(" ")}`;
})()
