// Asks for a token, and says what to do without one.

import { post } from "../lib/api.js";
import { make, sentence } from "../lib/dom.js";

class LoginForm extends HTMLElement {
  connectedCallback() {
    const token = make("input", {
      id: "token",
      name: "token",
      type: "password",
      autocomplete: "current-password",
      required: true,
      spellcheck: "false",
    });
    this.trouble = make("p", { class: "trouble", role: "alert" }, this.getAttribute("trouble") ?? "");
    const form = make(
      "form",
      {},
      make("h1", {}, "Log in"),
      make("label", { for: "token" }, "Token"),
      token,
      make("button", { type: "submit" }, "Log in"),
      this.trouble,
      make(
        "p",
        { class: "quiet" },
        "The link that the server printed when it started logs you in once. Else make a token: ",
        make("code", {}, "playhead token create --data DIR --name me --role read"),
      ),
    );
    form.addEventListener("submit", (event) => this.logIn(event, token));
    this.replaceChildren(form);
    token.focus();
  }

  async logIn(event, token) {
    event.preventDefault();
    try {
      await post("/login", { token: token.value.trim() });
      this.dispatchEvent(new CustomEvent("logged-in", { bubbles: true }));
    } catch (error) {
      this.trouble.textContent = sentence(error.message);
      token.select();
    }
  }
}

customElements.define("login-form", LoginForm);
