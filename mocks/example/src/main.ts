import { type Client, Problem } from "./api/client.js";
import type { AccountOverview, ContactOption } from "./api/types.js";
import { cards, reasonOf } from "./cards.js";
import { addressOf, clientFor, connectionOf, takeTokenFromAddress } from "./connection.js";
import { button, make, part, quiet } from "./page.js";
import { contact, credit, invoice, transactions } from "./parts.js";

const screen = document.querySelector("#screen") as HTMLElement;
const news = document.querySelector("#news") as HTMLElement;
let asking = new AbortController();

async function show(): Promise<void> {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const connection = connectionOf(new URL(location.href));
  const client = clientFor(connection);
  news.textContent = "Loading…";
  screen.setAttribute("aria-busy", "true");
  screen.replaceChildren(...["Credit", "Cards", "Invoice"].map(() => make("div", { class: "part skeleton", "aria-hidden": "true" })));
  try {
    const [overview, ways] = await Promise.all([overviewOf(client, connection.account, signal), contactOf(client, signal)]);
    news.textContent = "";
    screen.replaceChildren(...(overview ? parts(client, overview) : [noAccount()]), contact(ways, retry));
  } catch (reason) {
    if (signal.aborted) return;
    news.textContent = "";
    screen.replaceChildren(failed(reason));
  }
  screen.removeAttribute("aria-busy");
}

const retry = (): void => void show();

async function overviewOf(client: Client, account: string | null, signal: AbortSignal): Promise<AccountOverview | null> {
  const account_id = account ?? (await client.listAccounts({ query: { limit: 1 }, signal })).data.items[0]?.id;
  if (account_id === undefined) return null;
  return (await client.getAccountOverview({ path: { account_id }, signal })).data;
}

/** How to reach us must not stand in the way of the account, nor the account in its way. */
async function contactOf(client: Client, signal: AbortSignal): Promise<ContactOption[] | null> {
  return client.getContactOptions({ signal }).then(({ data }) => data.items, () => null);
}

function parts(client: Client, overview: AccountOverview): HTMLElement[] {
  const shown = cards(overview.cards, {
    client,
    retry,
    activated(card) {
      const items = overview.cards.items.map((one) => (one.id === card.id ? card : one));
      shown.replaceWith(...parts(client, { ...overview, cards: { ...overview.cards, items } }).filter((one) => one.matches("[data-cards]")));
      news.textContent = `The card ending ${card.last_four} is active.`;
    },
  });
  shown.dataset["cards"] = "";
  const notices = overview.status === "open" ? [] : [make("p", { class: "notice" }, `This account is ${overview.status}. Nothing can be bought.`)];
  return [
    ...notices,
    credit(overview.credit, retry),
    invoice(overview.invoice, retry),
    shown,
    transactions(overview.transactions, retry),
  ];
}

function noAccount(): HTMLElement {
  return part("No account yet", "", quiet("When a credit account is opened for your company, it shows here."));
}

function failed(reason: unknown): HTMLElement {
  const problem = reason instanceof Problem ? reason : null;
  return part(
    problem?.title ?? "No answer", "failed",
    make("p", { role: "alert" }, reasonOf(reason)),
    problem?.requestId ? quiet(`If you ask for help, quote ${problem.requestId}.`) : null,
    button("Try again", "", retry),
  );
}

function fillSettings(form: HTMLFormElement): void {
  const connection = connectionOf(new URL(location.href));
  for (const [name, value] of Object.entries(connection)) {
    const field = form.elements.namedItem(name);
    if (field instanceof RadioNodeList || field instanceof HTMLInputElement) field.value = value ?? "";
  }
  const hideTheOthers = (on: string) => {
    for (const one of form.querySelectorAll<HTMLElement>("[data-only]")) one.hidden = one.dataset["only"] !== on;
  };
  hideTheOthers(connection.on);
  form.addEventListener("change", () => hideTheOthers(String(new FormData(form).get("on"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(addressOf(new FormData(form), new URL(location.href)));
  });
}

takeTokenFromAddress();
fillSettings(document.querySelector("#connection") as HTMLFormElement);
void show();
