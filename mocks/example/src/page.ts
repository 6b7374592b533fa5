type Child = Node | string | null;

/** An element. Text goes in as text, never as HTML: names come from the API. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** One part of the screen: a region with a heading. */
export function part(title: string, look: string, ...children: Child[]): HTMLElement {
  const id = `part-${title.toLowerCase().replace(/\W+/g, "-")}`;
  return make("section", { class: `part ${look}`.trim(), "aria-labelledby": id }, make("h2", { id }, title), ...children);
}

export function quiet(text: string): HTMLElement {
  return make("p", { class: "quiet" }, text);
}

export function button(label: string, look: string, press: () => void): HTMLButtonElement {
  const made = make("button", { type: "button", class: look }, label);
  made.addEventListener("click", press);
  return made;
}
