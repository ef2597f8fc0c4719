// Leads to the page that the visitor wanted.
function goOn(to) {
  "use strict";
  if (location.hash && history.replaceState) {
    // A fragment never reached the server, and a mere change of it would load nothing.
    history.replaceState(null, "", to + location.hash);
    location.reload();
  } else {
    location.replace(to);
  }
}
