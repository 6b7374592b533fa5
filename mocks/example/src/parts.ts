/** The parts of the account overview. Each knows what to show when its data is there, empty, or unavailable. */
import type { ContactOption, OverviewCredit, OverviewInvoice, OverviewTransactions } from "./api/types.js";
import { button, make, part, quiet } from "./page.js";
import { day, money, month, sentence } from "./words.js";

export function credit(data: OverviewCredit, retry: () => void): HTMLElement {
  const { limit, used, remaining } = data;
  if (!data.available || used === null || remaining === null) {
    return unavailable("Credit remaining", `Your limit is ${money(limit)}.`, retry);
  }
  const spent = Number(used.amount) / Math.max(Number(limit.amount), 0.01);
  const share = Math.round(Math.min(Math.max(spent, 0), 1) * 100);
  const nothingLeft = Number(remaining.amount) <= 0;
  const bar = make("div", {
    class: nothingLeft ? "bar full" : "bar", role: "meter", "aria-label": "Credit used",
    "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(share), "aria-valuetext": `${share} % used`,
  }, make("div", { style: `width: ${share}%` }));
  return part(
    "Credit remaining", nothingLeft ? "urgent" : "",
    make("p", { class: "large" }, money(remaining)),
    bar,
    quiet(`${money(used)} of ${money(limit)} used`),
    nothingLeft ? make("p", {}, make("strong", {}, "No credit left."), " Purchases are refused until you pay or the limit is raised.") : null,
  );
}

export function invoice(data: OverviewInvoice, retry: () => void): HTMLElement {
  if (!data.available) return unavailable("Invoice", "", retry);
  const due = data.due;
  if (due === null) return part("Invoice", "", quiet("Nothing to pay."));
  const late = due.status === "overdue";
  const when = make("time", { datetime: due.due_on }, day(due.due_on));
  return part(
    "Invoice", late ? "urgent" : "",
    make("p", { class: "large" }, money(due.remaining)),
    late ? make("p", {}, make("strong", {}, "Overdue."), " It was due on ", when, ". Pay now to avoid further fees.") : make("p", {}, "Pay by ", when, "."),
    quiet(`For ${month(due.period)}${due.status === "partially_paid" ? `, ${money(due.total)} in all, paid in part` : ""}`),
  );
}

export function transactions(data: OverviewTransactions, retry: () => void): HTMLElement {
  if (!data.available) return unavailable("Latest transactions", "", retry);
  if (data.latest.length === 0) return part("Latest transactions", "", quiet("Nothing has been bought yet."));
  const lines = data.latest.map((one) => {
    const comesBack = one.kind === "refund" || one.kind === "payment";
    return make(
      "li", {},
      make("span", {}, one.description),
      make("span", {}, `${comesBack ? "+" : "−"}${money(one.amount)}`),
      make("time", { datetime: one.booked_at }, `${day(one.booked_at)} · ${sentence(one.kind)}`),
    );
  });
  return part(
    "Latest transactions", "",
    make("ul", { class: "transactions" }, ...lines),
    data.more ? quiet(`${data.more} more`) : null,
  );
}

const LINKS: Record<string, (address: string) => string> = {
  phone: (address) => `tel:${address.replace(/[^+\d]/g, "")}`,
  email: (address) => `mailto:${address}`,
};

export function contact(options: ContactOption[] | null, retry: () => void): HTMLElement {
  if (options === null) return unavailable("Contact", "", retry);
  if (options.length === 0) return part("Contact", "", quiet("No way to reach us is listed."));
  const lines = options.map((one) => {
    const web = /^https?:\/\//.test(one.address) ? one.address : null;
    const link = LINKS[one.channel]?.(one.address) ?? web;
    const label = web ? `Open ${one.channel}` : one.address;
    const where = link ? make("a", { href: link }, label) : make("span", {}, label);
    return make("li", {}, where, make("span", { class: "badge" }, one.open_now ? "Open now" : "Closed now"));
  });
  return part("Contact", "", make("ul", { class: "contact" }, ...lines));
}

export function unavailable(title: string, more: string, retry: () => void): HTMLElement {
  const said = make("p", {}, "This cannot be shown just now. ", more);
  return part(title, "", said, button("Try again", "plain", retry));
}
