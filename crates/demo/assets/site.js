// Marks the page one is on in the navigation.
for (const link of document.querySelectorAll("nav a")) {
  if (link.getAttribute("href").split("?")[0] === location.pathname) {
    link.classList.add("here");
  }
}
