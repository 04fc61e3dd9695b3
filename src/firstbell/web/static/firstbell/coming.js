// A list that is asked for anew says that it is coming. When it does not come, or something else
// does, the browser goes there itself, and shows what there is.
(() => {
  const isList = (event) => event.detail.target.id === "content";
  const goThere = (event) => {
    if (isList(event)) location.assign(event.detail.pathInfo.finalRequestPath);
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isList(event)) event.detail.target.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { pathInfo, xhr } = event.detail;
    const path = (url) => new URL(url, location.href).pathname;
    if (isList(event) && path(xhr.responseURL) !== path(pathInfo.finalRequestPath)) {
      event.detail.shouldSwap = false;
      location.assign(xhr.responseURL);
    }
  });
  document.addEventListener("htmx:responseError", goThere);
  document.addEventListener("htmx:sendError", goThere);
})();
