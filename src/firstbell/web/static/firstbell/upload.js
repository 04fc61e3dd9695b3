// What is chosen, and how far the upload is. Without it the form works as any other.
(() => {
  const form = document.getElementById("upload");
  const input = document.getElementById("files");
  const drop = document.getElementById("drop");
  const part = (id) => document.getElementById(id);
  const words = form.dataset;
  const holds = new Map(
    [...document.querySelectorAll("[data-file]")].map((row) => [row.dataset.file, row.dataset.as]),
  );

  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  const size = (bytes) => {
    const [unit, power] = bytes < 1e6 ? ["KB", 1e3] : bytes < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
    const number = bytes / power;
    return `${number < 10 && unit !== "KB" ? number.toFixed(1) : Math.ceil(number)} ${unit}`;
  };

  const total = () => [...input.files].reduce((sum, file) => sum + file.size, 0);

  const told = (problem) => {
    part("problem").hidden = !problem;
    drop.classList.toggle("wrong", Boolean(problem));
    if (problem) {
      part("problem").querySelector("a").textContent = problem;
    }
  };

  const refused = (problem) => {
    told(problem);
    part("problem").focus();
  };

  const readAs = (name) => {
    const lower = name.toLowerCase();
    if (lower.endsWith(".zip")) return ["read", words.archive];
    if (holds.has(lower)) return ["read", holds.get(lower)];
    return ["ignored", words.ignored];
  };

  const cell = (kind, ...content) => {
    const made = document.createElement(kind);
    made.append(...content);
    return made;
  };

  const show = () => {
    const files = [...input.files];
    const shown = { number: files.length, size: size(total()) };
    part("chosen").hidden = !files.length;
    part("chosen-number").textContent = filled(files.length === 1 ? words.one : words.many, shown);
    part("chosen").querySelector("tbody").replaceChildren(
      ...files.map((file) => {
        const [mark, text] = readAs(file.name);
        const name = cell("th", file.name);
        name.scope = "row";
        const as = cell("td", part(`mark-${mark}`).content.cloneNode(true), text);
        return cell("tr", name, as, cell("td", size(file.size)));
      }),
    );
    told(total() > Number(words.most) ? words.large : "");
  };

  const over = (event) => {
    event.preventDefault();
    drop.classList.toggle("over", event.type === "dragover");
    if (event.type === "drop") {
      input.files = event.dataTransfer.files;
      show();
    }
  };

  const busy = (is, button) => {
    part("actions").hidden = is;
    part("progress").hidden = !is;
    input.disabled = is;
    (is ? part("cancel") : button).focus();
  };

  const send = (button) => {
    const body = new FormData(form);
    body.append(button.name, button.value); // behind the files: it says that they are whole
    const request = new XMLHttpRequest();
    const ended = (problem) => {
      busy(false, button);
      refused(problem);
    };
    request.upload.addEventListener("progress", (event) => {
      const percent = Math.floor((100 * event.loaded) / event.total);
      part("progress").querySelector("progress").value = percent;
      part("done").textContent = filled(words.uploading, { percent, size: size(event.total) });
    });
    request.upload.addEventListener("load", () => {
      part("done").textContent = part("said").textContent = words.uploaded;
    });
    request.addEventListener("load", () => {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const problem = page.querySelector("#problem:not([hidden]) a");
      if (request.status === 200 && !problem) location.assign(request.responseURL);
      else ended(problem ? problem.textContent : words.cut);
    });
    request.addEventListener("error", () => ended(words.cut));
    request.addEventListener("abort", () => {
      busy(false, button);
      part("said").textContent = words.cancelled;
    });
    part("cancel").onclick = () => request.abort();
    request.open("POST", form.action);
    request.send(body);
    part("done").textContent = part("said").textContent = filled(words.uploading, {
      percent: 0,
      size: size(total()),
    });
    busy(true, button);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!input.files.length) refused(words.none);
    else if (total() > Number(words.most)) refused(words.large);
    else send(event.submitter ?? form.querySelector("button.primary"));
  });
  input.addEventListener("change", show);
  for (const type of ["dragover", "dragleave", "drop"]) drop.addEventListener(type, over);
  for (const hint of document.querySelectorAll(".scripted")) hint.hidden = false;
  if (input.files.length) show(); // a browser that goes back keeps them
})();
