"use strict";

// Says what is ticked, and names the buttons by it. Without it the next page says so.
for (const form of document.querySelectorAll("form[data-schools]")) {
  const told = form.querySelector("[data-selected]");
  const bar = form.querySelector(".selection");
  const boxes = [...form.querySelectorAll("input[name=school]")];
  const number = (n) => n.toLocaleString(document.documentElement.lang);
  const otherwise = told.textContent;
  const tell = () => {
    const ticked = boxes.filter((box) => box.checked);
    const sum = (...names) =>
      ticked.reduce((all, box) => names.reduce((n, name) => n + Number(box.dataset[name] || 0), all), 0);
    told.textContent = ticked.length
      ? bar.dataset.words
          .replace("{schools}", number(ticked.length))
          .replace("{users}", number(sum("students", "staff")))
          .replace("{classes}", number(sum("classes")))
          .replace("{enrollments}", number(sum("enrollments")))
      : otherwise;
    for (const box of boxes) box.closest("tr").classList.toggle("chosen", box.checked);
  };
  form.addEventListener("change", tell);
  tell();
}
