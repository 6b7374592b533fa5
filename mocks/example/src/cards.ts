import { type Client, Problem, Unreachable } from "./api/client.js";
import type { OverviewCard, OverviewCards } from "./api/types.js";
import { button, make, part, quiet } from "./page.js";
import { unavailable } from "./parts.js";
import { sentence } from "./words.js";

export interface CardActions {
  client: Client;
  retry: () => void;
  activated: (card: OverviewCard) => void;
}

export function cards(data: OverviewCards, actions: CardActions): HTMLElement {
  if (!data.available) return unavailable("Cards", "", actions.retry);
  if (data.items.length === 0) return part("Cards", "", quiet("There is no card on this account yet."));
  return part("Cards", "", make("ul", {}, ...data.items.map((one) => card(one, actions))));
}

function card(data: OverviewCard, actions: CardActions): HTMLElement {
  const line = make(
    "li", { class: "card" },
    make("div", { class: "face" }, picture(data)),
    make("p", {}, make("strong", {}, data.holder_name), make("br"), `•••• ${data.last_four}`),
    make("p", {}, make("span", { class: "badge" }, sentence(data.status))),
  );
  if (data.can_activate) {
    const open = button("Activate", "", () => {
      const form = activation(data, actions);
      open.replaceWith(form);
      form.querySelector("input")?.focus();
    });
    open.setAttribute("aria-label", `Activate the card ending ${data.last_four}`);
    line.append(open);
  }
  return line;
}

function picture(data: OverviewCard): HTMLImageElement {
  const image = make("img", { src: data.picture_url, alt: `The card ending ${data.last_four}`, loading: "lazy" });
  // The link stops working after a while; the drawn card behind it is then what is seen.
  image.addEventListener("error", () => image.remove());
  return image;
}

function activation(data: OverviewCard, actions: CardActions): HTMLFormElement {
  const digits = make("input", {
    name: "last_four", inputmode: "numeric", pattern: "[0-9]{4}", maxlength: "4", required: "", autocomplete: "off",
    title: "Four digits",
  });
  const wrong = make("p", { class: "error", role: "alert" });
  const send = make("button", { type: "submit" }, "Activate card");
  const form = make("form", {}, make("label", {}, "The last four digits on the card", digits), wrong, send);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send.disabled = true;
    wrong.textContent = "";
    actions.client
      .activateCard({ path: { card_id: data.id }, body: { last_four: digits.value } })
      .then(({ data: now }) => actions.activated({ ...data, status: now.status, can_activate: false }))
      .catch((reason: unknown) => {
        wrong.textContent = reasonOf(reason);
        send.disabled = false;
        digits.focus();
      });
  });
  return form;
}

export function reasonOf(reason: unknown): string {
  if (reason instanceof Problem) return reason.detail;
  if (reason instanceof Unreachable) return `${reason.message} Check the connection and try again.`;
  throw reason;
}
