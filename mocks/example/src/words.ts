import type { Money } from "./api/types.js";

export function money(value: Money): string {
  // The amount is decimal text; a number is only made of it to be shown.
  const amount = Number(value.amount);
  return new Intl.NumberFormat("en-GB", { style: "currency", currency: value.currency }).format(amount);
}

export function day(date: string): string {
  const shown = date.length === 10 ? `${date}T12:00:00Z` : date;
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "Europe/Stockholm" }).format(
    new Date(shown),
  );
}

export function month(period: string): string {
  return new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric" }).format(new Date(`${period}-15T12:00:00Z`));
}

export function sentence(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).replace(/_/g, " ");
}
