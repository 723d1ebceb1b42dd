// Light or dark: the system's choice until the reader makes one, which this browser then remembers.

const KEY = "fairplay-theme";

/** What this browser remembers, or null: storage may be switched off. */
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch (refused) {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch (refused) {
    console.info("The choice of theme is not kept: this browser's storage is switched off.");
  }
}

/** Apply the remembered theme and let the button with `data-theme-switch` change it. */
export function setUpTheme(document) {
  const root = document.documentElement;
  const button = document.querySelector("[data-theme-switch]");
  const dark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const label = () => {
    button.textContent = dark() ? "Light" : "Dark";
    button.setAttribute("aria-label", dark() ? "Use the light theme" : "Use the dark theme");
  };
  const known = remembered();
  if (known === "light" || known === "dark") {
    root.dataset.theme = known;
  }
  button.hidden = false;
  label();
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    remember(root.dataset.theme);
    label();
  });
}
